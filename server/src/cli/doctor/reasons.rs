//! Why there may be no suggestion: the last reason, where the journal on disk knows it, and what each one means.

use crate::cli::out::Style;
use crate::journal::disk::Read;
use crate::journal::page;

/// Each reason in the words of the status, and what to do about it.
const REASONS: [(&str, &str); 7] = [
    (
        "off",
        "trigger = \"invoked\" in your options: they come when you ask (ctrl-space)",
    ),
    (
        "ignored",
        "the file is one that is never sent: .gitignore, .conviveignore, [privacy] ignore",
    ),
    (
        "place",
        "in the middle of a word, or behind a finished statement: ask, and there may be one",
    ),
    (
        "filtered",
        "a rule dropped what the model wrote; `convive last` shows it. A better model errs less",
    ),
    ("empty", "the model had nothing to say there"),
    (
        "loading",
        "the weights are being read; it comes with the next key",
    ),
    (
        "offline",
        "no model, or it cannot be reached: see the backends here",
    ),
];

/// `kept`: whether the journal is kept on disk.
pub fn reasons(kept: bool, read: &Read, style: Style) -> String {
    let mut text = style.bold("\nIf there is no suggestion\n");
    text += &match (kept, last(read)) {
        (_, Some((time, why))) => format!("  the last time: {why} ({})\n", page::time(time)),
        (true, None) => "  the journal knows no case yet\n".to_owned(),
        (false, None) => {
            "  why there was none last is known with keep = true under [journal]\n".to_owned()
        }
    };
    text += "  your editor's status says one of these, where it shows it:\n";
    for (name, meaning) in REASONS {
        text += &style.dim(&format!("  {name}: {meaning}\n"));
    }
    text
}

/// The last time that there was none, and why.
fn last(read: &Read) -> Option<(i64, &str)> {
    let without = read.entries.iter().rev().find_map(|entry| {
        let verdict = entry.verdict.as_deref()?;
        Some((entry.time, verdict.strip_prefix("not shown: ")?))
    });
    let idle = read.idle.as_ref().map(|(time, why)| (*time, why.as_str()));
    without
        .into_iter()
        .chain(idle)
        .max_by_key(|(time, _)| *time)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(kept: bool, idle: Option<(i64, String)>) -> String {
        let read = Read {
            idle,
            ..Read::default()
        };
        let text = reasons(kept, &read, Style::plain());
        text.lines().nth(2).unwrap_or_default().to_owned()
    }

    #[test]
    fn the_last_reason_is_told_where_it_is_known() {
        let why = Some((0, "in the middle of a word".to_owned()));
        assert!(line(true, why).contains("the last time: in the middle of a word (19"));
        assert!(line(true, None).contains("no case yet"));
        assert!(line(false, None).contains("keep = true"));
    }
}
