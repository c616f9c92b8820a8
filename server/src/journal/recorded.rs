//! A backend whose every request is noted: what it got, what it answered, what that cost. Refuses what the budget does not allow.

use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
use futures::{FutureExt, StreamExt, stream};
use tokio::time::Instant;

use super::{Ending, Entry, Figures, Records, book, carry, place};
use crate::model::{About, Backend, EndReason, Error, Event, Events, Request, Usage};
use crate::usage::{Count, Line};

/// Bytes of a text per token, about, where a backend does not count.
const BYTES_PER_TOKEN: usize = 3;

/// What a backend is called.
#[derive(Clone, Debug, Default)]
pub struct Names {
    /// In the options.
    pub backend: String,
    pub model: String,
}

/// Stands directly before the backend, so that it sees what really is sent.
#[derive(Clone)]
pub struct Recorded {
    backend: Arc<dyn Backend>,
    names: Names,
    records: Records,
}

impl Recorded {
    pub fn new(backend: Arc<dyn Backend>, names: Names, records: Records) -> Recorded {
        Recorded {
            backend,
            names,
            records,
        }
    }
}

impl Backend for Recorded {
    fn generate(&self, request: Request) -> Events {
        let (backend, records) = (self.backend.clone(), self.records.clone());
        let names = self.names.clone();
        let start = async move {
            if let Err(message) = records.ledger.check().await {
                let refused = Err(Error::Unavailable { message });
                return stream::iter([refused]).boxed();
            }
            let mut recording = Recording::begin(records, names, &request);
            let events = backend.generate(request);
            events.inspect(move |event| recording.hear(event)).boxed()
        };
        start.flatten_stream().boxed()
    }

    fn probe(&self) -> BoxFuture<'static, Result<About, Error>> {
        self.backend.probe()
    }
}

/// A request under way; noted when it is dropped, at whatever point that is.
struct Recording {
    records: Records,
    entry: Entry,
    usage: Usage,
    /// From here on the model works: loading is not counted.
    started: Instant,
    first_chunk: Option<Instant>,
    /// Tokens of the answer that the backend has told one by one.
    told: usize,
}

impl Recording {
    fn begin(records: Records, names: Names, request: &Request) -> Recording {
        let purpose = &request.purpose;
        let mut parts = purpose.parts.clone();
        let mut ranges: Vec<_> = parts.iter().map(|part| part.range.clone()).collect();
        carry::carry(&purpose.written, &request.prompt.written(), &mut ranges);
        for (part, range) in parts.iter_mut().zip(ranges) {
            part.range = range;
        }
        let entry = Entry {
            id: purpose.id.clone(),
            time: book::now(),
            what: purpose.what.clone(),
            workspace: None,
            document: purpose.document.clone(),
            backend: names.backend,
            model: names.model,
            prompt: request.prompt.clone(),
            sampling: request.sampling.clone(),
            parts,
            left_out: purpose.left_out.clone(),
            answer: String::new(),
            ending: Ending::Running,
            figures: Figures::default(),
            shown: None,
            verdict: None,
            accepted: false,
            in_parts: 0,
            undone: 0,
            kept: None,
            rating: None,
            correction: None,
        };
        records.journal.begin(entry.clone());
        Recording {
            records,
            entry,
            usage: Usage::default(),
            started: Instant::now(),
            first_chunk: None,
            told: 0,
        }
    }

    fn hear(&mut self, event: &Result<Event, Error>) {
        match event {
            Ok(Event::Progress { .. } | Event::Ready) => self.started = Instant::now(),
            Ok(Event::Read(usage)) => self.usage = *usage,
            Ok(Event::Chunk(chunk)) => {
                self.first_chunk.get_or_insert_with(Instant::now);
                self.entry.answer.push_str(&chunk.text);
                self.told += chunk.log_prob.map_or(0, |(_, tokens)| tokens);
            }
            Ok(Event::End(end)) => {
                self.usage = end.usage;
                self.entry.ending = match end.reason {
                    EndReason::Finished => Ending::Finished,
                    EndReason::Stop => Ending::Stop,
                    EndReason::Length => Ending::Length,
                };
            }
            Err(error) => self.entry.ending = Ending::Failed(error.to_string()),
        }
    }

    fn figures(&self) -> Figures {
        let ms = |time: Duration| time.as_millis() as u64;
        let first = self.first_chunk.map(|at| at - self.started);
        let told = (self.told > 0).then_some(self.told);
        Figures {
            prompt_tokens: self.usage.prompt_tokens,
            cached_tokens: self.usage.cached_tokens,
            generated_tokens: self.usage.generated_tokens.or(told),
            prompt_ms: self.usage.prompt_time.map(ms),
            generation_ms: self.usage.generation_time.map(ms),
            first_chunk_ms: first.map(ms),
            total_ms: ms(self.started.elapsed()),
        }
    }
}

impl Drop for Recording {
    fn drop(&mut self) {
        let figures = self.figures();
        let entry = &mut self.entry;
        entry.figures = figures;
        if entry.ending == Ending::Running {
            entry.ending = Ending::Enough;
        }
        let line = Line {
            key: entry.key(),
            count: count(entry),
        };
        let document = entry.document.clone();
        self.records.ledger.add(line, move |line| {
            let folder = document.as_deref().and_then(place::workspace);
            line.key.workspace = folder.map_or(String::new(), |at| at.display().to_string());
        });
        self.records.journal.end(self.entry.clone());
    }
}

/// What a request cost, estimated where the backend does not say.
fn count(entry: &Entry) -> Count {
    let figures = &entry.figures;
    let failed = matches!(entry.ending, Ending::Failed(_)) && entry.answer.is_empty();
    let estimate = |bytes: usize| {
        if failed {
            0
        } else {
            bytes.div_ceil(BYTES_PER_TOKEN)
        }
    };
    let tokens_in = figures
        .prompt_tokens
        .unwrap_or_else(|| estimate(entry.prompt.written().len()));
    let tokens_out = figures
        .generated_tokens
        .unwrap_or_else(|| estimate(entry.answer.len()));
    let exact = figures.prompt_tokens.is_some() && figures.generated_tokens.is_some();
    let waited = figures.first_chunk_ms.unwrap_or(figures.total_ms);
    let wrote = figures.total_ms.saturating_sub(waited);
    let worked = figures.prompt_ms.unwrap_or(waited) + figures.generation_ms.unwrap_or(wrote);
    Count {
        requests: 1,
        tokens_in: tokens_in as u64,
        cached: figures.cached_tokens.unwrap_or(0) as u64,
        tokens_out: tokens_out as u64,
        about: u64::from(!exact && !failed),
        milliseconds: if failed { 0 } else { worked },
        ..Count::default()
    }
}
