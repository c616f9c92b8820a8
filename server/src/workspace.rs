//! Files on disk beside the open ones: the tests of a source file, kept while they do not change.

mod disk;
mod kept;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::document::Snapshot;
use kept::Kept;

/// How long a request waits for a disk. After that it takes what was found there before.
const PATIENCE: Duration = Duration::from_millis(50);

/// Reads neighbours of documents and remembers them.
#[derive(Debug, Default)]
pub struct Workspace {
    kept: Arc<Mutex<Kept>>,
}

impl Workspace {
    pub fn new() -> Workspace {
        Workspace::default()
    }

    /// The files that hold the tests of a document, in a fixed order: read from disk off this thread, and at most twice
    /// `PATIENCE` waited for. `open` gives the document that an editor has open at a path; that wins over the disk. Files that `is_shown` says
    /// no of are left out; it may read the disk, and is not asked on this thread.
    pub async fn neighbours(
        &self,
        snapshot: &Snapshot,
        open: impl Fn(&Path) -> Option<Snapshot>,
        is_shown: impl Fn(&Path) -> bool + Clone + Send + 'static,
    ) -> Vec<Arc<Snapshot>> {
        let (Some(path), Some(language)) = (snapshot.path.clone(), snapshot.language) else {
            return Vec::new();
        };
        let find = |read: Read| {
            let (source, is_shown) = (Arc::clone(&path), is_shown.clone());
            let kept = Arc::clone(&self.kept);
            // Runs to its end even when nobody waits any more: the next request finds what it read.
            tokio::task::spawn_blocking(move || {
                let read = match read {
                    Read::Last => lock(&kept).last(&source),
                    Read::Disk => {
                        let paths = disk::test_files(&source, language);
                        let read = disk::read(&paths, &kept);
                        lock(&kept).end(&source, read.clone());
                        read
                    }
                };
                Found::new(read, disk::expected(&source, language), is_shown)
            })
        };
        let claimed = lock(&self.kept).begin(&path);
        let wait = |read| tokio::time::timeout(PATIENCE, find(read));
        let found = match claimed {
            true => wait(Read::Disk).await.ok(),
            false => None,
        };
        let found = match found {
            Some(found) => found.inspect_err(|_| lock(&self.kept).end(&path, Vec::new())),
            // Of a disk that is too slow even for that, nothing is shown.
            None => wait(Read::Last)
                .await
                .unwrap_or_else(|_| Ok(Found::default())),
        };
        let Found { on_disk, only_open } = found.unwrap_or_default();
        let opened = only_open.iter().filter_map(|path| open(path).map(Arc::new));
        let mut neighbours: Vec<Arc<Snapshot>> = opened.collect();
        neighbours.extend(on_disk.into_iter().map(|on_disk| {
            let opened = on_disk.path.as_deref().and_then(&open);
            opened.map_or(on_disk, Arc::new)
        }));
        neighbours
    }
}

#[derive(Clone, Copy)]
enum Read {
    Disk,
    /// What was found the last time.
    Last,
}

/// What may be shown of a document's neighbours.
#[derive(Default)]
struct Found {
    on_disk: Vec<Arc<Snapshot>>,
    /// Where others would be, that an editor may have and the disk not yet.
    only_open: Vec<PathBuf>,
}

impl Found {
    fn new(
        mut on_disk: Vec<Arc<Snapshot>>,
        mut only_open: Vec<PathBuf>,
        is_shown: impl Fn(&Path) -> bool,
    ) -> Found {
        only_open.retain(|path| !holds(&on_disk, path) && is_shown(path));
        on_disk.retain(|one| one.path.as_deref().is_none_or(&is_shown));
        Found { on_disk, only_open }
    }
}

fn holds(snapshots: &[Arc<Snapshot>], path: &Path) -> bool {
    snapshots
        .iter()
        .any(|snapshot| snapshot.path.as_deref() == Some(path))
}

/// Nothing panics while it holds the lock; if something does, what is kept is still whole.
fn lock(kept: &Mutex<Kept>) -> MutexGuard<'_, Kept> {
    kept.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
