//! Imports in one block in brackets: quoted paths, in groups, each in the order of the alphabet.

use crate::complete::around::line_end;
use crate::document::Snapshot;
use crate::text::{Edit, Span, Text};

/// One import.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spec {
    pub alias: Option<String>,
    pub path: String,
}

impl Spec {
    pub fn of(path: &str) -> Spec {
        Spec {
            alias: None,
            path: path.to_owned(),
        }
    }

    /// What code calls it: its alias, else the last part of its path that is no version.
    pub fn name(&self) -> &str {
        if let Some(alias) = &self.alias {
            return alias;
        }
        let is_version = |part: &&str| {
            let number = part.strip_prefix('v');
            number.is_some_and(|number| {
                !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit())
            })
        };
        let mut parts = self.path.rsplit('/').filter(|part| !is_version(part));
        let last = parts.next().unwrap_or(&self.path);
        last.split('.').next().unwrap_or(last)
    }

    /// Paths of the standard library have no dot in their first part.
    fn is_std(&self) -> bool {
        let first = self.path.split('/').next().unwrap_or_default();
        !first.contains('.')
    }

    fn written(&self) -> String {
        match &self.alias {
            Some(alias) => format!("{alias} \"{}\"", self.path),
            None => format!("\"{}\"", self.path),
        }
    }
}

/// The imports of declarations.
pub fn specs<'a>(declarations: impl Iterator<Item = &'a str>) -> Vec<Spec> {
    let lines = declarations.flat_map(|one| one.split(['\n', ';']));
    lines.filter_map(spec).collect()
}

fn spec(line: &str) -> Option<Spec> {
    let line = line.trim();
    let line = line.strip_prefix("import").unwrap_or(line);
    let line = line.trim_start().trim_start_matches('(').trim_start();
    if line.starts_with("//") {
        return None;
    }
    let quote = line.find(['"', '`'])?;
    let path = line[quote + 1..].split(['"', '`']).next()?;
    let alias = line[..quote].trim();
    Some(Spec {
        alias: (!alias.is_empty()).then(|| alias.to_owned()),
        path: path.to_owned(),
    })
}

/// The edit that adds those of `wanted` that `declarations` do not have.
pub fn merge(snapshot: &Snapshot, declarations: &[Span], mut wanted: Vec<Spec>) -> Option<Edit> {
    let text: &Text = &snapshot.text;
    let there = specs(declarations.iter().map(|span| text.slice(*span)));
    let mut seen = there.clone();
    wanted.retain(|spec| {
        let taken = |other: &Spec| other.path == spec.path && other.name() == spec.name();
        let new = !seen.iter().any(taken);
        seen.push(spec.clone());
        new
    });
    // Another package of that name is meant.
    wanted.retain(|spec| {
        let std = spec.is_std() && spec.alias.is_none();
        !(std && there.iter().any(|other| other.name() == spec.name()))
    });
    if wanted.is_empty() {
        return None;
    }
    let is_block = |span: &&Span| text.slice(**span).contains('(');
    let is_cgo = |span: &&Span| text.slice(**span).contains("\"C\"");
    let line_end = line_end(snapshot, 0);
    if let Some(block) = declarations.iter().find(is_block) {
        return Some(into_block(text, *block, wanted, line_end));
    }
    if let Some(single) = declarations.iter().find(|span| !is_cgo(span)) {
        let own = specs(std::iter::once(text.slice(*single)));
        let all: Vec<Spec> = own.into_iter().chain(wanted).collect();
        return Some(Edit::new(*single, block(all, line_end)));
    }
    let above = declarations.last().copied();
    let above = above.or_else(|| super::package(snapshot.language?, text))?;
    let new = match wanted.as_slice() {
        [one] => format!("import {}", one.written()),
        _ => block(wanted, line_end),
    };
    let line = text.line_span(text.line_of(above.end));
    Some(Edit::new(
        Span::empty(line.end),
        format!("{line_end}{line_end}{new}"),
    ))
}

/// A whole block: the standard library first.
fn block(mut specs: Vec<Spec>, line_end: &str) -> String {
    specs.sort_by(|one, other| (!one.is_std(), &one.path).cmp(&(!other.is_std(), &other.path)));
    let mut out = format!("import ({line_end}");
    for (number, spec) in specs.iter().enumerate() {
        if number > 0 && spec.is_std() != specs[number - 1].is_std() {
            out.push_str(line_end);
        }
        out.push_str(&format!("\t{}{line_end}", spec.written()));
    }
    out.push(')');
    out
}

/// Adds to the lines of a block, each new one to the first group of its kind.
fn into_block(text: &Text, block: Span, wanted: Vec<Spec>, line_end: &str) -> Edit {
    let whole = text.slice(block);
    let open = block.start + whole.find('(').map_or(0, |at| at + 1);
    let close = block.start + whole.rfind(')').unwrap_or(whole.len());
    let inside = text.slice(Span::new(open, close));
    let mut lines: Vec<String> = inside.lines().map(|line| line.trim().to_owned()).collect();
    while lines.last().is_some_and(String::is_empty) {
        lines.pop();
    }
    if lines.first().is_some_and(String::is_empty) {
        lines.remove(0);
    }
    for new in wanted {
        add(&mut lines, &new);
    }
    let mut out = line_end.to_owned();
    for line in lines {
        let tab = if line.is_empty() { "" } else { "\t" };
        out.push_str(&format!("{tab}{line}{line_end}"));
    }
    Edit::new(Span::new(open, close), out)
}

fn add(lines: &mut Vec<String>, new: &Spec) {
    let kin = |line: &String| spec(line).is_some_and(|other| other.is_std() == new.is_std());
    let Some(first) = lines.iter().position(kin) else {
        match new.is_std() {
            true => {
                if !lines.is_empty() {
                    lines.insert(0, String::new());
                }
                lines.insert(0, new.written());
            }
            false => lines.extend([String::new(), new.written()]),
        }
        return;
    };
    let group = lines[first..].iter().take_while(|line| !line.is_empty());
    let end = first + group.count();
    let later = |line: &String| spec(line).is_some_and(|other| other.path > new.path);
    let at = lines[first..end].iter().position(later);
    lines.insert(at.map_or(end, |at| first + at), new.written());
}
