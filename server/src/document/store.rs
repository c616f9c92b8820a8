//! All open documents: opened, changed and closed in message order, read as snapshots.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use dashmap::DashMap;

use super::held::Held;
use super::parse::{self, Queue};
use super::{Change, Snapshot};
use crate::language::Language;
use crate::text::Encoding;

#[cfg(test)]
mod tests;

/// How long a request waits for a fresh tree.
#[derive(Clone, Copy)]
pub(super) struct Patience {
    /// It does not wait for a parse that is expected to take longer.
    pub(super) expected: Duration,
    /// It waits this long at most.
    most: Duration,
}

/// A tree that one edit separates from the text serves nearly as well as a fresh one: it is worth little time.
const PATIENCE: Patience = Patience {
    expected: Duration::from_micros(150),
    most: Duration::from_millis(2),
};

/// How long the first request of a document waits for its first tree: without one it knows neither what is around the cursor nor
/// what the file imports, and nobody has seen yet how fast answers are. Enough to parse 100 KB, or the window of a large file.
const FIRST: Patience = Patience {
    expected: Duration::MAX,
    most: Duration::from_millis(50),
};

/// The open documents. Their syntax is parsed on threads which end with the store.
pub struct Store {
    documents: Arc<Documents>,
    births: AtomicU64,
    /// None: as long as it takes.
    patience: Option<Patience>,
}

/// What the store shares with its threads.
#[derive(Default)]
pub(super) struct Documents {
    map: DashMap<Arc<str>, Held>,
    pub(super) queue: Queue,
}

impl Default for Store {
    fn default() -> Store {
        Store::new()
    }
}

impl Store {
    pub fn new() -> Store {
        Store::with(Some(PATIENCE))
    }

    /// A store whose [`Store::fresh`] waits for the tree however long it takes: where the same input must give the same answer.
    pub fn patient() -> Store {
        Store::with(None)
    }

    fn with(patience: Option<Patience>) -> Store {
        let documents = Arc::default();
        parse::start(&documents);
        Store {
            documents,
            births: AtomicU64::new(0),
            patience,
        }
    }

    /// Opens a document, or opens it anew.
    pub fn open(&self, uri: &str, language_id: &str, version: i32, text: String) {
        let birth = self.births.fetch_add(1, Ordering::Relaxed);
        let uri: Arc<str> = Arc::from(uri);
        let held = Held::new(uri.clone(), language_id, version, text, birth);
        let parses = held.language.is_some();
        self.documents.map.insert(uri.clone(), held);
        if parses {
            self.documents.queue.push(&uri, Duration::ZERO);
        }
    }

    /// Applies changes in order; each one's places are in the text that the one before it left.
    ///
    /// False where there is no such document any more: it was never opened, or a change could not be placed (a reversed range,
    /// a version older than the one held), in which case the document is dropped, because a wrong text is worse than none.
    pub fn change(
        &self,
        uri: &str,
        version: i32,
        changes: impl IntoIterator<Item = Change>,
        encoding: Encoding,
    ) -> bool {
        let held = self.documents.map.get_mut(uri);
        let changed = held.map(|mut held| {
            let result = held.change(version, changes, encoding);
            (result, held.text.len(), held.parse_after())
        });
        match changed {
            None => false,
            Some((Ok(()), _, delay)) => {
                if let Some(delay) = delay {
                    self.documents.queue.push(uri, delay);
                }
                true
            }
            Some((Err(why), bytes, _)) => {
                tracing::warn!(
                    bytes,
                    version,
                    "a change cannot be placed ({why:?}): document dropped"
                );
                self.close(uri);
                false
            }
        }
    }

    /// Closes a document; its text and tree are freed when the last snapshot is.
    pub fn close(&self, uri: &str) {
        if self.documents.map.remove(uri).is_some() {
            self.documents.queue.freed();
        }
    }

    /// The document as it is now, its syntax as far as it is known.
    pub fn snapshot(&self, uri: &str) -> Option<Snapshot> {
        self.documents.with(uri, |held| Some(held.snapshot()))
    }

    /// The same, and where the user changed it last (bytes).
    pub fn snapshot_at_change(&self, uri: &str) -> Option<(Snapshot, usize)> {
        self.documents
            .with(uri, |held| Some((held.snapshot(), held.track.cursor())))
    }

    /// The open document of a file.
    pub fn snapshot_of_path(&self, path: &Path) -> Option<Snapshot> {
        let documents = &self.documents.map;
        let found = documents.iter_mut().find(|held| held.path() == Some(path));
        found.map(|mut held| held.snapshot())
    }

    /// The open documents below a folder that are of this language.
    pub fn below(&self, folder: &Path, language: &Language) -> Vec<Snapshot> {
        let documents = self.documents.map.iter_mut();
        let is_wanted = |held: &Held| {
            let is_of = |own: &Language| own.name == language.name;
            held.path().is_some_and(|path| path.starts_with(folder))
                && held.language.is_some_and(is_of)
        };
        let found = documents.filter(|held| is_wanted(held));
        let mut found: Vec<Snapshot> = found.map(|mut held| held.snapshot()).collect();
        found.sort_by(|one, other| one.uri.cmp(&other.uri));
        found
    }

    /// The same version of a document with its fresh syntax, if that is there within two milliseconds; it does not wait where
    /// the last parse shows that it takes long. Only the very first call for a document waits longer, 50 milliseconds at most,
    /// if there is no tree yet. `offset` is where the user is (bytes): in a large file syntax is known around
    /// there only, and a snapshot without syntax there has none.
    ///
    /// All but the waiting is done before the first await.
    pub async fn fresh(&self, mut snapshot: Snapshot, offset: usize) -> Snapshot {
        let uri = snapshot.uri.clone();
        let (delay, receiver, patience) = self
            .documents
            .with(&uri, |held| {
                // Only the text that is still the document's own will ever be parsed.
                if !Arc::ptr_eq(&held.text, &snapshot.text) {
                    return None;
                }
                let parses = held.track.look(offset, &held.text);
                snapshot.syntax = held.track.syntax();
                let patience = self.patience.map(|usual| held.track.patience(usual, FIRST));
                let receiver = held.track.wait(patience, &held.text);
                Some((parses.then(|| held.track.delay()), receiver, patience))
            })
            .unwrap_or_default();
        if let Some(delay) = delay {
            self.documents.queue.push(&uri, delay);
        }
        if let Some(receiver) = receiver {
            let arrived = match patience {
                Some(patience) => tokio::time::timeout(patience.most, receiver).await.ok(),
                None => Some(receiver.await),
            };
            if let Some(Ok(syntax)) = arrived {
                snapshot.syntax = Some(syntax);
            }
        }
        snapshot.syntax = snapshot
            .syntax
            .filter(|syntax| syntax.window.touches(offset));
        snapshot
    }

    /// Says where in a document the user is (bytes), so that its syntax is known there soon; waits for nothing.
    pub fn look(&self, snapshot: &Snapshot, offset: usize) {
        let delay = self.documents.with(&snapshot.uri, |held| {
            let same = Arc::ptr_eq(&held.text, &snapshot.text);
            let parses = same && held.track.look(offset, &held.text);
            parses.then(|| held.track.delay())
        });
        if let Some(delay) = delay {
            self.documents.queue.push(&snapshot.uri, delay);
        }
    }

    /// How many documents are open.
    pub fn len(&self) -> usize {
        self.documents.map.len()
    }

    pub fn is_empty(&self) -> bool {
        self.documents.map.is_empty()
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        self.documents.queue.close();
    }
}

impl Documents {
    /// Calls `read` on a document with all its text; no guard of the map outlives it.
    pub(super) fn with<R>(
        &self,
        uri: &str,
        read: impl FnOnce(&mut Held) -> Option<R>,
    ) -> Option<R> {
        self.map.get_mut(uri).and_then(|mut held| {
            held.settle();
            read(&mut held)
        })
    }
}
