//! Takes the imports off code that is to go into a file, and adds them to the file's.

use crate::ask::imports::{self, Spec, Words};
use crate::context::outline::Outline;
use crate::document::Snapshot;
use crate::language::ImportStyle;
use crate::text::{Edit, Span, Text};

/// Code, and what stood above it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Brought {
    /// The `package` clause, where the language has them.
    pub package: Option<String>,
    /// Whole import declarations.
    pub imports: Vec<String>,
    /// Everything else, without blank lines at its ends.
    pub rest: String,
}

/// Takes imports and package clause off code for a document.
pub fn split(snapshot: &Snapshot, code: &str) -> Brought {
    let Some(language) = snapshot.language else {
        return Brought {
            rest: code.to_owned(),
            ..Brought::default()
        };
    };
    let code = snapshot.with_text(code);
    let mut brought = Brought::default();
    let mut gone: Vec<Span> = imports::declarations(&Outline::read(&code, 0));
    for span in &gone {
        brought.imports.push(code.text.slice(*span).to_owned());
    }
    if let Some(clause) = imports::package(language, &code.text) {
        brought.package = Some(code.text.slice(clause).to_owned());
        gone.push(clause);
    }
    gone.sort_unstable();
    brought.rest = without(&code.text, &gone);
    brought
}

/// The edits that give a document the imports of some code: those that it brings, and those of the standard library that it
/// plainly uses. `at` (bytes) is where the code goes, `around` other code that it stands in. None of them where nothing is missing.
pub fn merge(snapshot: &Snapshot, at: usize, around: &str, brought: &Brought) -> Vec<Edit> {
    let Some(language) = snapshot.language else {
        return Vec::new();
    };
    if let ImportStyle::Lines = language.imports {
        let edit = imports::lines::merge(snapshot, at, &brought.imports);
        return edit.into_iter().collect();
    }
    let own = imports::block::specs(brought.imports.iter().map(String::as_str));
    if brought.rest.trim().is_empty() {
        return imports::block::merge(snapshot, at, own);
    }
    let outline = Outline::read(snapshot, at);
    let there = imports::declarations(&outline);
    let there = there.iter().map(|span| snapshot.text.slice(*span));
    let there: Vec<Spec> = imports::block::specs(there);
    let mut words = Words::of(language, &brought.rest);
    words.named.extend(Words::of(language, around).named);
    let defined = |name: &str| outline.definitions.iter().any(|one| one.name == name);
    let needed = imports::needed(language, own, &words, &there, defined);
    imports::block::merge(snapshot, at, needed)
}

/// A text without some spans and the line ends behind them; no blank lines at its ends, and no two in a row where one was cut.
fn without(text: &Text, gone: &[Span]) -> String {
    let mut out = String::new();
    let mut end = 0;
    for span in gone {
        out.push_str(text.slice(Span::new(end, span.start)).trim_end_matches(' '));
        let rest = &text[span.end..];
        let blank = rest.len() - rest.trim_start_matches([' ', '\t', ';']).len();
        let line_end = rest[blank..].starts_with('\n');
        end = span.end + blank + usize::from(line_end);
    }
    out.push_str(&text[end.min(text.len())..]);
    let first = out.len() - out.trim_start().len();
    let first = out[..first].rfind('\n').map_or(0, |at| at + 1);
    out[first..].trim_end().to_owned()
}
