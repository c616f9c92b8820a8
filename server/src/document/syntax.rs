//! A syntax tree mapped to the text of a snapshot.

use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use tree_sitter::{InputEdit, ParseOptions, ParseState, Parser, Point, Range, Tree};

use crate::language::Language;
use crate::text::{Edit, Span, Text};

#[cfg(test)]
mod tests;

/// A tree whose byte positions are those of the snapshot's text.
#[derive(Clone, Debug)]
pub struct Syntax {
    pub tree: Tree,
    /// The part of the text that was parsed; for large files a window around the cursor.
    pub window: Span,
    /// The start of the text, parsed by itself, where the window is elsewhere; its byte positions are those of the text.
    pub head: Option<Tree>,
    /// Whether the tree was parsed from exactly this text. If not, it is an older tree mapped through the edits since:
    /// positions are right, nodes at the edits may not be.
    pub fresh: bool,
}

impl Syntax {
    /// Parses the whole text, now. For the command line, tests and files on disk; open documents are parsed in the background.
    pub fn parse(language: &Language, text: &Text) -> Option<Syntax> {
        let mut parser = Parser::new();
        parser.set_language(&language.grammar()).ok()?;
        let tree = parser.parse(text.as_str(), None)?;
        Some(Syntax {
            tree,
            window: Span::new(0, text.len()),
            head: None,
            fresh: true,
        })
    }

    /// Whether both are the same tree, of the same text.
    pub fn is(&self, other: &Syntax) -> bool {
        // Where the children are: a clone shares them, an edit gets its own.
        let place = |tree: &Tree| tree.root_node().child(0).map(|child| child.id());
        let head = |syntax: &Syntax| syntax.head.as_ref().and_then(place);
        place(&self.tree).is_some()
            && place(&self.tree) == place(&other.tree)
            && head(self) == head(other)
            && (self.window, self.fresh) == (other.window, other.fresh)
    }

    /// What the syntax of `text`, this syntax's own, would be after one more edit; None where the parse needs longer than
    /// `budget`. Incremental, within the window; an old tree catches up with the text on the way, so the result is fresh.
    pub fn reparse(
        &self,
        language: &Language,
        text: &Text,
        edit: &Edit,
        budget: Duration,
    ) -> Option<Syntax> {
        let start = text.floor(edit.span.start);
        let span = Span::new(start, text.floor(edit.span.end));
        let input_edit = input_edit(text, span, &edit.new_text);
        let mut old = self.tree.clone();
        old.edit(&input_edit);
        let window = shift(self.window, span, edit.new_text.len());

        let mut parser = Parser::new();
        parser.set_language(&language.grammar()).ok()?;
        if self.window != Span::new(0, text.len()) {
            let mut range = range(text, self.window);
            input_edit.edit_range(&mut range);
            if window.start == 0 {
                (range.start_byte, range.start_point) = (0, Point::new(0, 0));
            }
            parser.set_included_ranges(&[range]).ok()?;
        }
        let bytes = text.as_bytes();
        let new = edit.new_text.as_bytes();
        let mut read = |offset: usize| {
            if offset < span.start {
                &bytes[offset..span.start]
            } else if offset < span.start + new.len() {
                &new[offset - span.start..]
            } else {
                let rest = span.end + (offset - span.start - new.len());
                bytes.get(rest..).unwrap_or_default()
            }
        };
        let tree = parse_within(&mut parser, &mut read, Some(&old), budget)?;
        Some(Syntax {
            tree,
            window,
            // Only of use where the edit is not.
            head: self.head.clone(),
            fresh: true,
        })
    }

    /// This syntax, of `text`, where `span`, which holds nothing but blanks, has so many bytes of them instead: that needs no parser.
    pub fn with_blanks(&self, text: &Text, span: Span, bytes: usize) -> Syntax {
        let mut tree = self.tree.clone();
        tree.edit(&input_edit(text, span, &" ".repeat(bytes)));
        Syntax {
            tree,
            window: shift(self.window, span, bytes),
            ..self.clone()
        }
    }

    /// How many nodes that overlap or touch `span` are errors or missing.
    pub fn error_count(&self, span: Span) -> usize {
        let mut cursor = self.tree.walk();
        let mut count = 0;
        loop {
            let node = cursor.node();
            let near = node.start_byte() <= span.end && span.start <= node.end_byte();
            if near && (node.is_error() || node.is_missing()) {
                count += 1;
            }
            if near && node.has_error() && cursor.goto_first_child() {
                continue;
            }
            let past = node.start_byte() > span.end;
            if past && !cursor.goto_parent() {
                return count;
            }
            while !cursor.goto_next_sibling() {
                if !cursor.goto_parent() {
                    return count;
                }
            }
        }
    }
}

/// Parses what `read` gives for each offset, within `budget`; None where it takes longer.
pub(super) fn parse_within<'a>(
    parser: &mut Parser,
    read: &mut impl FnMut(usize) -> &'a [u8],
    old: Option<&Tree>,
    budget: Duration,
) -> Option<Tree> {
    let deadline = Instant::now() + budget;
    let mut progress = |_: &ParseState| {
        if Instant::now() < deadline {
            ControlFlow::Continue(())
        } else {
            ControlFlow::Break(())
        }
    };
    let options = ParseOptions::new().progress_callback(&mut progress);
    let tree = parser.parse_with_options(&mut |offset, _| read(offset), old, Some(options));
    if tree.is_none() {
        parser.reset();
    }
    tree
}

/// The replacement of `span` of `text` by `new_text`, in tree-sitter's terms; make it before the text changes.
pub(super) fn input_edit(text: &Text, span: Span, new_text: &str) -> InputEdit {
    let start_position = point(text, span.start);
    let rows = memchr::memchr_iter(b'\n', new_text.as_bytes()).count();
    let new_end_position = match memchr::memrchr(b'\n', new_text.as_bytes()) {
        Some(at) => Point::new(start_position.row + rows, new_text.len() - at - 1),
        None => Point::new(start_position.row, start_position.column + new_text.len()),
    };
    InputEdit {
        start_byte: span.start,
        old_end_byte: span.end,
        new_end_byte: span.start + new_text.len(),
        start_position,
        old_end_position: point(text, span.end),
        new_end_position,
    }
}

/// A span of `text` in tree-sitter's terms.
pub(super) fn range(text: &Text, span: Span) -> Range {
    Range {
        start_byte: span.start,
        end_byte: span.end,
        start_point: point(text, span.start),
        end_point: point(text, span.end),
    }
}

/// Where `window` lies after `span` was replaced by `new_len` bytes; as tree-sitter moves the range of a tree, but a window
/// that starts with the text goes on doing so.
pub(super) fn shift(window: Span, span: Span, new_len: usize) -> Span {
    let start = match window.start {
        0 => 0,
        start if start >= span.end => start - span.len() + new_len,
        start => start.min(span.start),
    };
    let end = if window.end >= span.end {
        window.end - span.len() + new_len
    } else {
        window.end.min(span.start)
    };
    Span::new(start, end)
}

fn point(text: &Text, offset: usize) -> Point {
    let (row, column) = text.lines().row_and_column(text, offset);
    Point::new(row, column)
}
