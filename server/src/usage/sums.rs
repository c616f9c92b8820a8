//! Reads the ledger's files and sums them up.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::{Count, Key, Line};

/// A day's file larger than this is summed up when the day is over, in bytes.
const LARGE: u64 = 8 * 1024;

/// What to sum up by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    Day,
    Model,
    Action,
    Workspace,
}

/// A sum.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// The day (`2026-11-24`), the model, the action or the workspace.
    pub name: String,
    pub count: Count,
}

/// All lines with their days, oldest day first; what cannot be read is left out.
pub fn read(folder: &Path) -> Vec<(String, Line)> {
    let mut all = Vec::new();
    for (day, path) in days(folder) {
        let text = std::fs::read_to_string(path).unwrap_or_default();
        all.extend(lines(&text).map(|line| (day.clone(), line)));
    }
    all
}

/// The sums, in the order of their names.
pub fn rows(lines: &[(String, Line)], by: By) -> Vec<Row> {
    let mut sums: BTreeMap<&str, Count> = BTreeMap::new();
    for (day, line) in lines {
        let name = match by {
            By::Day => day,
            By::Model => &line.key.model,
            By::Action => &line.key.action,
            By::Workspace => &line.key.workspace,
        };
        *sums.entry(name).or_default() += line.count;
    }
    let row = |(name, count): (&str, Count)| Row {
        name: name.to_owned(),
        count,
    };
    sums.into_iter().map(row).collect()
}

/// The lines of a file's text.
pub fn lines(text: &str) -> impl Iterator<Item = Line> + '_ {
    text.lines()
        .filter_map(|line| serde_json::from_str(line).ok())
}

/// Sums up the large files of days before `settled`, to which nobody adds any more: one line for each key. Doing it twice, or in
/// two processes, changes nothing.
///
/// # Errors
/// What the system says.
pub fn sum_up(folder: &Path, settled: &str) -> std::io::Result<()> {
    for (day, path) in days(folder) {
        let large = std::fs::metadata(&path).is_ok_and(|data| data.len() > LARGE);
        if !large || day.as_str() >= settled {
            continue;
        }
        let text = std::fs::read_to_string(&path)?;
        let mut sums: BTreeMap<Key, Count> = BTreeMap::new();
        for line in lines(&text) {
            *sums.entry(line.key).or_default() += line.count;
        }
        let written = folder.join(format!("{day}.{}.new", std::process::id()));
        for (key, count) in sums {
            let line = serde_json::to_string(&Line { key, count })?;
            super::pen::append(&written, &line)?;
        }
        std::fs::rename(&written, &path)?;
    }
    Ok(())
}

/// The file of a day.
pub fn file(folder: &Path, day: &str) -> PathBuf {
    folder.join(format!("{day}.jsonl"))
}

/// Days and their files, in order.
fn days(folder: &Path) -> BTreeMap<String, PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let day = |path: PathBuf| {
        let day = path
            .file_name()?
            .to_str()?
            .strip_suffix(".jsonl")?
            .to_owned();
        Some((day, path))
    };
    entries.filter_map(|entry| day(entry.path())).collect()
}
