//! A syntax tree mapped to the text of a snapshot.

use tree_sitter::{Parser, Tree};

use crate::language::Language;
use crate::text::{Span, Text};

/// A tree whose byte positions are those of the snapshot's text.
#[derive(Clone, Debug)]
pub struct Syntax {
    pub tree: Tree,
    /// The part of the text that was parsed; for large files a window around the cursor.
    pub window: Span,
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
            fresh: true,
        })
    }
}
