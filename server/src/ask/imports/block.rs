//! Imports in one block in brackets: quoted paths, in groups, each in the order of the alphabet.

mod found;

use super::{insertion, line_behind};
use crate::context::outline::Outline;
use crate::document::Snapshot;
use crate::text::{Edit, Text};

use found::{Found, read};

/// One import.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spec {
    pub alias: Option<String>,
    /// Without quotes.
    pub path: String,
}

impl Spec {
    pub fn of(path: &str) -> Spec {
        Spec {
            alias: None,
            path: path.to_owned(),
        }
    }

    /// Imported for what it does, or into the file's own names, or from C.
    pub fn has_no_name(&self) -> bool {
        matches!(self.alias.as_deref(), Some("_" | ".")) || self.path == "C"
    }

    /// Paths of the standard library have no dot in their first part.
    pub fn is_std(&self) -> bool {
        let first = self.path.split('/').next().unwrap_or_default();
        !first.contains('.')
    }

    /// Whether code refers to it by `word`: a path does not always end in the package's name.
    pub fn goes_by(&self, word: &str) -> bool {
        if let Some(alias) = &self.alias {
            return alias == word;
        }
        let mut parts = self.path.rsplit('/');
        let mut last = parts.next().unwrap_or_default();
        let version = last.strip_prefix('v').unwrap_or_default();
        if !version.is_empty() && version.bytes().all(|byte| byte.is_ascii_digit()) {
            last = parts.next().unwrap_or(last);
        }
        let bare = last.split(".v").next().unwrap_or(last);
        let bare = bare.trim_end_matches("-go").trim_end_matches(".go");
        let known = [last, bare, bare.trim_start_matches("go-")];
        known.contains(&word) || bare.replace('-', "") == word
    }

    fn written(&self) -> String {
        match &self.alias {
            Some(alias) => format!("{alias} \"{}\"", self.path),
            None => format!("\"{}\"", self.path),
        }
    }

    /// The same package by the same name.
    fn is(&self, other: &Spec) -> bool {
        let named = |one: &Spec, other: &Spec| match &other.alias {
            Some(alias) => one.goes_by(alias),
            None => one.alias.is_none(),
        };
        self.path == other.path && (named(self, other) || named(other, self))
    }
}

/// The imports of declarations.
pub fn specs<'a>(declarations: impl Iterator<Item = &'a str>) -> Vec<Spec> {
    let read = declarations.flat_map(read);
    read.map(|(spec, _)| spec).collect()
}

/// The standard library first, then by path.
pub fn sort(specs: &mut [Spec]) {
    let key = |one: &Spec| (!one.is_std(), one.path.clone(), one.alias.clone());
    specs.sort_by_cached_key(key);
}

/// A declaration of all of them, without a line end at its end; empty for none.
pub fn declaration(mut specs: Vec<Spec>) -> String {
    match specs.as_slice() {
        [] => return String::new(),
        [one] => return format!("import {}", one.written()),
        _ => sort(&mut specs),
    }
    let (std, others): (Vec<Spec>, Vec<Spec>) = specs.into_iter().partition(Spec::is_std);
    let lines = |group: Vec<Spec>| -> String {
        let lines = group.iter().map(|one| format!("\t{}\n", one.written()));
        lines.collect()
    };
    let groups = [lines(std), lines(others)];
    let groups = groups.into_iter().filter(|group| !group.is_empty());
    format!("import (\n{})", groups.collect::<Vec<_>>().join("\n"))
}

/// The edits that add those of `wanted` to a file that it does not have.
pub fn merge(snapshot: &Snapshot, at: usize, wanted: Vec<Spec>) -> Vec<Edit> {
    let text: &Text = &snapshot.text;
    let declarations = super::declarations(&Outline::read(snapshot, at));
    let there = specs(declarations.iter().map(|span| text.slice(*span)));
    let new = missing(&there, wanted);
    if new.is_empty() {
        return Vec::new();
    }
    let declarations = declarations.iter();
    let declarations: Vec<Found> = declarations.map(|span| Found::read(text, *span)).collect();
    if let Some(list) = declarations.iter().find(|one| one.list.is_some()) {
        return list.with(text, &new);
    }
    let mut single = declarations.iter().filter(|one| !one.is_cgo());
    match (single.next(), single.next_back()) {
        (Some(first), None) => first.made_list(text, new),
        (_, Some(last)) => {
            let lines = new.iter().map(|one| format!("\nimport {}", one.written()));
            vec![insertion(
                line_behind(text, last.span.end),
                lines.collect::<String>(),
            )]
        }
        (None, None) => {
            let last = declarations.last().map(|one| one.span);
            let package = || super::package(snapshot.language?, text);
            let Some(above) = last.or_else(package) else {
                return Vec::new();
            };
            let at = line_behind(text, above.end);
            vec![insertion(at, format!("\n\n{}", declaration(new)))]
        }
    }
}

/// Those that are not there, nor mean another package than the file does by the same word.
fn missing(there: &[Spec], wanted: Vec<Spec>) -> Vec<Spec> {
    let mut new: Vec<Spec> = Vec::new();
    for spec in wanted {
        let name = spec.path.rsplit('/').find(|part| spec.goes_by(part));
        let plain = spec.is_std() && spec.alias.is_none();
        let other = name.filter(|_| plain);
        let meant = other.is_some_and(|name| there.iter().any(|one| one.goes_by(name)));
        let known = there.iter().chain(&new).any(|one| one.is(&spec));
        if !known && !meant {
            new.push(spec);
        }
    }
    sort(&mut new);
    new
}
