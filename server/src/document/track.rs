//! Follows a document with its syntax tree: edits mark the tree, a parse elsewhere brings it up to date.

use std::time::{Duration, Instant};

use tokio::sync::oneshot;
use tree_sitter::{InputEdit, Tree};

use super::Syntax;
use super::head::Head;
use super::parse::{Job, LATER, Parsed};
use super::store::Patience;
use super::syntax::{range, shift};
use super::window::{self, MOST, WHOLE};
use crate::language::Language;
use crate::text::{Span, Text};

/// How long parsing may take; more costs the syntax of the whole file, then that of the window.
const BUDGET: Duration = Duration::from_secs(4);
/// How long marking one edit in a tree may take: pathologically deep trees take longer, and are given up.
const MARK: Duration = Duration::from_millis(20);
/// What the first parse of a byte takes, about.
const NANOSECONDS_PER_BYTE: u64 = 350;
/// How much cheaper it is to parse after an edit than to parse all, about.
const INCREMENTAL: u32 = 16;

/// How much of a document is parsed; it only ever gets less.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Reach {
    Nothing,
    Window,
    Whole,
}

/// The state of one document's syntax.
pub(super) struct Track {
    reach: Reach,
    tree: Option<Tree>,
    /// What `tree` covers.
    window: Span,
    /// The start of the text, once the window was elsewhere.
    head: Option<Head>,
    /// How many edits the text had when `tree` was parsed from it.
    parsed: u64,
    /// How many edits the text has had.
    edits: u64,
    /// Where the user is (bytes).
    cursor: usize,
    parsing: bool,
    /// Whether a request has come for this document.
    asked: bool,
    /// The edits since the parse under way began.
    since: Vec<(InputEdit, Span, usize)>,
    /// What the next parse takes, about.
    expected: Duration,
    waiting: Vec<(u64, oneshot::Sender<Syntax>)>,
}

impl Track {
    pub(super) fn new(language: Option<&'static Language>, text: &Text) -> Track {
        let mut track = Track {
            reach: Reach::Nothing,
            tree: None,
            window: Span::default(),
            head: None,
            parsed: 0,
            edits: 0,
            cursor: 0,
            parsing: false,
            asked: false,
            since: Vec::new(),
            expected: Duration::from_nanos(text.len() as u64 * NANOSECONDS_PER_BYTE),
            waiting: Vec::new(),
        };
        if language.is_some() {
            track.reach = Reach::Whole;
            track.limit(text);
        }
        track
    }

    /// Marks an edit: `span` was replaced, `text` is the text after it.
    pub(super) fn edit(&mut self, edit: InputEdit, text: &Text) {
        let span = Span::new(edit.start_byte, edit.old_end_byte);
        let new_len = edit.new_end_byte - edit.start_byte;
        self.edits += 1;
        self.cursor = edit.new_end_byte;
        self.mark(&edit, span, new_len);
        if let Some(head) = &mut self.head {
            head.mark(&edit);
        }
        if self.parsing {
            self.since.push((edit, span, new_len));
        }
        self.limit(text);
    }

    /// Says where the user is, and whether a parse should be queued.
    pub(super) fn look(&mut self, cursor: usize, text: &Text) -> bool {
        self.cursor = cursor;
        self.queued(text)
    }

    /// Where the user is, as far as it is known (bytes).
    pub(super) fn cursor(&self) -> usize {
        self.cursor
    }

    /// Whether edits have a parse queued, whatever they are.
    pub(super) fn follows(&self) -> bool {
        !self.parsing && self.reach != Reach::Nothing
    }

    /// Whether a parse should be queued: it is wanted and none is under way, which would go on by itself.
    pub(super) fn queued(&self, text: &Text) -> bool {
        !self.parsing && self.wanting(text)
    }

    /// How long the next parse may be put off: so long that parsing a large file takes a third of a processor's time at most.
    pub(super) fn delay(&self) -> Duration {
        match self.waiting.is_empty() {
            true => LATER.max(2 * self.expected),
            false => Duration::ZERO,
        }
    }

    /// The syntax as far as it is known.
    pub(super) fn syntax(&self) -> Option<Syntax> {
        Some(Syntax {
            tree: self.tree.clone()?,
            window: self.window,
            head: self.head(self.window).map(|head| head.tree.clone()),
            fresh: self.parsed == self.edits,
        })
    }

    /// How long the request that has come may wait: `usual`, or `first` where it is the first one of a document without a tree.
    pub(super) fn patience(&mut self, usual: Patience, first: Patience) -> Patience {
        let before = std::mem::replace(&mut self.asked, true);
        match before || self.tree.is_some() {
            true => usual,
            false => first,
        }
    }

    /// Where the fresh syntax of the present text will arrive, if that is worth waiting for; without a limit, it always is.
    pub(super) fn wait(
        &mut self,
        patience: Option<Patience>,
        text: &Text,
    ) -> Option<oneshot::Receiver<Syntax>> {
        let worth = patience.is_none_or(|patience| self.expected <= patience.expected);
        if !worth || !(self.parsing || self.wanting(text)) {
            return None;
        }
        let (sender, receiver) = oneshot::channel();
        self.waiting.push((self.edits, sender));
        Some(receiver)
    }

    /// What to parse now, if anything; [`Track::finish`] must follow.
    pub(super) fn begin(&mut self, language: &'static Language, text: &Text) -> Option<Job> {
        if self.parsing || !self.wanting(text) {
            return None;
        }
        let whole = Span::new(0, text.len());
        let (window, old) = match self.reach {
            Reach::Whole => (whole, self.tree.clone()),
            _ if self.covers(text) => (self.window, self.tree.clone()),
            _ => (window::around(text, self.cursor), None),
        };
        self.parsing = true;
        self.since.clear();
        Some(Job {
            language,
            bytes: text.as_bytes()[window.range()].to_vec(),
            head: (window.start > 0 && !self.head.as_ref().is_some_and(|head| head.fresh))
                .then(|| Head::bytes(text)),
            range: (window != whole).then(|| range(text, window)),
            window,
            old,
            edits: self.edits,
            budget: BUDGET,
        })
    }

    /// Takes what came of a job and how long it took; says whether there is more to do.
    pub(super) fn finish(
        &mut self,
        job: &mut Job,
        parsed: Option<Parsed>,
        took: Duration,
        text: &Text,
    ) -> bool {
        self.parsing = false;
        let since = std::mem::take(&mut self.since);
        if let Some(Parsed { tree, head }) = parsed {
            let new_head = head.is_some();
            self.head = head.or(self.head.take());
            // The user may have gone elsewhere since the window was chosen.
            let here = || window::serves(job.window, text, self.cursor);
            if job.range.is_none() || !since.is_empty() || here() {
                self.answer(&tree, job);
            }
            self.expected = match job.old {
                Some(_) => took,
                None => took / INCREMENTAL,
            };
            // Freed with the job: that takes time in which nobody should wait for the document.
            job.old = self.tree.replace(tree);
            (self.window, self.parsed) = (job.window, job.edits);
            for (edit, span, new_len) in since {
                self.mark(&edit, span, new_len);
                if let Some(head) = self.head.as_mut().filter(|_| new_head) {
                    head.mark(&edit);
                }
            }
        } else {
            self.give_up("parsing takes too long");
        }
        self.waiting.retain(|(edits, _)| *edits >= job.edits);
        let more = self.wanting(text);
        if !more {
            self.waiting.clear();
        }
        more
    }

    fn answer(&mut self, tree: &Tree, job: &Job) {
        for (edits, sender) in std::mem::take(&mut self.waiting) {
            if edits > job.edits {
                self.waiting.push((edits, sender));
            } else if edits == job.edits {
                // Who waited may be gone.
                let head = self.head(job.window).filter(|head| head.fresh);
                let _ = sender.send(Syntax {
                    tree: tree.clone(),
                    window: job.window,
                    head: head.map(|head| head.tree.clone()),
                    fresh: true,
                });
            }
        }
    }

    /// The start of the text, for a window that is elsewhere.
    fn head(&self, window: Span) -> Option<&Head> {
        self.head.as_ref().filter(|_| window.start > 0)
    }

    fn mark(&mut self, edit: &InputEdit, span: Span, new_len: usize) {
        let Some(tree) = &mut self.tree else { return };
        let start = Instant::now();
        tree.edit(edit);
        self.window = shift(self.window, span, new_len);
        if start.elapsed() > MARK {
            self.give_up("marking an edit takes too long");
        }
    }

    fn wanting(&self, text: &Text) -> bool {
        match self.reach {
            Reach::Nothing => false,
            Reach::Whole => self.tree.is_none() || self.parsed != self.edits,
            Reach::Window => !self.covers(text) || self.parsed != self.edits,
        }
    }

    /// Whether there is a tree that serves the cursor.
    fn covers(&self, text: &Text) -> bool {
        self.tree.is_some() && window::serves(self.window, text, self.cursor)
    }

    /// Keeps within what the size of the text allows.
    fn limit(&mut self, text: &Text) {
        let most = match text.len() {
            len if len > MOST => Reach::Nothing,
            len if len > WHOLE => Reach::Window,
            _ => Reach::Whole,
        };
        if self.reach > most {
            self.lower(most);
        }
    }

    fn give_up(&mut self, why: &str) {
        let less = match self.reach {
            Reach::Whole => Reach::Window,
            _ => Reach::Nothing,
        };
        tracing::info!(bytes = self.window.len(), "less syntax: {why}");
        self.lower(less);
    }

    fn lower(&mut self, reach: Reach) {
        self.reach = reach;
        (self.tree, self.head) = (None, None);
        self.window = Span::default();
    }
}
