//! Lines and columns, drawn: every seam of CR and LF, and each encoding.

use super::*;

/// Replaces what stands between `[` and `]` in `drawn` by `new_text` and compares the patched index with a new one.
fn check(drawn: &str, new_text: &str, starts: &[u32]) {
    let start = drawn.find('[').unwrap();
    let end = drawn.find(']').unwrap() - 1;
    let old = drawn.replace(['[', ']'], "");
    let mut index = LineIndex::new(&old);
    index.apply(&old, Span::new(start, end), new_text);
    let mut new = old.clone();
    new.replace_range(start..end, new_text);
    assert_eq!(index, LineIndex::new(&new), "{drawn:?} with {new_text:?}");
    assert_eq!(index.starts, starts, "{drawn:?} with {new_text:?}");
}

#[test]
fn plain_edits() {
    check("[]", "", &[0]);
    check("[]", "a\nb", &[0, 2]);
    check("a\n[b]c\nd", "\n\n", &[0, 2, 3, 4, 6]);
    check("a[\n]b\nc", "", &[0, 3]);
    check("a\nb\n[]", "x", &[0, 2, 4]);
    check("[]\na", "\n", &[0, 1, 2]);
}

#[test]
fn seams_of_cr_and_lf() {
    check("a\r[]\nb", "x", &[0, 2, 4]);
    check("a\r[x]\nb", "", &[0, 3]);
    check("a\r[]b", "\n", &[0, 3]);
    check("a[]\nb", "\r", &[0, 3]);
    check("a\r[\n]b", "", &[0, 2]);
    check("a[\r]\nb", "", &[0, 2]);
    check("a[\r\n]b", "", &[0]);
    check("a\r[]\rb", "\n", &[0, 3, 4]);
    check("\r[]", "\r", &[0, 1, 2]);
    check("[]\r\n", "\n", &[0, 1, 3]);
}

#[test]
fn other_separators_end_no_line() {
    check("a[]b", "\u{2028}\u{2029}\u{85}\u{b}\u{c}", &[0]);
}

/// The column of the `|` in a line, in each encoding, and back.
fn columns(drawn: &str, utf8: usize, utf16: usize, utf32: usize) {
    let offset = drawn.find('|').unwrap();
    let text = drawn.replace('|', "");
    let index = LineIndex::new(&text);
    let all = [
        (Encoding::Utf8, utf8),
        (Encoding::Utf16, utf16),
        (Encoding::Utf32, utf32),
    ];
    for (encoding, column) in all {
        let (line, found) = index.line_and_column(&text, offset, encoding);
        assert_eq!(found, column, "{drawn:?} {encoding:?}");
        assert_eq!(index.offset(&text, line, column, encoding), offset);
    }
}

#[test]
fn columns_in_three_encodings() {
    columns("let x|", 5, 5, 5);
    columns("a\nlet ä|", 6, 5, 5);
    columns("a\r\n😀|x", 4, 2, 1);
    columns("e\u{301}|", 3, 2, 2);
    columns("a\r|b", 0, 0, 0);
}

#[test]
fn positions_are_clamped() {
    let text = "a😀b\r\nc";
    let index = LineIndex::new(text);
    let offset = |line, column, encoding| index.offset(text, line, column, encoding);
    assert_eq!(offset(0, 2, Encoding::Utf16), 1, "inside a surrogate pair");
    assert_eq!(offset(0, 3, Encoding::Utf8), 1, "inside a character");
    assert_eq!(offset(0, 99, Encoding::Utf16), 6, "past the line's end");
    assert_eq!(offset(0, 99, Encoding::Utf8), 6, "past the line's end");
    assert_eq!(offset(7, 0, Encoding::Utf32), 9, "past the text's end");
}

#[test]
fn rows_count_lf_only() {
    let text = "a\rb\nc\r\nd";
    let index = LineIndex::new(text);
    assert_eq!(index.row_and_column(text, 2), (0, 2));
    assert_eq!(index.row_and_column(text, 4), (1, 0));
    assert_eq!(index.row_and_column(text, 7), (2, 0));
    assert_eq!(LineIndex::new("a\r\nb").row_and_column("a\r\nb", 3), (1, 0));
}
