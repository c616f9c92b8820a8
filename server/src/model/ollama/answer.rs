//! Reads the lines of an answer: text, why it ended, figures, errors in the middle; pure.

use std::time::Duration;

use serde_json::Value;

use crate::model::http::refusal_message;
use crate::model::sse::Message;
use crate::model::streamed::{self, Wrong};
use crate::model::{Chunk, End, EndReason, Event, Usage};

/// An answer as far as it was read.
#[derive(Default)]
pub struct Answer {
    /// The last line came.
    end: Option<End>,
}

impl streamed::Answer for Answer {
    fn read(&mut self, message: &Message) -> Result<Option<Event>, Wrong> {
        let value: Value = serde_json::from_str(&message.data)
            .map_err(|_| Wrong::Unreadable("a message that is not JSON".to_owned()))?;
        if value.get("error").is_some_and(|error| !error.is_null()) {
            let message = refusal_message(&value).unwrap_or_else(|| "no reason given".to_owned());
            return Err(Wrong::Refused {
                status: None,
                message,
            });
        }
        if value["done"] == true {
            self.end = Some(end(&value));
        }
        let text = value["response"].as_str();
        let text = text.or(value["message"]["content"].as_str());
        let text = text.unwrap_or_default();
        Ok((!text.is_empty()).then(|| {
            Event::Chunk(Chunk {
                text: text.to_owned(),
                log_prob: None,
            })
        }))
    }

    fn is_over(&self) -> bool {
        self.end.is_some()
    }

    fn end(&self) -> Option<Event> {
        self.end.clone().map(Event::End)
    }
}

fn end(value: &Value) -> End {
    let number = |name: &str| -> Option<usize> { value[name].as_u64()?.try_into().ok() };
    let time = |name: &str| value[name].as_u64().map(Duration::from_nanos);
    End {
        reason: match value["done_reason"].as_str() {
            Some("length") => EndReason::Length,
            _ => EndReason::Finished,
        },
        usage: Usage {
            prompt_tokens: number("prompt_eval_count"),
            cached_tokens: None,
            generated_tokens: number("eval_count"),
            prompt_time: time("prompt_eval_duration"),
            generation_time: time("eval_duration"),
        },
    }
}
