//! Rust: tests go into the module of tests of the source file, which is made where it is missing, or to their siblings in `tests/`.

use std::path::{Path, PathBuf};

use super::super::items::{Item, Kind, Source};
use super::write::{self, Style};
use super::{Placed, Taken, Target, Wanted, compact, find, insertion, names_of_tests, placed};
use crate::ask::imports::lines;
use crate::complete::around::ended;
use crate::document::Snapshot;
use crate::text::{Edit, Span};

/// Everything of the file around.
const ALL: &str = "use super::*;";

/// # Errors
/// Where the code holds no test, or the tests of the file are not to be found.
pub fn place(wanted: &Wanted, path: &Path, code: &Source) -> Result<Placed, String> {
    let language = code.language;
    let source = Source::parse(language, &wanted.source.text).ok_or("the file cannot be parsed")?;
    match module(&source) {
        Some((name, Some(inside))) => in_module(wanted, path, code, &source, (&name, inside)),
        Some((name, None)) => {
            let files = module_files(path, &name);
            let file = files.iter().find_map(|file| find(wanted, file));
            let file = file.ok_or_else(|| {
                let shown: Vec<String> =
                    files.iter().map(|one| one.display().to_string()).collect();
                format!(
                    "the tests of this file cannot be read: {}",
                    shown.join(" or ")
                )
            })?;
            let mut placed = at_the_end(wanted, file, code)?;
            for test in &mut placed.tests {
                *test = format!("{name}::{test}");
            }
            Ok(placed)
        }
        None => match siblings(wanted, path) {
            Some(file) => at_the_end(wanted, file, code),
            None => new_module(wanted, path, code, &source),
        },
    }
}

/// The module of tests of a file: its name, and the inside of its brackets where it is not in another file.
pub fn module(source: &Source) -> Option<(String, Option<Span>)> {
    source.items().into_iter().find_map(|item| match item.kind {
        Kind::TestModule(inside) => {
            let name = item.names.into_iter().next();
            Some((name.unwrap_or_else(|| "tests".to_owned()), inside))
        }
        _ => None,
    })
}

/// The files that may hold the module `name` of the file `path`.
pub fn module_files(path: &Path, name: &str) -> Vec<PathBuf> {
    let stem = path.file_stem().unwrap_or_default();
    let is_root = ["lib", "main", "mod"].iter().any(|root| stem == *root);
    let folder = path.parent().unwrap_or(Path::new(""));
    let folder = match is_root {
        true => folder.to_owned(),
        false => folder.join(stem),
    };
    vec![
        folder.join(format!("{name}.rs")),
        folder.join(name).join("mod.rs"),
    ]
}

/// At the end of a file of tests.
///
/// # Errors
/// Where the code holds no test.
pub fn at_the_end(wanted: &Wanted, file: &Snapshot, code: &Source) -> Result<Placed, String> {
    let language = code.language;
    let there = Source::parse(language, &file.text).ok_or("the file of tests cannot be parsed")?;
    let source = Source::parse(language, &wanted.source.text);
    let is_own = file.uri == wanted.source.uri;
    let source = source.filter(|_| !is_own).map(|one| one.items());
    let existing = there.items();
    let taken = Taken::new(&[(&there, existing.clone())], &source.unwrap_or_default());
    let (uses, items) = flat(code);
    let (items, renamed) = taken.sift(code, items);
    let tests = names_of_tests(&items, &renamed, "")?;
    let style = Style::of(&file.text, language.indent);
    let parsed = file.with_text(file.text.as_str());
    let mut edits = Vec::from_iter(lines::merge(&parsed, file.text.len(), &uses));
    let written = write::items(code, &items, &renamed, &style, 0);
    let text = file.text.as_str();
    edits.push(insertion(text.len(), format!("{}{written}\n", gap(text))));
    let path = file.path.as_deref().ok_or("the document is not a file")?;
    let snapshot = Some(file);
    Ok(placed(Target { path, snapshot }, ended(file, edits), tests))
}

/// Into a module of tests that is there.
fn in_module(
    wanted: &Wanted,
    path: &Path,
    code: &Source,
    source: &Source,
    (name, inside): (&str, Span),
) -> Result<Placed, String> {
    let existing = source.items_in(inside);
    let taken = Taken::new(&[(source, existing.clone())], &source.items());
    let (uses, items) = flat(code);
    let (items, renamed) = taken.sift(code, items);
    let tests = names_of_tests(&items, &renamed, name)?;
    let style = Style::of(source.text, code.language.indent);
    let written = write::items(code, &items, &renamed, &style, 1);
    let held = source.text.slice(inside);
    let end = inside.start + held.trim_end().len();
    // A bracket on the line of the last item gets a line of its own.
    let after = match source.text.slice(Span::new(end, inside.end)).contains('\n') {
        true => "",
        false => "\n",
    };
    let gap = if held.trim().is_empty() { "\n" } else { "\n\n" };
    let parsed = wanted.source.with_text(source.text.as_str());
    let mut edits = Vec::from_iter(lines::merge(&parsed, inside.start, &uses));
    match edits.last_mut() {
        Some(last) if last.span.start >= end => {
            last.new_text = format!("{}\n\n{written}{after}", last.new_text.trim_end());
        }
        _ => edits.push(insertion(end, format!("{gap}{written}{after}"))),
    }
    let snapshot = Some(wanted.source);
    Ok(placed(
        Target { path, snapshot },
        ended(wanted.source, edits),
        tests,
    ))
}

/// Into a new module at the end of the source file.
fn new_module(
    wanted: &Wanted,
    path: &Path,
    code: &Source,
    source: &Source,
) -> Result<Placed, String> {
    let taken = Taken::new(&[], &source.items());
    let (mut uses, items) = flat(code);
    let (items, renamed) = taken.sift(code, items);
    let tests = names_of_tests(&items, &renamed, "tests")?;
    let style = Style::of(source.text, code.language.indent);
    uses.retain(|one| one != ALL);
    uses.insert(0, ALL.to_owned());
    let unit = &style.unit;
    let uses: String = uses.iter().map(|one| format!("{unit}{one}\n")).collect();
    let written = write::items(code, &items, &renamed, &style, 1);
    let text = source.text.as_str();
    let module = format!(
        "{}#[cfg(test)]\nmod tests {{\n{uses}\n{written}\n}}\n",
        gap(text)
    );
    let edits: Vec<Edit> = vec![insertion(text.len(), module)];
    let snapshot = Some(wanted.source);
    Ok(placed(
        Target { path, snapshot },
        ended(wanted.source, edits),
        tests,
    ))
}

/// What makes one blank line at the end of a text.
fn gap(text: &str) -> &'static str {
    match (text.trim().is_empty(), text.ends_with('\n')) {
        (true, _) => "",
        (_, true) => "\n",
        (_, false) => "\n\n",
    }
}

/// The imports and the items of an answer, out of the module that it may have put them into.
fn flat(code: &Source) -> (Vec<String>, Vec<Item>) {
    let mut items = Vec::new();
    for item in code.items() {
        match item.kind {
            Kind::TestModule(Some(inside)) => items.extend(code.items_in(inside)),
            _ => items.push(item),
        }
    }
    let uses = items.iter().filter(|item| item.kind == Kind::Import);
    let uses = uses.map(|item| compact(code.text.slice(item.own)));
    (uses.collect(), items)
}

/// A file of the package's folder of tests that tests the function.
fn siblings<'a>(wanted: &Wanted<'a>, path: &Path) -> Option<&'a Snapshot> {
    let language = wanted.source.language?;
    let call = format!("{}(", wanted.function);
    let tests_it = |other: &&Snapshot| {
        let is_test = |one: &Path| one != path && (language.is_test_file)(one);
        other.path.as_deref().is_some_and(is_test) && other.text.contains(&call)
    };
    wanted.others.iter().map(|other| &**other).find(tests_it)
}
