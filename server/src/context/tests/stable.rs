//! What must not change from key to key, and what must hold for any text.

use super::*;
use crate::text::Edit;

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
