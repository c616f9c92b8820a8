//! Errors counted, and hypothetical edits.

use super::*;
use crate::language;

const BUDGET: Duration = Duration::from_secs(20);

fn rust() -> &'static Language {
    language::find(Some("rust"), None).unwrap()
}

/// The number of errors between `[` and `]`, which are not part of the text.
fn errors(drawn: &str) -> usize {
    let start = drawn.find('[').unwrap();
    let end = drawn.find(']').unwrap() - 1;
    let text = Text::new(drawn.replace(['[', ']'], ""));
    let syntax = Syntax::parse(rust(), &text).unwrap();
    syntax.error_count(Span::new(start, end))
}

#[test]
fn errors_are_counted_where_the_span_is() {
    assert_eq!(errors("[fn f() { g(1); }]"), 0);
    assert!(errors("fn f() {[ g(1; ]}\nfn h() {}\n") > 0);
    assert_eq!(errors("fn f() { g(1; }\nfn h() {}\n\n[fn i() {}]\n"), 0);
    assert_eq!(errors("[fn a() {}\n]fn h() {}\nfn f() { let = ; }\n"), 0);
    assert!(errors("fn f() { let x = [1 ]}") > 0, "a missing semicolon");
}

/// Replaces `[…]` by `new_text` and compares with the new text parsed.
fn check(drawn: &str, new_text: &str) {
    let start = drawn.find('[').unwrap();
    let end = drawn.find(']').unwrap() - 1;
    let old = Text::new(drawn.replace(['[', ']'], ""));
    let edit = Edit::new(Span::new(start, end), new_text);
    let before = Syntax::parse(rust(), &old).unwrap();
    let found = before.reparse(rust(), &old, &edit, BUDGET).unwrap();
    let mut new = old.clone();
    new.apply(&edit);
    let expected = Syntax::parse(rust(), &new).unwrap();
    assert_eq!(
        found.tree.root_node().to_sexp(),
        expected.tree.root_node().to_sexp()
    );
    assert_eq!(found.window, expected.window);
}

#[test]
fn a_hypothetical_edit_gives_the_tree_after_it() {
    check("fn f() { []}\n", "let a = 1;");
    check("[]", "fn f() {}\n");
    check("fn f() {}\n[]", "fn g() {\n    1\n}\n");
    check("fn f() { [let a = \"ä😀\";] }", "");
    check("[]fn f() {}", "// 😀\n");
}

#[test]
fn a_parse_over_its_budget_gives_nothing() {
    let old = Text::new("fn f() { let a = (1 + 2) * 3; }\n".repeat(3000));
    let syntax = Syntax::parse(rust(), &old).unwrap();
    let edit = Edit::new(
        Span::empty(0),
        "fn f() { let a = (1 + 2) * 3; }\n".repeat(3000),
    );
    let none = syntax.reparse(rust(), &old, &edit, Duration::ZERO);
    assert!(none.is_none());
}

#[test]
fn a_hypothetical_edit_stays_in_the_window() {
    let line = "fn f() { g(\"ä\"); }\n";
    let text = Text::new(line.repeat(50));
    let window = Span::new(line.len() * 10, line.len() * 20);
    let mut parser = Parser::new();
    parser.set_language(&rust().grammar()).unwrap();
    parser.set_included_ranges(&[range(&text, window)]).unwrap();
    let tree = parser.parse(text.as_str(), None).unwrap();
    let syntax = Syntax {
        tree,
        window,
        head: None,
        fresh: true,
    };
    let edit = Edit::new(Span::empty(line.len() * 15), "fn new() {}\n");
    let after = syntax.reparse(rust(), &text, &edit, BUDGET).unwrap();
    assert_eq!(after.window.len(), window.len() + edit.new_text.len());
    let root = after.tree.root_node();
    assert_eq!(root.named_child_count(), 11);
    assert_eq!(root.start_byte(), window.start);
    let added = root.named_child(5).unwrap();
    assert_eq!(added.start_byte(), edit.span.start);
    assert_eq!(added.start_position().row, 15);
    assert_eq!(after.error_count(after.window), 0);
}

#[test]
fn windows_move_with_edits() {
    let moved = |span: (usize, usize), new_len| {
        let moved = shift(Span::new(10, 20), Span::new(span.0, span.1), new_len);
        (moved.start, moved.end)
    };
    assert_eq!(moved((0, 2), 5), (13, 23), "before");
    assert_eq!(moved((15, 16), 0), (10, 19), "inside");
    assert_eq!(moved((30, 30), 9), (10, 20), "behind");
    assert_eq!(moved((5, 15), 1), (5, 11), "over the start");
    assert_eq!(moved((15, 25), 1), (10, 15), "over the end");
    assert_eq!(moved((5, 25), 1), (5, 5), "all of it");
    assert_eq!(shift(Span::new(0, 3), Span::empty(0), 2), Span::new(0, 5));
}

#[test]
fn a_clone_is_the_same_tree_and_nothing_else_is() {
    let text = Text::new("fn f() { g(1); }\n");
    let one = Syntax::parse(rust(), &text).unwrap();
    assert!(one.is(&one.clone()));
    assert!(!one.is(&Syntax::parse(rust(), &text).unwrap()));
    let edit = Edit::new(Span::new(11, 12), "2");
    let mut edited = one.clone();
    edited
        .tree
        .edit(&input_edit(&text, edit.span, &edit.new_text));
    assert!(!one.is(&edited));
    assert!(!one.is(&one.reparse(rust(), &text, &edit, BUDGET).unwrap()));
    let mut older = one.clone();
    older.fresh = false;
    assert!(!one.is(&older));
}
