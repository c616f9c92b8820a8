//! Parses documents on threads of their own, so that no request and no key waits for a parser.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tree_sitter::{Parser, Range, Tree};

use super::store::Documents;
use super::syntax::parse_within;
use crate::language::Language;
use crate::text::Span;

/// A large file being opened shall not keep the one in which the user types waiting.
const THREADS: usize = 2;

/// One parse: a copy of the bytes to read, so that typing goes on without copying the text.
pub(super) struct Job {
    pub(super) language: &'static Language,
    /// The text of `window`.
    pub(super) bytes: Vec<u8>,
    pub(super) window: Span,
    /// The window in tree-sitter's terms, where it is not the whole text.
    pub(super) range: Option<Range>,
    /// The tree of an earlier text, with the edits since marked.
    pub(super) old: Option<Tree>,
    /// How many edits the text has had.
    pub(super) edits: u64,
    pub(super) budget: Duration,
}

impl Job {
    /// The tree, or None where it takes longer than the budget.
    pub(super) fn run(&self, parser: &mut Parser) -> Option<Tree> {
        parser.set_language(&self.language.grammar()).ok()?;
        parser.set_included_ranges(self.range.as_slice()).ok()?;
        let mut read = |offset: usize| {
            let at = offset.checked_sub(self.window.start);
            at.and_then(|at| self.bytes.get(at..)).unwrap_or_default()
        };
        parse_within(parser, &mut read, self.old.as_ref(), self.budget)
    }
}

/// How long nothing must be wanted before freed memory goes back to the system.
const IDLE: Duration = Duration::from_millis(300);

/// The documents that want a parse, the one asked for last first.
#[derive(Default)]
pub(super) struct Queue {
    state: Mutex<State>,
    wake: Condvar,
}

#[derive(Default)]
struct State {
    uris: VecDeque<Arc<str>>,
    /// Whether memory was freed that the allocator may still hold.
    freed: bool,
    closed: bool,
}

impl Queue {
    pub(super) fn push(&self, uri: &Arc<str>) {
        let mut state = self.lock();
        state.uris.retain(|queued| queued != uri);
        state.uris.push_front(uri.clone());
        drop(state);
        self.wake.notify_one();
    }

    /// Ends the threads, each after the parse it is in.
    pub(super) fn close(&self) {
        self.lock().closed = true;
        self.wake.notify_all();
    }

    /// Says that a document was closed.
    pub(super) fn freed(&self) {
        self.lock().freed = true;
        self.wake.notify_one();
    }

    /// Waits for a document; None when the queue is closed. Gives freed memory back in the meantime.
    fn next(&self) -> Option<Arc<str>> {
        let mut state = self.lock();
        loop {
            if state.closed {
                return None;
            }
            if let Some(uri) = state.uris.pop_front() {
                return Some(uri);
            }
            if !state.freed {
                state = self
                    .wake
                    .wait(state)
                    .unwrap_or_else(PoisonError::into_inner);
                continue;
            }
            let (woken, waited) = self
                .wake
                .wait_timeout(state, IDLE)
                .unwrap_or_else(PoisonError::into_inner);
            state = woken;
            if waited.timed_out() && std::mem::take(&mut state.freed) {
                drop(state);
                give_memory_back();
                state = self.lock();
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Starts the threads. Without them documents have no syntax, which is logged.
pub(super) fn start(documents: &Arc<Documents>) {
    for number in 0..THREADS {
        let documents = documents.clone();
        let thread = std::thread::Builder::new().name(format!("syntax-{number}"));
        let started = thread.spawn(move || {
            stand_back();
            let mut parser = Parser::new();
            while let Some(uri) = documents.queue.next() {
                parse(&documents, &uri, &mut parser);
            }
        });
        if let Err(error) = started {
            tracing::error!("no thread for parsing: {error}");
        }
    }
}

/// Lets the thread that answers the editor go first: an edit wakes this one while the request behind the edit is on its way.
fn stand_back() {
    #[cfg(target_os = "linux")]
    // SAFETY: the function has no requirements; on Linux 0 is the calling thread. Failure changes nothing.
    unsafe {
        libc::setpriority(libc::PRIO_PROCESS, 0, 5);
    }
}

/// The GNU allocator keeps what was freed between what is still used: measured, all of the trees of 500 closed documents.
fn give_memory_back() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    // SAFETY: the function is thread-safe and has no requirements.
    unsafe {
        libc::malloc_trim(0);
    }
}

fn parse(documents: &Documents, uri: &Arc<str>, parser: &mut Parser) {
    let Some((birth, job)) = documents.with(uri, |held| {
        let job = held.track.begin(held.language?, &held.text)?;
        Some((held.birth, job))
    }) else {
        return;
    };
    let start = Instant::now();
    let tree = job.run(parser);
    let took = start.elapsed();
    let more = documents.with(uri, |held| {
        let same = held.birth == birth;
        Some(same && held.track.finish(job, tree, took, &held.text))
    });
    if more == Some(true) {
        documents.queue.push(uri);
    }
}
