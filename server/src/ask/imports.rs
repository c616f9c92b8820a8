//! Imports of a file: which ones code needs, and the edits that add those to it, doubling none; pure.
//!
//! The edits only insert, are in the order of the text, and end lines with LF: `around::ended` gives them the file's line ends.

pub mod block;
pub mod lines;
mod needed;
#[cfg(test)]
mod tests;
pub mod top;

use crate::context::outline::{Definition, Kind, Outline};
use crate::language::{ImportStyle, Language};
use crate::text::{Edit, Span, Text};

pub use block::Spec;
pub use needed::{Words, needed};

/// Import declarations that are not inside of a function.
pub fn declarations(outline: &Outline) -> Vec<Span> {
    let inside = |span: Span| {
        let functions = outline
            .definitions
            .iter()
            .filter(|one| one.kind == Kind::Function);
        functions
            .map(|one: &Definition| one.span)
            .any(|one| one.contains(span))
    };
    let imports = outline.imports.iter().copied();
    imports.filter(|span| !inside(*span)).collect()
}

/// The line of the `package` clause of a text, where its language has them.
pub fn package(language: &Language, text: &Text) -> Option<Span> {
    let ImportStyle::Block { .. } = language.imports else {
        return None;
    };
    let start = top::code(text);
    let line = text.line_span(text.line_of(start));
    text[start..]
        .starts_with("package ")
        .then(|| Span::new(start, line.end))
}

/// Where a line can follow what ends at `end`: behind a comment that is on its line too, but not behind other code.
fn line_behind(text: &Text, end: usize) -> usize {
    let line = text.line_span(text.line_of(end));
    let rest = text.slice(Span::new(end, line.end)).trim_start();
    match rest.is_empty() || rest.starts_with("//") {
        true => line.end,
        false => end,
    }
}

fn insertion(at: usize, new_text: impl Into<String>) -> Edit {
    Edit::new(Span::empty(at), new_text)
}
