//! Makes the code of an answer an edit that fits its place; pure.
//!
//! The code gets the indentation and line ends of the file, its imports join the file's, what is in the file already is not said
//! twice, and the text must parse at least as well as before: else the next way to place it is tried, and in the end there is no
//! edit and a reason.

mod brought;
pub mod crash;
mod docs;
mod file;
mod indent;
mod insert;
mod judge;
mod repeated;
mod replace;
#[cfg(test)]
mod tests;

use tree_sitter::Node;

use super::{FileEdit, Proposal, Query, extract};
use crate::action::{AnswerKind, Need};
use crate::complete::around::{Indent, ended, indent_of};
use crate::context::around::Around;
use crate::context::lines::with_leading;
use crate::context::outline::{Definition, Outline};
use crate::document::{Snapshot, Syntax};
use crate::text::{Edit, Span, Text};

use indent::reindent;
use judge::Judge;

/// An edit, and what the user should know of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Placed {
    pub proposal: Proposal,
    pub note: Option<String>,
}

/// Places the code of an answer as the query's action wants it.
///
/// # Errors
/// Why there is nothing to place, in words for the user.
pub fn place(query: &Query, around: &Around, answer: &str) -> Result<Placed, String> {
    if query.action.answer == AnswerKind::File {
        return file::place(query, answer);
    }
    let snapshot = &query.snapshot;
    let code = extract::code(answer, snapshot.language, &snapshot.text)?;
    let site = Site::new(query, around);
    let brought = match snapshot.text.trim().is_empty() {
        // An empty file takes all that there is.
        true => brought::Brought {
            rest: code,
            ..brought::Brought::default()
        },
        false => brought::split(snapshot, &code),
    };
    let (edits, note) = site.place(&brought)?;
    Ok(Placed {
        proposal: Proposal {
            files: vec![FileEdit {
                uri: snapshot.uri.clone(),
                version: snapshot.open_version(),
                text: snapshot.open_version().map(|_| snapshot.text.clone()),
                create: false,
                edits,
            }],
        },
        note,
    })
}

/// Where code goes.
struct Site<'a> {
    snapshot: &'a Snapshot,
    around: &'a Around,
    outline: Outline<'a>,
    indent: Indent,
    way: Way,
}

/// What becomes of the code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    AtCursor,
    /// Above the function or type that the question is about.
    Above,
    InsteadOfFocus,
}

/// One way to place the code.
struct Try {
    edit: Edit,
    note: Option<String>,
}

/// Edits that fit, and a note.
type Fitting = (Vec<Edit>, Option<String>);

impl From<Edit> for Try {
    fn from(edit: Edit) -> Try {
        Try { edit, note: None }
    }
}

impl<'a> Site<'a> {
    fn new(query: &'a Query, around: &'a Around) -> Site<'a> {
        let snapshot = &query.snapshot;
        let at = around.place.start;
        let near = query.action.needs.contains(&Need::Near);
        Site {
            snapshot,
            around,
            outline: Outline::read(snapshot, at),
            indent: indent_of(snapshot, at, at),
            way: match query.action.answer {
                AnswerKind::Insert if !near => Way::Above,
                AnswerKind::Insert if around.place.is_empty() => Way::AtCursor,
                _ => Way::InsteadOfFocus,
            },
        }
    }

    fn text(&self) -> &Text {
        &self.snapshot.text
    }

    /// The first way that fits, of all of the code or, where none does, of its sound beginning.
    fn place(&self, brought: &brought::Brought) -> Result<Fitting, String> {
        let only_imports = brought.rest.trim().is_empty() && !brought.imports.is_empty();
        if only_imports {
            let import = self.imports(self.around.place.start, brought);
            if import.is_empty() {
                return Err("the file has all of the answer's imports already".to_owned());
            }
            return Ok((self.finished(import), None));
        }
        let judge = Judge::new(self.snapshot);
        let tried = self.first_that_fits(brought, &judge)?;
        if let Some(found) = tried {
            return Ok(found);
        }
        let does_not_fit = "the answer does not fit here: the file would have a syntax error more";
        let sound = self.sound(&brought.rest).ok_or(does_not_fit)?;
        if self.way != Way::AtCursor && !self.is_all(&sound) {
            return Err(does_not_fit.to_owned());
        }
        let shorter = brought::Brought {
            rest: sound,
            ..brought.clone()
        };
        let (edits, _) = self
            .first_that_fits(&shorter, &judge)?
            .ok_or(does_not_fit)?;
        let note = "The end of the answer is broken and was left out.".to_owned();
        Ok((edits, Some(note)))
    }

    fn first_that_fits(
        &self,
        brought: &brought::Brought,
        judge: &Judge,
    ) -> Result<Option<Fitting>, String> {
        for one in self.ways(brought)? {
            let replaced = self.text().slice(one.edit.span);
            if replaced == one.edit.new_text {
                return Err("the answer changes nothing".to_owned());
            }
            let mut edits = vec![one.edit];
            let import = self.imports(edits[0].span.start, brought);
            if !import.iter().any(|import| touch(import, &edits[0])) {
                edits.extend(import);
            }
            let edits = self.finished(edits);
            if judge.fits(&edits) {
                return Ok(Some((edits, one.note)));
            }
        }
        Ok(None)
    }

    /// The ways to place the code, the best first.
    fn ways(&self, brought: &brought::Brought) -> Result<Vec<Try>, String> {
        let code = &brought.rest;
        match self.way {
            Way::Above => Ok(vec![docs::above(self, code)?.into()]),
            Way::InsteadOfFocus => replace::ways(self, code),
            Way::AtCursor => {
                // The function around, written anew with what was asked for in it.
                let parsed = self.snapshot.with_text(code.as_str());
                match replace::defines_function(self, &parsed) {
                    true => replace::ways(self, code),
                    false => insert::ways(self, code),
                }
            }
        }
    }

    fn imports(&self, at: usize, brought: &brought::Brought) -> Vec<Edit> {
        let around = self.around.function.unwrap_or_default();
        brought::merge(self.snapshot, at, self.text().slice(around), brought)
    }

    /// The edits in the order of the text, with the line ends of their places.
    fn finished(&self, mut edits: Vec<Edit>) -> Vec<Edit> {
        edits.sort_by_key(|edit| edit.span);
        ended(self.snapshot, edits)
    }

    /// The definitions and statements of code up to the first that is broken.
    fn sound(&self, code: &str) -> Option<String> {
        let text = Text::new(code);
        let syntax = Syntax::parse(self.snapshot.language?, &text)?;
        let root = syntax.tree.root_node();
        let mut cursor = root.walk();
        let children: Vec<_> = root.children(&mut cursor).collect();
        let is_broken = |node: &Node| node.has_error() || node.is_missing();
        let mut end = children.iter().position(is_broken)?;
        // A head without its body is taken for whole.
        let row = children[end].start_position().row;
        while end > 0 && children[end - 1].end_position().row == row {
            end -= 1;
        }
        let sound = text[..children.get(end)?.start_byte()].trim_end();
        // What is left of a definition that was cut off says nothing.
        let worth = sound
            .lines()
            .any(|line| line.trim().len() > 1 && !self.is_leading(line));
        worth.then(|| sound.to_owned())
    }

    /// Whether code has all of the function that it is to replace.
    fn is_all(&self, code: &str) -> bool {
        let code = self.snapshot.with_text(code);
        replace::defines_function(self, &code)
    }

    /// Whether a line is a comment or attribute that belongs to what follows.
    fn is_leading(&self, line: &str) -> bool {
        let marks = self
            .snapshot
            .language
            .map_or(&[][..], |one| one.leading_lines);
        let line = line.trim_start();
        line.is_empty() || marks.iter().any(|mark| line.starts_with(mark)) || line.starts_with("//")
    }

    /// The blanks at the start of a line.
    fn blanks(&self, line: usize) -> &str {
        let line = self.text().line(line);
        &line[..line.len() - line.trim_start().len()]
    }

    fn reindent(&self, code: &str, base: &str) -> String {
        reindent(code, base, &self.indent, self.snapshot.language)
    }

    fn whole(&self, one: &Definition) -> Span {
        whole(self.snapshot, one)
    }
}

/// A definition with its docs and attributes.
fn whole(snapshot: &Snapshot, one: &Definition) -> Span {
    let marks = snapshot.language.map_or(&[][..], |one| one.leading_lines);
    with_leading(&snapshot.text, one.span, marks)
}

/// A text with edits, which are in the order of the text.
fn applied(text: &str, edits: &[Edit]) -> String {
    let mut out = text.to_owned();
    for edit in edits.iter().rev() {
        out.replace_range(edit.span.range(), &edit.new_text);
    }
    out
}

fn touch(one: &Edit, other: &Edit) -> bool {
    one.span.touches(other.span.start)
        || one.span.touches(other.span.end)
        || other.span.overlaps(one.span)
}
