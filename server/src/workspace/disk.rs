//! Finds and reads test files; blocks, so it runs on its own thread.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use super::kept::{Kept, Stamp};
use super::lock;
use crate::document::Snapshot;
use crate::language::Language;

/// The most files that are read for one document.
const MOST_FILES: usize = 8;

/// Larger files are left alone, in bytes.
const MOST_BYTES: u64 = 256 * 1024;

/// How far up the root of a package is looked for.
const MOST_LEVELS: usize = 16;

/// The test files of a source file that are there, the preferred ones first, the others by name. Files outside of the package
/// (behind a symbolic link) are left out.
pub fn test_files(source: &Path, language: &Language) -> Vec<PathBuf> {
    let package = package(source, language);
    let root = package.as_deref().or(source.parent());
    let Some(root) = root.and_then(|root| root.canonicalize().ok()) else {
        return Vec::new();
    };
    let mut files: Vec<PathBuf> = Vec::new();
    for wanted in (language.test_files)(source, package.as_deref()) {
        for path in matching(&wanted) {
            let inside = path
                .canonicalize()
                .is_ok_and(|real| real.starts_with(&root));
            if inside && path != source && !files.contains(&path) {
                files.push(path);
            }
            if files.len() == MOST_FILES {
                return files;
            }
        }
    }
    files
}

/// The test files that have a fixed name, there or not.
pub fn expected(source: &Path, language: &Language) -> Vec<PathBuf> {
    let mut files = (language.test_files)(source, None);
    files.retain(|path| !name(path).contains('*') && path != source);
    files
}

/// Reads and parses the files, those that have not changed from what is kept.
pub fn read(paths: &[PathBuf], kept: &Mutex<Kept>) -> Vec<Arc<Snapshot>> {
    paths.iter().filter_map(|path| one(path, kept)).collect()
}

fn one(path: &Path, kept: &Mutex<Kept>) -> Option<Arc<Snapshot>> {
    let about = fs::metadata(path).ok()?;
    if !about.is_file() || about.len() > MOST_BYTES {
        return None;
    }
    let stamp = Stamp {
        modified: about.modified().ok()?,
        length: about.len(),
    };
    if let Some(snapshot) = lock(kept).unchanged(path, stamp) {
        return Some(snapshot);
    }
    let text = fs::read_to_string(path).ok()?;
    let snapshot = Arc::new(Snapshot::parse(path, text));
    lock(kept).keep(path, stamp, Arc::clone(&snapshot));
    Some(snapshot)
}

/// The root folder of the package that a file is in.
fn package(source: &Path, language: &Language) -> Option<PathBuf> {
    let folders = source.ancestors().skip(1).take(MOST_LEVELS);
    let mut folders = folders.filter(|folder| !folder.as_os_str().is_empty());
    let found = folders.find(|folder| folder.join(language.package_file).is_file());
    found.map(Path::to_owned)
}

/// The files that a path means, sorted; its name may hold one `*`.
fn matching(wanted: &Path) -> Vec<PathBuf> {
    let pattern = name(wanted);
    let Some((start, end)) = pattern.split_once('*') else {
        return vec![wanted.to_owned()];
    };
    let entries = wanted.parent().and_then(|folder| fs::read_dir(folder).ok());
    let mut paths: Vec<PathBuf> = entries
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| {
            let name = name(path);
            let fits = name.starts_with(start) && name.ends_with(end);
            fits && name.len() >= start.len() + end.len()
        })
        .collect();
    paths.sort();
    paths
}

fn name(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default();
    name.to_string_lossy().into_owned()
}
