//! Which part of a large text gets syntax: a window around the cursor, cut where definitions seem to begin.

use std::ops::Range;

use crate::text::{Span, Text};

/// Texts up to this many bytes are parsed whole.
pub(super) const WHOLE: usize = 1 << 20;
/// Texts above this many bytes have no syntax.
pub(super) const MOST: usize = 20 << 20;
/// How many bytes of a window lie before the cursor, and after it, about.
const BEFORE: usize = 64 << 10;
const AFTER: usize = 32 << 10;
/// How far a cut may move to find a good line, in bytes.
const SLACK: usize = 16 << 10;
/// A cursor nearer to a window's edge than this many bytes gets a new window.
const MARGIN: usize = 8 << 10;
/// How many bytes of the start of a text are parsed beside a window, about: room for a licence, docs and imports.
const HEAD: usize = 16 << 10;
/// A window that edits have made larger than this many bytes is chosen anew.
const LARGEST: usize = 256 << 10;

/// The window for a cursor at `offset` (bytes).
pub(super) fn around(text: &Text, offset: usize) -> Span {
    let offset = text.floor(offset);
    let start = match offset.saturating_sub(BEFORE) {
        0 => 0,
        at => cut(text, at..at + SLACK),
    };
    let end = match offset + AFTER + SLACK {
        at if at >= text.len() => text.len(),
        at => cut(text, at - SLACK..at),
    };
    Span::new(start, end)
}

/// Where the start of a text ends that is parsed beside a window (bytes).
pub(super) fn head(text: &Text) -> usize {
    match text.len() {
        len if len <= HEAD => len,
        _ => cut(text, HEAD / 2..HEAD),
    }
}

/// Whether `window` serves a cursor at `offset`: not too near to an edge which is not the text's, and not grown too large.
pub(super) fn serves(window: Span, text: &Text, offset: usize) -> bool {
    let start = window.start == 0 || window.start + MARGIN <= offset;
    let end = window.end == text.len() || offset + MARGIN <= window.end;
    start && end && window.len() <= LARGEST
}

/// Where to cut within `zone`: before a line that seems to begin a definition (not indented, behind a blank line), else before
/// one that is not indented, else at any line, else between two characters.
fn cut(text: &Text, zone: Range<usize>) -> usize {
    let lines = text.lines();
    let first = text.line_of(zone.start) + 1;
    let starts = (first..text.line_count())
        .filter_map(|line| Some((line, lines.line_start(line)?)))
        .take_while(|(_, start)| *start < zone.end);
    let mut best = (0, text.floor(zone.start));
    for (line, start) in starts {
        let opens = text[start..].starts_with(|first: char| {
            first.is_alphabetic() || matches!(first, '/' | '#' | '@' | '_')
        });
        let rank = match (opens, line > 0 && text.line(line - 1).trim().is_empty()) {
            (true, true) => 3,
            (true, false) => 2,
            (false, _) => 1,
        };
        if rank > best.0 {
            best = (rank, start);
        }
        if rank == 3 {
            break;
        }
    }
    best.1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_is_cut_at_definitions() {
        let text = Text::new("fn f() {\n    1\n}\n\n/// Doc.\nfn g() {}\n\n".repeat(20_000));
        let window = around(&text, 300_000);
        for edge in [window.start, window.end] {
            let line = text.line(text.line_of(edge));
            assert!(
                line.starts_with("fn f") || line.starts_with("/// Doc"),
                "{line}"
            );
        }
        assert!(serves(window, &text, 300_000));
        assert!(window.len() > BEFORE && window.len() < BEFORE + AFTER + 2 * SLACK);
    }

    #[test]
    fn texts_without_good_lines_have_windows_too() {
        for piece in ["😀", "    x\n", "}\r", "x"] {
            let text = Text::new(piece.repeat(400_000));
            let window = around(&text, text.len() / 2);
            assert!(serves(window, &text, text.len() / 2), "{piece:?}");
            assert!(text.is_char_boundary(window.start) && text.is_char_boundary(window.end));
        }
    }

    #[test]
    fn the_edges_of_the_text_serve() {
        let text = Text::new("fn f() {}\n\n".repeat(200_000));
        assert!(serves(around(&text, 0), &text, 0));
        assert!(serves(around(&text, text.len()), &text, text.len()));
        assert!(!serves(around(&text, 0), &text, text.len()));
    }
}
