//! What an editor reports when the user types: a range of lines and columns and its new text, made an edit in bytes.

use crate::text::{Edit, Encoding, Span, Text};

/// A 0-based line and a column in the encoding that was agreed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    pub line: usize,
    pub column: usize,
}

impl Place {
    /// The offset (bytes) in `text`; a place past the end of its line or of the text is that end.
    pub fn offset(self, text: &Text, encoding: Encoding) -> usize {
        text.lines().offset(text, self.line, self.column, encoding)
    }
}

/// One change; its places are in the text that the change before it left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Start and end of what is replaced; None for all of the text.
    pub range: Option<(Place, Place)>,
    pub new_text: String,
}

impl Change {
    /// The edit in bytes; None where the range is reversed.
    pub(super) fn place(&self, text: &Text, encoding: Encoding) -> Option<Edit> {
        let Some((start, end)) = self.range else {
            return Some(narrow(text, &self.new_text));
        };
        if end < start {
            return None;
        }
        let start = start.offset(text, encoding);
        // A start inside the line end of a CRLF and an end clamped to the same line cannot cross: offsets grow with places.
        let span = Span::new(start, end.offset(text, encoding));
        Some(Edit::new(span, self.new_text.as_str()))
    }
}

/// The smallest edit of whole characters that turns `old` into `new`: so that a client that sends all of its text with each
/// key keeps its syntax tree.
fn narrow(old: &str, new: &str) -> Edit {
    let same = |(one, other): &(u8, u8)| one == other;
    let prefix = old.bytes().zip(new.bytes()).take_while(same).count();
    let prefix = old.floor_char_boundary(prefix);
    let (old_rest, new_rest) = (&old[prefix..], &new[prefix..]);
    let backwards = old_rest.bytes().rev().zip(new_rest.bytes().rev());
    let mut suffix = backwards.take_while(same).count();
    while !old_rest.is_char_boundary(old_rest.len() - suffix) {
        suffix -= 1;
    }
    let span = Span::new(prefix, old.len() - suffix);
    Edit::new(span, &new_rest[..new_rest.len() - suffix])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(old: &str, new: &str, replaced: &str, by: &str) {
        let edit = narrow(old, new);
        assert_eq!(
            (&old[edit.span.range()], edit.new_text.as_str()),
            (replaced, by)
        );
        let mut text = Text::new(old);
        text.apply(&edit);
        assert_eq!(text.as_str(), new);
    }

    #[test]
    fn a_whole_text_becomes_a_small_edit() {
        check("", "a", "", "a");
        check("abc", "abc", "", "");
        check("abc", "axc", "b", "x");
        check("aa", "aaa", "", "a");
        check("a", "", "a", "");
        check("ä", "å", "ä", "å");
        check("x😀y", "x😁y", "😀", "😁");
        check("é", "\u{129}", "é", "\u{129}");
    }

    #[test]
    fn a_reversed_range_has_no_place() {
        let place = |column| Place { line: 0, column };
        let change = Change {
            range: Some((place(2), place(1))),
            new_text: String::new(),
        };
        assert_eq!(change.place(&Text::new("abc"), Encoding::Utf16), None);
    }
}
