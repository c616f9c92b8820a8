//! Where a statement ends, told from the ends and beginnings of lines.

use crate::complete::around::Around;

/// Words that go on with the statement of the line above.
const WORDS: [&str; 5] = ["else", "elif", "catch", "except", "finally"];

/// Characters at the start of a line that do so; at the end of one, these say that the next line belongs to it.
const STARTS: [&str; 4] = [".", "?", "&&", "||"];
const ENDS: [char; 15] = [
    '=', '+', '-', '*', '/', '%', '&', '|', '^', '<', '>', '.', ':', '\\', '(',
];

/// Whether `line`, without blanks around it and with all brackets closed, may be the end of a statement.
pub fn is_whole(line: &str, around: &Around) -> bool {
    let comment = around
        .snapshot
        .language
        .is_some_and(|language| line.starts_with(language.line_comment));
    let attribute = line.starts_with("#[") || line.starts_with('@');
    let stepped = line.ends_with("++") || line.ends_with("--") || line.ends_with("*/");
    !line.is_empty() && !comment && !attribute && (stepped || !line.ends_with(ENDS))
}

/// Whether a line that starts like this goes on with the statement above it; None while that cannot be told.
pub fn goes_on(start: &str) -> Option<bool> {
    // The end of a word is known by what follows it.
    let word = start.split(|c: char| !c.is_alphanumeric()).next()?;
    if start.is_empty() || WORDS.contains(&word) && word.len() < start.len() {
        return (!start.is_empty()).then_some(true);
    }
    if STARTS.iter().any(|sign| start.starts_with(sign)) {
        return Some(true);
    }
    let may = |wanted: &&str| wanted.starts_with(start);
    let undecided = WORDS.iter().chain(&STARTS).any(may);
    if undecided { None } else { Some(false) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_tells_by_its_start_whether_it_goes_on() {
        for (start, expected) in [
            ("", None),
            ("els", None),
            ("else", None),
            ("else ", Some(true)),
            ("elsewhere", Some(false)),
            (".map", Some(true)),
            ("&", None),
            ("&mut", Some(false)),
            ("&&", Some(true)),
            ("return", Some(false)),
        ] {
            assert_eq!(goes_on(start), expected, "{start:?}");
        }
    }
}
