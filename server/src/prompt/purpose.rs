//! What each piece of a prompt is and why it is there, for the journal; pure.

use std::ops::Range;
use std::path::Path;

use super::fill::{Filled, From};
use crate::context::{Context, LeftOut, Snippet};
use crate::document::Snapshot;
use crate::model::Prompt;
use crate::model::purpose::{Part, Purpose, new_id};
use crate::text::Span;

/// What a completion's prompt is made of. `bytes_per_token`: of the model, about.
pub fn completion(
    snapshot: &Snapshot,
    context: &Context,
    filled: &Filled,
    bytes_per_token: f32,
) -> Purpose {
    let path = snapshot.path.as_deref();
    let near = |from: &str, span: Span, reason: &str| Part {
        path: path.map(Path::to_owned),
        lines: snapshot.text.line_of(span.start) + 1..snapshot.text.line_of(span.end) + 2,
        ..named(from, reason)
    };
    let parts = filled.parts.iter().map(|part| Part {
        range: part.range.clone(),
        tokens: match part.from {
            From::Control => 1,
            _ => (part.range.len() as f32 / bytes_per_token).ceil() as usize,
        },
        ..match part.from {
            From::Prefix => near("prefix", context.prefix, "the code before the cursor"),
            From::Suffix => near("suffix", context.suffix, "the code after the cursor"),
            From::Control => named("control", "a control token of the model"),
            From::Frame => named("frame", "words around the code"),
            From::Snippet(index) => match context.snippets.get(index) {
                Some(snippet) => of_snippet(snippet, &snippet.reason),
                None => Part::default(),
            },
        }
    });
    Purpose {
        id: new_id(),
        what: "completion".to_owned(),
        document: path.map(Path::to_owned),
        parts: parts.collect(),
        left_out: left_out(&context.left_out),
        written: filled.written(),
    }
}

/// What the prompt of a question is made of: the snippets and the question are found in its text, the rest is the action's words
/// with the code at the place.
pub fn ask(
    action: &str,
    question: &str,
    document: Option<&Path>,
    (snippets, unused): (&[Snippet], &[LeftOut]),
    prompt: &Prompt,
    bytes_per_token: f32,
) -> Purpose {
    let written = prompt.written();
    let mut pieces: Vec<(Part, &str)> = snippets
        .iter()
        .map(|snippet| (of_snippet(snippet, &snippet.reason), snippet.text.as_str()))
        .collect();
    pieces.push((named("question", "what you asked"), question));
    let mut parts = locate(&written, pieces);
    for part in &mut parts {
        part.tokens = (part.range.len() as f32 / bytes_per_token).ceil() as usize;
    }
    Purpose {
        id: new_id(),
        what: action.to_owned(),
        document: document.map(Path::to_owned),
        parts,
        left_out: left_out(unused),
        written,
    }
}

/// The pieces where their texts stand in `written`, and a frame for each stretch between. The last occurrence counts: earlier
/// turns of a conversation stand before.
fn locate(written: &str, mut pieces: Vec<(Part, &str)>) -> Vec<Part> {
    let mut found: Vec<Part> = Vec::new();
    pieces.sort_by_key(|(_, text)| std::cmp::Reverse(text.len()));
    for (part, text) in pieces {
        let text = text.trim();
        let free = |range: &Range<usize>| {
            let apart =
                |other: &Part| range.end <= other.range.start || other.range.end <= range.start;
            found.iter().all(apart)
        };
        let places = written.rmatch_indices(text);
        let mut ranges = places.map(|(start, text)| start..start + text.len());
        if let (false, Some(range)) = (text.is_empty(), ranges.find(free)) {
            found.push(Part { range, ..part });
        }
    }
    found.sort_by_key(|part| part.range.start);
    let mut parts = Vec::new();
    let mut end = 0;
    let frame = |range: Range<usize>| Part {
        range,
        ..named("frame", "the action's words, and the code at the place")
    };
    for part in found {
        if end < part.range.start {
            parts.push(frame(end..part.range.start));
        }
        end = part.range.end;
        parts.push(part);
    }
    if end < written.len() {
        parts.push(frame(end..written.len()));
    }
    parts
}

fn left_out(pieces: &[LeftOut]) -> Vec<Part> {
    let part = |left: &LeftOut| of_snippet(&left.snippet, left.why);
    pieces.iter().map(part).collect()
}

fn of_snippet(snippet: &Snippet, reason: &str) -> Part {
    Part {
        path: snippet.path.as_deref().map(Path::to_owned),
        lines: snippet.lines.clone(),
        tokens: snippet.tokens,
        ..named(snippet.source.name(), reason)
    }
}

fn named(from: &str, reason: &str) -> Part {
    Part {
        from: from.to_owned(),
        reason: reason.to_owned(),
        ..Part::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::{Expect, expect};

    fn check(written: &str, pieces: &[(&str, &str)], expected: Expect) {
        let pieces = pieces.iter().map(|(name, text)| (named(name, ""), *text));
        let parts = locate(written, pieces.collect());
        let drawn = parts.iter().map(|part| {
            let text = &written[part.range.clone()];
            format!("{}: {text:?}\n", part.from)
        });
        expected.assert_eq(&drawn.collect::<String>());
        let joined: String = parts
            .iter()
            .map(|part| &written[part.range.clone()])
            .collect();
        assert_eq!(joined, written, "without gaps");
    }

    #[test]
    fn pieces_are_found_and_the_rest_is_frame() {
        check(
            "Explain.\n\nimport a\n\nfunc b() {}\n\nWhy?\n",
            &[
                ("imports", "import a\n"),
                ("function", "func b() {}"),
                ("question", "Why?"),
            ],
            expect![[r#"
                frame: "Explain.\n\n"
                imports: "import a"
                frame: "\n\n"
                function: "func b() {}"
                frame: "\n\n"
                question: "Why?"
                frame: "\n"
            "#]],
        );
    }

    #[test]
    fn a_short_piece_does_not_claim_a_part_of_a_longer_one() {
        check(
            "b()\nfunc b()",
            &[
                ("question", "b()"),
                ("function", "func b()"),
                ("empty", " "),
            ],
            expect![[r#"
                question: "b()"
                frame: "\n"
                function: "func b()"
            "#]],
        );
        check(
            "abc",
            &[("gone", "xyz")],
            expect![[r#"
            frame: "abc"
        "#]],
        );
    }
}
