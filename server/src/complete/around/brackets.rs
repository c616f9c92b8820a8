//! Which brackets and strings are open at a hole, and what of them is closed behind it.

use super::Indent;
use crate::complete::lexer::{Bracket, Lexer, closer};
use crate::context::{Hole, HoleKind};
use crate::document::Snapshot;

/// What the brackets and strings around a hole say; the fields are those of [`super::Around`].
pub struct Brackets {
    pub levels: Vec<(char, bool)>,
    pub spare: Vec<char>,
    pub ends_string: bool,
    pub lexer: Lexer,
}

/// The brackets open at the hole and whether each is closed below; and the lexer, ready to read what fills the hole.
pub fn brackets(
    snapshot: &Snapshot,
    hole: &Hole,
    before: &str,
    after: &str,
    indent: &Indent,
) -> Brackets {
    let mut lexer = Lexer::new(snapshot.language);
    let open = unclosed(before, &mut lexer, indent);
    if matches!(hole.kind, HoleKind::String | HoleKind::Comment) && lexer.in_code() {
        lexer.close_eyes();
    }
    let at_end = hole.offset + after.len() >= snapshot.text.len();
    let ends_string = ends_string(after, &lexer);
    let mut behind = lexer.clone();
    if lexer.quote().is_some() && !ends_string {
        behind.open_eyes();
    }
    let known = is_all_before(before, snapshot, hole);
    // On the cursor's line, what nothing opens waits for the answer.
    let wanted = |found: char| open.iter().any(|(open, _)| closer(*open) == found);
    let (mut spare, closing): (Vec<_>, Vec<_>) = unopened(after, behind, indent)
        .into_iter()
        .partition(|(found, column)| known && column.is_none() && !wanted(*found));
    let mut closing = closing.into_iter().peekable();
    let mut levels = Vec::new();
    for (bracket, width) in open.iter().copied().rev() {
        let wanted = closer(bracket);
        let closed = match closing.peek() {
            Some((found, column)) => {
                *found == wanted && column.is_none_or(|column| width <= column)
            }
            None => !at_end,
        };
        if closed {
            closing.next();
        }
        levels.push((wanted, !closed));
    }
    // Of equal brackets on a line any may be the one that is not closed: it is the innermost that the answer will close first.
    for run in levels.chunk_by_mut(|one, other| one.0 == other.0 && one.0 != '}') {
        run.sort_by_key(|(_, missing)| !missing);
    }
    if snapshot.text.floor(hole.offset) == before.len() {
        spare.extend(closing);
    }
    Brackets {
        levels,
        spare: spare.into_iter().map(|(found, _)| found).collect(),
        ends_string,
        lexer,
    }
}

/// Whether `before` is all of the function or the text before the hole, so that no bracket open on the hole's line can have been
/// missed.
fn is_all_before(before: &str, snapshot: &Snapshot, hole: &Hole) -> bool {
    let start = snapshot.text.floor(hole.offset) - before.len();
    start == 0
        || hole
            .function
            .is_some_and(|function| function.start == start)
}

/// Whether the string that `lexer` is in ends on the line that `after` begins with: quotes in pairs are strings of their own.
fn ends_string(after: &str, lexer: &Lexer) -> bool {
    let Some(quote) = lexer.quote() else {
        return false;
    };
    if quote == '`' {
        return after.contains(quote);
    }
    let line = after.lines().next().unwrap_or_default();
    let escaped = line.matches(&format!("\\{quote}")).count();
    (line.matches(quote).count() - escaped) % 2 == 1
}

/// Opening brackets that `text` leaves open, outermost first, each with the indentation (columns) of its line.
fn unclosed(text: &str, lexer: &mut Lexer, indent: &Indent) -> Vec<(char, usize)> {
    let mut open: Vec<(char, usize)> = Vec::new();
    for (at, bracket) in lexer.brackets(text) {
        match bracket {
            Bracket::Open(character) => {
                let line = text[..at].rfind('\n').map_or(0, |end| end + 1);
                open.push((character, indent.width(&text[line..])));
            }
            Bracket::Close(character) => {
                if let Some(level) = open
                    .iter()
                    .rposition(|(open, _)| closer(*open) == character)
                {
                    open.truncate(level);
                }
            }
        }
    }
    open
}

/// Closing brackets that `text` has no opening ones for; those that stand first on their line with their column.
fn unopened(text: &str, mut lexer: Lexer, indent: &Indent) -> Vec<(char, Option<usize>)> {
    let mut open = Vec::new();
    let mut found = Vec::new();
    for (at, bracket) in lexer.brackets(text) {
        match bracket {
            Bracket::Open(character) => open.push(closer(character)),
            Bracket::Close(character) if open.last() == Some(&character) => {
                open.pop();
            }
            Bracket::Close(character) if open.is_empty() => {
                let line = text[..at].rfind('\n').map(|end| end + 1);
                let first = line.filter(|line| text[*line..at].trim().is_empty());
                found.push((character, first.map(|line| indent.width(&text[line..]))));
            }
            Bracket::Close(_) => {}
        }
    }
    found
}
