//! The journal on disk: lines of JSON in a row of files, of which the oldest goes when all are too large together.

use std::collections::{BTreeMap, HashMap};
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::{Entry, Note};
use crate::usage::pen;

/// All files together hold so many times what one does.
const FILES: u64 = 8;

/// One line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Line {
    Entry(Box<Entry>),
    /// About an entry that may stand before or behind.
    Note {
        id: String,
        note: Note,
    },
    /// No model was asked.
    Idle {
        /// Milliseconds since 1970.
        time: i64,
        why: String,
        document: Option<PathBuf>,
    },
}

/// What a journal holds.
#[derive(Debug, Default)]
pub struct Read {
    /// Oldest first, with the notes taken in.
    pub entries: Vec<Entry>,
    /// The last reason for no suggestion, and when (milliseconds since 1970).
    pub idle: Option<(i64, String)>,
}

/// Adds a line, and keeps all files together at `most` bytes. Several processes may do this at once.
///
/// # Errors
/// What the system says.
pub fn append(folder: &Path, line: &Line, most: u64) -> io::Result<()> {
    let files = files(folder);
    let last = files.last_key_value();
    let number = match last {
        Some((number, path)) if size(path) < most / FILES => *number,
        Some((number, _)) => number + 1,
        None => 1,
    };
    pen::append(
        &folder.join(format!("{number:06}.jsonl")),
        &serde_json::to_string(line)?,
    )?;
    shrink(folder, most);
    Ok(())
}

/// At least the last `count` requests, where there are as many.
pub fn read_last(folder: &Path, count: usize) -> Read {
    let mut lines = Vec::new();
    let mut found = 0;
    for path in files(folder).into_values().rev() {
        let text = std::fs::read_to_string(path).unwrap_or_default();
        let read: Vec<Line> = text
            .lines()
            .filter_map(|line| serde_json::from_str(line).ok())
            .collect();
        let entries = read.iter().filter(|line| matches!(line, Line::Entry(_)));
        found += entries.count();
        lines.push(read);
        if found >= count {
            break;
        }
    }
    lines.reverse();
    assemble(lines.into_iter().flatten())
}

/// Everything.
pub fn read(folder: &Path) -> Read {
    read_last(folder, usize::MAX)
}

fn assemble(lines: impl Iterator<Item = Line>) -> Read {
    let mut read = Read::default();
    let mut notes = Vec::new();
    let mut places = HashMap::new();
    for line in lines {
        match line {
            Line::Entry(entry) => {
                places.insert(entry.id.clone(), read.entries.len());
                read.entries.push(*entry);
            }
            Line::Note { id, note } => notes.push((id, note)),
            Line::Idle { time, why, .. } => read.idle = Some((time, why)),
        }
    }
    for (id, note) in notes {
        if let Some(entry) = places.get(&id).and_then(|at| read.entries.get_mut(*at)) {
            entry.take(&note);
        }
    }
    read
}

/// Removes the oldest files while all are larger than `most` bytes together; the last one stays.
fn shrink(folder: &Path, most: u64) {
    let mut files = files(folder);
    let mut sum: u64 = files.values().map(|path| size(path)).sum();
    while sum > most && files.len() > 1 {
        let Some((_, oldest)) = files.pop_first() else {
            return;
        };
        sum -= size(&oldest);
        // Another process may have been faster.
        let _ = std::fs::remove_file(oldest);
    }
}

fn size(path: &Path) -> u64 {
    std::fs::metadata(path).map_or(0, |data| data.len())
}

fn files(folder: &Path) -> BTreeMap<u64, PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let number = |path: PathBuf| {
        let name = path.file_name()?.to_str()?.strip_suffix(".jsonl")?;
        Some((name.parse().ok()?, path))
    };
    entries.filter_map(|entry| number(entry.path())).collect()
}
