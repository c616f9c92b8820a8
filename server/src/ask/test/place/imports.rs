//! Imports of a Go file: which ones the tests need, and where they go.

use std::collections::HashSet;

use super::super::items::{Item, Kind, Source};
use super::insertion;
use crate::language::ImportStyle;
use crate::text::{Edit, Span};

/// One import: its path with quotes, and the name that the file gives it, if any.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Import {
    pub path: String,
    pub name: Option<String>,
}

impl Import {
    fn text(&self) -> String {
        match &self.name {
            Some(name) => format!("{name} {}", self.path),
            None => self.path.clone(),
        }
    }

    fn is_standard(&self) -> bool {
        let first = self.path.split('/').next().unwrap_or_default();
        !first.contains('.')
    }

    /// Imported for what it does, or into the file's own names.
    fn has_no_name(&self) -> bool {
        matches!(self.name.as_deref(), Some("_" | "."))
    }

    /// Whether code refers to it by `word`: a path does not always end in the package's name.
    fn goes_by(&self, word: &str) -> bool {
        if let Some(name) = &self.name {
            return name == word;
        }
        let path = self.path.trim_matches(['"', '`']);
        let mut parts = path.rsplit('/');
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
}

/// The imports of a file, in its order.
pub fn of(file: &Source) -> Vec<Import> {
    let names: Vec<Span> = file.placing("import.name").collect();
    let import = |path: Span| {
        let line = file.text.line_span(file.text.line_of(path.start));
        let before = Span::new(line.start, path.start);
        let name = names.iter().rev().find(|name| before.contains(**name));
        Import {
            path: file.text.slice(path).to_owned(),
            name: name.map(|name| file.text.slice(*name).to_owned()),
        }
    };
    file.placing("import.path").map(import).collect()
}

/// The imports that the items use: the answer's own, else those that other files of the package have, else those of the standard library.
pub fn needed(code: &Source, items: &[Item], others: &[Source]) -> Vec<Import> {
    let below = |name: &str| -> HashSet<&str> {
        let words = items.iter().flat_map(|item| code.words(name, item.span));
        words.collect()
    };
    let (used, local) = (below("used"), below("local"));
    let mut needed = of(code);
    needed.retain(|import| import.has_no_name() || used.iter().any(|word| import.goes_by(word)));
    let std: &[(&str, &str)] = match code.language.imports {
        ImportStyle::Block { std } => std,
        ImportStyle::Lines => &[],
    };
    let common = std.iter().map(|(_, path)| Import {
        path: format!("\"{path}\""),
        name: None,
    });
    let known = others.iter().flat_map(of).chain(common);
    let known: Vec<Import> = known.filter(|import| !import.has_no_name()).collect();
    let missing: Vec<&str> = used
        .into_iter()
        .filter(|word| !local.contains(word) && !needed.iter().any(|one| one.goes_by(word)))
        .collect();
    for word in missing {
        needed.extend(known.iter().find(|import| import.goes_by(word)).cloned());
    }
    needed.sort();
    needed.dedup();
    needed
}

/// The declaration for a file without imports, LF at its end; empty for none.
pub fn block(imports: &[Import]) -> String {
    match imports {
        [] => String::new(),
        [one] => format!("import {}\n", one.text()),
        _ => {
            let lines = |standard: bool| -> String {
                let group = imports.iter().filter(|one| one.is_standard() == standard);
                group.map(|one| format!("\t{}\n", one.text())).collect()
            };
            let (standard, others) = (lines(true), lines(false));
            let both = !standard.is_empty() && !others.is_empty();
            let between = if both { "\n" } else { "" };
            format!("import (\n{standard}{between}{others})\n")
        }
    }
}

/// The edits that add imports to a file, lines ended by LF; those that it has are left out.
pub fn added(file: &Source, imports: &[Import]) -> Vec<Edit> {
    let there = of(file);
    let new: Vec<&Import> = imports.iter().filter(|one| !there.contains(one)).collect();
    if new.is_empty() {
        return Vec::new();
    }
    let Some(list) = file.placing("import.list").next() else {
        return vec![without_list(file, &new)];
    };
    let paths = file.placing("import.path");
    let inside: Vec<(&Import, Span)> = there
        .iter()
        .zip(paths)
        .filter(|(_, path)| list.contains(*path))
        .collect();
    let mut places: Vec<(usize, String)> = Vec::new();
    for import in new {
        let (at, text) = in_list(file, list, &inside, import);
        match places.iter_mut().find(|(known, _)| *known == at) {
            Some((_, texts)) => texts.push_str(&text),
            None => places.push((at, text)),
        }
    }
    places.sort();
    let edits = places.into_iter();
    edits.map(|(at, text)| insertion(at, text)).collect()
}

/// Declarations of their own, behind the last import or the package clause.
fn without_list(file: &Source, new: &[&Import]) -> Edit {
    let items = file.items();
    let last = |kind: Kind| items.iter().rev().find(|item| item.kind == kind);
    match last(Kind::Import) {
        Some(import) => {
            let lines = new.iter().map(|one| format!("\nimport {}", one.text()));
            insertion(import.span.end, lines.collect())
        }
        None => {
            let new: Vec<Import> = new.iter().map(|one| (*one).clone()).collect();
            let at = last(Kind::Package).map_or(0, |package| package.span.end);
            insertion(at, format!("\n\n{}", block(&new).trim_end()))
        }
    }
}

/// Where an import goes in a list: in the order of those of its group that are there.
fn in_list(
    file: &Source,
    list: Span,
    inside: &[(&Import, Span)],
    import: &Import,
) -> (usize, String) {
    let line = |path: Span| file.text.line_span(file.text.line_of(path.start));
    let of_group = |one: &Import| one.is_standard() == import.is_standard();
    let group: Vec<_> = inside.iter().filter(|(one, _)| of_group(one)).collect();
    let before = group.iter().rev().find(|(one, _)| one.path < import.path);
    if let Some((_, path)) = before {
        return (line(*path).end, format!("\n\t{}", import.text()));
    }
    if let Some((_, path)) = group.first() {
        return (line(*path).start, format!("\t{}\n", import.text()));
    }
    match inside.last() {
        Some((_, path)) if !import.is_standard() => {
            (line(*path).end, format!("\n\n\t{}", import.text()))
        }
        _ => (list.start + 1, format!("\n\t{}\n", import.text())),
    }
}
