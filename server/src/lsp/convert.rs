//! Between the protocol's values and ours: columns ↔ offsets, errors, items. Nothing beyond this file sees a column.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use tower_lsp::gen_lsp_types::{Position, PositionEncodingKind, Range};
use tower_lsp::jsonrpc::{Error, ErrorCode};

use crate::text::{Encoding, Span, Text};

/// The one place where JSON-RPC errors are made.
pub fn error(code: ErrorCode, message: impl Into<Cow<'static, str>>) -> Error {
    Error {
        code,
        message: message.into(),
        data: None,
    }
}

/// A request that could not be done, in words that say what to do.
pub fn failed(message: String) -> Error {
    /// `RequestFailed` of the protocol.
    const REQUEST_FAILED: i64 = -32803;
    error(REQUEST_FAILED.into(), message)
}

/// The offset (bytes) of a position; past the end of its line or of the text it is clamped, as the protocol says.
pub fn offset_from_lsp(text: &Text, position: Position, encoding: Encoding) -> usize {
    let (line, column) = (position.line as usize, position.character as usize);
    text.lines().offset(text, line, column, encoding)
}

pub fn position_to_lsp(text: &Text, offset: usize, encoding: Encoding) -> Position {
    let (line, column) = text
        .lines()
        .line_and_column(text, text.floor(offset), encoding);
    // Texts are far below 4 GB.
    Position::new(line as u32, column as u32)
}

pub fn range_to_lsp(text: &Text, span: Span, encoding: Encoding) -> Range {
    Range::new(
        position_to_lsp(text, span.start, encoding),
        position_to_lsp(text, span.end, encoding),
    )
}

pub fn span_from_lsp(text: &Text, range: Range, encoding: Encoding) -> Span {
    let [start, end] =
        [range.start, range.end].map(|position| offset_from_lsp(text, position, encoding));
    // Some editors give the end of a selection that was drawn backwards first.
    Span::new(start.min(end), start.max(end))
}

/// The path of a document that is a file.
pub fn path_from_lsp(uri: &str) -> Option<PathBuf> {
    let url = url::Url::parse(uri).ok()?;
    (url.scheme() == "file").then(|| url.to_file_path().ok())?
}

pub fn path_to_lsp(path: &Path) -> Option<String> {
    let url = url::Url::from_file_path(path).ok()?;
    Some(url.to_string())
}

/// The encoding that the client offers and we like best; UTF-16 where it offers none, as the protocol says.
pub fn encoding_from_lsp(offered: &[PositionEncodingKind]) -> Encoding {
    let liked = [
        (PositionEncodingKind::UTF8, Encoding::Utf8),
        (PositionEncodingKind::UTF32, Encoding::Utf32),
    ];
    let found = liked.into_iter().find(|(kind, _)| offered.contains(kind));
    found.map_or(Encoding::Utf16, |(_, encoding)| encoding)
}

pub fn encoding_to_lsp(encoding: Encoding) -> PositionEncodingKind {
    match encoding {
        Encoding::Utf8 => PositionEncodingKind::UTF8,
        Encoding::Utf16 => PositionEncodingKind::UTF16,
        Encoding::Utf32 => PositionEncodingKind::UTF32,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, offset: usize, columns: [u32; 3]) {
        let text = Text::new(text);
        let encodings = [Encoding::Utf8, Encoding::Utf16, Encoding::Utf32];
        for (encoding, column) in encodings.into_iter().zip(columns) {
            let position = position_to_lsp(&text, offset, encoding);
            assert_eq!(position.character, column, "{encoding:?}");
            assert_eq!(offset_from_lsp(&text, position, encoding), offset);
        }
    }

    #[test]
    fn columns_in_all_encodings() {
        check("abc", 2, [2, 2, 2]);
        check("é🙂x", "é🙂".len(), [6, 3, 2]);
        check("x\r\n🙂\ry", "x\r\n🙂".len(), [4, 2, 1]);
    }

    #[test]
    fn positions_past_the_end_are_clamped() {
        let text = Text::new("ab\ncd");
        let at =
            |line, column| offset_from_lsp(&text, Position::new(line, column), Encoding::Utf16);
        assert_eq!((at(0, 99), at(99, 0), at(1, u32::MAX)), (2, 5, 5));
    }

    #[test]
    fn utf8_is_preferred_and_utf16_the_default() {
        use PositionEncodingKind::{UTF8, UTF16, UTF32};
        assert_eq!(encoding_from_lsp(&[]), Encoding::Utf16);
        assert_eq!(encoding_from_lsp(&[UTF16]), Encoding::Utf16);
        assert_eq!(encoding_from_lsp(&[UTF16, UTF32, UTF8]), Encoding::Utf8);
        assert_eq!(encoding_from_lsp(&[UTF32]), Encoding::Utf32);
    }
}
