//! What a stretch of text leaves open, by its characters alone: for places where the syntax is absent, old or broken.

use std::ops::Range;

/// How far a search for brackets goes, in bytes each way.
const REACH: usize = 16 * 1024;

/// What is open at the end of a stretch of text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Open {
    /// Offsets of the opening brackets that nothing closes, outermost first.
    pub brackets: Vec<usize>,
    /// Where the unfinished string starts.
    pub string: Option<usize>,
    /// Where the line comment that reaches the end starts.
    pub comment: Option<usize>,
}

/// What `text[range]` leaves open. `line_comment` is what starts a comment to the end of the line.
pub fn open(text: &str, range: Range<usize>, line_comment: Option<&str>) -> Open {
    let mut open = Open::default();
    scan(text, range, line_comment, &mut open, |_, _| false);
    open
}

/// The innermost pair of braces around `offset`, brackets included, within [`REACH`].
pub fn braces_around(
    text: &str,
    offset: usize,
    line_comment: Option<&str>,
) -> Option<Range<usize>> {
    let from = text.floor_char_boundary(offset.saturating_sub(REACH));
    let from = match from {
        0 => 0,
        _ => from + text[from..offset].find('\n').map_or(0, |at| at + 1),
    };
    let mut state = open(text, from..offset, line_comment);
    let bytes = text.as_bytes();
    let brace = *state.brackets.iter().rfind(|&&at| bytes[at] == b'{')?;
    let to = text.floor_char_boundary((offset + REACH).min(text.len()));
    // A string or comment that the cursor stands in counts as ended.
    state.string = None;
    state.comment = None;
    let mut end = None;
    scan(text, offset..to, line_comment, &mut state, |at, state| {
        let closed = bytes[at] == b'}' && !state.brackets.contains(&brace);
        if closed {
            end = Some(at + 1);
        }
        closed
    });
    Some(brace..end?)
}

/// Reads `range`, keeping `state`; ends early when `done` says so at a closing bracket.
fn scan(
    text: &str,
    range: Range<usize>,
    line_comment: Option<&str>,
    state: &mut Open,
    mut done: impl FnMut(usize, &Open) -> bool,
) {
    let bytes = text.as_bytes();
    let mark = line_comment.unwrap_or_default().as_bytes();
    let mut at = range.start;
    while at < range.end {
        let byte = bytes[at];
        let width = match byte {
            b'\n' | b'\r' => {
                state.string = None;
                state.comment = None;
                1
            }
            _ if state.comment.is_some() => 1,
            b'\\' if state.string.is_some() => 2,
            b'"' => {
                state.string = match state.string {
                    Some(_) => None,
                    None => Some(at),
                };
                1
            }
            _ if state.string.is_some() => 1,
            b'\'' => character_width(&bytes[at..range.end]),
            b'(' | b'[' | b'{' => {
                state.brackets.push(at);
                1
            }
            b')' | b']' | b'}' => {
                close(bytes, byte, &mut state.brackets);
                if done(at, state) {
                    return;
                }
                1
            }
            // The first byte alone tells nearly always that it is none.
            _ if mark.first() == Some(&byte) && bytes[at..].starts_with(mark) => {
                state.comment = Some(at);
                1
            }
            _ => 1,
        };
        at += width;
    }
}

/// Takes the bracket that `closer` closes, with those inside of it that nothing closed; nothing where none fits.
fn close(bytes: &[u8], closer: u8, brackets: &mut Vec<usize>) {
    let opener = match closer {
        b')' => b'(',
        b']' => b'[',
        _ => b'{',
    };
    if let Some(index) = brackets.iter().rposition(|&at| bytes[at] == opener) {
        brackets.truncate(index);
    }
}

/// The width of a character literal at the start; 1 for a lone quote (a lifetime, an apostrophe).
fn character_width(bytes: &[u8]) -> usize {
    match bytes {
        [b'\'', b'\\', _, b'\'', ..] => 4,
        [b'\'', b'\\', ..] => 1,
        [b'\'', _, b'\'', ..] => 3,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(drawing: &str, expected: &str) {
        let (text, offset) = support::fixture::cursor(drawing);
        let state = open(&text, 0..offset, Some("//"));
        let mut found: String = state.brackets.iter().map(|&at| &text[at..=at]).collect();
        found.push_str(if state.string.is_some() { "\"" } else { "" });
        found.push_str(if state.comment.is_some() { "//" } else { "" });
        assert_eq!(found, expected, "{drawing}");
    }

    #[test]
    fn open_brackets_are_those_that_nothing_closes() {
        check("f(a, [1, 2], {$0", "({");
        check("f(\"(\", '(', g()$0", "(");
        check("f(&'a str, \"x\\\"($0", "(\"");
        check("f( // (\n$0", "(");
        check("f( // ($0", "(//");
        check("}) ($0", "(");
    }

    #[test]
    fn braces_are_matched_around_the_cursor() {
        let (text, offset) =
            support::fixture::cursor("fn f() { if x { a } \"}\"; $0 g({}) }\nfn g() {}");
        let braces = braces_around(&text, offset, Some("//")).map(|range| text[range].to_owned());
        assert_eq!(braces.as_deref(), Some("{ if x { a } \"}\";  g({}) }"));
    }
}
