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
    Ok(())
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

/// The closing brackets that `text` needs behind it, each on a line of its own where its opening one ends a line.
pub fn missing_closers(text: &str, around: &Around) -> String {
    let mut open: Vec<(usize, char)> = Vec::new();
    for (at, bracket) in around.lexer.clone().brackets(text) {
        match bracket {
            Bracket::Open(character) => open.push((at, closer(character))),
            Bracket::Close(_) => {
                open.pop();
            }
        }
    }
    let mut closers = String::new();
    for (at, closer) in open.into_iter().rev() {
        if around.spare.contains(&closer) {
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
