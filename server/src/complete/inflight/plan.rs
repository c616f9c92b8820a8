//! What a model is asked for one hole: the prompt, laid out once and sent any number of times.

use std::sync::Arc;

use crate::complete::around::Around;
use crate::complete::cache::Place;
use crate::complete::generation::{Generation, Kind};
use crate::complete::{Query, Sent, Trigger, lay_out};
use crate::model::{self, Sampling};
use crate::prompt::purpose;
use crate::prompt::window::Beginning;

/// How freely others than the likeliest completion are drawn.
const TEMPERATURE: f32 = 0.7;

pub(super) struct Plan<'a> {
    query: &'a Query,
    sent: Arc<Sent>,
    around: Arc<Around>,
    place: Place,
    pub(super) beginning: Arc<Beginning>,
}

impl Plan<'_> {
    /// `before` is the beginning of the prompt that was sent for the document last.
    ///
    /// # Errors
    /// Why the place wants no completion, where nobody asked for one.
    pub(super) fn new<'a>(
        query: &'a Query,
        before: Option<&Beginning>,
    ) -> Result<Plan<'a>, &'static str> {
        let snapshot = &query.snapshot;
        let sent = lay_out(query, before);
        if let (Some(why), Trigger::Automatic) = (sent.context.hole.quiet, query.trigger) {
            return Err(why);
        }
        let around = Around::new(snapshot, &sent.context.hole, &sent.filled);
        let beginning = Beginning::of(&sent.context, &snapshot.text);
        Ok(Plan {
            query,
            around: Arc::new(around),
            place: Place::new(&snapshot.text, snapshot.text.floor(query.offset)),
            beginning: Arc::new(beginning),
            sent: Arc::new(sent),
        })
    }

    /// Asks the model.
    pub(super) fn send(&self, kind: Kind) -> Arc<Generation> {
        let Query {
            snapshot, settings, ..
        } = self.query;
        let Sent { context, filled } = &*self.sent;
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
        let (place, sent) = (self.place.clone(), self.sent.clone());
        let generation = Generation::start(id, kind, place, sent, self.around.clone(), events);
        Arc::new(generation)
    }
}
