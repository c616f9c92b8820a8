//! Documents opened, changed in every wrong and right way, read and closed.

use super::*;
use crate::document::Place;
use crate::text::Span;

fn at(line: usize, column: usize) -> Place {
    Place { line, column }
}

fn replace(start: Place, end: Place, new_text: &str) -> Change {
    Change {
        range: Some((start, end)),
        new_text: new_text.to_owned(),
    }
}

fn open(text: &str) -> Store {
    let store = Store::patient();
    store.open("file:///a.rs", "rust", 1, text.to_owned());
    store
}

fn text(store: &Store) -> String {
    let snapshot = store.snapshot("file:///a.rs").unwrap();
    snapshot.text.as_str().to_owned()
}

/// The snapshot once its syntax is there.
fn settled(store: &Store, offset: usize) -> Snapshot {
    let snapshot = store.snapshot("file:///a.rs").unwrap();
    futures::executor::block_on(store.fresh(snapshot, offset))
}

#[test]
fn changes_apply_in_order() {
    let store = open("fn f() {}\n");
    let changes = [
        replace(at(0, 8), at(0, 8), "\n"),
        replace(at(1, 0), at(1, 0), "😀"),
        replace(at(1, 2), at(1, 3), "!"),
        replace(at(99, 0), at(99, 9), "end"),
    ];
    assert!(store.change("file:///a.rs", 2, changes, Encoding::Utf16));
    assert_eq!(text(&store), "fn f() {\n😀!\nend");
    assert_eq!(store.snapshot("file:///a.rs").unwrap().version, 2);
    let all = Change {
        range: None,
        new_text: "x".to_owned(),
    };
    assert!(store.change("file:///a.rs", 3, [all], Encoding::Utf16));
    assert_eq!(text(&store), "x");
}

#[test]
fn what_cannot_be_placed_drops_the_document() {
    let reversed = replace(at(0, 2), at(0, 1), "");
    let store = open("abc");
    assert!(!store.change("file:///a.rs", 2, [reversed], Encoding::Utf8));
    assert!(store.is_empty());

    let store = open("abc");
    let change = replace(at(0, 0), at(0, 0), "");
    assert!(!store.change("file:///a.rs", 0, [change.clone()], Encoding::Utf8));
    assert!(store.snapshot("file:///a.rs").is_none());
    assert!(!store.change("file:///b.rs", 5, [change], Encoding::Utf8));
}

#[test]
fn snapshots_never_change() {
    let store = open("fn f() {}\n");
    let before = settled(&store, 0);
    let change = replace(at(0, 0), at(0, 0), "pub ");
    assert!(store.change("file:///a.rs", 2, [change], Encoding::Utf8));
    assert_eq!(before.text.as_str(), "fn f() {}\n");
    let syntax = before.syntax.unwrap();
    assert!(syntax.fresh);
    assert_eq!(syntax.tree.root_node().end_byte(), 10);
    assert_eq!(text(&store), "pub fn f() {}\n");
}

#[test]
fn a_text_that_nobody_holds_is_changed_in_place() {
    let store = open(&"fn f() {}\n".repeat(1000));
    let address = || {
        let snapshot = store.snapshot("file:///a.rs").unwrap();
        Arc::as_ptr(&snapshot.text)
    };
    let before = address();
    let typed = replace(at(9, 0), at(9, 1), "F");
    assert!(store.change("file:///a.rs", 2, [typed], Encoding::Utf8));
    assert_eq!(address(), before);
}

#[test]
fn an_edit_marks_the_tree_at_once() {
    let uri: Arc<str> = Arc::from("file:///a.rs");
    let text = "fn f() {}\nfn g() {}\n".to_owned();
    let mut held = Held::new(uri, "rust", 1, text, 0);
    let mut job = held
        .track
        .begin(held.language.unwrap(), &held.text)
        .unwrap();
    let typed = |name: &str| [replace(at(0, 3), at(0, 3), name)];
    held.change(2, typed("long"), Encoding::Utf8).unwrap();
    assert!(held.snapshot().syntax.is_none());
    let mut parser = tree_sitter::Parser::new();
    let parsed = job.run(&mut parser);
    let more = held
        .track
        .finish(&mut job, parsed, PATIENCE.most, &held.text);
    assert!(more, "the edit came after the parse began");
    held.change(3, typed("v\nery"), Encoding::Utf8).unwrap();
    let syntax = held.snapshot().syntax.unwrap();
    assert!(!syntax.fresh);
    let root = syntax.tree.root_node();
    assert_eq!(root.child(0).unwrap().end_position().row, 1);
    assert_eq!(root.child(0).unwrap().end_position().column, 13);
    assert_eq!(root.child(1).unwrap().start_byte(), 19);
    assert_eq!(root.child(1).unwrap().start_position().row, 2);
    assert_eq!(syntax.window, Span::new(0, 29));
}

#[test]
fn paths_and_languages() {
    let store = Store::new();
    store.open("file:///tmp/a%20b.rs", "", 1, String::new());
    store.open("untitled:one", "go", 1, "package a".to_owned());
    store.open("file:///x.txt", "plaintext", 1, "hello".to_owned());
    assert_eq!(store.len(), 3);
    let path = Path::new("/tmp/a b.rs");
    let rust = store.snapshot_of_path(path).unwrap();
    assert_eq!(rust.language.unwrap().name, "Rust");
    let untitled = store.snapshot("untitled:one").unwrap();
    assert!(untitled.path.is_none());
    assert_eq!(untitled.language.unwrap().name, "Go");
    let plain = store.snapshot("file:///x.txt").unwrap();
    assert!(
        futures::executor::block_on(store.fresh(plain, 0))
            .syntax
            .is_none()
    );
    store.close("untitled:one");
    assert!(store.snapshot("untitled:one").is_none());
}

#[test]
fn an_older_snapshot_keeps_the_syntax_it_has() {
    let store = open("fn f() {}\n");
    let before = settled(&store, 0);
    let change = replace(at(0, 0), at(0, 0), "pub ");
    assert!(store.change("file:///a.rs", 2, [change], Encoding::Utf8));
    let after = futures::executor::block_on(store.fresh(before, 0));
    assert_eq!(after.version, 1);
    assert_eq!(after.syntax.unwrap().tree.root_node().end_byte(), 10);
}

#[test]
fn large_texts_have_a_window_that_follows_the_cursor() {
    let item = "fn f() {\n    g(1);\n}\n\n";
    let store = open(&item.repeat(100_000));
    let length = item.len() * 100_000;
    for offset in [0, length / 2, length / 2 + 60_000, length] {
        let snapshot = settled(&store, offset);
        let syntax = snapshot.syntax.unwrap();
        assert!(syntax.fresh && syntax.window.touches(offset));
        assert!(syntax.window.len() < 200_000);
        let root = syntax.tree.root_node();
        assert!(!root.has_error());
        assert!(root.start_byte() >= syntax.window.start);
        let item_at_cursor = root.descendant_for_byte_range(offset, offset).unwrap();
        assert_eq!(
            item_at_cursor.start_position().row,
            snapshot.text.line_of(item_at_cursor.start_byte())
        );
    }
    let typed = replace(at(40_000, 0), at(40_000, 0), "fn typed() {}\n");
    assert!(store.change("file:///a.rs", 2, [typed], Encoding::Utf8));
    let offset = item.len() * 10_000;
    let syntax = settled(&store, offset).syntax.unwrap();
    let root = syntax.tree.root_node();
    let found = root.descendant_for_byte_range(offset, offset + 2).unwrap();
    assert_eq!(found.parent().unwrap().end_byte(), offset + 13);
    assert_eq!(found.start_position().row, 40_000);
    assert!(!root.has_error());
}

#[test]
fn texts_up_to_one_megabyte_are_parsed_whole() {
    let item = "fn f() {\n    g(1);\n}\n\n";
    let mut source = item.repeat((1 << 20) / item.len());
    source.push_str(&"\n".repeat((1 << 20) - source.len()));
    let store = open(&source);
    let syntax = settled(&store, 500_000).syntax.unwrap();
    assert_eq!(syntax.window, Span::new(0, 1 << 20));
    assert!(syntax.head.is_none());
    let typed = replace(at(9, 0), at(9, 0), " ");
    assert!(store.change("file:///a.rs", 2, [typed], Encoding::Utf8));
    let syntax = settled(&store, 500_000).syntax.unwrap();
    assert!(syntax.window.start > 0 && syntax.window.len() < 200_000);
    assert!(!syntax.head.unwrap().root_node().has_error());
    assert!(settled(&store, 0).syntax.unwrap().head.is_none());
}

#[test]
fn only_the_first_request_waits_long_and_only_without_a_tree() {
    let waits = |held: &mut Held| held.track.patience(PATIENCE, FIRST).most;
    let new = || {
        Held::new(
            Arc::from("file:///a.rs"),
            "rust",
            1,
            "fn f() {}\n".to_owned(),
            0,
        )
    };
    let mut held = new();
    assert_eq!(waits(&mut held), FIRST.most);
    assert!(held.track.wait(Some(FIRST), &held.text).is_some());
    assert_eq!(waits(&mut held), PATIENCE.most);

    let mut held = new();
    let mut job = held
        .track
        .begin(held.language.unwrap(), &held.text)
        .unwrap();
    let parsed = job.run(&mut tree_sitter::Parser::new());
    held.track
        .finish(&mut job, parsed, PATIENCE.most, &held.text);
    assert_eq!(waits(&mut held), PATIENCE.most);
}

#[test]
fn texts_beyond_the_limit_have_no_syntax() {
    let store = open(&" ".repeat((20 << 20) + 1));
    assert!(settled(&store, 5).syntax.is_none());
    let typed = replace(at(0, 1), at(0, 1), "x");
    assert!(store.change("file:///a.rs", 2, [typed], Encoding::Utf8));
    assert!(text(&store).starts_with(" x "));
}
