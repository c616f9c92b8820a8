//! What is gathered far from the start of a large file.

use futures::executor::block_on;

use super::*;
use crate::document::{Change, Place, Store};
use crate::text::Encoding;

const URI: &str = "untitled:large";

/// Both languages: the id, the start of a file, an item, and one more import.
const LANGUAGES: [(&str, &str, &str, &str); 2] = [
    (
        "go",
        "// Package a has\n// docs.\npackage a\n\nimport (\n\t\"fmt\"\n\t\"os\"\n)\n\n",
        "func f() {\n\tfmt.Println(1)\n}\n\n",
        "import \"errors\"\n",
    ),
    (
        "rust",
        "//! A file with docs.\n#![allow(dead_code)]\n\nuse std::{\n    fmt,\n    io,\n};\nuse a::b;\n\n",
        "fn f() {\n    g(1);\n}\n\n",
        "use new::Name;\n",
    ),
];

/// The imports that a context in the middle of the document has.
fn imports(store: &Store) -> String {
    let snapshot = store.snapshot(URI).expect("a document");
    let text = &snapshot.text;
    let offset = text.line_span(text.line_of(text.len() / 2)).end;
    let snapshot = block_on(store.fresh(snapshot, offset));
    let context = gather(&snapshot, offset, &[], USUAL);
    let imports = context.snippets.into_iter();
    let imports = imports.filter(|one| one.source == Source::Imports);
    imports.map(|one| one.text + "\n").collect()
}

fn open(id: &str, head: &str, item: &str, bytes: usize) -> Store {
    let store = Store::patient();
    let text = format!("{head}{}", item.repeat(bytes / item.len()));
    store.open(URI, id, 0, text);
    store
}

#[test]
fn imports_are_known_far_from_the_start() {
    for (id, head, item, _) in LANGUAGES {
        let small = imports(&open(id, head, item, 8 << 10));
        assert!(small.lines().count() >= 4, "{small}");
        for bytes in [
            60 << 10,
            70 << 10,
            200 << 10,
            900 << 10,
            1100 << 10,
            3 << 20,
        ] {
            let large = imports(&open(id, head, item, bytes));
            assert_eq!(large, small, "{id}, {bytes} bytes");
        }
    }
}

#[test]
fn imports_that_are_added_from_afar_are_known() {
    for (id, head, item, import) in LANGUAGES {
        for bytes in [200 << 10, 2 << 20] {
            let store = open(id, head, item, bytes);
            let before = imports(&store);
            let line = head.lines().count();
            let change = |line: usize, new_text: &str| {
                let place = Place { line, column: 0 };
                Change {
                    range: Some((place, place)),
                    new_text: new_text.to_owned(),
                }
            };
            let behind = change(line + bytes / item.len() * 2, "\n");
            let changes = [change(line, import), behind];
            assert!(store.change(URI, 1, changes, Encoding::Utf8));
            assert_eq!(imports(&store), format!("{before}{import}"), "{id}");
            let gone = Change {
                range: Some((
                    Place { line, column: 0 },
                    Place {
                        line: line + 1,
                        column: 0,
                    },
                )),
                new_text: String::new(),
            };
            assert!(store.change(URI, 2, [gone], Encoding::Utf8));
            assert_eq!(imports(&store), before, "{id}");
        }
    }
}
