//! Finds requests in the journal on disk, for the subcommands that are about one.

use std::path::PathBuf;

use anyhow::{Context, bail};

use crate::config::files;
use crate::journal::Entry;
use crate::journal::disk::{self, Read};

/// The folder of the journal.
pub fn folder() -> PathBuf {
    files::state_dir().join("journal")
}

/// The last requests, at least `count` where there are as many.
///
/// # Errors
/// Where nothing is kept: how to change that.
pub fn last(count: usize) -> anyhow::Result<Read> {
    let read = disk::read_last(&folder(), count);
    if read.entries.is_empty() {
        bail!(
            "no requests are on disk. They are kept with\n\n    [journal]\n    keep = true\n\nin {}, from then on; without it the \
             last ones are in the memory of the editor's server: its command `convive.last` shows them",
            files::user_file().display()
        );
    }
    Ok(read)
}

/// A request by its id, or the beginning of it, or by how many back it is: 1 is the last.
///
/// # Errors
/// Where there is none, or more than one.
pub fn find(which: &str) -> anyhow::Result<Entry> {
    if let Ok(back) = which.parse::<usize>() {
        let entries = last(back)?.entries;
        let there = entries.len();
        let entry = entries.into_iter().rev().nth(back.saturating_sub(1));
        return entry.with_context(|| format!("only {there} requests are kept"));
    }
    let entries = last(usize::MAX)?.entries;
    let mut found = entries
        .into_iter()
        .filter(|entry| entry.id.starts_with(which));
    match (found.next(), found.next()) {
        (Some(entry), None) => Ok(entry),
        (Some(_), Some(_)) => bail!("more than one request begins with {which}"),
        (None, _) => bail!("no request {which} is kept; `convive last --list` has them all"),
    }
}
