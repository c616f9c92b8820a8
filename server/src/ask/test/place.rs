//! Puts a model's tests where tests of the function belong, changing nothing else there: pure.

mod beside;
mod inside;
#[cfg(test)]
mod tests;
mod write;

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::items::{Item, Kind, Source};
use crate::ask::{FileEdit, Proposal};
use crate::document::Snapshot;
use crate::language::{Language, TestPlace};
use crate::text::{Edit, Span, Text};

/// What is to be placed, and what is known of the surroundings.
#[derive(Clone, Copy)]
pub struct Wanted<'a> {
    /// The file of the function under test.
    pub source: &'a Snapshot,
    /// The function's name.
    pub function: &'a str,
    /// The model's code.
    pub code: &'a str,
    /// Files that hold tests already.
    pub others: &'a [Arc<Snapshot>],
}

/// Tests at their place.
#[derive(Clone, Debug, PartialEq)]
pub struct Placed {
    pub proposal: Proposal,
    /// The file with the tests.
    pub file: PathBuf,
    /// All of its text, with the tests.
    pub text: String,
    /// Their names, with the modules of the file.
    pub tests: Vec<String>,
}

/// Places the tests of an answer.
///
/// # Errors
/// Why they cannot be placed, in words for the user and the model.
pub fn place(wanted: &Wanted) -> Result<Placed, String> {
    let language = wanted.source.language.ok_or("this language is not known")?;
    let path = wanted
        .source
        .path
        .as_deref()
        .ok_or("the document is not a file")?;
    let code = Text::new(wanted.code.replace("\r\n", "\n"));
    let code = Source::parse(language, &code).ok_or("the code cannot be parsed")?;
    match (language.tester.place, (language.is_test_file)(path)) {
        (TestPlace::Beside, _) => beside::place(wanted, path, &code),
        (TestPlace::Inside, false) => inside::place(wanted, path, &code),
        (TestPlace::Inside, true) => inside::at_the_end(wanted, wanted.source, &code),
    }
}

/// Files that hold the module of tests of a source file, where it says so; the first that is there is meant.
pub fn files_of_tests(language: &'static Language, path: &Path, text: &Text) -> Vec<PathBuf> {
    if language.tester.place == TestPlace::Beside {
        return (language.test_files)(path, None)
            .into_iter()
            .take(1)
            .collect();
    }
    match Source::parse(language, text).and_then(|source| inside::module(&source)) {
        Some((name, None)) => inside::module_files(path, &name),
        _ => Vec::new(),
    }
}

/// The file that the edits are for, and its text after them.
fn placed(target: Target, edits: Vec<Edit>, tests: Vec<String>) -> Placed {
    let (uri, version, text) = match target.snapshot {
        Some(snapshot) => (
            Arc::clone(&snapshot.uri),
            snapshot.open_version(),
            snapshot.text.as_str(),
        ),
        None => (uri(target.path), None, ""),
    };
    let mut changed = Text::new(text);
    for edit in edits.iter().rev() {
        changed.apply(edit);
    }
    let file = FileEdit {
        uri,
        version,
        text: target
            .snapshot
            .filter(|_| version.is_some())
            .map(|one| one.text.clone()),
        create: target.snapshot.is_none(),
        edits,
    };
    Placed {
        proposal: Proposal { files: vec![file] },
        file: target.path.to_owned(),
        text: changed.as_str().to_owned(),
        tests,
    }
}

/// A file that may have to be made.
#[derive(Clone, Copy)]
struct Target<'a> {
    path: &'a Path,
    snapshot: Option<&'a Snapshot>,
}

fn uri(path: &Path) -> Arc<str> {
    let uri = url::Url::from_file_path(path).map(String::from);
    Arc::from(uri.unwrap_or_else(|()| format!("file://{}", path.display())))
}

/// The snapshot of a file among those that hold tests.
fn find<'a>(wanted: &Wanted<'a>, path: &Path) -> Option<&'a Snapshot> {
    let same = |other: &&Arc<Snapshot>| other.path.as_deref() == Some(path);
    let other = wanted.others.iter().find(same);
    other.map(|other| &**other)
}

/// What a new item would collide with.
struct Taken {
    /// Names that mean something else at the place.
    names: HashSet<String>,
    /// Items that are there already, less the blanks around them.
    texts: HashSet<String>,
    /// What the source file defines: the code under test is not defined again.
    source: HashSet<String>,
}

impl Taken {
    fn new(there: &[(&Source, Vec<Item>)], source: &[Item]) -> Taken {
        let mut taken = Taken {
            names: HashSet::new(),
            texts: HashSet::new(),
            source: HashSet::new(),
        };
        for (file, items) in there {
            for item in items
                .iter()
                .filter(|item| item.kind != Kind::Implementation)
            {
                taken.names.extend(item.names.iter().cloned());
                taken.texts.insert(compact(file.text.slice(item.span)));
            }
        }
        for item in source
            .iter()
            .filter(|item| item.kind != Kind::Implementation)
        {
            taken.source.extend(item.names.iter().cloned());
        }
        taken
    }

    /// The items of an answer that are new, and the names that have to change: (old, new).
    fn sift(&self, code: &Source, items: Vec<Item>) -> (Vec<Item>, Vec<(String, String)>) {
        let defined_again = |item: &Item| {
            let known = item.names.iter().any(|name| self.source.contains(name));
            // A trait may be implemented for the tests alone.
            let is_trait = code.text.slice(item.span).contains(" for ");
            known && item.kind != Kind::Test && !(item.kind == Kind::Implementation && is_trait)
        };
        let there = |item: &Item| self.texts.contains(&compact(code.text.slice(item.span)));
        let is_code = |item: &Item| {
            matches!(
                item.kind,
                Kind::Test | Kind::Definition | Kind::Implementation
            )
        };
        let new: Vec<Item> = items
            .into_iter()
            .filter(|item| is_code(item) && !defined_again(item) && !there(item))
            .collect();
        let own = new.iter().filter(|item| item.kind != Kind::Implementation);
        let own: HashSet<&String> = own.flat_map(|item| &item.names).collect();
        let mut renamed = Vec::new();
        for name in own.iter().filter(|name| self.is_taken(name)) {
            let free = (2..)
                .map(|number| format!("{name}{number}"))
                .find(|free| !self.is_taken(free) && !own.contains(free));
            renamed.extend(free.map(|free| ((**name).clone(), free)));
        }
        renamed.sort();
        (new, renamed)
    }

    fn is_taken(&self, name: &str) -> bool {
        self.names.contains(name) || self.source.contains(name)
    }
}

fn compact(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The names of the tests among the items, as they are after renaming.
fn names_of_tests(
    items: &[Item],
    renamed: &[(String, String)],
    module: &str,
) -> Result<Vec<String>, String> {
    let tests = items.iter().filter(|item| item.kind == Kind::Test);
    let names: Vec<String> = tests
        .flat_map(|item| &item.names)
        .map(|name| {
            let new = renamed.iter().find(|(old, _)| old == name);
            let name = new.map_or(name, |(_, new)| new);
            match module.is_empty() {
                true => name.clone(),
                false => format!("{module}::{name}"),
            }
        })
        .collect();
    match names.is_empty() {
        true => Err("the answer holds no new test function".to_owned()),
        false => Ok(names),
    }
}

/// An insertion.
fn insertion(offset: usize, new_text: String) -> Edit {
    Edit::new(Span::empty(offset), new_text)
}
