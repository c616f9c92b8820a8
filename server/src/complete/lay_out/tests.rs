//! The same text and the same warm start give the same prompt, whatever happened before.

use std::time::Duration;

use futures::executor::block_on;
use support::random::Random;

use super::*;
use crate::complete::{Delivery, Settings, Trigger};
use crate::context::Limits;
use crate::document::{Change, Place, Snapshot, Store};
use crate::model::scripted::Scripted;
use crate::prompt::fill::Layout;
use crate::text::{Edit, Encoding, Span, Text};

/// What is written at the place in the middle of each file, the cursor behind it: nothing, half of a statement, a whole one.
const WRITTEN: [&str; 3] = ["", "if left < self.count(", "return helper(1)"];

const FILES: [(&str, &str, &str, &str); 2] = [
    (
        "untitled:stock.go",
        "go",
        include_str!("../../../../tests/golden/go/stock/stock.go"),
        "\tshelf.OnHand += quantity\n",
    ),
    (
        "untitled:lib.rs",
        "rust",
        include_str!("../../../../tests/golden/rust/src/lib.rs"),
        "        self.check_dependencies()?;\n",
    ),
];

const PIECES: [&str; 8] = [
    "x",
    "\n",
    "{",
    "}",
    "(\"",
    "// é😀\n",
    "fn f() {\n}\n",
    "func g() {\n}\n",
];

fn sent(snapshot: Snapshot, offset: usize, before: Option<&Beginning>) -> String {
    let query = Query {
        snapshot,
        offset,
        neighbours: Vec::new(),
        trigger: Trigger::Automatic,
        delivery: Delivery::Whole,
        settings: Settings {
            backend: std::sync::Arc::new(Scripted::default()),
            layout: Layout::LeftToRight { heals: true },
            limits: Limits {
                tokens: 1024,
                suffix_tokens: 0,
                bytes_per_token: 3.3,
            },
            debounce: Duration::ZERO,
            max_tokens: 64,
            min_log_prob: -1.5,
            parallel: true,
        },
    };
    lay_out(&query, before).filled.written()
}

/// The beginning of the prompt that is sent at `offset` of a text that nothing happened to.
fn beginning(uri: &str, language: &str, text: &str, offset: usize) -> Beginning {
    let snapshot = settled(&opened(uri, language, text), uri, offset);
    let limits = Limits {
        tokens: 400,
        suffix_tokens: 0,
        bytes_per_token: 3.3,
    };
    Beginning::of(
        &context::gather(&snapshot, offset, &[], limits),
        &snapshot.text,
    )
}

fn opened(uri: &str, language: &str, text: &str) -> Store {
    let store = Store::patient();
    store.open(uri, language, 0, text.to_owned());
    store
}

fn settled(store: &Store, uri: &str, offset: usize) -> Snapshot {
    let snapshot = store.snapshot(uri).expect("a document");
    block_on(store.fresh(snapshot, offset))
}

fn change(store: &Store, uri: &str, version: &mut i32, edit: &Edit) {
    let snapshot = store.snapshot(uri).expect("a document");
    let place = |offset: usize| {
        let line = snapshot.text.line_of(offset);
        let column = offset - snapshot.text.line_span(line).start;
        Place { line, column }
    };
    *version += 1;
    let change = Change {
        range: Some((place(edit.span.start), place(edit.span.end))),
        new_text: edit.new_text.clone(),
    };
    assert!(store.change(uri, *version, [change], Encoding::Utf8));
}

/// A document that came to hold `text` by random edits, with prompts asked for on the way.
fn with_a_history(uri: &str, language: &str, text: &str, random: &mut Random) -> Store {
    let mut other = Text::new(text);
    let mut back = Vec::new();
    for _ in 0..1 + random.below(12) {
        let start = other.floor(random.below(other.len() + 1));
        let span = Span::new(
            start,
            other.floor((start + random.below(40)).min(other.len())),
        );
        let edit = Edit::new(span, *random.pick(&PIECES));
        let inverse = Span::new(start, start + edit.new_text.len());
        back.push(Edit::new(inverse, other.slice(span)));
        other.apply(&edit);
    }
    let store = opened(uri, language, &other);
    let mut version = 0;
    while let Some(edit) = back.pop() {
        if random.below(2) == 0 {
            let length = store.snapshot(uri).expect("a document").text.len();
            let offset = random.below(length + 1);
            sent(settled(&store, uri, offset), offset, None);
        }
        change(&store, uri, &mut version, &edit);
    }
    assert_eq!(store.snapshot(uri).expect("a document").text.as_str(), text);
    store
}

#[test]
fn only_the_text_and_the_warm_start_count() {
    let mut random = Random::new(4);
    let mut warm_ones = 0;
    for (uri, language, golden, behind) in FILES {
        for written in WRITTEN {
            let mut text = golden.to_owned();
            let at = text.find(behind).expect("the place") + behind.len();
            text.insert_str(at, &format!("{written}\n"));
            let offset = at + written.len();
            let starts = [
                None,
                Some(beginning(uri, language, &text, at)),
                Some(beginning(
                    uri,
                    language,
                    &text,
                    text.floor_char_boundary(at - 400),
                )),
                Some(beginning(uri, language, &text, 10)),
            ];
            let first = opened(uri, language, &text);
            let prompts = |store: &Store| {
                let snapshot = settled(store, uri, offset);
                starts
                    .each_ref()
                    .map(|start| sent(snapshot.clone(), offset, start.as_ref()))
            };
            let expected = prompts(&first);
            warm_ones += usize::from(expected[2] != expected[0]);
            for round in 0..15 {
                let store = with_a_history(uri, language, &text, &mut random);
                assert!(
                    prompts(&store) == expected,
                    "{uri}, {written:?}, round {round}"
                );
            }
        }
    }
    assert!(warm_ones > 0, "a warm start makes a difference");
}
