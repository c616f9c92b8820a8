//! Merges the imports that code brings or needs into those of a file, and doubles none.

mod block;
mod lines;

use crate::complete::lexer::Lexer;
use crate::context::outline::{Definition, Kind, Outline};
use crate::document::{Snapshot, Syntax};
use crate::language::{ImportStyle, Language};
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

/// The same document with another text.
pub fn with_text(snapshot: &Snapshot, text: impl Into<String>) -> Snapshot {
    let text = Text::new(text);
    Snapshot {
        syntax: snapshot
            .language
            .and_then(|language| Syntax::parse(language, &text)),
        text: text.into(),
        ..snapshot.clone()
    }
}

/// Takes imports and package clause off code for a document.
pub fn split(snapshot: &Snapshot, code: &str) -> Brought {
    let Some(language) = snapshot.language else {
        return Brought {
            rest: code.to_owned(),
            ..Brought::default()
        };
    };
    let code = with_text(snapshot, code);
    let mut brought = Brought::default();
    let mut gone: Vec<Span> = declarations(&Outline::read(&code, 0));
    for span in &gone {
        brought.imports.push(code.text.slice(*span).to_owned());
    }
    if let Some(clause) = package(language, &code.text) {
        brought.package = Some(code.text.slice(clause).to_owned());
        gone.push(clause);
    }
    gone.sort_unstable();
    brought.rest = without(&code.text, &gone);
    brought
}

/// The `package` clause of a text.
pub fn package(language: &Language, text: &Text) -> Option<Span> {
    let ImportStyle::Block { .. } = language.imports else {
        return None;
    };
    let lines = (0..text.line_count()).map(|line| text.line_span(line));
    let mut code = lines.filter(|span| {
        let line = text.slice(*span).trim();
        !line.is_empty() && !line.starts_with(language.line_comment)
    });
    code.next()
        .filter(|span| text.slice(*span).starts_with("package "))
}

/// The edit that gives a document the imports of some code: those that it brings, and those of the standard library that it
/// plainly uses. `at` (bytes) is where the code goes, `around` other code that it stands in. None where nothing is missing.
pub fn merge(snapshot: &Snapshot, at: usize, around: &str, brought: &Brought) -> Option<Edit> {
    let language = snapshot.language?;
    let outline = Outline::read(snapshot, at);
    match &language.imports {
        ImportStyle::Block { std } => {
            let mut wanted = block::specs(brought.imports.iter().map(String::as_str));
            let alone = brought.rest.trim().is_empty();
            wanted.retain(|spec| {
                let known = std.iter().any(|(_, path)| *path == spec.path);
                let named = alone || spec.name() == "_" || spec.name() == ".";
                !known || named || is_used(&brought.rest, spec.name(), language)
            });
            let defined = |name: &str| outline.definitions.iter().any(|one| one.name == name);
            for (name, path) in *std {
                let used = is_used(&brought.rest, name, language);
                let other = |text: &str| is_named(text, name, language);
                if used && !other(&brought.rest) && !other(around) && !defined(name) {
                    wanted.push(block::Spec::of(path));
                }
            }
            block::merge(snapshot, &declarations(&outline), wanted)
        }
        ImportStyle::Lines => lines::merge(snapshot, at, &outline, &brought.imports),
    }
}

/// Import declarations that are not inside of a function.
fn declarations(outline: &Outline) -> Vec<Span> {
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

/// Whether code names something of the package `name`: `fmt.Println`.
fn is_used(code: &str, name: &str, language: &'static Language) -> bool {
    words(code, name, language).any(is_member)
}

/// Whether code uses `name` for something else than a package.
fn is_named(code: &str, name: &str, language: &'static Language) -> bool {
    words(code, name, language).any(|after| !is_member(after))
}

fn is_member(after: &str) -> bool {
    let member = after.strip_prefix('.').and_then(|rest| rest.chars().next());
    member.is_some_and(char::is_uppercase)
}

/// What follows each place where `name` stands as a word of its own in code, not in strings and comments, nor behind a dot.
fn words<'a>(
    code: &'a str,
    name: &'a str,
    language: &'static Language,
) -> impl Iterator<Item = &'a str> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let mut lexer = Lexer::new(Some(language));
    let mut read = 0;
    code.match_indices(name).filter_map(move |(at, _)| {
        for character in code[read..at].chars() {
            lexer.read(character);
        }
        read = at;
        let before = code[..at].chars().next_back();
        let after = &code[at + name.len()..];
        let whole = !before.is_some_and(|c| is_word(c) || c == '.') && !after.starts_with(is_word);
        (whole && lexer.in_code()).then_some(after)
    })
}
