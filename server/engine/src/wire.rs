//! What client and engine say to each other: one JSON line asks, JSON lines answer, closing the connection cancels.

use serde::{Deserialize, Serialize};

/// Changes when either side would misunderstand the other; part of the socket's name.
pub const PROTOCOL: u32 = 2;

/// The most bytes of one line, in either direction.
pub const LINE_LIMIT: usize = 32 << 20;

/// The only thing a client sends.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "ask", rename_all = "snake_case")]
pub enum Ask {
    /// What model is loaded; answered by [`Reply::About`] when it is.
    About,
    Generate(Generate),
}

/// One generation.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Generate {
    pub pieces: Vec<Piece>,
    /// A conversation, laid out by the model's own template; stands for the pieces where it is not empty.
    #[serde(default)]
    pub chat: Vec<Turn>,
    /// Bytes at the end of the last text piece that may be taken back and generated anew; the answer does not repeat them.
    #[serde(default)]
    pub heal: usize,
    /// Tokens.
    pub max_tokens: usize,
    /// 0 is greedy.
    #[serde(default)]
    pub temperature: f32,
    #[serde(default)]
    pub seed: Option<u32>,
    /// Texts that end the generation and are not part of the answer.
    #[serde(default)]
    pub stops: Vec<String>,
    /// Generations with the same key share the evaluated start of their prompts.
    #[serde(default)]
    pub cache_key: String,
}

/// A part of a prompt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Piece {
    /// The text of one or more control tokens.
    Control(String),
    /// Never becomes a control token.
    Text(String),
}

/// One message of a conversation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Turn {
    /// `system`, `user` or `assistant`.
    pub role: String,
    /// Never becomes a control token.
    pub text: String,
}

/// What the engine sends: a hello, progress, chunks and one end; or an error, after which nothing comes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "reply", rename_all = "snake_case")]
pub enum Reply {
    /// First of all, at once: this connection is being served.
    Hello,
    Progress {
        what: String,
        fraction: Option<f32>,
    },
    /// What the progress told of is over: the weights are loaded.
    Loaded,
    /// The prompt has been read; time in milliseconds. Who closes the connection early has seen what the prompt cost.
    Read {
        prompt_tokens: usize,
        cached_tokens: usize,
        prompt_ms: f64,
    },
    Chunk {
        text: String,
        /// Sum of the natural logarithms of the probabilities of the tokens of this chunk.
        log_prob: f32,
        /// How many tokens.
        tokens: usize,
    },
    End(End),
    About(About),
    Error {
        kind: ErrorKind,
        message: String,
    },
}

/// How a generation ended, and what it cost. Times are milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct End {
    pub reason: EndReason,
    pub prompt_tokens: usize,
    /// Of these, the ones that were there from before.
    pub cached_tokens: usize,
    pub generated_tokens: usize,
    pub prompt_ms: f64,
    pub generation_ms: f64,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EndReason {
    /// The model ended by itself.
    #[default]
    Finished,
    /// A stop text came.
    Stop,
    /// `max_tokens`, or the window is full.
    Length,
    /// The model repeated itself.
    Loop,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorKind {
    /// The prompt does not fit the window.
    TooLong,
    /// The engine cannot run: bad weights, an old processor.
    Unavailable,
    /// The engine does not understand what it was asked.
    BadRequest,
    /// This generation failed; the next may work.
    Failed,
}

/// The loaded model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct About {
    pub name: String,
    pub architecture: String,
    /// The file in use, which may be a requantised copy.
    pub file: String,
    /// Tokens that the engine takes together, prompt and answer.
    pub window: usize,
    pub threads: usize,
    /// What the weights are on: graphics cards, or the processor.
    pub device: String,
    pub parameters: u64,
    /// Bytes of weights.
    pub bytes: u64,
    /// How long loading took, in milliseconds.
    pub load_ms: f64,
}

/// One message as a line, line end included.
pub fn line(message: &impl Serialize) -> Vec<u8> {
    let mut bytes = serde_json::to_vec(message).unwrap_or_default();
    bytes.push(b'\n');
    bytes
}

/// Cuts a stream of bytes into lines, wherever the reads were cut.
#[derive(Default)]
pub struct Lines {
    buffer: Vec<u8>,
    searched: usize,
}

/// A line longer than [`LINE_LIMIT`].
#[derive(Debug, PartialEq, Eq)]
pub struct TooLong;

impl Lines {
    pub fn push(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
    }

    /// The next whole line, without its end.
    pub fn next_line(&mut self) -> Result<Option<Vec<u8>>, TooLong> {
        let end = self.buffer[self.searched..]
            .iter()
            .position(|byte| *byte == b'\n');
        let Some(end) = end else {
            self.searched = self.buffer.len();
            return if self.buffer.len() > LINE_LIMIT {
                Err(TooLong)
            } else {
                Ok(None)
            };
        };
        let rest = self.buffer.split_off(self.searched + end + 1);
        let mut line = std::mem::replace(&mut self.buffer, rest);
        line.pop();
        self.searched = 0;
        Ok(Some(line))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_survive_any_split() {
        let asks = [
            Ask::About,
            Ask::Generate(Generate {
                pieces: vec![
                    Piece::Control("<|fim_prefix|>".into()),
                    Piece::Text("日本\n\"é".into()),
                ],
                heal: 3,
                max_tokens: 8,
                ..Generate::default()
            }),
        ];
        let bytes: Vec<u8> = asks.iter().flat_map(line).collect();
        for size in 1..bytes.len() {
            let mut lines = Lines::default();
            let mut seen = Vec::new();
            for part in bytes.chunks(size) {
                lines.push(part);
                while let Some(line) = lines.next_line().unwrap() {
                    seen.push(serde_json::from_slice::<Ask>(&line).unwrap());
                }
            }
            assert_eq!(seen, asks, "reads of {size} bytes");
        }
    }

    #[test]
    fn endless_lines_are_refused() {
        let mut lines = Lines::default();
        lines.push(&vec![b'x'; LINE_LIMIT + 1]);
        assert_eq!(lines.next_line(), Err(TooLong));
    }
}
