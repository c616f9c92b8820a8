//! Takes off an answer's end what follows the cursor already, and off its start what stands before the cursor.

use super::Draft;
use crate::complete::around::Around;
use crate::complete::lexer::{Bracket, Lexer};

pub fn clean(draft: &mut Draft, around: &Around) -> Result<(), &'static str> {
    cut_echo(draft, around);
    cut_lines_below(draft, around);
    cut_rest_of_line(draft, around);
    Ok(())
}

/// Models that chat like to start with the line that they were to finish.
fn cut_echo(draft: &mut Draft, around: &Around) {
    let line = around.line_before.trim();
    let telling = line.len() > 3 && line.contains(char::is_alphanumeric);
    let text = draft.text.trim_start();
    if let Some(rest) = text.strip_prefix(line).filter(|_| telling) {
        let blank = around.line_before.ends_with([' ', '\t']);
        draft.text = if blank {
            rest.trim_start().to_owned()
        } else {
            rest.to_owned()
        };
    }
}

/// Cuts at the first line that stands below the hole, whole or (as the answer's last line) in part.
fn cut_lines_below(draft: &mut Draft, around: &Around) {
    let Some(below) = around.below.first().map(|line| line.trim()) else {
        return;
    };
    let mut start = 0;
    let mut depth = 0_isize;
    let mut lexer = around.lexer.clone();
    for line in draft.text.split_inclusive('\n') {
        let outside = depth == 0;
        for (_, bracket) in lexer.brackets(line) {
            depth += if matches!(bracket, Bracket::Open(_)) {
                1
            } else {
                -1
            };
        }
        let said = line.trim();
        let later = outside && around.stands_below(said, around.indent.width(line));
        let last = start + line.len() == draft.text.len();
        let telling = said.len() > 3 && said.contains(char::is_alphanumeric);
        let repeats = said == below || later || (last && below.starts_with(said) && said.len() > 5);
        if start > 0 && telling && repeats {
            draft.text.truncate(start);
            draft.text.truncate(draft.text.trim_end().len());
            return;
        }
        start += line.len();
    }
}

/// An answer that goes on to the end of the line repeats what stands there; other lines cannot follow in the middle of one.
fn cut_rest_of_line(draft: &mut Draft, around: &Around) {
    let rest = around.rest.trim();
    if rest.is_empty() {
        return;
    }
    if !around.rest_is_closers()
        && let Some(line) = draft.text.find('\n')
    {
        draft.text.truncate(line);
    }
    let text = draft.text.trim_end();
    let lengths = (1..=rest.len().min(text.len())).rev();
    let found = lengths
        .filter(|length| rest.is_char_boundary(*length))
        .find(|length| {
            let repeated = &rest[..*length];
            text.ends_with(repeated) && is_overlap(repeated, rest, around)
        });
    if let Some(length) = found {
        let keep = text.len() - length;
        draft.text.truncate(keep);
    }
}

/// Whether so much in common is no accident, and taking it away takes no bracket's partner.
fn is_overlap(repeated: &str, rest: &str, around: &Around) -> bool {
    let punctuation = repeated.chars().all(|c| !c.is_alphanumeric() && c != '_');
    let telling = repeated.len() > 2 || repeated.len() == rest.len() || punctuation;
    let brackets = Lexer::new(around.snapshot.language).brackets(repeated);
    let depth = brackets
        .iter()
        .try_fold(0_usize, |depth, (_, bracket)| match bracket {
            Bracket::Open(_) => Some(depth + 1),
            Bracket::Close(_) => depth.checked_sub(1),
        });
    telling && depth.is_some() && !repeated.trim().is_empty()
}
