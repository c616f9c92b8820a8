//! Models: a prompt and sampling go in, a stream of chunks with an end comes out; dropping the stream stops the work.
//!
//! Nothing here knows documents, spans or options. A backend is one file of this folder and one line in `config/connect.rs`.

pub mod anthropic;
pub mod catalogue;
pub mod error;
pub mod fim;
mod guard;
pub mod http;
pub mod key;
pub mod local;
pub mod ollama;
pub mod openai;
mod optional;
pub mod purpose;
pub mod scripted;
mod sse;
mod streamed;
#[cfg(test)]
mod tests;
pub mod weights;

use std::sync::Arc;
use std::time::Duration;

use futures::stream::BoxStream;
use serde::{Deserialize, Serialize};

pub use error::Error;
pub use purpose::Purpose;

/// A stream of events: chunks, then exactly one [`Event::End`]; or an error at any point, and nothing after it.
/// A stream that ends without either broke off (the backends turn that into [`Error::Closed`]).
pub type Events = BoxStream<'static, Result<Event, Error>>;

/// Something that answers prompts.
pub trait Backend: Send + Sync {
    /// Starts a generation when the stream is first polled; dropping the stream ends it, down to the socket or the decoding loop.
    fn generate(&self, request: Request) -> Events;

    /// Says that a prompt may be sent soon, for what can be done about it before; sends nothing.
    fn expect(&self, _prompt: &Prompt) {}

    /// What is known of the model without asking it to generate. May connect or load; `Err` says why the backend cannot answer.
    fn probe(&self) -> futures::future::BoxFuture<'static, Result<About, Error>>;
}

/// One run of a model.
#[derive(Clone, Debug)]
pub struct Request {
    pub prompt: Prompt,
    pub sampling: Sampling,
    /// Names the document, for backends that keep one prompt cache for each; never sent to a remote one.
    pub cache_key: String,
    /// For the user's journal; no backend reads it.
    pub purpose: Arc<Purpose>,
}

/// How the marker begins that stands for the cursor in a chat with a model that cannot fill in; it ends with `}}`.
pub const HOLE: &str = "{{FILL_HERE";

/// What a model reads.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Prompt {
    /// Control and text pieces for a model that completes raw text; only control pieces may become control tokens.
    Raw {
        pieces: Vec<Piece>,
        /// Bytes at the end of the last text piece that the backend may take back and generate anew (token healing), so that a
        /// word or blank cut in two is tokenised whole. The answer then does *not* repeat these bytes. 0 where unsupported.
        heal: usize,
    },
    /// The server builds the FIM prompt itself.
    Insert { prefix: String, suffix: String },
    /// For models that only chat.
    Chat(Vec<Message>),
}

impl Prompt {
    /// As one text, in the order in which it is sent: control tokens as they are written, messages one after the other.
    pub fn written(&self) -> String {
        match self {
            Prompt::Raw { pieces, .. } => pieces.iter().map(Piece::text).collect(),
            Prompt::Insert { prefix, suffix } => format!("{prefix}{suffix}"),
            Prompt::Chat(messages) => messages.iter().map(|m| m.text.as_str()).collect(),
        }
    }
}

/// A part of a raw prompt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Piece {
    /// A control token by its text, e.g. `<|fim_prefix|>`.
    Control(String),
    /// User text; never becomes a control token.
    Text(String),
}

impl Piece {
    pub fn text(&self) -> &str {
        match self {
            Piece::Control(text) | Piece::Text(text) => text,
        }
    }
}

/// One message of a chat.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    pub role: Role,
    pub text: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    System,
    User,
    Assistant,
}

/// How to generate.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sampling {
    /// The most tokens to generate.
    pub max_tokens: usize,
    /// 0 is greedy.
    pub temperature: f32,
    pub seed: Option<u32>,
    /// Texts that end the generation; they are not part of the answer. Some servers take 4 at most.
    pub stops: Vec<String>,
}

/// What happens during a generation.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// The backend is getting ready (loading weights): what, and how far (0 to 1) where known.
    Progress {
        what: String,
        fraction: Option<f32>,
    },
    /// What the progress told of is over.
    Ready,
    /// The prompt has been read: what that cost, as far as the backend says. A reader who stops early knows it then.
    Read(Usage),
    /// A piece of answer, whole characters only.
    Chunk(Chunk),
    End(End),
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Chunk {
    pub text: String,
    /// Sum of the natural logarithms of the probabilities of the tokens in this chunk, and their number, where the backend gives them.
    pub log_prob: Option<(f32, usize)>,
}

/// How a generation ended.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct End {
    pub reason: EndReason,
    pub usage: Usage,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EndReason {
    /// The model ended by itself.
    #[default]
    Finished,
    /// A stop sequence came.
    Stop,
    /// `max_tokens`, or the window is full.
    Length,
}

/// What a generation cost, as far as the backend says.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Usage {
    pub prompt_tokens: Option<usize>,
    /// Prompt tokens that came from the backend's cache.
    pub cached_tokens: Option<usize>,
    pub generated_tokens: Option<usize>,
    pub prompt_time: Option<Duration>,
    pub generation_time: Option<Duration>,
}

/// What a backend says of its model.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct About {
    /// The model's own name, e.g. `general.name` of a GGUF file or the id in `/v1/models`.
    pub model: String,
    /// The FIM format it was recognised to use; None for a model without FIM.
    pub fim: Option<&'static fim::Format>,
    /// Tokens that the model can read and write together.
    pub window: Option<usize>,
    /// Bytes and a description of the machine's part, for `doctor`.
    pub details: Vec<(String, String)>,
}

/// A number as a person would write it: 0.2, not 0.20000000298.
fn number(number: f32) -> serde_json::Value {
    let number: f64 = number.to_string().parse().unwrap_or_default();
    match number == 0.0 {
        true => 0.into(),
        false => number.into(),
    }
}
