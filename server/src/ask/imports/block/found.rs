//! An import declaration that stands in a file: what it holds, and the edits that add to it.

use super::super::{insertion, line_behind};
use super::{Spec, declaration};
use crate::text::{Edit, Span, Text};

/// A declaration of a file.
pub struct Found {
    pub span: Span,
    /// The inside of its brackets.
    pub list: Option<Span>,
    specs: Vec<(Spec, Span)>,
}

impl Found {
    pub fn read(text: &Text, span: Span) -> Found {
        let whole = text.slice(span);
        let moved = |inner: Span| Span::new(span.start + inner.start, span.start + inner.end);
        let specs = read(whole).into_iter();
        let specs: Vec<_> = specs.map(|(spec, own)| (spec, moved(own))).collect();
        let first = specs.first().map_or(span.end, |(_, own)| own.start);
        let open = text.slice(Span::new(span.start, first)).find('(');
        let list =
            open.map(|open| moved(Span::new(open + 1, whole.rfind(')').unwrap_or(open + 1))));
        Found { span, list, specs }
    }

    pub fn is_cgo(&self) -> bool {
        self.specs.iter().any(|(spec, _)| spec.path == "C")
    }

    /// The edits that make the one import of a declaration one of a list.
    pub fn made_list(&self, text: &Text, new: Vec<Spec>) -> Vec<Edit> {
        let Some((own, span)) = self.specs.first() else {
            return Vec::new();
        };
        let mark = format!("\t{}\n", own.written());
        let all = declaration(new.into_iter().chain([own.clone()]).collect());
        let Some((before, after)) = all.split_once(&mark) else {
            return Vec::new();
        };
        let before = before.trim_start_matches("import ");
        vec![
            insertion(span.start, format!("{before}\t")),
            insertion(line_behind(text, span.end), format!("\n{after}")),
        ]
    }

    /// The edits that add to a list.
    pub fn with(&self, text: &Text, new: &[Spec]) -> Vec<Edit> {
        let Some(list) = self.list else {
            return Vec::new();
        };
        let line = |offset: usize| text.line_of(offset);
        let (first, last) = (self.specs.first(), self.specs.last());
        let opens = first.is_some_and(|(_, own)| line(own.start) == line(list.start));
        let closes = last.map_or(list.start, |(_, own)| own.end);
        let closes = line(closes) == line(list.end);
        if opens || closes {
            return self.unfolded(text, list, new, (opens, closes));
        }
        let mut edits: Vec<Edit> = Vec::new();
        for std in [true, false] {
            let new: Vec<&Spec> = new.iter().filter(|one| one.is_std() == std).collect();
            for (at, line) in self.places(text, list, std, &new) {
                match edits.iter_mut().find(|edit| edit.span.start == at) {
                    Some(edit) => edit.new_text.push_str(&line),
                    None => edits.push(insertion(at, line)),
                }
            }
        }
        edits.sort_by_key(|edit| edit.span);
        edits
    }

    /// Where imports of one kind go, and what is written there: into the first group of their kind, in its order.
    fn places(&self, text: &Text, list: Span, std: bool, new: &[&Spec]) -> Vec<(usize, String)> {
        let lines = |new: &[&Spec]| -> String {
            let lines = new.iter().map(|one| format!("\n\t{}", one.written()));
            lines.collect()
        };
        let Some(first) = self.specs.iter().position(|(one, _)| one.is_std() == std) else {
            let last = self.specs.last().map(|(_, own)| line_behind(text, own.end));
            return match (new, last) {
                ([], _) => Vec::new(),
                (_, None) => vec![(list.start, lines(new))],
                (_, Some(_)) if std => vec![(list.start, format!("{}\n", lines(new)))],
                (_, Some(last)) => vec![(last, format!("\n{}", lines(new)))],
            };
        };
        let line = |own: Span| text.line_span(text.line_of(own.start));
        let blank = |pair: &[(Spec, Span)]| {
            let between = text.line_of(pair[0].1.end) + 1..text.line_of(pair[1].1.start);
            between
                .into_iter()
                .any(|line| text.line(line).trim().is_empty())
        };
        let group = &self.specs[first..];
        let length = group.windows(2).position(blank);
        let group = &group[..length.map_or(group.len(), |last| last + 1)];
        let place = |one: &&Spec| {
            let later = group.iter().position(|(other, _)| other.path > one.path);
            match later.unwrap_or(group.len()).checked_sub(1) {
                Some(before) => (line_behind(text, group[before].1.end), lines(&[one])),
                None => (line(group[0].1).start, format!("\t{}\n", one.written())),
            }
        };
        new.iter().map(place).collect()
    }

    /// The edits that add lines at the end of a list with imports on the lines of its brackets.
    fn unfolded(
        &self,
        text: &Text,
        list: Span,
        new: &[Spec],
        (opens, closes): (bool, bool),
    ) -> Vec<Edit> {
        let mut lines: String = new
            .iter()
            .map(|one| format!("\n\t{}", one.written()))
            .collect();
        let held = text.slice(list).trim_end();
        if closes {
            lines.push('\n');
        }
        let end = list.start + held.len();
        match opens {
            true => vec![insertion(list.start, "\n\t"), insertion(end, lines)],
            false => vec![insertion(end, lines)],
        }
    }
}

/// The imports of a declaration, and where they stand in it.
pub fn read(declaration: &str) -> Vec<(Spec, Span)> {
    let mut found = Vec::new();
    let mut alias: Option<Span> = None;
    let mut at = 0;
    while let Some(character) = declaration[at..].chars().next() {
        let rest = &declaration[at..];
        let length = match character {
            '/' if rest.starts_with("//") => rest.find('\n').unwrap_or(rest.len()),
            '/' if rest.starts_with("/*") => rest.find("*/").map_or(rest.len(), |end| end + 2),
            '"' | '`' => {
                let length = rest[1..].find(character).unwrap_or(rest.len() - 1);
                let end = (at + length + 2).min(declaration.len());
                let name = alias.take();
                let spec = Spec {
                    alias: name.map(|span| declaration[span.range()].to_owned()),
                    path: rest[1..=length].to_owned(),
                };
                found.push((spec, Span::new(name.map_or(at, |span| span.start), end)));
                end - at
            }
            '\n' | ';' | '(' | ')' => {
                alias = None;
                1
            }
            blank if blank.is_whitespace() => blank.len_utf8(),
            _ => {
                let ends = |c: char| c.is_whitespace() || "\"`;()/".contains(c);
                let length = rest.find(ends).filter(|length| *length > 0);
                let length = length.unwrap_or(character.len_utf8());
                let word = Span::new(at, at + length);
                alias = (&declaration[word.range()] != "import").then_some(word);
                length
            }
        };
        at += length;
    }
    found
}
