//! What the tests of this folder share: holes drawn in a text, and completions for them.

use super::around::Around;
use super::*;
use crate::context::{Hole, HoleKind, Limits, Shape, gather};
use crate::model::{Piece, Prompt};

/// The surroundings of `$0` in `text`; one line is to be filled in.
pub fn drawn(path: &str, text: &str) -> Around {
    drawn_as(path, text, HoleKind::Code, Shape::Line)
}

pub fn drawn_as(path: &str, text: &str, kind: HoleKind, shape: Shape) -> Around {
    let offset = text.find("$0").expect("a cursor");
    let snapshot = Snapshot::parse(path, text.replacen("$0", "", 1));
    let limits = Limits {
        tokens: 100,
        suffix_tokens: 10,
        bytes_per_token: 3.3,
    };
    let found = gather(&snapshot, offset, &[], limits).hole;
    let function = || function(&snapshot, offset);
    let hole = Hole {
        offset,
        kind,
        shape,
        block: None,
        function: found.function.filter(|_| found.settled).or_else(function),
        settled: found.settled,
        quiet: None,
    };
    let filled = Filled {
        prompt: Prompt::Raw {
            pieces: vec![Piece::Text(snapshot.text[..offset].to_owned())],
            heal: 0,
        },
        stops: vec!["<|stop|>".to_owned()],
        trimmed: offset..offset,
        parts: Vec::new(),
    };
    Around {
        patience: std::time::Duration::from_secs(10),
        ..Around::new(&snapshot, &hole, &filled)
    }
}

/// The function around `offset`.
fn function(snapshot: &Snapshot, offset: usize) -> Option<Span> {
    let root = snapshot.syntax.as_ref()?.tree.root_node();
    let node = root.descendant_for_byte_range(offset, offset);
    let mut around = std::iter::successors(node, |node| node.parent());
    let function = around.find(|node| {
        let kinds = [
            "function_item",
            "function_declaration",
            "method_declaration",
        ];
        kinds.contains(&node.kind())
    });
    function.map(|node| Span::from(node.byte_range()))
}

#[test]
fn filter_text_starts_with_the_word_before_the_cursor() {
    let check = |text: &str, completion: &str, expected: &str| {
        let around = drawn("a.rs", text);
        let offset = around.hole.offset;
        let completion = Completion {
            span: Span::empty(offset),
            text: completion.to_owned(),
            done: true,
        };
        assert_eq!(filter_text(&around.snapshot, offset, &completion), expected);
    };
    check("let x = gré$0;", "ce(1)", "gréce(1)");
    check("{$0", "\n    a();\n    b();", "    a();");
    check("$0", "a", "a");
}
