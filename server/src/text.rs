//! Text as editors see it: byte spans, edits, and lines with columns in the encoding a client counts in.

mod edit;
mod line_index;
mod span;

pub use edit::Edit;
pub use line_index::{Encoding, LineIndex};
pub use span::Span;

use std::ops::Deref;

/// A text together with the index of its lines; the two can only change together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Text {
    string: String,
    lines: LineIndex,
}

impl Text {
    pub fn new(string: impl Into<String>) -> Text {
        let string = string.into();
        let lines = LineIndex::new(&string);
        Text { string, lines }
    }

    pub fn as_str(&self) -> &str {
        &self.string
    }

    pub fn lines(&self) -> &LineIndex {
        &self.lines
    }

    /// Applies one edit. The span is clamped to the text and to character boundaries.
    pub fn apply(&mut self, edit: &Edit) {
        let start = self.floor(edit.span.start);
        let end = self.floor(edit.span.end).max(start);
        self.lines
            .apply(&self.string, Span::new(start, end), &edit.new_text);
        self.string.replace_range(start..end, &edit.new_text);
    }

    /// The nearest character boundary at or before `offset` (bytes).
    pub fn floor(&self, offset: usize) -> usize {
        self.string
            .floor_char_boundary(offset.min(self.string.len()))
    }

    /// The text of `span`; empty where the span is outside of the text.
    pub fn slice(&self, span: Span) -> &str {
        self.string.get(span.start..span.end).unwrap_or("")
    }

    /// The 0-based line that holds `offset` (bytes).
    pub fn line_of(&self, offset: usize) -> usize {
        self.lines.line_of(offset)
    }

    /// The span of a 0-based line without its line end; empty at the end of the text for a line that does not exist.
    pub fn line_span(&self, line: usize) -> Span {
        self.lines.line_span(&self.string, line)
    }

    /// The text of a 0-based line without its line end.
    pub fn line(&self, line: usize) -> &str {
        self.slice(self.line_span(line))
    }

    /// The number of lines, at least 1.
    pub fn line_count(&self) -> usize {
        self.lines.line_count()
    }
}

impl Deref for Text {
    type Target = str;
    fn deref(&self) -> &str {
        &self.string
    }
}
