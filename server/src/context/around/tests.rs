//! What is gathered for a question about a selection or a cursor, drawn in small files.

use std::fmt::Write;

use expect_test::{Expect, expect};
use support::fixture;

use super::*;

const USUAL: Limits = Limits {
    tokens: 1000,
    suffix_tokens: 200,
    bytes_per_token: 3.3,
};

const ALL: &[Source] = &[
    Source::Imports,
    Source::Outline,
    Source::EnclosingType,
    Source::EnclosingFunction,
    Source::Definition,
];

/// Gathers at the `$0` of a drawing, or at what stands between two.
fn gather(path: &str, drawing: &str, near: bool, limits: Limits) -> (Snapshot, Around) {
    let (text, start) = fixture::cursor(drawing);
    let (text, span) = match text.find("$0") {
        Some(end) => (text.replacen("$0", "", 1), Span::new(start, end)),
        None => (text, Span::empty(start)),
    };
    let snapshot = Snapshot::parse(path, text);
    let wanted = Wanted { sources: ALL, near };
    let around = around(&snapshot, span, &[], wanted, limits);
    (snapshot, around)
}

#[test]
fn a_function_is_asked_about_where_its_docs_or_its_whole_lines_are_selected() {
    let check = |path: &str, drawing: &str, expected: bool| {
        let (text, start) = fixture::cursor(drawing);
        let end = text.find("$0").unwrap_or(start);
        let snapshot = Snapshot::parse(path, text.replacen("$0", "", 1));
        let found = is_about_function(&snapshot, Span::new(start, end));
        assert_eq!(found, expected, "{drawing}");
    };
    check("a.go", "$0// F is one.\nfunc F() {\n}\n$0", true);
    check("a.go", "// F $0is one.\nfunc F() {\n}\n", true);
    check("a.rs", "impl T {\n$0    fn f() {\n    }\n$0}\n", true);
    check("a.rs", "fn f() {\n    $0a();\n}\n", true);
    check("a.rs", "$0use a::b;\n$0\nfn f() {}\n", false);
    check("a.rs", "$0\n\nfn f() {}\n", false);
}

fn check(path: &str, drawing: &str, near: bool, expected: Expect) {
    let (snapshot, around) = gather(path, drawing, near, USUAL);
    let text: &Text = &snapshot.text;
    let mut out = String::new();
    let mut show = |what: &str, text: &str| {
        writeln!(out, "{what}").expect("text");
        for line in text.lines() {
            writeln!(out, "{}", format!("    {line}").trim_end()).expect("text");
        }
    };
    show("focus", &around.focus_text);
    show("function", around.function_name.as_deref().unwrap_or("-"));
    show("its text", &around.function_text);
    show("before", text.slice(around.before));
    show("after", text.slice(around.after));
    for snippet in &around.snippets {
        show(
            &format!("+ {:?}: {}", snippet.source, snippet.reason),
            &snippet.text,
        );
    }
    for left in &around.left_out {
        show(&format!("- {:?}: {}", left.snippet.source, left.why), "");
    }
    expected.assert_eq(&out);
}

const GO: &str = "package a

import \"fmt\"

// T counts.
type T struct {
\tn int
}

// helper adds.
func helper(a int) int { return a + 1 }

// Add adds one.
func (t *T) Add() {
\tt.n = helper(t.n)
\tfmt.Println(t.n)
}

func other() {}
";

fn go(at: &str, marked: &str) -> String {
    GO.replacen(at, marked, 1)
}

#[test]
fn a_cursor_is_about_the_function() {
    check(
        "a.go",
        &go("t.n = helper", "t.$0n = helper"),
        false,
        expect![[r#"
            focus
                // Add adds one.
                func (t *T) Add() {
                	t.n = helper(t.n)
                	fmt.Println(t.n)
                }
            function
                Add
            its text
            before
            after
            + Imports: what the file imports
                import "fmt"
            + Outline: what else the file defines
                func other()
            + EnclosingType: the type whose method is at the cursor
                // T counts.
                type T struct {
                	n int
                }
            + Definition: used on line 15
                // helper adds.
                func helper(a int) int
            - Outline: in another snippet
            - Definition: in another snippet
        "#]],
    );
}

#[test]
fn a_cursor_in_the_docs_is_about_the_function() {
    let (_, around) = gather("a.go", &go("// Add adds", "// Add$0 adds"), false, USUAL);
    assert_eq!(around.function_name.as_deref(), Some("Add"));
    assert!(
        around
            .focus_text
            .starts_with("// Add adds one.\nfunc (t *T) Add() {")
    );
}

#[test]
fn a_cursor_in_a_type_is_about_the_type() {
    let (_, around) = gather("a.go", &go("\tn int", "\tn $0int"), false, USUAL);
    assert_eq!(
        around.focus_text,
        "// T counts.\ntype T struct {\n\tn int\n}"
    );
    assert_eq!(around.function_name, None);
}

#[test]
fn a_cursor_elsewhere_is_about_the_line() {
    let (_, around) = gather("a.go", &go("package a", "pack$0age a"), false, USUAL);
    assert_eq!(around.focus_text, "package a");
}

#[test]
fn a_selection_in_a_function() {
    check(
        "a.go",
        &go("\tt.n = helper(t.n)", "$0\tt.n = helper(t.n)\n$0"),
        false,
        expect![[r#"
            focus
                t.n = helper(t.n)
            function
                Add
            its text
                // Add adds one.
                func (t *T) Add() {
                	t.n = helper(t.n)
    
                	fmt.Println(t.n)
                }
            before
            after
            + Imports: what the file imports
                import "fmt"
            + Outline: what else the file defines
                func other()
            + EnclosingType: the type whose method is at the cursor
                // T counts.
                type T struct {
                	n int
                }
            + Definition: used on line 15
                // helper adds.
                func helper(a int) int
            - Outline: in another snippet
            - Definition: in another snippet
        "#]],
    );
}

#[test]
fn a_selected_function_is_known_by_its_name() {
    let (_, around) = gather(
        "a.go",
        &go(
            "// Add adds one.\nfunc (t *T) Add() {\n\tt.n = helper(t.n)\n\tfmt.Println(t.n)\n}\n",
            "$0// Add adds one.\nfunc (t *T) Add() {\n\tt.n = helper(t.n)\n\tfmt.Println(t.n)\n}\n$0",
        ),
        false,
        USUAL,
    );
    assert_eq!(around.function_name.as_deref(), Some("Add"));
    assert_eq!(around.function_text, "");
    assert!(around.cut == 0 && around.focus == around.function.expect("a function"));
}

#[test]
fn near_code_shows_the_function_itself() {
    check(
        "a.go",
        &go("\tfmt.Println", "\t$0fmt.Println"),
        true,
        expect![[r#"
            focus
                // Add adds one.
                func (t *T) Add() {
                	t.n = helper(t.n)
                	fmt.Println(t.n)
                }
            function
                Add
            its text
            before
                package a

                import "fmt"

                // T counts.
                type T struct {
                	n int
                }

                // helper adds.
                func helper(a int) int { return a + 1 }

                // Add adds one.
                func (t *T) Add() {
                	t.n = helper(t.n)

            after
                fmt.Println(t.n)
                }

                func other() {}
            - Imports: already in the code before
            - Outline: already in the code after
            - Outline: already in the code before
            - EnclosingType: already in the code before
            - EnclosingFunction: already in the code before
            - Definition: already in the code before
            - Definition: already in the code before
        "#]],
    );
}

#[test]
fn rust_methods_and_their_types() {
    check(
        "a.rs",
        "use std::fmt;\n\n/// Counts.\nstruct T {\n    n: u32,\n}\n\nimpl T {\n    /// Adds one.\n    #[inline]\n    fn add(&mut self) {\n        self.n = $0helper(self.n)$0;\n    }\n}\n\nfn helper(a: u32) -> u32 {\n    a + 1\n}\n",
        false,
        expect![[r#"
            focus
                helper(self.n)
            function
                add
            its text
                /// Adds one.
                #[inline]
                fn add(&mut self) {
                    self.n = helper(self.n);
                }
            before
            after
            + Imports: what the file imports
                use std::fmt;
            + EnclosingType: the type whose method is at the cursor
                /// Counts.
                struct T {
                    n: u32,
                }
            + EnclosingType: around the cursor
                impl T {
            + Definition: used on line 12
                fn helper(a: u32) -> u32
            - Outline: in another snippet
        "#]],
    );
}

#[test]
fn a_broken_file_and_an_empty_one() {
    let (_, around) = gather("a.go", "package a\n\nfunc f() {\n\tif {{ $0\n", true, USUAL);
    assert!(!around.before.is_empty());
    let (_, around) = gather("a.go", "$0", true, USUAL);
    assert_eq!((around.focus_text.as_str(), around.snippets.len()), ("", 0));
    let (_, around) = gather("a.txt", "words $0and$0 words", true, USUAL);
    assert_eq!(around.focus_text, "and");
}

#[test]
fn what_is_too_long_loses_its_middle_and_keeps_the_cursor() {
    let body: String = (0..900).map(|n| format!("\tcall({n})\n")).collect();
    let text =
        format!("package a\n\nfunc f() {{\n{body}}}\n").replacen("call(500)", "call(5$000)", 1);
    let (_, around) = gather("a.go", &text, false, USUAL);
    assert!(around.cut > 50);
    assert!(around.focus_text.starts_with("func f() {\n\tcall(0)\n"));
    assert!(around.focus_text.contains("\tcall(500)\n"));
    assert!(around.focus_text.contains("lines left out …]\n"));
    assert!(around.focus_text.len() <= 3300 + 100);
}

#[test]
fn cutting_keeps_the_ends_and_counts_lines() {
    let text: String = (0..100).map(|n| format!("line {n}\n")).collect();
    let (short, lines) = cut(&text, 0, 200);
    assert!(
        short.starts_with("line 0\n") && short.ends_with("line 99"),
        "{short}"
    );
    assert_eq!(short.lines().count() - 1 + lines, 100);
    let (short, lines) = cut(&text, 50, 200);
    assert!(short.contains("\nline 50\n"), "{short}");
    assert_eq!(short.lines().count() - 2 + lines, 100);
    let (short, lines) = cut(&"é".repeat(5000), 0, 200);
    assert!(short.len() <= 100 && lines == 1, "{short}");
    assert_eq!(cut("short", 0, 200), ("short".to_owned(), 0));
}

#[test]
fn the_same_gives_the_same() {
    let drawing = go("t.n = helper", "t.$0n = helper");
    let first = format!("{:?}", gather("a.go", &drawing, true, USUAL).1);
    assert_eq!(
        first,
        format!("{:?}", gather("a.go", &drawing, true, USUAL).1)
    );
}
