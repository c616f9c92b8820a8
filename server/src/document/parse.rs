//! Parses documents on threads of their own, so that no request and no key waits for a parser.

use std::collections::HashMap;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tree_sitter::{Parser, Range, Tree};

use super::background;
use super::head::Head;
use super::memory;
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
    /// The start of the text, where that is to be parsed too.
    pub(super) head: Option<Vec<u8>>,
    /// The window in tree-sitter's terms, where it is not the whole text.
    pub(super) range: Option<Range>,
    /// The tree of an earlier text, with the edits since marked.
    pub(super) old: Option<Tree>,
    /// How many edits the text has had.
    pub(super) edits: u64,
    pub(super) budget: Duration,
}

/// What came of a job.
pub(super) struct Parsed {
    pub(super) tree: Tree,
    pub(super) head: Option<Head>,
}

impl Job {
    /// None where it takes longer than the budget.
    pub(super) fn run(&self, parser: &mut Parser) -> Option<Parsed> {
        parser.set_language(&self.language.grammar()).ok()?;
        parser.set_included_ranges(self.range.as_slice()).ok()?;
        let mut read = |offset: usize| {
            let at = offset.checked_sub(self.window.start);
            at.and_then(|at| self.bytes.get(at..)).unwrap_or_default()
        };
        let tree = parse_within(parser, &mut read, self.old.as_ref(), self.budget)?;
        let head = self.head.as_ref();
        let head = head.and_then(|bytes| Head::parse(bytes, self.language, parser));
        Some(Parsed { tree, head })
    }
}

/// How long nothing must be wanted before freed memory goes back to the system.
const IDLE: Duration = Duration::from_millis(300);

/// How long after an edit its parse begins where nobody waits for it: the request behind the edit has gone by then, and a run of
/// edits is parsed once.
pub(super) const LATER: Duration = Duration::from_millis(3);

/// The documents that want a parse. Of those that are due, the one asked for last comes first.
#[derive(Default)]
pub(super) struct Queue {
    state: Mutex<State>,
    wake: Condvar,
}

#[derive(Default)]
struct State {
    due: HashMap<Arc<str>, Instant>,
    /// Whether memory was freed that the allocator may still hold.
    freed: bool,
    closed: bool,
}

impl Queue {
    /// Wants a parse after `delay`, or earlier where that is wanted already.
    pub(super) fn push(&self, uri: &str, delay: Duration) {
        let due = Instant::now() + delay;
        let mut state = self.lock();
        match state.due.get_mut(uri) {
            Some(before) if *before <= due => return,
            Some(before) => *before = due,
            None => {
                state.due.insert(Arc::from(uri), due);
            }
        }
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
        while !state.closed {
            let now = Instant::now();
            let due = state.due.iter().filter(|(_, due)| **due <= now);
            let last = due.max_by_key(|(_, due)| **due);
            if let Some(uri) = last.map(|(uri, _)| uri.clone()) {
                state.due.remove(&uri);
                return Some(uri);
            }
            let next = state.due.values().min().map(|due| *due - now);
            let Some(wait) = next.or(state.freed.then_some(IDLE)) else {
                let woken = self.wake.wait(state);
                state = woken.unwrap_or_else(PoisonError::into_inner);
                continue;
            };
            let woken = self.wake.wait_timeout(state, wait);
            let (woken, waited) = woken.unwrap_or_else(PoisonError::into_inner);
            state = woken;
            let idle = waited.timed_out() && state.due.is_empty();
            if idle && std::mem::take(&mut state.freed) {
                drop(state);
                memory::give_back();
                state = self.lock();
            }
        }
        None
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
            background::stand_back();
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

/// Compiles the queries of a language that is new here, at the same time as its first document is parsed.
fn warm(language: &'static Language) {
    if !language.queries.scope.is_ready() {
        let thread = std::thread::Builder::new().name("queries".to_owned());
        // Without the thread they are compiled when first used.
        drop(thread.spawn(|| language.queries.warm()));
    }
}

fn parse(documents: &Documents, uri: &Arc<str>, parser: &mut Parser) {
    let Some((birth, mut job)) = documents.with(uri, |held| {
        let job = held.track.begin(held.language?, &held.text)?;
        Some((held.birth, job))
    }) else {
        return;
    };
    warm(job.language);
    let start = Instant::now();
    let parsed = job.run(parser);
    let took = start.elapsed();
    let delay = documents.with(uri, |held| {
        let same = held.birth == birth;
        let more = same && held.track.finish(&mut job, parsed, took, &held.text);
        more.then(|| held.track.delay())
    });
    if let Some(delay) = delay {
        documents.queue.push(uri, delay);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_document_asked_for_last_comes_first_and_each_once() {
        let queue = Queue::default();
        let hour = Duration::from_secs(3600);
        queue.push("a", hour);
        queue.push("b", hour);
        queue.push("b", Duration::ZERO);
        queue.push("b", hour);
        assert_eq!(queue.next().as_deref(), Some("b"), "what is urgent");
        queue.push("c", Duration::ZERO);
        queue.push("d", Duration::ZERO);
        assert_eq!(queue.next().as_deref(), Some("d"));
        assert_eq!(queue.next().as_deref(), Some("c"));
        queue.push("a", Duration::ZERO);
        assert_eq!(queue.next().as_deref(), Some("a"));
        queue.push("e", Duration::ZERO);
        queue.close();
        assert_eq!(queue.next(), None);
    }
}
