//! What is typed in a row, put into the text at once: each edit moves all of the text behind it, which costs as much as that is long.

use super::{Change, Place};
use crate::text::{Edit, Encoding, Span, Text};

/// Insertions, each where the one before it ended, that the text does not have yet.
pub(super) struct Run {
    /// Where they go, in bytes of the text without them.
    at: usize,
    typed: String,
    /// Where they end in the text with them.
    end: Place,
}

impl Run {
    /// Begins with a change whose edit in `text` is this; none where it is not just typed, or merges with a line end before it.
    pub(super) fn begin(
        change: &Change,
        edit: &Edit,
        text: &Text,
        encoding: Encoding,
    ) -> Option<Run> {
        let at = edit.span.start;
        let behind_cr = text[..at].ends_with('\r');
        if behind_cr || !edit.span.is_empty() || !is_typed(change) {
            return None;
        }
        let (line, column) = text.lines().line_and_column(text, at, encoding);
        let mut run = Run {
            at,
            typed: String::new(),
            end: Place { line, column },
        };
        run.push(&edit.new_text, encoding);
        Some(run)
    }

    /// Takes a change in that goes on where the run ends; whether it did.
    pub(super) fn takes(&mut self, change: &Change, encoding: Encoding) -> bool {
        let goes_on = change.range == Some((self.end, self.end)) && is_typed(change);
        if goes_on {
            self.push(&change.new_text, encoding);
        }
        goes_on
    }

    /// All of it as one edit.
    pub(super) fn edit(self) -> Edit {
        Edit::new(Span::empty(self.at), self.typed)
    }

    fn push(&mut self, text: &str, encoding: Encoding) {
        let last = match text.rsplit_once('\n') {
            Some((before, last)) => {
                self.end.line += before.matches('\n').count() + 1;
                self.end.column = 0;
                last
            }
            None => text,
        };
        let widths = last.chars().map(|character| encoding.width(character));
        self.end.column += widths.sum::<usize>();
        self.typed.push_str(text);
    }
}

/// Whether a change inserts lines whose ends are its own: a carriage return depends on what follows.
fn is_typed(change: &Change) -> bool {
    let inserts = change.range.is_some_and(|(start, end)| start == end);
    inserts && !change.new_text.is_empty() && !change.new_text.contains('\r')
}

#[cfg(test)]
mod tests {
    use super::*;

    const ENCODINGS: [Encoding; 3] = [Encoding::Utf8, Encoding::Utf16, Encoding::Utf32];

    fn insertion(line: usize, column: usize, new_text: &str) -> Change {
        let place = Place { line, column };
        Change {
            range: Some((place, place)),
            new_text: new_text.to_owned(),
        }
    }

    fn begin(text: &Text, change: &Change, encoding: Encoding) -> Option<Run> {
        let edit = change.clone().place(text, encoding).unwrap();
        Run::begin(change, &edit, text, encoding)
    }

    #[test]
    fn what_goes_on_is_one_edit() {
        let text = Text::new("😀a\nb");
        for encoding in ENCODINGS {
            let behind = encoding.width('😀');
            let mut run = begin(&text, &insertion(0, behind, "é"), encoding).unwrap();
            let column = behind + encoding.width('é');
            assert!(run.takes(&insertion(0, column, "\nx\n😀"), encoding));
            assert!(!run.takes(&insertion(2, 0, "y"), encoding), "elsewhere");
            assert!(run.takes(&insertion(2, behind, "z"), encoding));
            assert_eq!(run.edit(), Edit::new(Span::empty(4), "é\nx\n😀z"));
        }
    }

    #[test]
    fn a_place_behind_the_end_of_a_line_is_its_end() {
        let text = Text::new("ab\nc");
        let mut run = begin(&text, &insertion(0, 9, "x"), Encoding::Utf16).unwrap();
        assert!(!run.takes(&insertion(0, 10, "y"), Encoding::Utf16));
        assert!(run.takes(&insertion(0, 3, "y"), Encoding::Utf16));
        assert_eq!(run.edit(), Edit::new(Span::empty(2), "xy"));
    }

    #[test]
    fn other_changes_are_edits_of_their_own() {
        let text = Text::new("a\rb");
        let none = |change: Change| assert!(begin(&text, &change, Encoding::Utf16).is_none());
        none(insertion(0, 0, ""));
        none(insertion(0, 0, "x\r"));
        none(insertion(1, 0, "\n"));
        none(Change {
            range: Some((Place { line: 0, column: 0 }, Place { line: 0, column: 1 })),
            new_text: "x".to_owned(),
        });
        none(Change {
            range: None,
            new_text: "a\rbc".to_owned(),
        });
        let mut run = begin(&text, &insertion(0, 1, "x"), Encoding::Utf16).unwrap();
        assert!(!run.takes(&insertion(0, 2, "\r"), Encoding::Utf16));
    }
}
