//! What is gathered where, drawn in small files and in the golden sources.

mod large;

use std::fmt::Write;
use std::sync::Arc;

use expect_test::{Expect, expect};
use support::fixture;

use super::*;
use crate::text::Edit;

const GO: &str = include_str!("../../../tests/golden/go/stock/stock.go");
const GO_TEST: &str = include_str!("../../../tests/golden/go/stock/stock_test.go");
const RUST: &str = include_str!("../../../tests/golden/rust/src/lib.rs");

const SMALL: Limits = Limits {
    tokens: 140,
    suffix_tokens: 12,
    bytes_per_token: 3.3,
};

const USUAL: Limits = Limits {
    tokens: 1024,
    suffix_tokens: 128,
    bytes_per_token: 3.3,
};

/// Gathers at the cursor of a drawing; its other files are the neighbours.
fn gather_in(drawing: &str, limits: Limits) -> (Snapshot, Context) {
    let (mut here, others): (Vec<_>, Vec<_>) = fixture::parse(drawing)
        .into_iter()
        .partition(|file| file.cursor.is_some());
    let file = here.remove(0);
    let neighbours: Vec<Arc<Snapshot>> = others
        .into_iter()
        .map(|file| Arc::new(Snapshot::parse(file.path, file.text)))
        .collect();
    let snapshot = Snapshot::parse(file.path, file.text);
    let context = gather(
        &snapshot,
        file.cursor.expect("a cursor"),
        &neighbours,
        limits,
    );
    (snapshot, context)
}

fn check(drawing: &str, limits: Limits, expected: Expect) {
    let (snapshot, context) = gather_in(drawing, limits);
    expected.assert_eq(&render(&snapshot, &context));
}

fn check_hole(drawing: &str, expected: &str) {
    let (snapshot, context) = gather_in(drawing, USUAL);
    let hole = &context.hole;
    let first = |span: Option<Span>| {
        let text = snapshot.text.slice(span.unwrap_or_default());
        text.lines().next().unwrap_or_default().to_owned()
    };
    let found = format!(
        "{:?} {:?} | {} | {} | {}",
        hole.kind,
        hole.shape,
        first(hole.block),
        first(hole.function),
        hole.quiet.unwrap_or_default()
    );
    assert_eq!(found, expected, "{drawing}");
}

fn render(snapshot: &Snapshot, context: &Context) -> String {
    let mut out = String::new();
    let lines = |span: Span| lines::numbers(&snapshot.text, span);
    let hole = &context.hole;
    writeln!(
        out,
        "{:?} {:?}, prefix {:?}, suffix {:?}",
        hole.kind,
        hole.shape,
        lines(context.prefix),
        lines(context.suffix)
    )
    .expect("text");
    let mut piece = |mark: &str, why: &str, snippet: &Snippet| {
        let path = snippet.path.as_ref().expect("a path").display();
        let Snippet {
            source,
            lines,
            reason,
            tokens,
            ..
        } = snippet;
        writeln!(
            out,
            "{mark} {source:?} {path}:{lines:?}, {tokens} tokens: {reason}{why}"
        )
        .expect("text");
        for line in snippet.text.lines() {
            writeln!(out, "    {line}").expect("text");
        }
    };
    for snippet in &context.snippets {
        piece("+", "", snippet);
    }
    for left in &context.left_out {
        piece("-", &format!(" ({})", left.why), &left.snippet);
    }
    out
}

#[test]
fn go_method() {
    check(
        "//- shop/cart.go
package shop

import (
\t\"errors\"
\t\"fmt\"
)

// Cart holds what a customer wants.
type Cart struct {
\tlines []Line
\tlimit int
}

// Line is one article in a cart.
type Line struct {
\tname string
\tcents int
}

func (l Line) total(rate int) int {
\treturn l.cents * rate
}

// Sum adds up all lines of the cart.
func (c *Cart) Sum(rate int) int {
\tsum := 0
\tfor _, line := range c.lines {
\t\tsum += line.total(rate)
\t}
\tfmt.Println(\"a line that fills the prefix of this small window\")
\tfmt.Println(\"a line that fills the prefix of this small window\")
\tfmt.Println(\"a line that fills the prefix of this small window\")
\tfmt.Println(\"a line that fills the prefix of this small window\")
\t$0
}

func unrelated(a int) error {
\treturn errors.New(\"unrelated\")
}
//- shop/cart_test.go
package shop

import \"testing\"

func TestOther(t *testing.T) {}

func TestSum(t *testing.T) {
\tCart{}.Sum(1)
}
",
        Limits {
            tokens: 260,
            ..SMALL
        },
        expect![[r#"
            Statement Block, prefix 13..35, suffix 34..38
            + Imports shop/cart.go:3..7, 9 tokens: what the file imports
                import (
                	"errors"
                	"fmt"
                )
            + SiblingTest shop/cart_test.go:7..10, 14 tokens: a test that names Sum
                func TestSum(t *testing.T) {
                	Cart{}.Sum(1)
                }
            + EnclosingType shop/cart.go:8..13, 26 tokens: the type whose method is at the cursor
                // Cart holds what a customer wants.
                type Cart struct {
                	lines []Line
                	limit int
                }
            - Outline shop/cart.go:15..21, 18 tokens: what else the file defines (already in the prefix)
                type Line struct { … }
                func (l Line) total(rate int) int
            - Outline shop/cart.go:37..38, 9 tokens: what else the file defines (already in the suffix)
                func unrelated(a int) error
            - Outline shop/cart.go:9..10, 8 tokens: what else the file defines (in another snippet)
                type Cart struct { … }
            - EnclosingFunction shop/cart.go:24..26, 23 tokens: the function around the cursor (already in the prefix)
                // Sum adds up all lines of the cart.
                func (c *Cart) Sum(rate int) int {
            - Definition shop/cart.go:20..21, 11 tokens: used on line 28 (already in the prefix)
                func (l Line) total(rate int) int
            - Definition shop/cart.go:8..13, 26 tokens: used on line 25 (in another snippet)
                // Cart holds what a customer wants.
                type Cart struct {
                	lines []Line
                	limit int
                }
        "#]],
    );
}

#[test]
fn rust_method() {
    check(
        "//- src/lib.rs
use std::fmt;

/// A queue of names.
pub struct Queue {
    names: Vec<String>,
}

impl Queue {
    /// Adds a name.
    pub fn push(&mut self, name: &str) -> usize {
        self.names.push(name.to_owned());
        self.len()
    }

    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Joins the names.
    #[must_use]
    pub fn join(&self, between: &str) -> String {
        let mut out = String::new();
        for name in &self.names {
            out.push_str(\"a line that fills the prefix of this small window\");
            out.push_str(\"a line that fills the prefix of this small window\");
            out.push_str(\"a line that fills the prefix of this small window\");
            out.push_str(\"a line that fills the prefix of this small window\");
        }
        let count = helper(self.len(), $0
    }
}

fn helper(length: usize, least: usize) -> usize {
    length.max(least)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn queue() -> Queue {
        Queue { names: Vec::new() }
    }

    #[test]
    fn names_are_joined() {
        assert_eq!(queue().join(\", \"), \"\");
    }
}
",
        Limits {
            tokens: 300,
            ..SMALL
        },
        expect![[r#"
            Arguments Line, prefix 13..30, suffix 29..33
            + Imports src/lib.rs:1..2, 5 tokens: what the file imports
                use std::fmt;
            + Outline src/lib.rs:10..11, 19 tokens: what else the file defines
                impl Queue {
                    pub fn push(&mut self, name: &str) -> usize
            + SiblingTest src/lib.rs:46..49, 20 tokens: a test that names join
                fn names_are_joined() {
                    assert_eq!(queue().join(", "), "");
                }
            + EnclosingType src/lib.rs:3..7, 21 tokens: the type whose method is at the cursor
                /// A queue of names.
                pub struct Queue {
                    names: Vec<String>,
                }
            + EnclosingType src/lib.rs:8..9, 4 tokens: around the cursor
                impl Queue {
            + Definition src/lib.rs:33..34, 15 tokens: used on line 29
                fn helper(length: usize, least: usize) -> usize
            - Outline src/lib.rs:15..16, 14 tokens: what else the file defines (already in the prefix)
                impl Queue {
                    pub fn len(&self) -> usize
            - Outline src/lib.rs:4..34, 23 tokens: what else the file defines (in another snippet)
                pub struct Queue { … }
                fn helper(length: usize, least: usize) -> usize
            - EnclosingFunction src/lib.rs:19..22, 24 tokens: the function around the cursor (already in the prefix)
                /// Joins the names.
                #[must_use]
                pub fn join(&self, between: &str) -> String {
            - Definition src/lib.rs:15..16, 9 tokens: used on line 29 (already in the prefix)
                pub fn len(&self) -> usize
        "#]],
    );
}

#[test]
fn crlf_and_broken_code() {
    check(
        "//- a.go\npackage a\r\n\r\nimport \"fmt\"\r\n\r\nfunc show(n int) {\r\n\tfmt.Println(n)\r\n}\r\n\r\nfunc use() {\r\n\tif x := \r\n\tshow($0\r\n\r\nfunc later() {}\r\n",
        SMALL,
        expect![[r#"
            Arguments Line, prefix 1..12, suffix 11..14
            - Imports a.go:3..4, 4 tokens: what the file imports (already in the prefix)
                import "fmt"
            - Outline a.go:5..10, 9 tokens: what else the file defines (already in the prefix)
                func show(n int)
                func use()
            - Definition a.go:5..6, 6 tokens: used on line 11 (already in the prefix)
                func show(n int)
            - Definition a.go:9..10, 4 tokens: used on line 9 (already in the prefix)
                func use()
        "#]],
    );
}

#[test]
fn an_unknown_language_has_windows_only() {
    check(
        "//- notes.txt\none\ntwo $0three\nfour\n",
        SMALL,
        expect![[r#"
            Unknown Line, prefix 1..3, suffix 2..4
        "#]],
    );
}

#[test]
fn holes_in_go() {
    let go = |line: &str| format!("//- a.go\npackage a\n\nfunc f(n int) {{\n{line}\n}}\n");
    let around = "{ | func f(n int) {";
    let cases = [
        ("\t$0", "Statement Block", ""),
        ("\tg($0)", "Arguments Line", ""),
        ("\tg(n, $0", "Arguments Line", ""),
        ("\tx := \"a$0b\"", "String Line", "in the middle of a word"),
        ("\tx := \"ab$0", "String Line", ""),
        ("\t// say $0", "Comment Line", ""),
        ("\tx := n $0", "Code Line", ""),
        (
            "\tx := n; $0",
            "AfterStatement Line",
            "behind a finished statement",
        ),
        ("\tfo$0o()", "Code Line", "in the middle of a word"),
        ("\tswitch n {\n\t$0\n\t}", "Code Block", ""),
    ];
    for (line, expected, quiet) in cases {
        check_hole(&go(line), &format!("{expected} | {around} | {quiet}"));
    }
    check_hole(
        "//- a.go\npackage a\n\nimport \"f$0\"\n",
        "Import Line |  |  | ",
    );
    check_hole("//- a.go\npackage a\n\n$0\n", "Item Block |  |  | ");
    check_hole(
        "//- a.go\npackage a\n\nfunc g($0\n",
        "Parameters Line |  |  | ",
    );
    check_hole(
        "//- a.go\npackage a\n\ntype T struct {\n\t$0\n}\n",
        "Code Block | { |  | ",
    );
    check_hole(
        "//- a.go\npackage a\n\n// g does.\nfunc g() { $0 }\n",
        "Statement Line | {  } | // g does. | ",
    );
}

#[test]
fn holes_in_rust() {
    let rust = |line: &str| format!("//- a.rs\n#[inline]\nfn f(n: i32) {{\n{line}\n}}\n");
    let around = "{ | #[inline]";
    let cases = [
        ("    $0", "Statement Block", ""),
        ("    g(&'a $0)", "Arguments Line", ""),
        ("    println!(\"{}\", $0);", "Arguments Line", ""),
        ("    let x = Some($0", "Arguments Line", ""),
        ("    let x = r#\"a $0\"#;", "String Line", ""),
        ("    /// say $0", "Comment Line", ""),
        ("    let x = n.$0;", "Code Line", ""),
        (
            "    let x = n;$0",
            "AfterStatement Line",
            "behind a finished statement",
        ),
        ("    if n > 0 {$0", "Statement Block", ""),
        ("    let c = |a$0| a;", "Parameters Line", ""),
    ];
    for (line, expected, quiet) in cases {
        let around = if line.ends_with("{$0") {
            "{ | #[inline]"
        } else {
            around
        };
        check_hole(&rust(line), &format!("{expected} | {around} | {quiet}"));
    }
    check_hole("//- a.rs\nuse std::$0;\n", "Import Line |  |  | ");
    check_hole("//- a.rs\nimpl T {\n    $0\n}\n", "Item Block | { |  | ");
    check_hole(
        "//- a.rs\nfn a() {\n    match x {\n        $0\n    }\n}\n",
        "Code Block | { | fn a() { | ",
    );
    check_hole("//- a.txt\nfoo {\n  $0\n}\n", "Unknown Block | { |  | ");
}

/// What a key typed must not change.
fn stable(context: &Context) -> (usize, Vec<String>) {
    let texts = context.snippets.iter().map(|one| one.text.clone());
    (context.prefix.start, texts.collect())
}

#[test]
fn typing_changes_neither_snippets_nor_the_start_of_the_prefix() {
    for (path, text, at, typed) in [
        (
            "stock.go",
            GO,
            "	shelf.OnHand += quantity\n",
            "	if shelf.Available() < quantity {",
        ),
        (
            "lib.rs",
            RUST,
            "        self.check_dependencies()?;\n",
            "        let jobs = self.jobs.len",
        ),
    ] {
        let offset = text.find(at).expect("a place") + at.len();
        let neighbours = [Arc::new(Snapshot::parse("stock_test.go", GO_TEST))];
        let mut seen = Vec::new();
        let mut current = Text::new(text);
        current.apply(&Edit {
            span: Span::empty(offset),
            new_text: "\n".into(),
        });
        for (index, character) in typed.char_indices() {
            current.apply(&Edit {
                span: Span::empty(offset + index),
                new_text: character.to_string(),
            });
            let snapshot = Snapshot::parse(path, current.as_str());
            let end = offset + index + character.len_utf8();
            seen.push(stable(&gather(&snapshot, end, &neighbours, USUAL)));
        }
        seen.dedup();
        // Two changes at most: the start of the prefix moves a step, and a called name is finished.
        assert!(seen.len() <= 3, "{path}: {seen:#?}");
        assert!(!seen[0].1.is_empty());
    }
}

#[test]
fn the_same_state_gives_the_same_context() {
    let snapshot = Snapshot::parse("lib.rs", RUST);
    for offset in (0..RUST.len()).step_by(97) {
        let one = gather(&snapshot, offset, &[], USUAL);
        let two = gather(&snapshot, offset, &[], USUAL);
        assert_eq!(render(&snapshot, &one), render(&snapshot, &two));
    }
}

#[test]
fn the_budget_holds_everywhere() {
    let neighbours = [Arc::new(Snapshot::parse("stock_test.go", GO_TEST))];
    let snapshot = Snapshot::parse("stock.go", GO);
    for tokens in [0, 1, 40, 350, 1024] {
        let limits = Limits { tokens, ..USUAL };
        for offset in (0..GO.len()).step_by(61) {
            let context = gather(&snapshot, offset, &neighbours, limits);
            let near = (context.prefix.len() + context.suffix.len()) as f32 / 3.3;
            let snippets: usize = context.snippets.iter().map(|one| one.tokens).sum();
            assert!(near as usize + snippets <= tokens, "{tokens} at {offset}");
            for snippet in &context.snippets {
                assert!(!snippet.text.is_empty());
            }
        }
    }
}

#[test]
fn no_text_and_no_offset_is_too_broken() {
    let mut seed = 7u64;
    let mut random = move |below: usize| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        (seed % below as u64) as usize
    };
    let marks = [
        "{", "}", "(", "\"", "'", "\\", "//", "/*", "`", "é😀", "\r", "\n", "fn ", "func ",
    ];
    for (path, source) in [("a.go", GO), ("a.rs", RUST), ("a.txt", RUST), ("b.rs", "")] {
        for round in 0..12 {
            let mut text = Text::new(source);
            for _ in 0..round {
                let start = random(text.len() + 1);
                text.apply(&Edit {
                    span: Span::new(start, start + random(30)),
                    new_text: marks[random(marks.len())].into(),
                });
            }
            let broken = Snapshot::parse(path, text.as_str());
            // An older tree on a newer text.
            let mut stale = Snapshot::parse(path, source);
            stale.text = broken.text.clone();
            if let Some(syntax) = &mut stale.syntax {
                syntax.fresh = false;
            }
            for offset in (random(50)..text.len() + 50).step_by(131) {
                for snapshot in [&broken, &stale] {
                    let context = gather(snapshot, offset, &[], SMALL);
                    assert_eq!(context.prefix.end, context.suffix.start);
                    assert!(context.suffix.end <= text.len());
                }
            }
        }
    }
}

#[test]
fn captures_are_those_of_the_page() {
    let page = include_str!("../../../queries/README.md");
    let known: Vec<&str> = page
        .split('`')
        .filter_map(|word| word.strip_prefix('@'))
        .collect();
    for language in &crate::language::LANGUAGES {
        let queries = language.queries();
        for query in [&queries.outline, &queries.scope, &queries.mutants] {
            let query = query.as_ref().expect("a query that compiles");
            for name in query.capture_names() {
                assert!(
                    known.contains(name),
                    "{}: @{name} is none of {known:?}",
                    language.name
                );
            }
        }
    }
}
