//! The start of a large text, parsed beside the window around the cursor: it says what the file imports.

use tree_sitter::{InputEdit, Parser, Tree};

use super::window;
use crate::language::Language;
use crate::text::Text;

/// The tree of the start of a text.
pub(super) struct Head {
    pub(super) tree: Tree,
    /// How many bytes of the text it covers.
    end: usize,
    /// Whether no edit touched it since it was parsed.
    pub(super) fresh: bool,
}

impl Head {
    /// The bytes to parse.
    pub(super) fn bytes(text: &Text) -> Vec<u8> {
        text.as_bytes()[..window::head(text)].to_vec()
    }

    pub(super) fn parse(bytes: &[u8], language: &Language, parser: &mut Parser) -> Option<Head> {
        parser.set_language(&language.grammar()).ok()?;
        parser.set_included_ranges(&[]).ok()?;
        let tree = parser.parse(bytes, None)?;
        Some(Head {
            tree,
            end: bytes.len(),
            fresh: true,
        })
    }

    /// Marks an edit of the text.
    pub(super) fn mark(&mut self, edit: &InputEdit) {
        if edit.start_byte < self.end {
            self.tree.edit(edit);
            self.fresh = false;
        }
    }
}
