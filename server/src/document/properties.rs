//! Thousands of random edits: text, lines and tree always equal what a naive model says.

use futures::executor::block_on;
use support::random::Random;

use super::syntax::range;
use super::{Change, Place, Snapshot, Store, Syntax};
use crate::text::{Encoding, LineIndex};

const PIECES: &[&str] = &[
    "",
    "x",
    "\n",
    "\r\n",
    "\r",
    "😀",
    "e\u{301}",
    "👩‍👩‍👧",
    "\u{2028}",
    "ä",
    "中",
    "\t",
    " ",
    "{",
    "}",
    "(",
    ")",
    "\"",
    "'",
    "//",
    "/*",
    "*/",
    ";",
    "fn f() {\n    g(1)\n}\n",
    "let a = 1;",
    "func f() {\r\n\tg(1)\r\n}\r\n",
    "package p\n",
    "`",
    "r#\"",
    "\u{b}\u{85}",
    "if a { b } else { c }",
];
const ENCODINGS: [Encoding; 3] = [Encoding::Utf8, Encoding::Utf16, Encoding::Utf32];
const URI: &str = "untitled:property";

/// Lines as the protocol defines them, found one character at a time; the line end belongs to its line.
fn lines(text: &str) -> Vec<&str> {
    let mut lines = Vec::new();
    let mut rest = text;
    loop {
        let end = rest.char_indices().find_map(|(at, character)| {
            let crlf = rest[at..].starts_with("\r\n");
            matches!(character, '\n' | '\r').then_some(at + 1 + usize::from(crlf))
        });
        match end {
            Some(end) => {
                lines.push(&rest[..end]);
                rest = &rest[end..];
            }
            None => {
                lines.push(rest);
                return lines;
            }
        }
    }
}

/// The offset of a place, clamped, by counting every unit of every character.
fn naive_offset(text: &str, place: Place, encoding: Encoding) -> usize {
    let lines = lines(text);
    let Some(line) = lines.get(place.line) else {
        return text.len();
    };
    let start: usize = lines[..place.line].iter().map(|line| line.len()).sum();
    let mut offset = start;
    let mut units = 0;
    for character in line.trim_end_matches(['\r', '\n']).chars() {
        units += match encoding {
            Encoding::Utf8 => character.len_utf8(),
            Encoding::Utf16 => character.len_utf16(),
            Encoding::Utf32 => 1,
        };
        if units > place.column {
            break;
        }
        offset += character.len_utf8();
    }
    offset
}

/// Any place, some of them past the ends of lines and text, some inside of characters.
fn place(random: &mut Random, text: &str) -> Place {
    let lines = lines(text);
    let line = random.below(lines.len() + 2);
    let length = lines.get(line).map_or(3, |line| line.len());
    Place {
        line,
        column: random.below(length + 3),
    }
}

/// The place of an offset, by counting every unit of every character.
fn naive_place(text: &str, offset: usize, encoding: Encoding) -> Place {
    let mut start = 0;
    let lines = lines(text);
    let mut line = 0;
    while line + 1 < lines.len() && start + lines[line].len() <= offset {
        start += lines[line].len();
        line += 1;
    }
    let before = text[start..offset].chars();
    let column = before.map(|character| encoding.width(character)).sum();
    Place { line, column }
}

/// Any change; half of them type on where the last one ended.
fn change(random: &mut Random, text: &str, end: Option<usize>, encoding: Encoding) -> Change {
    let new_text = (0..random.below(4)).map(|_| *random.pick(PIECES)).collect();
    if random.below(40) == 0 {
        return Change {
            range: None,
            new_text,
        };
    }
    if let Some(end) = end.filter(|_| random.below(2) == 0) {
        let place = naive_place(text, end, encoding);
        return Change {
            range: Some((place, place)),
            new_text,
        };
    }
    let start = place(random, text);
    let end = match random.below(3) {
        0 => place(random, text),
        _ => Place {
            column: start.column + random.below(3),
            ..start
        },
    };
    Change {
        range: Some((start.min(end), start.max(end))),
        new_text,
    }
}

/// Where what was put in ends.
fn apply(text: &mut String, change: &Change, encoding: Encoding) -> usize {
    let Some((start, end)) = change.range else {
        text.clone_from(&change.new_text);
        return text.len();
    };
    let start = naive_offset(text, start, encoding);
    let end = naive_offset(text, end, encoding);
    text.replace_range(start..end, &change.new_text);
    start + change.new_text.len()
}

/// One typing session of `steps` messages with up to three changes each; the tree is compared after every `settle`th.
fn session(seed: u64, language: &str, encoding: Encoding, steps: usize, settle: usize) {
    let mut random = Random::new(seed);
    let store = Store::patient();
    let mut model = String::new();
    store.open(URI, language, 0, String::new());
    let (mut held, mut end) = (None, None);
    for step in 1..=steps {
        let mut changes = Vec::new();
        for _ in 0..1 + random.below(3) {
            let change = change(&mut random, &model, end, encoding);
            end = Some(apply(&mut model, &change, encoding));
            changes.push(change);
        }
        assert!(store.change(URI, step as i32, changes, encoding));
        // Some messages follow each other without anybody looking.
        if step % settle != 0 && random.below(3) != 0 {
            continue;
        }
        let snapshot = store.snapshot(URI).unwrap();
        let what = format!("seed {seed}, step {step}, {encoding:?}");
        assert_eq!(snapshot.text.as_str(), model, "{what}");
        assert_eq!(*snapshot.text.lines(), LineIndex::new(&model), "{what}");
        assert_eq!(snapshot.text.line_count(), lines(&model).len(), "{what}");
        if step % settle == 0 {
            let settled = block_on(store.fresh(snapshot.clone(), 0));
            same_tree(&settled.syntax.unwrap(), &snapshot, &what);
        }
        // Some snapshots are held over the next edit, so that both ways of changing a text are walked.
        held = (random.below(2) == 0).then_some(snapshot);
    }
    drop(held);
}

fn same_tree(found: &Syntax, snapshot: &Snapshot, what: &str) {
    let expected = Syntax::parse(snapshot.language.unwrap(), &snapshot.text).unwrap();
    assert!(found.fresh, "{what}");
    let text = snapshot.text.as_str();
    assert_eq!(
        nodes(&found.tree),
        nodes(&expected.tree),
        "{what}\n{text:?}"
    );
}

/// Every node with its kind, bytes and positions, in order.
fn nodes(tree: &tree_sitter::Tree) -> Vec<(String, bool, tree_sitter::Range)> {
    let mut cursor = tree.walk();
    let mut nodes = Vec::new();
    loop {
        let node = cursor.node();
        nodes.push((node.kind().to_owned(), node.is_missing(), node.range()));
        if cursor.goto_first_child() {
            continue;
        }
        while !cursor.goto_next_sibling() {
            if !cursor.goto_parent() {
                return nodes;
            }
        }
    }
}

/// Types and jumps about in a text too large to be parsed whole; the window's tree equals a new one of the same window.
fn large_session(seed: u64, language: &str, item: &str) {
    let mut random = Random::new(seed);
    let store = Store::patient();
    store.open(URI, language, 0, item.repeat((1 << 20) / item.len() + 9));
    let mut version = 0;
    for _ in 0..6 {
        let lines = store.snapshot(URI).unwrap().text.line_count();
        let mut line = random.below(lines);
        for _ in 0..4 {
            version += 1;
            line = (line + random.below(20)).min(lines - 1);
            let place = |column| Place { line, column };
            let column = random.below(12);
            let change = Change {
                range: Some((place(column), place(column + random.below(3)))),
                new_text: random.pick(PIECES).to_string(),
            };
            assert!(store.change(URI, version, [change], Encoding::Utf16));
        }
        let snapshot = store.snapshot(URI).unwrap();
        let offset = snapshot.text.lines().line_start(line).unwrap();
        let syntax = block_on(store.fresh(snapshot.clone(), offset))
            .syntax
            .unwrap();
        assert!(syntax.fresh && syntax.window.touches(offset));
        assert!(syntax.window.len() < 300_000);
        let mut parser = tree_sitter::Parser::new();
        let grammar = snapshot.language.unwrap().grammar();
        parser.set_language(&grammar).unwrap();
        let range = range(&snapshot.text, syntax.window);
        parser.set_included_ranges(&[range]).unwrap();
        let expected = parser.parse(snapshot.text.as_str(), None).unwrap();
        assert!(
            nodes(&syntax.tree) == nodes(&expected),
            "seed {seed}, version {version}"
        );
    }
}

#[test]
fn random_edits_leave_the_right_tree_in_large_texts() {
    large_session(300, "rust", "fn f() {\n    g(\"ä\");\n}\n\n");
    large_session(301, "go", "func f() {\r\n\tg('😀')\r\n}\r\n\r\n");
}

#[test]
fn random_edits_leave_the_right_text_and_lines() {
    for encoding in ENCODINGS {
        for seed in 1..=8 {
            session(seed, "plaintext", encoding, 400, usize::MAX);
        }
    }
}

#[test]
fn random_edits_leave_the_right_tree() {
    for encoding in ENCODINGS {
        for seed in 1..=4 {
            session(100 + seed, "rust", encoding, 100, 3);
            session(200 + seed, "go", encoding, 100, 3);
        }
    }
}
