//! Sees to it that the answer's closing brackets are neither doubled nor stray.

use super::Draft;
use crate::complete::around::Around;
use crate::complete::lexer::{Bracket, closer};

/// Cuts before a closing bracket that belongs to the document; where the answer starts with those behind the cursor and goes on,
/// it replaces them.
pub fn clean(draft: &mut Draft, around: &Around) -> Result<(), &'static str> {
    draft.replaces = draft.replaces.max(typed_over(&draft.text, around));
    let mut levels = around.levels.iter();
    let mut open = Vec::new();
    for (at, bracket) in around.lexer.clone().brackets(&draft.text) {
        match bracket {
            Bracket::Open(character) => open.push(closer(character)),
            Bracket::Close(character) if open.last() == Some(&character) => {
                open.pop();
            }
            Bracket::Close(character) => {
                let own = open.is_empty().then(|| levels.next()).flatten();
                let missing = own.is_some_and(|(wanted, missing)| *wanted == character && *missing);
                if !missing && at >= draft.replaces {
                    draft.text.truncate(at);
                    break;
                }
            }
        }
    }
    draft.text.truncate(draft.text.trim_end().len());
    leave_open(&mut draft.text, around)
}

/// Where a closing bracket behind the cursor waits for its opening one, the answer's last closing one gives way to it.
fn leave_open(text: &mut String, around: &Around) -> Result<(), &'static str> {
    let next = around.rest.trim_start().chars().next();
    let Some(next) = next.filter(|next| around.spare.first() == Some(next)) else {
        return Ok(());
    };
    if !open_in(text, around).is_empty() {
        return Ok(());
    }
    let said = text.trim_end_matches([';', ',']);
    match said.strip_suffix(next) {
        Some(kept) => text.truncate(kept.len()),
        None => return Err("lacks a bracket"),
    }
    Ok(())
}

/// The closing brackets, with the offsets (bytes) of their opening ones, of those that `text` leaves open.
fn open_in(text: &str, around: &Around) -> Vec<(usize, char)> {
    let mut open: Vec<(usize, char)> = Vec::new();
    for (at, bracket) in around.lexer.clone().brackets(text) {
        match bracket {
            Bracket::Open(character) => open.push((at, closer(character))),
            Bracket::Close(_) => {
                open.pop();
            }
        }
    }
    open
}

/// Bytes of closing brackets and punctuation right of the cursor that the answer starts with, where it says more than these.
fn typed_over(text: &str, around: &Around) -> usize {
    let starts_closing = text.starts_with([')', ']', '}']);
    if !starts_closing || !around.rest_is_closers() {
        return 0;
    }
    let pairs = text.bytes().zip(around.rest.bytes());
    let same = pairs.take_while(|(said, there)| said == there).count();
    if text[same..].trim().is_empty() {
        0
    } else {
        same
    }
}

/// The closing brackets of the line that the hole is in which neither `text` nor the document has.
pub fn missing_around(text: &str, around: &Around) -> String {
    let mut depth = 0_usize;
    let mut closed = 0;
    for (_, bracket) in around.lexer.clone().brackets(text) {
        match bracket {
            Bracket::Open(_) => depth += 1,
            Bracket::Close(_) if depth == 0 => closed += 1,
            Bracket::Close(_) => depth -= 1,
        }
    }
    let levels = around.levels.iter().skip(closed);
    let line = levels.take_while(|(closer, missing)| *missing && *closer != '}');
    line.map(|(closer, _)| closer).collect()
}

/// The closing brackets that `text` needs behind it, each on a line of its own where its opening one ends a line.
pub fn missing_closers(text: &str, around: &Around) -> String {
    let mut closers = String::new();
    let mut spare = around.spare.clone();
    for (at, closer) in open_in(text, around).into_iter().rev() {
        if let Some(found) = spare.iter().position(|spare| *spare == closer) {
            spare.remove(found);
            continue;
        }
        let behind = &text[at + 1..];
        let ends_line = behind.trim_start_matches([' ', '\t']);
        if ends_line.starts_with('\n') || ends_line.is_empty() {
            let line = text[..at]
                .rfind('\n')
                .map_or(around.line_before.as_str(), |end| &text[end + 1..]);
            let blanks = line.len() - line.trim_start_matches([' ', '\t']).len();
            closers.push('\n');
            closers.push_str(&line[..blanks]);
        }
        closers.push(closer);
    }
    closers
}
