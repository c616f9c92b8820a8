//! One run of a model for one hole: read in the background, stopped, cleaned as it grows, observed by any number of requests.

use std::future::poll_fn;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::task::Poll;
use std::time::Duration;

use futures::StreamExt;
use tokio::sync::watch;
use tokio::task::AbortHandle;
use tokio::time::Instant;

use super::Sent;
use super::around::Around;
use super::cache::Place;
use super::clean::{Draft, clean, clean_growing};
use super::stop::Stop;
use crate::model::{Chunk, EndReason, Error, Event, Events, Usage};

/// A generation; dropping it, or [`Generation::stop`], drops the model's stream at once.
pub struct Generation {
    /// Names it in the journal.
    pub id: Arc<str>,
    pub kind: Kind,
    pub place: Place,
    pub sent: Arc<Sent>,
    progress: watch::Receiver<Progress>,
    stream: Arc<Mutex<Option<Events>>>,
    reader: AbortHandle,
    answered: AtomicBool,
    asked_for: AtomicBool,
}

/// What a generation was started for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The likeliest completion.
    First,
    /// Another one: drawn with this seed.
    Other { seed: u32 },
}

/// How far a generation is.
#[derive(Clone, Debug, Default)]
pub struct Progress {
    /// What can be shown; only grows.
    pub shown: String,
    /// The longest part so far that ends with a line, fits in by itself, and so can be accepted.
    pub useful: Option<Draft>,
    /// The answer, or why there is none; None while the model writes.
    pub end: Option<Result<Draft, Ending>>,
    /// Sum of the log-probabilities and the number of tokens that have one.
    log_prob: (f32, usize),
    /// The same of the part that the stop rules keep: only that will be shown, and only that is judged.
    kept_log_prob: (f32, usize),
    pub first_chunk: Option<Duration>,
    /// The number of tokens in the first chunk.
    first_tokens: usize,
    pub usage: Usage,
}

/// Why a generation gave no answer.
#[derive(Clone, Debug, PartialEq)]
pub enum Ending {
    Filtered(&'static str),
    Failed(Error),
}

impl Progress {
    /// The mean log-probability of the tokens that are kept so far, where the model gives them.
    pub fn mean_log_prob(&self) -> Option<f32> {
        let (sum, count) = self.kept_log_prob;
        (count > 0).then(|| sum / count as f32)
    }

    /// What was written and how fast, counted here: a model that is stopped does not say it. `elapsed` since the request.
    fn count(&mut self, elapsed: Duration) {
        let tokens = self.log_prob.1;
        if self.usage.generated_tokens.is_some() || tokens == 0 {
            return;
        }
        self.usage.generated_tokens = Some(tokens);
        let later = tokens - self.first_tokens;
        let time = self.first_chunk.map(|first| elapsed.saturating_sub(first));
        if let (Some(time), 1..) = (time, later) {
            self.usage.generation_time = Some(time.mul_f64(tokens as f64 / later as f64));
        }
    }
}

impl Generation {
    /// Reads `events` in the background until the hole is filled.
    pub fn start(
        id: Arc<str>,
        kind: Kind,
        place: Place,
        sent: Arc<Sent>,
        around: Arc<Around>,
        events: Events,
    ) -> Generation {
        let stream = Arc::new(Mutex::new(Some(events)));
        let (sender, progress) = watch::channel(Progress::default());
        let reader = Reader {
            stop: Stop::new(around.clone()),
            around,
            stream: stream.clone(),
            progress: sender,
            lines: 0,
            log_probs: Vec::new(),
            started: Instant::now(),
        };
        Generation {
            id,
            kind,
            place,
            sent,
            progress,
            stream,
            reader: tokio::spawn(reader.read()).abort_handle(),
            answered: AtomicBool::new(false),
            asked_for: AtomicBool::new(false),
        }
    }

    pub fn watch(&self) -> watch::Receiver<Progress> {
        self.progress.clone()
    }

    /// Whether the model still writes.
    pub fn is_running(&self) -> bool {
        self.progress.borrow().end.is_none() && self.progress.has_changed().is_ok()
    }

    /// Whether it ended without an answer.
    pub fn is_empty(&self) -> bool {
        matches!(self.progress.borrow().end, Some(Err(_)))
    }

    /// The answer, where there is one and the model is done with it.
    pub fn answer(&self) -> Option<Draft> {
        self.progress.borrow().end.clone()?.ok()
    }

    /// Waits for the end.
    pub async fn ended(&self) -> Result<Draft, Ending> {
        let mut progress = self.watch();
        let end = progress.wait_for(|progress| progress.end.is_some()).await;
        // Without an end it was stopped, or broke.
        let end = end.ok().and_then(|progress| progress.end.clone());
        end.unwrap_or_else(|| Err(Ending::Failed(closed())))
    }

    /// Notes that a part of it was answered, and whether the user had asked for it: the rest may be wanted by the next request.
    pub fn set_answered(&self, asked_for: bool) {
        self.answered.store(true, Ordering::Relaxed);
        self.asked_for.fetch_or(asked_for, Ordering::Relaxed);
    }

    /// Whether the user asked for it and got it: then it is shown however sure the model is, also while he types through it.
    pub fn is_asked_for(&self) -> bool {
        self.kind != Kind::First || self.asked_for.load(Ordering::Relaxed)
    }

    pub fn is_answered(&self) -> bool {
        self.answered.load(Ordering::Relaxed)
    }

    /// Ends the model's work now.
    pub fn stop(&self) {
        drop(lock(&self.stream).take());
        self.reader.abort();
    }
}

impl Drop for Generation {
    fn drop(&mut self) {
        self.stop();
    }
}

fn lock(stream: &Mutex<Option<Events>>) -> MutexGuard<'_, Option<Events>> {
    stream
        .lock()
        .unwrap_or_else(|poisoned| poisoned.into_inner())
}

/// The part that runs in the background.
struct Reader {
    around: Arc<Around>,
    stop: Stop,
    stream: Arc<Mutex<Option<Events>>>,
    progress: watch::Sender<Progress>,
    /// Finished lines that were looked at.
    lines: usize,
    /// For each chunk with log-probabilities: where it starts in the answer (bytes), their sum, and the number of tokens.
    log_probs: Vec<(usize, f32, usize)>,
    started: Instant,
}

impl Reader {
    async fn read(mut self) {
        let end = loop {
            match self.next_event().await {
                None => break Err(closed()),
                Some(Err(error)) => break Err(error),
                Some(Ok(Event::Progress { .. } | Event::Ready)) => {}
                Some(Ok(Event::Read(usage))) => {
                    self.progress.send_modify(|progress| progress.usage = usage);
                }
                Some(Ok(Event::Chunk(chunk))) => {
                    if self.read_chunk(&chunk) {
                        break Ok(());
                    }
                }
                Some(Ok(Event::End(end))) => {
                    self.progress
                        .send_modify(|progress| progress.usage = end.usage);
                    self.stop.finish(end.reason == EndReason::Length);
                    break Ok(());
                }
            }
        };
        drop(lock(&self.stream).take());
        let elapsed = self.started.elapsed();
        let kept = self.kept_log_prob();
        let end = match end {
            Ok(()) => clean(&self.around, self.stop.text()).map_err(Ending::Filtered),
            Err(error) => Err(Ending::Failed(error)),
        };
        self.progress.send_modify(|progress| {
            if let Ok(draft) = &end {
                progress.shown.clone_from(&draft.text);
            }
            progress.count(elapsed);
            progress.kept_log_prob = kept;
            progress.end = Some(end);
        });
    }

    /// The next event; None when the stream is over or was taken away.
    async fn next_event(&self) -> Option<Result<Event, Error>> {
        poll_fn(|task| match lock(&self.stream).as_mut() {
            Some(events) => events.poll_next_unpin(task),
            None => Poll::Ready(None),
        })
        .await
    }

    /// Takes a chunk in; whether the hole is filled.
    fn read_chunk(&mut self, chunk: &Chunk) -> bool {
        let after = self.started.elapsed();
        let start = self.stop.text().len();
        let ended = self.stop.read(&chunk.text).is_some();
        if let Some((log_prob, tokens)) = chunk.log_prob {
            self.log_probs.push((start, log_prob, tokens));
        }
        let kept = self.kept_log_prob();
        let shown = clean_growing(&self.around, self.stop.text());
        let useful = if ended { None } else { self.useful() };
        self.progress.send_modify(|progress| {
            progress.first_chunk.get_or_insert(after);
            if let Some((log_prob, tokens)) = chunk.log_prob {
                if progress.log_prob.1 == 0 {
                    progress.first_tokens = tokens;
                }
                progress.log_prob.0 += log_prob;
                progress.log_prob.1 += tokens;
            }
            progress.kept_log_prob = kept;
            if shown.len() > progress.shown.len() && shown.starts_with(&progress.shown) {
                progress.shown = shown;
            }
            if useful.is_some() {
                progress.useful = useful;
            }
        });
        ended
    }

    /// The log-probabilities of what the stop rules keep of the answer, and the number of tokens.
    fn kept_log_prob(&self) -> (f32, usize) {
        let end = self.stop.text().len();
        let kept = self.log_probs.iter().filter(|(start, ..)| *start < end);
        kept.fold((0.0, 0), |(sum, count), (_, log_prob, tokens)| {
            (sum + log_prob, count + tokens)
        })
    }

    /// The finished lines, where there is a new one and they fit in as they are.
    fn useful(&mut self) -> Option<Draft> {
        let lines = self.stop.whole_lines();
        let count = lines.matches('\n').count() + 1;
        if lines.trim().is_empty() || count == self.lines {
            return None;
        }
        self.lines = count;
        let draft = clean(&self.around, lines).ok()?;
        let grown = clean_growing(&self.around, lines);
        // A part that had to be closed or cut is not what the user will get in the end.
        (draft.text == grown).then_some(draft)
    }
}

fn closed() -> Error {
    Error::Closed {
        target: "the model".to_owned(),
    }
}
