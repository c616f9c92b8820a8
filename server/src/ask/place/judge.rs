//! Tells whether a text parses as well with an edit as without.

use std::time::Duration;

use super::applied;
use crate::document::{Snapshot, Syntax};
use crate::text::{Edit, Span, Text};

/// Texts up to this many bytes are parsed as a whole: how a tree is mended round errors depends on the tree before.
const WHOLE: usize = 256 * 1024;

/// The longest that one parse of a larger text may take.
const BUDGET: Duration = Duration::from_secs(5);

/// A document with the number of its syntax errors.
pub struct Judge<'a> {
    snapshot: &'a Snapshot,
    /// None where it cannot be told: no grammar, or no tree in time.
    before: Option<(Syntax, usize)>,
}

impl<'a> Judge<'a> {
    pub fn new(snapshot: &'a Snapshot) -> Judge<'a> {
        let syntax = tree(snapshot);
        let before = syntax.map(|syntax| {
            let errors = syntax.error_count(syntax.window);
            (syntax, errors)
        });
        Judge { snapshot, before }
    }

    /// Whether the text has no more syntax errors with these edits, which are in its order; true where that cannot be told.
    pub fn fits(&self, edits: &[Edit]) -> bool {
        let Some((syntax, before)) = &self.before else {
            return true;
        };
        let after = match is_small(self.snapshot) {
            true => self.parsed(&Text::new(applied(&self.snapshot.text, edits))),
            false => self.reparsed(syntax, edits),
        };
        after.is_none_or(|after| after.error_count(after.window) <= *before)
    }

    fn parsed(&self, text: &Text) -> Option<Syntax> {
        Syntax::parse(self.snapshot.language?, text)
    }

    fn reparsed(&self, syntax: &Syntax, edits: &[Edit]) -> Option<Syntax> {
        let language = self.snapshot.language?;
        let mut text = (*self.snapshot.text).clone();
        let mut syntax = syntax.clone();
        for edit in edits.iter().rev() {
            syntax = syntax.reparse(language, &text, edit, BUDGET)?;
            text.apply(edit);
        }
        Some(syntax)
    }
}

fn is_small(snapshot: &Snapshot) -> bool {
    snapshot.text.len() <= WHOLE
}

/// The tree of exactly this text; of a large one, of the part that is known.
fn tree(snapshot: &Snapshot) -> Option<Syntax> {
    let (language, text) = (snapshot.language?, &snapshot.text);
    let known = snapshot.syntax.as_ref();
    match known.filter(|syntax| syntax.fresh && !is_small(snapshot)) {
        Some(syntax) => Some(syntax.clone()),
        None if is_small(snapshot) => Syntax::parse(language, text),
        None => {
            let syntax = known?;
            let nothing = Edit::new(Span::empty(syntax.window.start), "");
            syntax.reparse(language, text, &nothing, BUDGET)
        }
    }
}
