//! Reads the events of an answer: text, figures, why it ended, errors in the middle; pure.

use serde_json::Value;

use crate::model::http::refusal_message;
use crate::model::sse::Message;
use crate::model::streamed::{self, Wrong};
use crate::model::{Chunk, End, EndReason, Event, Usage};

/// An answer as far as it was read.
#[derive(Default)]
pub struct Answer {
    reason: Option<EndReason>,
    usage: Usage,
    over: bool,
}

impl streamed::Answer for Answer {
    fn read(&mut self, message: &Message) -> Result<Option<Event>, Wrong> {
        let value: Value = serde_json::from_str(&message.data)
            .map_err(|_| Wrong::Unreadable("a message that is not JSON".to_owned()))?;
        let kind = value["type"].as_str().unwrap_or_default();
        match kind {
            "message_start" => {
                self.note_usage(&value["message"]["usage"]);
                return Ok(Some(Event::Read(self.usage)));
            }
            "content_block_start" => return Ok(chunk(&value["content_block"])),
            "content_block_delta" => return Ok(chunk(&value["delta"])),
            "message_delta" => {
                self.note_usage(&value["usage"]);
                self.note_reason(&value["delta"]["stop_reason"])?;
            }
            "message_stop" => self.over = true,
            // An answer that is not streamed.
            "message" => return self.read_whole(&value),
            _ if kind == "error" || !value["error"].is_null() => return Err(refused(&value)),
            // Pings, ends of blocks, and events that are yet to be invented.
            _ => {}
        }
        Ok(None)
    }

    fn is_over(&self) -> bool {
        self.over
    }

    fn end(&self) -> Option<Event> {
        let reason = self.reason?;
        let usage = self.usage;
        Some(Event::End(End { reason, usage }))
    }
}

impl Answer {
    fn read_whole(&mut self, value: &Value) -> Result<Option<Event>, Wrong> {
        self.note_usage(&value["usage"]);
        self.note_reason(&value["stop_reason"])?;
        let blocks = value["content"].as_array().into_iter().flatten();
        let text: String = blocks.filter_map(|block| block["text"].as_str()).collect();
        Ok(Some(Event::Chunk(Chunk {
            text,
            log_prob: None,
        })))
    }

    /// The figures of the whole prompt: the server counts what it took from its cache, and what it put there, apart.
    fn note_usage(&mut self, usage: &Value) {
        let number = |name: &str| -> Option<usize> { usage[name].as_u64()?.try_into().ok() };
        if let Some(input) = number("input_tokens") {
            let cached = number("cache_read_input_tokens");
            let kept = number("cache_creation_input_tokens").unwrap_or(0);
            self.usage.prompt_tokens = Some(input + cached.unwrap_or(0) + kept);
            self.usage.cached_tokens = cached;
        }
        self.usage.generated_tokens = number("output_tokens").or(self.usage.generated_tokens);
    }

    fn note_reason(&mut self, reason: &Value) -> Result<(), Wrong> {
        self.reason = match reason.as_str() {
            None => return Ok(()),
            Some("refusal") => {
                return Err(Wrong::Refused {
                    status: None,
                    message: "the model refuses to answer this".to_owned(),
                });
            }
            Some("max_tokens" | "model_context_window_exceeded") => Some(EndReason::Length),
            Some("stop_sequence") => Some(EndReason::Stop),
            Some(_) => Some(EndReason::Finished),
        };
        Ok(())
    }
}

/// The text of a block; thoughts are none.
fn chunk(block: &Value) -> Option<Event> {
    let text = block["text"].as_str().filter(|text| !text.is_empty())?;
    Some(Event::Chunk(Chunk {
        text: text.to_owned(),
        log_prob: None,
    }))
}

/// An error after the head of the answer, with the status that it would have had before.
fn refused(value: &Value) -> Wrong {
    let status = match value["error"]["type"].as_str() {
        Some("overloaded_error") => Some(529),
        Some("rate_limit_error") => Some(429),
        Some("api_error") => Some(500),
        _ => None,
    };
    let message = refusal_message(value).unwrap_or_else(|| "no reason given".to_owned());
    Wrong::Refused { status, message }
}
