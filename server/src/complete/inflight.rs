//! Requests for completions: the newest one for a document wins, and takes over what an older one's model is writing, if it can.

mod ahead;
mod others;
mod plan;
mod waiting;

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

use tokio::sync::watch;

use super::cache::Typed;
use super::generation::{Generation, Kind};
use super::{Completion, Outcome, Query, Trigger, Verdict};
use crate::model::Usage;
use crate::prompt::window::Beginning;
use ahead::{Ahead, Change};
use others::Shown;
use plan::{Plan, Prepared};
use waiting::{Waiting, serves};

/// Answers remembered for a document: some places, and the others of one.
const REMEMBERED: usize = 6 + others::MOST;

/// Is told each longer text of a completion while the model writes, and the name of its generation in the journal; `done` with the
/// last.
pub type Grow<'a> = &'a mut (dyn FnMut(&Completion, &Arc<str>) + Send);

/// Completes; keeps for each document what was said last and what is being said.
#[derive(Default)]
pub struct Completer {
    documents: Mutex<HashMap<Arc<str>, Document>>,
    /// For who asks where he rests.
    ahead: Mutex<Option<Ahead>>,
    /// The number of the newest request of all.
    number: AtomicU64,
}

#[derive(Default)]
struct Document {
    /// The number of the newest request.
    newest: watch::Sender<u64>,
    /// Newest last; only the last may be running.
    generations: VecDeque<Arc<Generation>>,
    /// Of the prompt that was sent last.
    beginning: Option<Arc<Beginning>>,
    /// Its last one, where someone waits for it to rest, and nobody has asked since.
    change: Option<Change>,
    shown: Option<Shown>,
    /// The last seed that the model was asked for another completion with.
    seed: u32,
}

/// A request's place in the order of its document, from its arrival on. When the newest is dropped, the model's work for which
/// nobody waits any more ends.
pub struct Turn<'a> {
    completer: &'a Completer,
    uri: Arc<str>,
    number: u64,
    newest: watch::Receiver<u64>,
}

impl Turn<'_> {
    /// Resolves when a newer request has arrived, or the document was closed.
    pub async fn over(&self) {
        // An error says that the document was closed.
        let _ = self
            .newest
            .clone()
            .wait_for(|newest| *newest != self.number)
            .await;
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        if let Some(document) = self.completer.lock().get_mut(&self.uri)
            && *document.newest.borrow() == self.number
        {
            document.end_unanswered();
        }
    }
}

impl Completer {
    pub fn new() -> Completer {
        Completer::default()
    }

    /// Makes a request that has just arrived the newest of its document; the older one answers [`Verdict::Superseded`]. What the
    /// model is writing for it goes on until [`Completer::complete_in`] knows whether it serves the newer one.
    pub fn arrive(&self, uri: &Arc<str>) -> Turn<'_> {
        let number = self.number.fetch_add(1, Ordering::Relaxed) + 1;
        let mut documents = self.lock();
        let document = documents.entry(uri.clone()).or_default();
        document.newest.send_replace(number);
        document.change = None;
        Turn {
            completer: self,
            uri: uri.clone(),
            number,
            newest: document.newest.subscribe(),
        }
    }

    /// Completes at the query's offset, at its arrival; see [`Completer::complete_in`].
    pub async fn complete(&self, query: Query, grow: Option<Grow<'_>>) -> Outcome {
        let turn = self.arrive(&query.snapshot.uri);
        self.complete_in(turn, query, grow).await
    }

    /// Completes at the query's offset. Dropping the future ends the model's work.
    ///
    /// `grow` is told what can be shown as soon as there is something, then each longer text, and the last with `done`; an empty
    /// one where what was shown turned out to be not worth it.
    pub async fn complete_in(
        &self,
        turn: Turn<'_>,
        query: Query,
        grow: Option<Grow<'_>>,
    ) -> Outcome {
        let joined = self.join(&query, &turn);
        tokio::select! {
            biased;
            () = turn.over() => Outcome::of(Verdict::Superseded),
            outcome = self.answer(&query, &turn, joined, grow) => outcome,
        }
    }

    /// Forgets a document that was closed, and ends what runs for it.
    pub fn forget(&self, uri: &str) {
        let document = self.lock().remove(uri);
        drop(document);
        self.set_ahead(None);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Arc<str>, Document>> {
        self.documents
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    /// What may serve the newest request; ends the running generation unless it is that.
    fn join(&self, query: &Query, turn: &Turn<'_>) -> Option<(Arc<Generation>, Typed)> {
        let mut documents = self.lock();
        let document = documents.get_mut(&query.snapshot.uri)?;
        if *document.newest.borrow() != turn.number {
            return None;
        }
        let serving = |generation: &Arc<Generation>| {
            let typed = generation.place.typed(&query.snapshot.text, query.offset)?;
            serves(
                &generation.watch().borrow(),
                &typed,
                generation.is_running(),
            )
            .then(|| (generation.clone(), typed))
        };
        // Others stay behind what they are others of, in their order.
        let is_first = |generation: &&Arc<Generation>| generation.kind == Kind::First;
        let mut firsts = document.generations.iter().rev().filter(is_first);
        let joined = firsts
            .find_map(serving)
            .or_else(|| document.generations.iter().find_map(serving));
        let kept = joined.as_ref().map(|(generation, _)| generation);
        document.end_running(kept);
        joined
    }

    async fn answer(
        &self,
        query: &Query,
        turn: &Turn<'_>,
        mut joined: Option<(Arc<Generation>, Typed)>,
        mut grow: Option<Grow<'_>>,
    ) -> Outcome {
        let debounce = query.settings.debounce;
        // Even the shortest sleep takes a tick of the clock, a millisecond.
        if joined.is_none() && query.trigger == Trigger::Automatic && !debounce.is_zero() {
            tokio::time::sleep(debounce).await;
        }
        if let Some(held) = &joined
            && self.wants_others(query, &held.0, &held.1).await
            && let Some(outcome) = self.show_others(query, turn, held, &mut grow).await
        {
            return outcome;
        }
        loop {
            let through = joined.is_some();
            let (generation, typed) = match joined.take() {
                Some(joined) => joined,
                None => match self.start(query, turn) {
                    Ok(generation) => (generation, Typed::default()),
                    Err(verdict) => return Outcome::of(verdict),
                },
            };
            let waiting = Waiting {
                completer: self,
                query,
                turn,
                generation: &generation,
            };
            if let Some(outcome) = waiting.follow(&typed, through, &mut grow).await {
                return outcome;
            }
            if generation.is_running() {
                self.end(query, turn, &generation);
            }
        }
    }

    /// Asks the model.
    fn start(&self, query: &Query, turn: &Turn<'_>) -> Result<Arc<Generation>, Verdict> {
        let uri = &query.snapshot.uri;
        let plan = self.plan(query).map_err(Verdict::Quiet)?;
        let generation = plan.send(Kind::First);
        let mut documents = self.lock();
        match documents.get_mut(uri) {
            Some(document) if *document.newest.borrow() == turn.number => {
                document.beginning = Some(plan.beginning());
                document.remember(generation.clone());
                Ok(generation)
            }
            _ => Err(Verdict::Superseded),
        }
    }

    /// What the model is to be asked.
    fn plan<'a>(&self, query: &'a Query) -> Result<Plan<'a>, &'static str> {
        let before = self.before(&query.snapshot.uri);
        let prepared = self
            .ahead(query, before.as_ref())
            .unwrap_or_else(|| Arc::new(Prepared::new(query, before.as_deref())));
        Plan::new(query, prepared)
    }

    /// The beginning of the prompt that was sent for a document last.
    fn before(&self, uri: &str) -> Option<Arc<Beginning>> {
        let documents = self.lock();
        documents.get(uri)?.beginning.clone()
    }

    /// Ends and forgets a generation, unless a newer request has taken over.
    fn end(&self, query: &Query, turn: &Turn<'_>, generation: &Arc<Generation>) {
        if let Some(document) = self.lock().get_mut(&query.snapshot.uri)
            && *document.newest.borrow() == turn.number
        {
            document
                .generations
                .retain(|kept| !Arc::ptr_eq(kept, generation));
            generation.stop();
        }
    }
}

impl Document {
    fn end_running(&mut self, kept: Option<&Arc<Generation>>) {
        self.generations.retain(|generation| {
            let keep =
                !generation.is_running() || kept.is_some_and(|kept| Arc::ptr_eq(kept, generation));
            if !keep {
                generation.stop();
            }
            keep
        });
    }

    fn end_unanswered(&mut self) {
        self.generations.retain(|generation| {
            let keep = !generation.is_running() || generation.is_answered();
            if !keep {
                generation.stop();
            }
            keep
        });
    }

    fn remember(&mut self, generation: Arc<Generation>) {
        self.end_running(None);
        self.generations.retain(|generation| !generation.is_empty());
        while self.generations.len() >= REMEMBERED {
            self.generations.pop_front();
        }
        self.generations.push_back(generation);
    }
}

impl Outcome {
    fn of(verdict: Verdict) -> Outcome {
        Outcome {
            completion: None,
            others: Vec::new(),
            tried: Vec::new(),
            verdict,
            id: None,
            sent: None,
            usage: Usage::default(),
            first_chunk: None,
        }
    }
}

#[cfg(test)]
mod tests;
