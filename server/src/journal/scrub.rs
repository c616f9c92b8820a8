//! Takes the secrets out of what goes to the disk; what went to a server has lost them already. Pure.

use super::carry::carry;
use super::disk::Line;
use super::{Entry, Note};
use crate::privacy::redact::redact;
use crate::privacy::secrets::Rules;

pub fn line(line: Line, rules: &Rules) -> Line {
    match line {
        Line::Entry(entry) => Line::Entry(Box::new(self::entry(*entry, rules))),
        Line::Note { id, note } => Line::Note {
            id,
            note: self::note(note, rules),
        },
        idle @ Line::Idle { .. } => idle,
    }
}

/// The entry without secrets; its pieces still fit its prompt.
pub fn entry(mut entry: Entry, rules: &Rules) -> Entry {
    let before = entry.prompt.written();
    let (prompt, taken) = redact(entry.prompt, rules);
    entry.prompt = prompt;
    if taken > 0 {
        let mut ranges: Vec<_> = entry.parts.iter().map(|part| part.range.clone()).collect();
        carry(&before, &entry.prompt.written(), &mut ranges);
        for (part, range) in entry.parts.iter_mut().zip(ranges) {
            part.range = range;
        }
    }
    let clean = |words: Option<String>| words.map(|words| text(&words, rules));
    entry.answer = text(&entry.answer, rules);
    entry.shown = clean(entry.shown);
    entry.correction = clean(entry.correction);
    entry
}

fn note(note: Note, rules: &Rules) -> Note {
    let clean = |words: Option<String>| words.map(|words| text(&words, rules));
    match note {
        Note::Shown { text, verdict } => Note::Shown {
            text: clean(text),
            verdict,
        },
        Note::Rated { rating, correction } => Note::Rated {
            rating,
            correction: clean(correction),
        },
        other => other,
    }
}

pub fn text(text: &str, rules: &Rules) -> String {
    rules.redact(text).into_owned()
}
