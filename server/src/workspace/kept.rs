//! What was read from disk, within bounds: the least used goes first.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use crate::document::Snapshot;

/// The most files that are kept parsed.
const MOST_FILES: usize = 64;

/// The most documents whose neighbours are remembered.
const MOST_DOCUMENTS: usize = 32;

/// A file's state on disk: while it stays, the text is taken to stay too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp {
    pub modified: SystemTime,
    /// In bytes.
    pub length: u64,
}

#[derive(Debug, Default)]
pub struct Kept {
    files: HashMap<PathBuf, File>,
    last: HashMap<PathBuf, (u64, Vec<Arc<Snapshot>>)>,
    /// Documents whose neighbours are being read.
    reading: HashSet<PathBuf>,
    turn: u64,
}

#[derive(Debug)]
struct File {
    stamp: Stamp,
    snapshot: Arc<Snapshot>,
    used: u64,
}

impl Kept {
    /// Claims the reading for a document; false where it goes on already.
    pub fn begin(&mut self, document: &Path) -> bool {
        self.reading.insert(document.to_owned())
    }

    pub fn end(&mut self, document: &Path, found: Vec<Arc<Snapshot>>) {
        self.reading.remove(document);
        self.turn += 1;
        self.last.insert(document.to_owned(), (self.turn, found));
        shrink(&mut self.last, MOST_DOCUMENTS, |(turn, _)| *turn);
    }

    /// What was found the last time.
    pub fn last(&self, document: &Path) -> Vec<Arc<Snapshot>> {
        let last = self.last.get(document);
        last.map(|(_, found)| found.clone()).unwrap_or_default()
    }

    /// The file as it was read, if it has not changed since.
    pub fn unchanged(&mut self, path: &Path, stamp: Stamp) -> Option<Arc<Snapshot>> {
        self.turn += 1;
        let file = self.files.get_mut(path)?;
        file.used = self.turn;
        (file.stamp == stamp).then(|| Arc::clone(&file.snapshot))
    }

    pub fn keep(&mut self, path: &Path, stamp: Stamp, snapshot: Arc<Snapshot>) {
        self.turn += 1;
        let file = File {
            stamp,
            snapshot,
            used: self.turn,
        };
        self.files.insert(path.to_owned(), file);
        shrink(&mut self.files, MOST_FILES, |file| file.used);
    }
}

fn shrink<T>(map: &mut HashMap<PathBuf, T>, most: usize, used: impl Fn(&T) -> u64) {
    if map.len() <= most {
        return;
    }
    let oldest = map.iter().min_by_key(|(_, value)| used(value));
    if let Some(path) = oldest.map(|(path, _)| path.clone()) {
        map.remove(&path);
    }
}
