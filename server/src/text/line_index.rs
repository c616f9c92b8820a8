//! Where lines start, patched per edit, and columns in the three encodings of the protocol.

use super::Span;

#[cfg(test)]
mod tests;

/// What a client counts columns in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Encoding {
    Utf8,
    #[default]
    Utf16,
    Utf32,
}

impl Encoding {
    /// The width of `character` in this encoding's units.
    pub fn width(self, character: char) -> usize {
        match self {
            Encoding::Utf8 => character.len_utf8(),
            Encoding::Utf16 => character.len_utf16(),
            Encoding::Utf32 => 1,
        }
    }
}

/// The byte offsets at which lines start. LF, CRLF and a lone CR end a line, nothing else does (LSP 3.17).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineIndex {
    starts: Vec<u32>,
    /// How many lines end in a lone CR.
    lone_crs: usize,
}

impl Default for LineIndex {
    fn default() -> LineIndex {
        LineIndex {
            starts: vec![0],
            lone_crs: 0,
        }
    }
}

impl LineIndex {
    pub fn new(text: &str) -> LineIndex {
        let mut index = LineIndex::default();
        index.apply("", Span::empty(0), text);
        index
    }

    /// Brings the index up to date for `span` of `old` being replaced by `new_text`; call it before the text changes.
    ///
    /// Whether a line starts at an offset depends on the bytes at both of its sides only, so only starts from the span's start
    /// to its end (both included) are looked at again; those behind it move.
    pub fn apply(&mut self, old: &str, span: Span, new_text: &str) {
        let (old, new) = (old.as_bytes(), new_text.as_bytes());
        let first = self.starts_before(span.start.max(1));
        let last = self.starts_before(span.end + 1).max(first);
        self.lone_crs -= self.starts[first..last]
            .iter()
            .filter(|&&start| old[start as usize - 1] == b'\r')
            .count();

        let mut added = Vec::new();
        let after = old.get(span.end);
        let mut look = |byte: u8, next: Option<&u8>, start: usize| {
            if byte == b'\n' {
                added.push(start as u32);
            } else if byte == b'\r' && next != Some(&b'\n') {
                added.push(start as u32);
                self.lone_crs += 1;
            }
        };
        if span.start > 0 {
            let next = new.first().or(after);
            look(old[span.start - 1], next, span.start);
        }
        for at in memchr::memchr2_iter(b'\n', b'\r', new) {
            let next = new.get(at + 1).or(after);
            look(new[at], next, span.start + at + 1);
        }

        let grown = (new.len() as u32).wrapping_sub(span.len() as u32);
        for start in &mut self.starts[last..] {
            *start = start.wrapping_add(grown);
        }
        self.starts.splice(first..last, added);
    }

    pub fn line_count(&self) -> usize {
        self.starts.len()
    }

    /// The 0-based line that holds `offset` (bytes).
    pub fn line_of(&self, offset: usize) -> usize {
        self.starts_before(offset + 1) - 1
    }

    /// Where a 0-based line starts (bytes), if there is such a line.
    pub fn line_start(&self, line: usize) -> Option<usize> {
        self.starts.get(line).map(|&start| start as usize)
    }

    /// The span of a 0-based line without its line end.
    pub fn line_span(&self, text: &str, line: usize) -> Span {
        let Some(start) = self.line_start(line) else {
            return Span::empty(text.len());
        };
        let end = self.line_start(line + 1).unwrap_or(text.len());
        let content = text[start..end].trim_end_matches(['\r', '\n']);
        Span::new(start, start + content.len())
    }

    /// The offset (bytes) of a 0-based line and a column in `encoding`; a column past the line's end is its end, a line past
    /// the text's end is the end of the text, a column inside of a character is the character's start.
    pub fn offset(&self, text: &str, line: usize, column: usize, encoding: Encoding) -> usize {
        let span = self.line_span(text, line);
        let content = &text[span.range()];
        let cut = content.floor_char_boundary(column.min(content.len()));
        if encoding == Encoding::Utf8 || (cut == column && content[..cut].is_ascii()) {
            return span.start + cut;
        }
        let mut left = column;
        for (at, character) in content.char_indices() {
            let width = encoding.width(character);
            if left < width {
                return span.start + at;
            }
            left -= width;
        }
        span.end
    }

    /// The 0-based line and the column in `encoding` of an offset (bytes); an offset inside a character is its start.
    pub fn line_and_column(&self, text: &str, offset: usize, encoding: Encoding) -> (usize, usize) {
        let offset = text.floor_char_boundary(offset.min(text.len()));
        let line = self.line_of(offset);
        let before = &text[self.starts[line] as usize..offset];
        if encoding == Encoding::Utf8 || before.is_ascii() {
            return (line, before.len());
        }
        let column = before.chars().map(|character| encoding.width(character));
        (line, column.sum())
    }

    /// The 0-based row and the column in bytes of an offset (bytes), where only LF ends a row: how tree-sitter counts.
    pub fn row_and_column(&self, text: &str, offset: usize) -> (usize, usize) {
        if self.lone_crs == 0 {
            let line = self.line_of(offset);
            return (line, offset - self.starts[line] as usize);
        }
        let before = &text.as_bytes()[..offset];
        let row = memchr::memchr_iter(b'\n', before).count();
        let start = memchr::memrchr(b'\n', before).map_or(0, |at| at + 1);
        (row, offset - start)
    }

    fn starts_before(&self, offset: usize) -> usize {
        self.starts
            .partition_point(|&start| (start as usize) < offset)
    }
}
