//! Files on disk beside the open ones: the tests of a source file, kept while they do not change.

mod disk;
mod kept;

use std::path::Path;
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

    /// The files that hold the tests of a document, in a fixed order: read from disk off this thread, and at most `PATIENCE`
    /// waited for. `open` gives the document that an editor has open at a path; that wins over the disk.
    pub async fn neighbours(
        &self,
        snapshot: &Snapshot,
        open: impl Fn(&Path) -> Option<Snapshot>,
    ) -> Vec<Arc<Snapshot>> {
        let (Some(path), Some(language)) = (snapshot.path.clone(), snapshot.language) else {
            return Vec::new();
        };
        let listing = if lock(&self.kept).begin(&path) {
            let kept = Arc::clone(&self.kept);
            let source = Arc::clone(&path);
            // Runs to its end even when nobody waits any more: the next request finds what it read.
            let read = tokio::task::spawn_blocking(move || {
                let paths = disk::test_files(&source, language);
                let snapshots = disk::read(&paths, &kept);
                lock(&kept).end(&source, snapshots.clone());
                snapshots
            });
            match tokio::time::timeout(PATIENCE, read).await {
                Ok(Ok(snapshots)) => snapshots,
                Ok(Err(_)) => {
                    lock(&self.kept).end(&path, Vec::new());
                    Vec::new()
                }
                Err(_) => lock(&self.kept).last(&path),
            }
        } else {
            lock(&self.kept).last(&path)
        };
        let mut neighbours: Vec<Arc<Snapshot>> = disk::expected(&path, language)
            .iter()
            .filter(|expected| !holds(&listing, expected))
            .filter_map(|expected| open(expected).map(Arc::new))
            .collect();
        neighbours.extend(listing.into_iter().map(|on_disk| {
            let opened = on_disk.path.as_deref().and_then(&open);
            opened.map_or(on_disk, Arc::new)
        }));
        neighbours
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
