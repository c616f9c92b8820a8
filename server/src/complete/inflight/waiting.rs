//! A request that waits for what a model writes: when there is something to show, and what of it is left after what was typed.

use std::sync::Arc;

use super::{Completer, Grow, Turn};
use crate::complete::cache::Typed;
use crate::complete::clean::Draft;
use crate::complete::generation::{Ending, Generation, Progress};
use crate::complete::{Completion, Delivery, Outcome, Query, Trigger, Verdict};
use crate::model;
use crate::text::Span;

/// Whether a generation may have an answer where `typed` was typed in its hole since: not known yet counts as yes only where
/// what it says so far is what was typed, or nothing was.
pub(super) fn serves(progress: &Progress, typed: &Typed, running: bool) -> bool {
    match &progress.end {
        Some(Ok(draft)) => typed
            .rest(&draft.text, draft.replaces)
            .is_some_and(|rest| !rest.text.is_empty()),
        Some(Err(_)) => false,
        None if !running => false,
        None if progress.shown.is_empty() => typed.text.is_empty(),
        None => agrees(progress, typed),
    }
}

fn agrees(progress: &Progress, typed: &Typed) -> bool {
    progress.shown.starts_with(&typed.text) || typed.text.starts_with(&progress.shown)
}

/// A request that waits for a generation; when it is dropped before it has an answer, the generation ends.
pub(super) struct Waiting<'a> {
    pub(super) completer: &'a Completer,
    pub(super) query: &'a Query,
    pub(super) turn: &'a Turn<'a>,
    pub(super) generation: &'a Arc<Generation>,
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        if !self.generation.is_answered() {
            self.completer.end(self.query, self.turn, self.generation);
        }
    }
}

impl Waiting<'_> {
    /// Waits for an answer. None where the model says something else than was typed since: then another generation is needed.
    pub(super) async fn follow(
        self,
        typed: &Typed,
        through: bool,
        grow: &mut Option<Grow<'_>>,
    ) -> Option<Outcome> {
        let mut watch = self.generation.watch();
        let mut told = 0;
        loop {
            let progress = watch.borrow_and_update().clone();
            if progress.end.is_none() && !agrees(&progress, typed) {
                return None;
            }
            if let Some(draft) = self.ready(&progress, typed) {
                let outcome = self.serve(draft, &progress, typed, through, grow);
                let nothing = outcome
                    .as_ref()
                    .is_none_or(|outcome| outcome.completion.is_none());
                if let (true, true, Some(grow)) = (told > 0, nothing, grow.as_mut()) {
                    grow(
                        &self.completion("", 0, outcome.is_some()),
                        &self.generation.id,
                    );
                }
                return outcome;
            }
            if let (Some(grow), Some(rest)) = (grow.as_mut(), typed.rest(&progress.shown, 0))
                && rest.text.len() > told
                && self.is_confident(&progress)
            {
                told = rest.text.len();
                grow(
                    &self.completion(rest.text, rest.replaces, false),
                    &self.generation.id,
                );
            }
            if watch.changed().await.is_err() {
                // The reader is gone without an end: it was stopped, or broke.
                let error = model::Error::Closed {
                    target: "the model".to_owned(),
                };
                return Some(self.outcome(Verdict::Failed(error), None, &progress));
            }
        }
    }

    /// What can be answered now; an error where nothing will come.
    fn ready(&self, progress: &Progress, typed: &Typed) -> Option<Result<Draft, Ending>> {
        let more = |draft: &&Draft| {
            let rest = typed.rest(&draft.text, draft.replaces);
            rest.is_some_and(|rest| !rest.text.is_empty())
        };
        match (&progress.end, self.query.delivery) {
            (Some(end), _) => Some(end.clone()),
            (None, Delivery::FirstLine) => progress.useful.as_ref().filter(more).cloned().map(Ok),
            (None, Delivery::Whole) => None,
        }
    }

    fn serve(
        &self,
        draft: Result<Draft, Ending>,
        progress: &Progress,
        typed: &Typed,
        through: bool,
        grow: &mut Option<Grow<'_>>,
    ) -> Option<Outcome> {
        let draft = match draft {
            Ok(draft) => draft,
            Err(Ending::Filtered(why)) => {
                return Some(self.outcome(Verdict::Filtered(why), None, progress));
            }
            Err(Ending::Failed(error)) => {
                return Some(self.outcome(Verdict::Failed(error), None, progress));
            }
        };
        let rest = typed.rest(&draft.text, draft.replaces);
        let rest = rest.filter(|rest| !rest.text.is_empty())?;
        if !self.is_confident(progress) {
            return Some(self.outcome(Verdict::Filtered("not confident"), None, progress));
        }
        self.generation
            .set_answered(self.query.trigger == Trigger::Invoked);
        let completion = self.completion(rest.text, rest.replaces, progress.end.is_some());
        self.completer.note_shown(self.query, &completion.text);
        if let Some(grow) = grow {
            grow(&completion, &self.generation.id);
        }
        let verdict = if through {
            Verdict::TypedThrough
        } else {
            Verdict::Generated
        };
        Some(Outcome {
            others: self.completer.others(self.query, self.generation),
            ..self.outcome(verdict, Some(completion), progress)
        })
    }

    fn is_confident(&self, progress: &Progress) -> bool {
        let least = self.query.settings.min_log_prob;
        self.query.trigger == Trigger::Invoked
            || self.generation.is_asked_for()
            || progress.mean_log_prob().is_none_or(|mean| mean >= least)
    }

    fn completion(&self, text: &str, replaces: usize, done: bool) -> Completion {
        let offset = self.query.snapshot.text.floor(self.query.offset);
        Completion {
            span: Span::new(offset, offset + replaces),
            text: text.to_owned(),
            done,
        }
    }

    fn outcome(
        &self,
        verdict: Verdict,
        completion: Option<Completion>,
        progress: &Progress,
    ) -> Outcome {
        Outcome {
            completion,
            others: Vec::new(),
            tried: Vec::new(),
            verdict,
            id: Some(self.generation.id.clone()),
            sent: Some(self.generation.sent.clone()),
            usage: progress.usage,
            first_chunk: progress.first_chunk,
        }
    }
}
