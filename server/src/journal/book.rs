//! The journal of a process: its last requests, and what goes from there to the disk.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::disk::{self, Line};
use super::{Entry, Note, place, scrub};
use crate::privacy::rules::Source;
use crate::usage::Key;
use crate::usage::pen::Pen;

/// Requests that are remembered, whether or not they are kept on disk.
const REMEMBERED: usize = 32;

/// The most that they take of memory together, in bytes.
const MEMORY: usize = 4 * 1024 * 1024;

/// That the journal is kept on disk, and how much of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Keep {
    /// The most bytes on disk.
    pub bytes: u64,
}

/// The last requests of this process, and the way to the disk.
pub struct Journal {
    folder: Option<PathBuf>,
    pen: Pen,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// Newest last.
    entries: VecDeque<Entry>,
    keep: Option<Keep>,
    /// What is a secret, and so never on the disk.
    rules: Source,
    /// The reason for no suggestion that was noted last.
    idle: Option<String>,
}

impl Journal {
    /// `folder`: where it is kept, if it is to be; None: in memory only.
    pub fn new(folder: Option<PathBuf>, pen: Pen) -> Journal {
        Journal {
            folder,
            pen,
            state: Mutex::default(),
        }
    }

    /// `rules`: what is a secret. Where they cannot be read nothing is kept.
    pub fn set_keep(&self, keep: Option<Keep>, rules: Source) {
        let mut state = self.lock();
        (state.keep, state.rules) = (keep, rules);
    }

    /// Whether it is kept on disk.
    pub fn is_kept(&self) -> bool {
        self.folder.is_some() && self.lock().keep.is_some()
    }

    /// The last requests, newest last.
    pub fn entries(&self) -> Vec<Entry> {
        self.lock().entries.iter().cloned().collect()
    }

    /// One of the last requests.
    pub fn find(&self, id: &str) -> Option<Entry> {
        let state = self.lock();
        state.entries.iter().find(|entry| entry.id == id).cloned()
    }

    /// What the figures of one of the last requests are summed up by, and the file that it was about.
    pub fn key(&self, id: &str) -> Option<(Key, Option<PathBuf>)> {
        let state = self.lock();
        let entry = state.entries.iter().find(|entry| entry.id == id)?;
        Some((entry.key(), entry.document.clone()))
    }

    /// Remembers a request that is being sent.
    pub fn begin(&self, entry: Entry) {
        let mut state = self.lock();
        state.entries.push_back(entry);
        let size = |state: &State| state.entries.iter().map(Entry::size).sum::<usize>();
        while state.entries.len() > REMEMBERED || (state.entries.len() > 1 && size(&state) > MEMORY)
        {
            state.entries.pop_front();
        }
    }

    /// Fills in what came back; the entry goes to the disk where the journal is kept.
    pub fn end(&self, entry: Entry) {
        let mut state = self.lock();
        let mut kept = entry;
        if let Some(old) = state.entries.iter_mut().find(|old| old.id == kept.id) {
            // What was noted while the model wrote stays.
            kept.shown = old.shown.take();
            kept.verdict = old.verdict.take();
            kept.accepted = old.accepted;
            kept.in_parts = old.in_parts;
            kept.undone = old.undone;
            kept.kept = old.kept;
            kept.rating = old.rating;
            kept.correction = old.correction.take();
            *old = kept.clone();
        }
        self.write(&state, move || {
            let mut entry = kept;
            place::settle(&mut entry);
            Line::Entry(Box::new(entry))
        });
    }

    /// Notes what became of an answer; false where the request is not remembered any more.
    pub fn note(&self, id: &str, note: Note) -> bool {
        let mut state = self.lock();
        let Some(entry) = state.entries.iter_mut().find(|entry| entry.id == id) else {
            return false;
        };
        if entry.take(&note) {
            let id = id.to_owned();
            self.write(&state, move || Line::Note { id, note });
        }
        true
    }

    /// Notes why there is no suggestion though no model was asked, where that is news; for `convive doctor`.
    pub fn idle(&self, why: &str, document: Option<PathBuf>) {
        let mut state = self.lock();
        if state.idle.as_deref() == Some(why) {
            return;
        }
        state.idle = Some(why.to_owned());
        let (why, time) = (why.to_owned(), now());
        self.write(&state, move || Line::Idle {
            time,
            why,
            document: document.map(|document| place::relative(&document)),
        });
    }

    /// Gives a line to the pen, where the journal is kept. `line` is made on the pen's thread: it may look at the disk.
    fn write(&self, state: &State, line: impl FnOnce() -> Line + Send + 'static) {
        if let (Some(folder), Some(keep)) = (self.folder.clone(), state.keep) {
            let rules = state.rules.clone();
            self.pen.write(move || {
                let written = match rules.read() {
                    Ok(rules) => disk::append(&folder, &scrub::line(line(), &rules), keep.bytes),
                    Err(error) => Err(std::io::Error::other(error)),
                };
                if let Err(error) = written {
                    tracing::warn!("the journal cannot be written: {error}");
                }
            });
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Milliseconds since 1970.
pub(super) fn now() -> i64 {
    jiff::Timestamp::now().as_millisecond()
}
