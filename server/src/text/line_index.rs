//! Where lines start, patched per edit, and columns in the three encodings of the protocol.

use super::Span;

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
}

impl Default for LineIndex {
    fn default() -> LineIndex {
        LineIndex { starts: vec![0] }
    }
}

impl LineIndex {
    pub fn new(text: &str) -> LineIndex {
        let mut starts = vec![0];
        push_starts(text.as_bytes(), 0, text.len(), &mut starts);
        LineIndex { starts }
    }

    /// Brings the index up to date for `span` of `old` being replaced by `new_text`; call it before the text changes.
    pub fn apply(&mut self, old: &str, span: Span, new_text: &str) {
        let mut text = String::with_capacity(old.len() + new_text.len());
        text.push_str(&old[..span.start]);
        text.push_str(new_text);
        text.push_str(&old[span.end..]);
        *self = LineIndex::new(&text);
    }

    pub fn line_count(&self) -> usize {
        self.starts.len()
    }

    /// The 0-based line that holds `offset` (bytes).
    pub fn line_of(&self, offset: usize) -> usize {
        self.starts
            .partition_point(|&start| start as usize <= offset)
            - 1
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
        let mut left = column;
        for (at, character) in text[span.range()].char_indices() {
            let width = encoding.width(character);
            if left < width {
                return span.start + at;
            }
            left -= width;
        }
        span.end
    }

    /// The 0-based line and the column in `encoding` of an offset (bytes).
    pub fn line_and_column(&self, text: &str, offset: usize, encoding: Encoding) -> (usize, usize) {
        let line = self.line_of(offset);
        let start = self.starts[line] as usize;
        let column = text[start..offset]
            .chars()
            .map(|character| encoding.width(character))
            .sum();
        (line, column)
    }
}

fn push_starts(bytes: &[u8], from: usize, to: usize, starts: &mut Vec<u32>) {
    for at in memchr::memchr2_iter(b'\n', b'\r', &bytes[from..to]) {
        let at = from + at;
        if bytes[at] == b'\n' || bytes.get(at + 1) != Some(&b'\n') {
            starts.push(at as u32 + 1);
        }
    }
}
