//! Takes the secrets out of a prompt, also those that the cursor, a control token or a marker cuts in two; pure.

use super::secrets::{REDACTED, Rules};
use crate::model::{HOLE, Message, Piece, Prompt};

/// How far on each side of a cut a secret that goes across is looked for, in bytes: more than the longest key.
const REACH: usize = 8 << 10;

/// The prompt without its secrets, and how many there were.
pub fn redact(prompt: Prompt, rules: &Rules) -> (Prompt, usize) {
    let mut taken = 0;
    let mut clean = |parts: Vec<Part>| {
        let (texts, count) = redact_parts(parts, rules);
        taken += count;
        texts
    };
    let prompt = match prompt {
        Prompt::Raw { pieces, heal } => raw(pieces, heal, clean),
        Prompt::Insert { prefix, suffix } => {
            let mut texts = clean(vec![Part::Text(prefix), Part::Text(suffix)]).into_iter();
            let mut next = || texts.next().unwrap_or_default();
            Prompt::Insert {
                prefix: next(),
                suffix: next(),
            }
        }
        Prompt::Chat(messages) => {
            let message = |own: Message| Message {
                text: clean(around_hole(own.text)).concat(),
                role: own.role,
            };
            Prompt::Chat(messages.into_iter().map(message).collect())
        }
    };
    (prompt, taken)
}

/// A part of a prompt in its order.
enum Part {
    /// The user's text; a neighbour goes on where it ends, or stands beside it with a fixed part between.
    Text(String),
    /// A control token or a marker: stays, and is no part of a text.
    Fixed(String),
}

fn raw(pieces: Vec<Piece>, heal: usize, clean: impl FnOnce(Vec<Part>) -> Vec<String>) -> Prompt {
    let control: Vec<bool> = pieces
        .iter()
        .map(|piece| matches!(piece, Piece::Control(_)))
        .collect();
    let last = pieces.last().map(|piece| piece.text().to_owned());
    let parts = pieces.into_iter().map(|piece| match piece {
        Piece::Control(text) => Part::Fixed(text),
        Piece::Text(text) => Part::Text(text),
    });
    let texts = clean(parts.collect());
    let healed = texts.last() == last.as_ref();
    let pieces = texts.into_iter().zip(control);
    Prompt::Raw {
        pieces: pieces
            .map(|(text, control)| match control {
                true => Piece::Control(text),
                false => Piece::Text(text),
            })
            .collect(),
        heal: if healed { heal } else { 0 },
    }
}

/// A message with the marker for the cursor as a fixed part.
fn around_hole(text: String) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut rest = text.as_str();
    while let Some(start) = rest.find(HOLE) {
        let end = rest[start..].find("}}").map(|end| start + end + 2);
        let end = end.unwrap_or(start + HOLE.len());
        parts.push(Part::Text(rest[..start].to_owned()));
        parts.push(Part::Fixed(rest[start..end].to_owned()));
        rest = &rest[end..];
    }
    parts.push(Part::Text(rest.to_owned()));
    parts
}

/// The parts as texts, without secrets, and how many there were.
fn redact_parts(parts: Vec<Part>, rules: &Rules) -> (Vec<String>, usize) {
    let mut secrets: Vec<Secret> = Vec::new();
    // Runs of texts that stand right behind each other are read as one.
    let mut runs: Vec<Vec<usize>> = vec![Vec::new()];
    for (index, part) in parts.iter().enumerate() {
        match (part, runs.last_mut()) {
            (Part::Text(_), Some(run)) => run.push(index),
            _ => runs.push(Vec::new()),
        }
    }
    runs.retain(|run| !run.is_empty());
    let whole = |run: &[usize]| -> Vec<Stretch> {
        let stretch = |part: &usize| Stretch {
            part: *part,
            start: 0,
            end: parts[*part].text().len(),
        };
        run.iter().map(stretch).collect()
    };
    for run in &runs {
        secrets.extend(find(&parts, &whole(run), rules));
    }
    // The cursor cuts: prefix and suffix stand beside each other, in either order.
    for pair in runs.windows(2) {
        let (first, second) = (whole(&pair[0]), whole(&pair[1]));
        for (before, after) in [(&first, &second), (&second, &first)] {
            let joined = joint(&parts, before, after);
            let found = find(&parts, &joined, rules);
            secrets.extend(
                found
                    .into_iter()
                    .filter(|secret| crosses(secret, before, after)),
            );
        }
    }
    replace(parts, secrets)
}

impl Part {
    fn text(&self) -> &str {
        match self {
            Part::Text(text) | Part::Fixed(text) => text,
        }
    }
}

/// Bytes of one part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Stretch {
    part: usize,
    start: usize,
    end: usize,
}

/// The stretches that a secret covers, in its order.
type Secret = Vec<Stretch>;

/// The secrets in some stretches read as one text.
fn find(parts: &[Part], stretches: &[Stretch], rules: &Rules) -> Vec<Secret> {
    let text = |one: &Stretch| &parts[one.part].text()[one.start..one.end];
    let joined: String = stretches.iter().map(text).collect();
    let cover = |range: std::ops::Range<usize>| {
        let mut secret = Vec::new();
        let mut at = 0;
        for one in stretches {
            let length = one.end - one.start;
            let start = range.start.max(at);
            let end = range.end.min(at + length);
            if start < end {
                secret.push(Stretch {
                    part: one.part,
                    start: one.start + start - at,
                    end: one.start + end - at,
                });
            }
            at += length;
        }
        secret
    };
    let found = rules.find(&joined).into_iter();
    found.map(|found| cover(found.range)).collect()
}

/// The end of one run and the beginning of another.
fn joint(parts: &[Part], before: &[Stretch], after: &[Stretch]) -> Vec<Stretch> {
    let mut joined = Vec::new();
    let mut left = REACH;
    for one in before.iter().rev() {
        let text = parts[one.part].text();
        let start = ceil(text, one.end.saturating_sub(left));
        left = left.saturating_sub(one.end);
        joined.insert(0, Stretch { start, ..*one });
    }
    let mut left = REACH;
    for one in after {
        let text = parts[one.part].text();
        let end = floor(text, one.end.min(left));
        left = left.saturating_sub(one.end);
        joined.push(Stretch { end, ..*one });
    }
    joined
}

fn crosses(secret: &Secret, before: &[Stretch], after: &[Stretch]) -> bool {
    let touches = |run: &[Stretch]| {
        let parts = run.iter().map(|one| one.part);
        secret
            .iter()
            .any(|own| parts.clone().any(|part| part == own.part))
    };
    touches(before) && touches(after)
}

fn ceil(text: &str, at: usize) -> usize {
    (at..=text.len())
        .find(|at| text.is_char_boundary(*at))
        .unwrap_or(text.len())
}

fn floor(text: &str, at: usize) -> usize {
    (0..=at.min(text.len()))
        .rev()
        .find(|at| text.is_char_boundary(*at))
        .unwrap_or(0)
}

/// The first stretch of a secret is replaced, its others go.
fn replace(parts: Vec<Part>, secrets: Vec<Secret>) -> (Vec<String>, usize) {
    let count = secrets.len();
    let mut cuts: Vec<(Stretch, &str)> = Vec::new();
    for secret in &secrets {
        for (nth, one) in secret.iter().enumerate() {
            cuts.push((*one, if nth == 0 { REDACTED } else { "" }));
        }
    }
    cuts.sort_by_key(|(one, _)| *one);
    let mut texts: Vec<String> = parts.iter().map(|part| part.text().to_owned()).collect();
    let mut end = usize::MAX;
    let mut part = usize::MAX;
    // From the end, so that offsets before stay; one that reaches into the next was found by two rules or twice.
    for (cut, instead) in merged(cuts).into_iter().rev() {
        if cut.part != part {
            (part, end) = (cut.part, usize::MAX);
        }
        debug_assert!(cut.end <= end);
        texts[cut.part].replace_range(cut.start..cut.end, instead);
        end = cut.start;
    }
    (texts, count)
}

/// Stretches that overlap as one.
fn merged(cuts: Vec<(Stretch, &str)>) -> Vec<(Stretch, &str)> {
    let mut apart: Vec<(Stretch, &str)> = Vec::new();
    for (next, instead) in cuts {
        match apart.last_mut() {
            Some((last, first)) if last.part == next.part && next.start < last.end => {
                last.end = last.end.max(next.end);
                if first.is_empty() {
                    *first = instead;
                }
            }
            _ => apart.push((next, instead)),
        }
    }
    apart
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Role;

    const KEY: &str = concat!("gh", "p_4f9Kq2Lm8Nv6Xc1Zb3Qw7Er5Ty0Ui2Op4As");

    fn clean(prompt: Prompt) -> (Prompt, usize) {
        let (once, count) = redact(prompt, Rules::built_in());
        let (twice, none) = redact(once.clone(), Rules::built_in());
        assert_eq!((&once, none), (&twice, 0), "once is enough");
        assert!(!once.written().contains(&KEY[10..20]), "{once:?}");
        (once, count)
    }

    /// Pieces of `drawn`: `[x]` is a control token, `|` a border between two texts, `KEY` the secret and `KE` and `EY` its halves.
    fn check(drawn: &str, heal: usize, expected: &str, expected_heal: usize) {
        let mut pieces = Vec::new();
        let (first, second) = KEY.split_at(15);
        for piece in drawn.split_inclusive(['|', ']']) {
            let (text, control) = match piece.split_once('[') {
                Some((text, control)) => (text, Some(format!("[{control}"))),
                None => (piece.trim_end_matches('|'), None),
            };
            let text = text
                .replace("KEY", KEY)
                .replace("KE", first)
                .replace("EY", second);
            if !text.is_empty() {
                pieces.push(Piece::Text(text));
            }
            pieces.extend(control.map(Piece::Control));
        }
        let (prompt, _) = clean(Prompt::Raw { pieces, heal });
        let Prompt::Raw { pieces, heal } = prompt else {
            panic!("another prompt");
        };
        let written: Vec<&str> = pieces.iter().map(Piece::text).collect();
        assert_eq!(written.join("|"), expected, "{drawn}");
        assert_eq!(heal, expected_heal, "{drawn}");
    }

    #[test]
    fn secrets_in_every_piece_go() {
        check(
            "[P]a = \"KEY\"|b KEY c[S] KEY;[M]",
            0,
            "[P]|a = \"REDACTED\"|b REDACTED c|[S]| REDACTED;|[M]",
            0,
        );
    }

    #[test]
    fn a_secret_that_is_cut_into_pieces_goes() {
        check("a = \"KE|EY\"", 0, "a = \"REDACTED|\"", 0);
    }

    #[test]
    fn a_secret_at_the_cursor_goes_in_either_order_of_prefix_and_suffix() {
        check(
            "[P]a = \"KE[S]EY\"\nb[M]",
            0,
            "[P]|a = \"REDACTED|[S]|\"\nb|[M]",
            0,
        );
        check(
            "[S]EY\"\nb[P]a = \"KE[M]",
            0,
            "[S]|\"\nb|[P]|a = \"REDACTED|[M]",
            0,
        );
    }

    #[test]
    fn a_healed_end_that_was_replaced_is_not_healed() {
        check("a = KEY", 3, "a = REDACTED", 0);
        check("KEY;\n|let x", 1, "REDACTED;\n|let x", 1);
    }

    #[test]
    fn prefix_and_suffix_are_read_as_one() {
        let (first, second) = KEY.split_at(20);
        let prompt = Prompt::Insert {
            prefix: format!("x {KEY} y = \"{first}"),
            suffix: format!("{second}\" z {KEY}"),
        };
        let expected = Prompt::Insert {
            prefix: "x REDACTED y = \"REDACTED".to_owned(),
            suffix: "\" z REDACTED".to_owned(),
        };
        assert_eq!(clean(prompt), (expected, 3));
    }

    #[test]
    fn every_message_of_a_chat_is_read_and_so_is_what_the_marker_cuts() {
        let (first, second) = KEY.split_at(20);
        let message = |role, text: String| Message { role, text };
        let chat = |system: &str, question: &str, answer: &str| {
            Prompt::Chat(vec![
                message(Role::System, system.replace("KEY", KEY)),
                message(
                    Role::User,
                    question.replace("KE", first).replace("EY", second),
                ),
                message(Role::Assistant, answer.replace("KEY", KEY)),
            ])
        };
        for hole in ["{{FILL_HERE}}", "{{FILL_HERE_2}}"] {
            assert!(hole.starts_with(HOLE));
            let told = format!("The marker is {hole}. a = \"KE{hole}EY\"");
            let left = format!("The marker is {hole}. a = \"REDACTED{hole}\"");
            let expected = chat("s REDACTED", &left, "it is REDACTED");
            assert_eq!(clean(chat("s KEY", &told, "it is KEY")), (expected, 3));
        }
    }

    #[test]
    fn what_holds_no_secret_is_the_same() {
        for text in [
            "",
            "fn größe() {}\n",
            "{{FILL_HERE",
            "a{{FILL_HERE}}b{{FILL_HERE}}",
        ] {
            let prompt = Prompt::Chat(vec![Message {
                role: Role::User,
                text: text.to_owned(),
            }]);
            assert_eq!(clean(prompt.clone()), (prompt, 0));
        }
    }

    #[test]
    fn long_texts_of_wide_characters_are_cut_between_characters() {
        let wide = "größe 🦀".repeat(REACH);
        let (first, second) = KEY.split_at(20);
        let prompt = Prompt::Insert {
            prefix: format!("{wide} {first}"),
            suffix: format!("{second} {wide}"),
        };
        assert_eq!(clean(prompt).1, 1);
    }
}
