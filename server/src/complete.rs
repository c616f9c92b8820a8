//! One completion for one hole: the newest request wins, the model's stream is cut where the hole ends, cleaned, and kept for
//! what the user types next.

pub mod around;
pub mod cache;
pub mod clean;
mod generation;
mod inflight;
mod lay_out;
pub mod lexer;
pub mod stop;

use std::sync::Arc;
use std::time::Duration;

use crate::context::{Context, Limits};
use crate::document::Snapshot;
use crate::model::{Backend, Error, Usage};
use crate::prompt::fill::{Filled, Layout};
use crate::text::Span;

pub use inflight::{Completer, Grow, Turn};
pub use lay_out::lay_out;

/// Why a completion was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trigger {
    /// The editor asked by itself after a key.
    Automatic,
    /// The user asked.
    Invoked,
}

/// When a completion is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// As soon as the first useful line is there; the rest is served to the next request from the running stream.
    FirstLine,
    /// When it is complete.
    Whole,
}

/// How to complete; plain values made from the options.
#[derive(Clone)]
pub struct Settings {
    pub backend: Arc<dyn Backend>,
    /// How prompts are laid out for this backend's model.
    pub layout: Layout,
    pub limits: Limits,
    /// Waiting time of automatic requests.
    pub debounce: Duration,
    pub max_tokens: usize,
    /// Automatic completions with a mean log-probability below this are not shown.
    pub min_log_prob: f32,
    /// Whether the backend works on several prompts at once as fast as on one.
    pub parallel: bool,
}

/// A request for a completion.
#[derive(Clone)]
pub struct Query {
    pub snapshot: Snapshot,
    /// Bytes into the snapshot's text.
    pub offset: usize,
    pub neighbours: Vec<Arc<Snapshot>>,
    pub trigger: Trigger,
    pub delivery: Delivery,
    pub settings: Settings,
}

/// Text for one hole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Completion {
    /// What of the snapshot's text it replaces: starts at the query's offset, never leaves its line, and all of it stands in
    /// [`Completion::text`] in the same order. So an editor that filters by the text that is replaced keeps it (VS Code does; Neovim
    /// 0.12 draws whatever it gets), and inline completions need no filter text of their own.
    pub span: Span,
    pub text: String,
    /// False while the model is still writing.
    pub done: bool,
}

/// What became of a query.
#[derive(Clone, Debug)]
pub struct Outcome {
    pub completion: Option<Completion>,
    /// What could be shown in its place, in the order in which the model said it: there are some after the user asked once more at a
    /// place for which he had been shown a completion.
    pub others: Vec<Other>,
    /// The generations that were asked for others now.
    pub tried: Vec<Tried>,
    /// Why there is no completion, or where it came from.
    pub verdict: Verdict,
    /// Names the generation in the journal, where a model was asked.
    pub id: Option<Arc<str>>,
    /// What was sent, where a model was asked.
    pub sent: Option<Arc<Sent>>,
    pub usage: Usage,
    /// From the request to the model to its first chunk.
    pub first_chunk: Option<Duration>,
}

/// A completion in place of another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Other {
    /// Names its generation in the journal.
    pub id: Arc<str>,
    pub completion: Completion,
}

/// What became of a generation that was to give another completion.
#[derive(Clone, Debug, PartialEq)]
pub struct Tried {
    pub id: Arc<str>,
    pub verdict: Verdict,
    /// What is shown of it.
    pub text: Option<String>,
}

/// The context and the prompt of a generation.
#[derive(Clone, Debug)]
pub struct Sent {
    pub context: Context,
    pub filled: Filled,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    Generated,
    /// From an earlier answer that the user typed into, or from one still being written.
    TypedThrough,
    /// A newer request for the same document took over.
    Superseded,
    /// The place wants no completion: why.
    Quiet(&'static str),
    /// The model's answer was not worth showing: the name of the filter or rule.
    Filtered(&'static str),
    Failed(Error),
}

/// What a client should match a completion against that was typed so far: the word before the cursor at `offset` (bytes), and
/// the first line of the completion.
pub fn filter_text(snapshot: &Snapshot, offset: usize, completion: &Completion) -> String {
    let start = word_start(snapshot, offset);
    let word = snapshot.text.slice(Span::new(start, offset));
    let line = completion.text.trim_start_matches(['\r', '\n']).lines();
    format!("{word}{}", line.take(1).collect::<String>())
}

/// Where the word before the cursor at `offset` starts (bytes).
pub fn word_start(snapshot: &Snapshot, offset: usize) -> usize {
    let before = snapshot.text.get(..offset).unwrap_or_default();
    let word = before.trim_end_matches(|c: char| c.is_alphanumeric() || c == '_');
    word.len()
}

#[cfg(test)]
mod tests;
