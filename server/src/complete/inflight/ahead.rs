//! A prompt that was laid out while the user rests where he stopped typing: when he asks there, it only has to be sent.

use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use super::plan::Prepared;
use super::{Completer, Document};
use crate::complete::{Query, clean};
use crate::document::Snapshot;
use crate::prompt::window::Beginning;

/// Most of those who type on have done so in this time, and the editors that ask by themselves have asked.
const REST: Duration = Duration::from_millis(20);

/// A prompt, and all that it follows from: laying out is pure.
pub(super) struct Ahead {
    query: Query,
    before: Arc<Beginning>,
    prepared: Arc<Prepared>,
}

/// A change, after which someone waits until the document rests.
pub(super) struct Change {
    number: u64,
    /// When it will have rested.
    rested: Instant,
}

impl Completer {
    /// Says that a document is about to change: it is free to do so in place. Where it was completed in before, and nobody waits
    /// for [`Completer::rests`] yet, the number to do that with.
    pub fn changes(&self, uri: &str) -> Option<u64> {
        self.set_ahead(None);
        let mut documents = self.lock();
        let document = documents.get_mut(uri)?;
        document.beginning.as_ref()?;
        let rested = Instant::now() + REST;
        if let Some(change) = &mut document.change {
            change.rested = rested;
            return None;
        }
        let number = self.number.fetch_add(1, Ordering::Relaxed) + 1;
        document.change = Some(Change { number, rested });
        Some(number)
    }

    /// Waits until a document has not changed for a moment; false where a completion was asked for since, or it was closed.
    pub async fn rests(&self, uri: &str, number: u64) -> bool {
        loop {
            let rested = {
                let mut documents = self.lock();
                let document = documents.get_mut(uri);
                let Some(document) = document.filter(|document| document.awaits(number)) else {
                    return false;
                };
                let due = |change: &mut Change| change.rested <= Instant::now();
                match (document.change.take_if(due), &document.change) {
                    (None, Some(change)) => change.rested,
                    _ => return true,
                }
            };
            sleep_until(rested).await;
        }
    }

    /// Lays out the prompt for a query that may come, and tells the backend of it.
    pub fn lay_out(&self, query: Query) {
        let Some(before) = self.before(&query.snapshot.uri) else {
            // It was closed in the meantime.
            return;
        };
        let prepared = Prepared::new(&query, Some(&before));
        query.settings.backend.expect(prepared.prompt());
        clean::prepare(prepared.around());
        self.set_ahead(Some(Ahead {
            query,
            before,
            prepared: Arc::new(prepared),
        }));
    }

    /// What was laid out for a query, if it was.
    pub(super) fn ahead(
        &self,
        query: &Query,
        before: Option<&Arc<Beginning>>,
    ) -> Option<Arc<Prepared>> {
        let ahead = self.ahead.lock();
        let ahead = ahead.unwrap_or_else(PoisonError::into_inner);
        let ahead = ahead.as_ref()?;
        ahead.serves(query, before).then(|| ahead.prepared.clone())
    }

    /// Takes the place of what was laid out before, for whatever document: a user is at one place.
    pub(super) fn set_ahead(&self, new: Option<Ahead>) {
        let ahead = self.ahead.lock();
        *ahead.unwrap_or_else(PoisonError::into_inner) = new;
    }
}

impl Document {
    fn awaits(&self, number: u64) -> bool {
        let change = self.change.as_ref();
        change.is_some_and(|change| change.number == number)
    }
}

impl Ahead {
    fn serves(&self, query: &Query, before: Option<&Arc<Beginning>>) -> bool {
        let own = &self.query;
        let layout = |query: &Query| (query.settings.layout, query.settings.limits);
        let mut neighbours = own.neighbours.iter().zip(&query.neighbours);
        before.is_some_and(|before| Arc::ptr_eq(before, &self.before))
            && own.offset == query.offset
            && layout(own) == layout(query)
            && is_version(&own.snapshot, &query.snapshot)
            && own.neighbours.len() == query.neighbours.len()
            && neighbours.all(|(own, other)| is_version(own, other))
    }
}

/// Whether both are the same version of a document, with the same syntax.
fn is_version(one: &Snapshot, other: &Snapshot) -> bool {
    let syntax = match (&one.syntax, &other.syntax) {
        (Some(one), Some(other)) => one.is(other),
        (one, other) => one.is_none() && other.is_none(),
    };
    syntax && Arc::ptr_eq(&one.text, &other.text)
}
