//! Definitions of the file that the code around the cursor refers to: right after what the place is part of, since how a thing is
//! called and what fields it has is what a model most often invents.
//!
//! Which ones is read off the lines around the cursor. On the cursor's own line only names that are called count, and only
//! behind their opening bracket, so that most keys change nothing.

use std::collections::HashMap;

use super::hole::is_word;
use super::outline::{Definition, Kind};
use super::{Here, Piece, enclosing};
use crate::text::Span;

/// Lines above and below the cursor whose names count, within the function where there is one.
const ABOVE: usize = 40;
const BELOW: usize = 15;

/// The most lines of what is in focus that are read.
const MOST_LINES: usize = 400;

/// The most definitions.
const MOST: usize = 12;

/// Where a name is used nearest to the cursor.
struct Use<'a> {
    /// 0-based.
    line: usize,
    /// The words before a `.` or `::` in front of it.
    qualifiers: Vec<&'a str>,
}

pub fn find(here: &Here) -> Vec<Piece> {
    let uses = uses(here);
    let in_tests = here.outline.is_test(here.hole.offset);
    let mut named: HashMap<&str, usize> = HashMap::new();
    for one in &here.outline.definitions {
        if one.kind != Kind::Holder {
            *named.entry(one.name).or_default() += 1;
        }
    }
    let mut found: Vec<(usize, &Definition)> = Vec::new();
    for one in &here.outline.definitions {
        let elsewhere = one.kind != Kind::Holder && !one.span.touches(here.hole.offset);
        if !elsewhere || (one.in_tests && !in_tests) {
            continue;
        }
        if let Some(used) = uses.get(one.name) {
            let unique = named.get(one.name) == Some(&1);
            if unique || meant(here, one, used) {
                found.push((used.line, one));
            }
        }
    }
    let here_line = here.text().line_of(here.hole.offset);
    found.sort_by_key(|(line, one)| (line.abs_diff(here_line), one.span.start));
    found.truncate(MOST);
    found
        .into_iter()
        .map(|(line, one)| piece(here, one, line))
        .collect()
}

fn piece(here: &Here, one: &Definition, line: usize) -> Piece {
    let span = match one.kind {
        Kind::Type => enclosing::whole(here, one.span, one.signature()),
        _ => enclosing::whole(here, one.signature(), one.signature()),
    };
    here.piece(span, format!("used on line {}", line + 1))
}

/// Of several definitions with one name, the one whose type stands before the name, or whose type is the one written here.
fn meant(here: &Here, one: &Definition, used: &Use) -> bool {
    let Some(class) = one.class else {
        return used.qualifiers.is_empty();
    };
    let own = here.scope.class_name() == Some(class);
    used.qualifiers
        .iter()
        .any(|word| *word == class || (own && word.eq_ignore_ascii_case("self")))
}

/// The names used around the cursor, or in and around what is in focus.
fn uses<'a>(here: &'a Here) -> HashMap<&'a str, Use<'a>> {
    let text = here.text();
    let cursor = text.line_of(here.hole.offset);
    let focus = (
        text.line_of(here.focus.start),
        text.line_of(here.focus.end)
            .min(text.line_of(here.focus.start) + MOST_LINES),
    );
    let bounds = here.hole.function.unwrap_or(Span::new(0, text.len()));
    let first = focus
        .0
        .saturating_sub(ABOVE)
        .max(text.line_of(bounds.start));
    let last = (focus.1 + BELOW).min(text.line_of(bounds.end).max(focus.1));
    let mut uses: HashMap<&str, Use> = HashMap::new();
    for line in first..=last.max(cursor) {
        let span = text.line_span(line);
        if span.len() > 1000 {
            continue;
        }
        if line == cursor && here.focus.is_empty() {
            let before = text.slice(Span::new(span.start, here.hole.offset));
            words(before, |name, qualifier, next| {
                if next == Some('(') {
                    note(&mut uses, name, qualifier, line, cursor);
                }
            });
        } else {
            words(text.slice(span), |name, qualifier, _| {
                note(&mut uses, name, qualifier, line, cursor);
            });
        }
    }
    uses
}

fn note<'a>(
    uses: &mut HashMap<&'a str, Use<'a>>,
    name: &'a str,
    qualifier: Option<&'a str>,
    line: usize,
    cursor: usize,
) {
    let used = uses.entry(name).or_insert(Use {
        line,
        qualifiers: Vec::new(),
    });
    if line.abs_diff(cursor) < used.line.abs_diff(cursor) {
        used.line = line;
    }
    if let Some(qualifier) = qualifier {
        used.qualifiers.push(qualifier);
    }
}

/// Calls `take` with each word of a line, the word before a `.` or `::` in front of it, and the character behind it.
fn words<'a>(line: &'a str, mut take: impl FnMut(&'a str, Option<&'a str>, Option<char>)) {
    let mut last: Option<(&str, usize)> = None;
    let mut rest = line;
    while let Some(from) = rest.find(is_word) {
        let start = line.len() - rest.len() + from;
        let tail = &line[start..];
        let width = tail.find(|c| !is_word(c)).unwrap_or(tail.len());
        let word = &tail[..width];
        let between = last.map(|(_, end)| &line[end..start]);
        let qualifier = match between {
            Some("." | "::") => last.map(|(word, _)| word),
            _ => None,
        };
        rest = &tail[width..];
        if !word.starts_with(|c: char| c.is_ascii_digit()) {
            take(word, qualifier, rest.chars().next());
        }
        last = Some((word, start + width));
    }
}
