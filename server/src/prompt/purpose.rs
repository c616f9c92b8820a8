//! What each piece of a prompt is and why it is there, for the journal; pure.

use std::ops::Range;
use std::path::Path;

use super::fill::{Filled, From};
use crate::context::{Context, LeftOut, Snippet};
use crate::document::Snapshot;
use crate::model::purpose::{Part, Purpose, new_id};
use crate::model::{Prompt, Role};
use crate::text::Span;

/// What the prompt of a question tells beside the snippets: the selection, the code before and after…
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Told {
    pub from: &'static str,
    pub reason: &'static str,
    /// Of the document, from 1, end excluded; empty where it is not of it.
    pub lines: Range<usize>,
    pub text: String,
}

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

/// What the prompt of a question is made of: the snippets and what is told beside them are found in its text, earlier answers are
/// messages of their own, the rest is the action's words.
pub fn ask(
    action: &str,
    told: &[Told],
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
    pieces.extend(told.iter().map(|one| {
        let part = Part {
            path: document
                .filter(|_| !one.lines.is_empty())
                .map(Path::to_owned),
            lines: one.lines.clone(),
            ..named(one.from, one.reason)
        };
        (part, one.text.as_str())
    }));
    let (messages, answers) = messages(prompt);
    let mut parts = locate(&written, &messages, answers, pieces);
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

/// Where each message ends, and those that the model wrote.
fn messages(prompt: &Prompt) -> (Vec<usize>, Vec<Part>) {
    let Prompt::Chat(messages) = prompt else {
        return Default::default();
    };
    let mut end = 0;
    let (mut ends, mut parts) = (Vec::new(), Vec::new());
    for message in messages {
        let range = end..end + message.text.len();
        end = range.end;
        ends.push(end);
        if message.role == Role::Assistant && !range.is_empty() {
            parts.push(Part {
                range,
                ..named("answer", "what the model answered before")
            });
        }
    }
    (ends, parts)
}

/// The pieces where their texts stand in `written` outside of what was `found` already, and a frame for each stretch between. The
/// last occurrence counts, since earlier turns of a conversation stand before; one that has its lines for itself counts more.
/// Messages end at `ends`.
fn locate(
    written: &str,
    ends: &[usize],
    mut found: Vec<Part>,
    mut pieces: Vec<(Part, &str)>,
) -> Vec<Part> {
    pieces.sort_by_key(|(_, text)| std::cmp::Reverse(text.len()));
    for (part, text) in pieces {
        let text = text.trim();
        let free = |range: &Range<usize>| {
            let apart =
                |other: &Part| range.end <= other.range.start || other.range.end <= range.start;
            found.iter().all(apart)
        };
        if text.is_empty() {
            continue;
        }
        let places = written.rmatch_indices(text);
        let ranges = places.map(|(start, text)| start..start + text.len());
        let ranges: Vec<Range<usize>> = ranges.filter(free).collect();
        let own_lines = ranges
            .iter()
            .find(|range| has_own_lines(written, ends, range));
        if let Some(range) = own_lines.or(ranges.first()).cloned() {
            found.push(Part { range, ..part });
        }
    }
    found.sort_by_key(|part| part.range.start);
    let mut parts = Vec::new();
    let mut end = 0;
    let frame = |range: Range<usize>| Part {
        range,
        ..named("frame", "the action's words")
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

/// Whether nothing but blanks stands beside a range in its lines.
fn has_own_lines(text: &str, ends: &[usize], range: &Range<usize>) -> bool {
    let before = text[..range.start].trim_end_matches([' ', '\t']);
    let after = text[range.end..].trim_start_matches([' ', '\t', '\r']);
    let ends_at = |offset| ends.contains(&offset);
    let begins = before.is_empty() || before.ends_with('\n') || ends_at(before.len());
    begins && (after.is_empty() || after.starts_with('\n') || ends_at(text.len() - after.len()))
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
    use crate::model::Message;
    use expect_test::{Expect, expect};

    fn check(written: &str, pieces: &[(&str, &str)], expected: Expect) {
        let pieces = pieces.iter().map(|(name, text)| (named(name, ""), *text));
        let parts = locate(written, &[], Vec::new(), pieces.collect());
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
    fn a_short_piece_is_looked_for_in_lines_of_its_own() {
        check(
            "Explain x:\n\n  x\n\nSay why x is there.",
            &[("selection", "x")],
            expect![[r#"
                frame: "Explain x:\n\n  "
                selection: "x"
                frame: "\n\nSay why x is there."
            "#]],
        );
        check(
            "Explain x.",
            &[("selection", "x")],
            expect![[r#"
            frame: "Explain "
            selection: "x"
            frame: "."
        "#]],
        );
    }

    #[test]
    fn earlier_answers_are_messages_of_their_own() {
        let message = |role, text: &str| Message {
            role,
            text: text.to_owned(),
        };
        let prompt = Prompt::Chat(vec![
            message(Role::User, "Code:\nfunc b() {}\nwhy?\n"),
            message(Role::Assistant, "As in:\nfunc b() {}\n"),
            message(Role::User, "how?"),
        ]);
        let told = |from: &'static str, text: &str| Told {
            from,
            text: text.to_owned(),
            ..Told::default()
        };
        let told = [
            told("selection", "func b() {}"),
            told("question", "how?"),
            told("question", "why?"),
        ];
        let purpose = ask("ask", &told, None, (&[], &[]), &prompt, 3.0);
        let drawn = purpose.parts.iter().map(|part| {
            let text = &purpose.written[part.range.clone()];
            format!("{}: {text:?}\n", part.from)
        });
        expect![[r#"
            frame: "Code:\n"
            selection: "func b() {}"
            frame: "\n"
            question: "why?"
            frame: "\n"
            answer: "As in:\nfunc b() {}\n"
            question: "how?"
        "#]]
        .assert_eq(&drawn.collect::<String>());
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
