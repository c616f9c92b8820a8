//! What a model is asked for one hole: the prompt, laid out once and sent any number of times.

use std::sync::Arc;

use crate::complete::around::Around;
use crate::complete::cache::Place;
use crate::complete::generation::{Generation, Kind};
use crate::complete::{Query, Sent, Trigger, lay_out};
use crate::model::{self, Prompt, Sampling};
use crate::prompt::purpose;
use crate::prompt::window::Beginning;

/// How freely others than the likeliest completion are drawn.
const TEMPERATURE: f32 = 0.7;

pub(super) struct Plan<'a> {
    query: &'a Query,
    prepared: Arc<Prepared>,
}

/// All of it that follows from the place alone.
pub(super) struct Prepared {
    sent: Arc<Sent>,
    around: Arc<Around>,
    place: Place,
    beginning: Arc<Beginning>,
}

impl Prepared {
    /// `before` is the beginning of the prompt that was sent for the document last.
    pub(super) fn new(query: &Query, before: Option<&Beginning>) -> Prepared {
        let snapshot = &query.snapshot;
        let sent = lay_out(query, before);
        let around = Around::new(snapshot, &sent.context.hole, &sent.filled);
        Prepared {
            around: Arc::new(around),
            place: Place::new(&snapshot.text, snapshot.text.floor(query.offset)),
            beginning: Arc::new(Beginning::of(&sent.context, &snapshot.text)),
            sent: Arc::new(sent),
        }
    }

    pub(super) fn prompt(&self) -> &Prompt {
        &self.sent.filled.prompt
    }

    pub(super) fn around(&self) -> &Around {
        &self.around
    }
}

impl Plan<'_> {
    /// # Errors
    /// Why the place wants no completion, where nobody asked for one.
    pub(super) fn new(query: &Query, prepared: Arc<Prepared>) -> Result<Plan<'_>, &'static str> {
        match (prepared.sent.context.hole.quiet, query.trigger) {
            (Some(why), Trigger::Automatic) => Err(why),
            _ => Ok(Plan { query, prepared }),
        }
    }

    pub(super) fn beginning(&self) -> Arc<Beginning> {
        self.prepared.beginning.clone()
    }

    /// Asks the model.
    pub(super) fn send(&self, kind: Kind) -> Arc<Generation> {
        let Query {
            snapshot, settings, ..
        } = self.query;
        let prepared = &self.prepared;
        let Sent { context, filled } = &*prepared.sent;
        let tokens = settings.limits.bytes_per_token;
        let purpose = purpose::completion(snapshot, context, filled, tokens);
        let id = Arc::from(purpose.id.as_str());
        let (temperature, seed) = match kind {
            Kind::First => (0.0, None),
            Kind::Other { seed } => (TEMPERATURE, Some(seed)),
        };
        let events = settings.backend.generate(model::Request {
            prompt: filled.prompt.clone(),
            sampling: Sampling {
                max_tokens: settings.max_tokens,
                temperature,
                seed,
                stops: filled.stops.clone(),
            },
            cache_key: snapshot.uri.to_string(),
            purpose: Arc::new(purpose),
        });
        let (place, sent) = (prepared.place.clone(), prepared.sent.clone());
        let generation = Generation::start(id, kind, place, sent, prepared.around.clone(), events);
        Arc::new(generation)
    }
}
