//! What is gathered where, drawn in small files and in the golden sources.

mod holes;
mod large;
mod snippets;
mod stable;

use std::fmt::Write;
use std::sync::Arc;

use expect_test::Expect;
use support::fixture;

use super::*;

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
fn captures_are_those_of_the_page() {
    let page = include_str!("../../../queries/README.md");
    let known: Vec<&str> = page
        .split('`')
        .filter_map(|word| word.strip_prefix('@'))
        .collect();
    for language in &crate::language::LANGUAGES {
        let queries = &language.queries;
        for query in [
            &queries.outline,
            &queries.scope,
            &queries.mutants,
            &queries.placing,
        ] {
            let query = query.get().expect("a query that compiles");
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
