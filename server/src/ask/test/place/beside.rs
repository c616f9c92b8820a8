//! Go: tests go into the `_test.go` beside the source file, which is made where it is missing.

use std::collections::HashSet;
use std::path::Path;

use super::super::items::{Item, Kind, Source};
use super::write::{self, Style};
use super::{Placed, Taken, Target, Wanted, find, insertion, names_of_tests, placed};
use crate::ask::imports::{self, Spec, Words};
use crate::complete::around::ended;
use crate::document::Snapshot;
use crate::text::Edit;

/// # Errors
/// Where the code holds no test.
pub fn place(wanted: &Wanted, path: &Path, code: &Source) -> Result<Placed, String> {
    let language = code.language;
    // The function may be a test's helper.
    let is_test = (language.is_test_file)(path);
    let file = match is_test {
        true => Some(path.to_owned()),
        false => (language.test_files)(path, None).into_iter().next(),
    };
    let file = file.ok_or("it is not known where tests of this file go")?;
    let snapshot = match is_test {
        true => Some(wanted.source),
        false => find(wanted, &file),
    };
    let package = Package::read(wanted, path, code);
    let name = package
        .name(snapshot, code)
        .ok_or("the package's name is not known")?;
    let taken = package.taken(is_test, &name);
    let (items, renamed) = taken.sift(code, code.items());
    let tests = names_of_tests(&items, &renamed, "")?;
    let needed = package.needed(code, &items, &name);
    let like = snapshot.unwrap_or(wanted.source);
    let style = Style::of(&like.text, language.indent);
    let written = write::items(code, &items, &renamed, &style, 0);
    let is_begun = |one: &&Snapshot| {
        let there = Source::parse(language, &one.text);
        there.is_some_and(|there| clause(&there).is_some())
    };
    let edits = match snapshot.filter(is_begun) {
        Some(there) => appended(there, needed, &written),
        None => {
            let imports = match imports::block::declaration(needed) {
                none if none.is_empty() => none,
                some => format!("{some}\n\n"),
            };
            let text = format!("package {name}\n\n{imports}{written}\n");
            vec![insertion(0, text)]
        }
    };
    let target = Target {
        path: &file,
        snapshot,
    };
    Ok(placed(target, ended(like, edits), tests))
}

fn appended(there: &Snapshot, needed: Vec<Spec>, written: &str) -> Vec<Edit> {
    let there = there.with_text(there.text.as_str());
    let mut edits = imports::block::merge(&there, 0, needed);
    let text = there.text.as_str();
    let without_ends = text.trim_end_matches(['\r', '\n']);
    let ends = text[without_ends.len()..].matches('\n').count();
    let gap = "\n".repeat(2_usize.saturating_sub(ends));
    edits.push(insertion(text.len(), format!("{gap}{written}\n")));
    edits
}

/// The files of a package that are known: the source, then those with tests.
struct Package<'a> {
    files: Vec<Source<'a>>,
}

impl<'a> Package<'a> {
    fn read(wanted: &Wanted<'a>, path: &Path, code: &Source) -> Package<'a> {
        let others = wanted.others.iter().map(|other| &**other);
        let in_package = |other: &&Snapshot| {
            let folder = other.path.as_deref().and_then(Path::parent);
            folder == path.parent() && other.path != wanted.source.path
        };
        let files = std::iter::once(wanted.source).chain(others.filter(in_package));
        let files = files.filter_map(|file| Source::parse(code.language, &file.text));
        Package {
            files: files.collect(),
        }
    }

    /// The package that the tests are in: that of their file, else that of the tests beside it, else what the answer wants of the
    /// two that are possible.
    fn name(&self, target: Option<&Snapshot>, code: &Source) -> Option<String> {
        let there = target.and_then(|one| clause(&Source::parse(code.language, &one.text)?));
        let own = self.files.first().and_then(clause)?;
        let beside = self.files.iter().skip(1).find_map(clause);
        let external = format!("{own}_test");
        let wished = clause(code).filter(|wish| *wish == external);
        there.or(beside).or(wished).or(Some(own))
    }

    /// The imports that the items of an answer need in the package `name`.
    fn needed(&self, code: &Source, items: &[Item], name: &str) -> Vec<Spec> {
        let texts = items.iter().map(|item| code.text.slice(item.span));
        let words = texts.map(|text| Words::of(code.language, text));
        let words = words.fold(Words::default(), Words::and);
        let known: Vec<Spec> = self.files.iter().flat_map(specs).collect();
        let own = self.files.iter();
        let own = own.filter(|file| clause(file).as_deref() == Some(name));
        let defined = own.flat_map(Source::items).flat_map(|item| item.names);
        let defined: HashSet<String> = defined.collect();
        imports::needed(code.language, specs(code), &words, &known, |word| {
            defined.contains(word)
        })
    }

    /// What the items of an answer would collide with in the package `name`.
    fn taken(&self, is_test: bool, name: &str) -> Taken {
        let items: Vec<_> = self.files.iter().map(|file| (file, file.items())).collect();
        let Some((source, others)) = items.split_first() else {
            return Taken::new(&[], &[]);
        };
        match (is_test, clause(source.0).as_deref() == Some(name)) {
            (true, _) => Taken::new(&items, &[]),
            (false, true) => Taken::new(others, &source.1),
            // Another package: it sees what the source exports by the package's name only.
            (false, false) => Taken::new(others, &[]),
        }
    }
}

/// The imports of a file.
fn specs(file: &Source) -> Vec<Spec> {
    let items = file.items().into_iter();
    let imports = items.filter(|item| item.kind == Kind::Import);
    let imports: Vec<&str> = imports.map(|item| file.text.slice(item.own)).collect();
    imports::block::specs(imports.into_iter())
}

/// The name in a file's package clause.
fn clause(file: &Source) -> Option<String> {
    let package = file.placing("package").next()?;
    Some(file.text.slice(package).to_owned())
}
