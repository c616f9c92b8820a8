//! Other completions than the one that was shown: asked for when the user asks once more at the same place, and kept like that one.

use std::sync::Arc;

use futures::future::join_all;

use super::plan::Plan;
use super::waiting::Waiting;
use super::{Completer, Grow, Turn};
use crate::complete::cache::{Place, Typed};
use crate::complete::clean::Draft;
use crate::complete::generation::{Ending, Generation, Kind};
use crate::complete::{Completion, Other, Outcome, Query, Tried, Trigger, Verdict};
use crate::text::Span;

/// How many others one request asks the model for.
const MORE: usize = 2;

/// How many others a place has at most; then they are all that is answered.
pub(super) const MOST: usize = 6;

/// What was answered last for a document, and where.
pub(super) struct Shown {
    place: Place,
    text: String,
}

impl Completer {
    /// Remembers that the user was shown this at the query's place.
    pub(super) fn note_shown(&self, query: &Query, text: &str) {
        let document = &query.snapshot.text;
        let shown = Shown {
            place: Place::new(document, document.floor(query.offset)),
            text: text.to_owned(),
        };
        if let Some(document) = self.lock().get_mut(&query.snapshot.uri) {
            document.shown = Some(shown);
        }
    }

    /// Whether the user asks for what is before his eyes already. Where the model still writes on, he waits for all of it.
    pub(super) async fn wants_others(
        &self,
        query: &Query,
        held: &Generation,
        typed: &Typed,
    ) -> bool {
        if query.trigger != Trigger::Invoked {
            return false;
        }
        let so_far = held.watch().borrow().useful.clone();
        if so_far.is_some_and(|draft| self.is_shown(query, &draft, typed)) {
            // How it ended is seen below.
            let _ = held.ended().await;
        }
        held.answer()
            .is_some_and(|draft| self.is_shown(query, &draft, typed))
    }

    /// Whether the rest of a draft is what was shown last, at this place.
    fn is_shown(&self, query: &Query, draft: &Draft, typed: &Typed) -> bool {
        let rest = typed.rest(&draft.text, draft.replaces);
        let documents = self.lock();
        let shown = documents
            .get(&query.snapshot.uri)
            .and_then(|document| document.shown.as_ref());
        let same_place = |shown: &&Shown| {
            let typed = shown.place.typed(&query.snapshot.text, query.offset);
            typed == Some(Typed::default())
        };
        let shown = shown.filter(same_place).map(|shown| shown.text.as_str());
        shown.is_some() && shown == rest.map(|rest| rest.text)
    }

    /// What is held, and others, for which the model is asked now. None where what is held serves no longer.
    pub(super) async fn show_others(
        &self,
        query: &Query,
        turn: &Turn<'_>,
        (held, typed): &(Arc<Generation>, Typed),
        grow: &mut Option<Grow<'_>>,
    ) -> Option<Outcome> {
        let waiting = Waiting {
            completer: self,
            query,
            turn,
            generation: held,
        };
        let mut outcome = waiting.follow(typed, true, grow).await?;
        let room = MOST.saturating_sub(outcome.others.len());
        outcome.tried = self.explore(query, turn, &outcome, MORE.min(room)).await;
        outcome.others = self.others(query, held);
        Some(outcome)
    }

    /// The other completions that are held and still fit what was typed.
    pub(super) fn others(&self, query: &Query, first: &Arc<Generation>) -> Vec<Other> {
        let documents = self.lock();
        let generations = documents
            .get(&query.snapshot.uri)
            .map(|document| document.generations.iter());
        let others = generations
            .into_iter()
            .flatten()
            .filter(|other| other.kind != Kind::First && !Arc::ptr_eq(other, first));
        others.filter_map(|other| rest(query, other)).collect()
    }

    /// Asks the model for so many others than the outcome has; those that are worth it are held from now on.
    async fn explore(
        &self,
        query: &Query,
        turn: &Turn<'_>,
        outcome: &Outcome,
        number: usize,
    ) -> Vec<Tried> {
        let Some((plan, seeds)) = self.plan_others(query, number) else {
            return Vec::new();
        };
        let ask = async |seed: u32| {
            let generation = plan.send(Kind::Other { seed });
            let end = generation.ended().await;
            (generation, end)
        };
        let ended = if query.settings.parallel {
            join_all(seeds.map(ask)).await
        } else {
            let mut ended = Vec::new();
            for seed in seeds {
                ended.push(ask(seed).await);
            }
            ended
        };
        let held = outcome.completion.iter();
        let others = outcome.others.iter().map(|other| &other.completion);
        let mut known: Vec<(String, usize)> = held.chain(others).map(essence).collect();
        let mut tried = Vec::new();
        for (generation, end) in ended {
            let (mut verdict, mut text) = (Verdict::Generated, None);
            match (end, rest(query, &generation)) {
                (Err(Ending::Filtered(rule)), _) => verdict = Verdict::Filtered(rule),
                (Err(Ending::Failed(error)), _) => verdict = Verdict::Failed(error),
                (Ok(_), Some(other)) if !known.contains(&essence(&other.completion)) => {
                    known.push(essence(&other.completion));
                    self.hold(query, turn, &generation);
                    text = Some(other.completion.text);
                }
                (Ok(_), _) => verdict = Verdict::Filtered("the same as another"),
            }
            let id = generation.id.clone();
            tried.push(Tried { id, verdict, text });
        }
        tried
    }

    /// The prompt of so many others, and their seeds, which no other of the document had.
    fn plan_others<'a>(
        &self,
        query: &'a Query,
        number: usize,
    ) -> Option<(Plan<'a>, std::ops::Range<u32>)> {
        let seeds = {
            let mut documents = self.lock();
            let document = documents.get_mut(&query.snapshot.uri)?;
            let first = document.seed + 1;
            document.seed += number as u32;
            first..document.seed + 1
        };
        let plan = (number > 0).then(|| self.plan(query))?;
        Some((plan.ok()?, seeds))
    }

    /// Keeps a generation, unless a newer request has taken over.
    fn hold(&self, query: &Query, turn: &Turn<'_>, generation: &Arc<Generation>) {
        if let Some(document) = self.lock().get_mut(&query.snapshot.uri)
            && *document.newest.borrow() == turn.number
        {
            document.remember(generation.clone());
        }
    }
}

/// What a generation has for the query's place.
fn rest(query: &Query, generation: &Generation) -> Option<Other> {
    let text = &query.snapshot.text;
    let offset = text.floor(query.offset);
    let draft = generation.answer()?;
    let typed = generation.place.typed(text, query.offset)?;
    let rest = typed.rest(&draft.text, draft.replaces)?;
    let completion = Completion {
        span: Span::new(offset, offset + rest.replaces),
        text: rest.text.to_owned(),
        done: true,
    };
    let id = generation.id.clone();
    (!rest.text.is_empty()).then_some(Other { id, completion })
}

/// What makes a completion another one: its text without blanks, and how much it replaces (bytes).
fn essence(completion: &Completion) -> (String, usize) {
    let words = completion.text.split_whitespace();
    (words.collect(), completion.span.len())
}
