//! Reads what a model says to the end, and passes it on piece by piece.

mod repeat;

use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt;
use tokio::time::Instant;

use super::{Failure, OnStep, Query, Sent, Step};
use repeat::{Heard, Repeat};

use crate::model::{EndReason, Error, Event, Purpose, Request, Sampling, Usage};

/// All that a model said.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Said {
    /// Names the request in the journal.
    pub id: String,
    pub text: String,
    pub reason: EndReason,
    pub usage: Usage,
    /// From the request to the first chunk.
    pub first_chunk: Option<Duration>,
}

/// Asks the query's model with what is to be sent; its chunks go to `on` as they come. An answer that only says the same again is
/// ended. Dropping the future drops the model's stream.
///
/// # Errors
/// The model's own, and `Closed` where the answer broke off.
pub async fn listen(query: &Query, sent: &Sent, on: OnStep<'_>) -> Result<Said, Failure> {
    let started = Instant::now();
    let purpose = sent.purpose(query);
    let mut said = Said {
        id: purpose.id.clone(),
        ..Said::default()
    };
    let mut events = query
        .settings
        .backend
        .generate(request(query, sent, purpose));
    let mut repeat = Repeat::default();
    while let Some(event) = events.next().await {
        match event.map_err(Failure::Model)? {
            Event::Progress { what, fraction } => on(Step::Working(in_words(what, fraction))),
            Event::Ready => on(Step::Working("reading the question".to_owned())),
            Event::Read(usage) => said.usage = usage,
            Event::Chunk(chunk) if chunk.text.is_empty() => {}
            Event::Chunk(chunk) => {
                said.first_chunk.get_or_insert_with(|| started.elapsed());
                let heard = repeat.take(&chunk.text);
                if said.show(heard, on) {
                    return Ok(said);
                }
            }
            Event::End(end) => {
                said.usage = end.usage;
                if !said.show(repeat.end(), on) {
                    said.reason = end.reason;
                }
                return Ok(said);
            }
        }
    }
    let target = query.settings.backend_name.clone();
    Err(Failure::Model(Error::Closed { target }))
}

impl Said {
    /// Shows a piece of the answer; whether that ends it, since the rest is a repetition.
    fn show(&mut self, heard: Heard, on: OnStep<'_>) -> bool {
        if !heard.text.is_empty() {
            self.text.push_str(&heard.text);
            on(Step::Chunk(heard.text));
        }
        if heard.repeats {
            self.reason = EndReason::Stop;
        }
        heard.repeats
    }
}

fn request(query: &Query, sent: &Sent, purpose: Purpose) -> Request {
    let (action, settings) = (&query.action, &query.settings);
    Request {
        prompt: sent.prompt.clone(),
        sampling: Sampling {
            max_tokens: action.max_tokens.unwrap_or(settings.max_tokens),
            temperature: action.temperature.unwrap_or(settings.temperature),
            seed: query.seed,
            stops: Vec::new(),
        },
        // Not the name that completions have: their prompt would be lost for the next key.
        cache_key: format!("ask:{}", query.snapshot.uri),
        purpose: Arc::new(purpose),
    }
}

/// `loading the model (40 %)`
fn in_words(what: String, fraction: Option<f32>) -> String {
    match fraction {
        Some(fraction) => format!("{what} ({:.0} %)", fraction * 100.0),
        None => what,
    }
}
