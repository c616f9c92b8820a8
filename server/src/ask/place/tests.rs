//! Runs the cases of `tests/golden/place`: a file with a cursor or selection, an answer, and the file with the edit.

use support::golden::{self, Case};
use support::random::Random;

use super::*;
use crate::action::{Action, AnswerKind, Need};
use crate::ask::lay_out;
use crate::ask::tests::{action, query};
use crate::context::Source;
use crate::model::scripted::Scripted;

/// `insert` (with near code, as `write`), `above` (without, as `document`), `replace`, `file`.
fn action_for(way: &str) -> Action {
    let kind = match way {
        "replace" => AnswerKind::Replace,
        "file" => AnswerKind::File,
        _ => AnswerKind::Insert,
    };
    let mut action = action(kind, "{{ selection }}");
    if way == "insert" {
        action.needs = vec![Need::Near, Need::Snippets(Source::Imports)];
    }
    action
}

/// The document's query and what came of an answer.
fn placed(path: &str, way: &str, drawing: &str, answer: &str) -> (Query, Result<Placed, String>) {
    let query = query(path, drawing, action_for(way), &Scripted::default());
    let laid = lay_out(&query).expect("a prompt");
    let placed = place(&query, &laid.around, answer);
    (query, placed)
}

fn show(case: &Case) -> String {
    let (head, drawing) = &case.sections[0];
    let (path, way) = head.split_once(' ').expect("a path and a way");
    let answer = case.section("answer").expect("an answer");
    let drawing = drawing.replace("␄\n", "");
    let (query, placed) = placed(path, way, &drawing, answer);
    let placed = match placed {
        Ok(placed) => placed,
        Err(why) => return format!("none: {why}"),
    };
    let mut out = String::new();
    for file in &placed.proposal.files {
        match file.create {
            true => out.push_str(&format!("new {}\n{}", file.uri, applied("", &file.edits))),
            false => out.push_str(&applied(&query.snapshot.text, &file.edits)),
        }
    }
    if !out.ends_with('\n') {
        out.push_str("␄\n");
    }
    if let Some(note) = placed.note {
        out.push_str(&format!("note: {note}\n"));
    }
    out
}

#[test]
fn answers_are_placed_as_drawn() {
    golden::run("place", 50, show);
}

fn errors(snapshot: &Snapshot, text: &Text) -> usize {
    let syntax = Syntax::parse(snapshot.language.expect("a language"), text);
    let syntax = syntax.expect("a tree");
    syntax.error_count(syntax.window)
}

/// Answers of all sorts at all sorts of places: no panic, edits in order, and never a syntax error more.
#[test]
fn whatever_is_said_the_file_still_parses_as_well() {
    let mut random = Random::new(7);
    let files = [
        (
            "a.go",
            include_str!("../../../../tests/golden/go/stock/stock.go"),
        ),
        (
            "src/a.rs",
            include_str!("../../../../tests/golden/rust/src/lib.rs"),
        ),
    ];
    let mut placed_some = 0;
    for _ in 0..300 {
        let (path, text) = *random.pick(&files);
        let text: String = text.chars().take(3000).collect();
        let text = match random.below(4) {
            0 => text.replace('\n', "\r\n"),
            1 => text.replace("the", "dé 😀"),
            _ => text,
        };
        let cut = |random: &mut Random| {
            let start = text.floor_char_boundary(random.below(text.len()));
            let end = text.floor_char_boundary(start + random.below(400));
            text[start..end.min(text.len()).max(start)].to_owned()
        };
        let added = match path {
            "a.go" => "func added() {\n",
            _ => "fn added() {\n",
        };
        let answer = match random.below(3) {
            0 => format!("```\n{}\n```", cut(&mut random)),
            1 => format!("```\n{}", cut(&mut random)),
            _ => format!("```\n{added}  x(\"é\")\n}}\n```"),
        };
        let at = text.floor_char_boundary(random.below(text.len()));
        let to = text.floor_char_boundary((at + random.below(80)).min(text.len()));
        let drawing = match random.below(3) {
            0 => format!("{}$0{}$0{}", &text[..at], &text[at..to], &text[to..]),
            _ => format!("{}$0{}", &text[..at], &text[at..]),
        };
        let way = *random.pick(&["insert", "above", "replace"]);
        let (query, placed) = placed(path, way, &drawing, &answer);
        let Ok(placed) = placed else { continue };
        placed_some += 1;
        let edits = &placed.proposal.files[0].edits;
        assert!(
            edits
                .windows(2)
                .all(|pair| pair[0].span.end <= pair[1].span.start)
        );
        let text = &query.snapshot.text;
        let after = Text::new(applied(text, edits));
        assert!(
            errors(&query.snapshot, &after) <= errors(&query.snapshot, text),
            "{drawing}\n{answer}"
        );
    }
    assert!(placed_some > 50, "{placed_some}");
}

/// Above the size up to which a text is parsed as a whole for each form of an answer.
#[test]
fn in_a_large_file_too_only_what_parses_is_placed() {
    let functions: String = (0..10_000)
        .map(|n| format!("func f{n}() {{\n\tg({n})\n}}\n\n"))
        .collect();
    let text = format!("package a\n\nimport \"fmt\"\n\n{functions}");
    assert!(text.len() > 256 * 1024);
    let drawing = text.replacen("\tg(5000)\n", "\tg(5000)\n\t$0\n", 1);
    let (query, good) = placed("a.go", "insert", &drawing, "```go\nos.Exit(1)\n```");
    let edits = &good.expect("it fits").proposal.files[0].edits;
    let after = applied(&query.snapshot.text, edits);
    assert!(after.contains("import (\n\t\"fmt\"\n\t\"os\"\n)"));
    assert!(after.contains("\tg(5000)\n\tos.Exit(1)\n}"));
    let (_, bad) = placed("a.go", "insert", &drawing, "```go\nif a {\n```");
    assert!(bad.expect_err("a reason").contains("syntax error"));
}
