//! Reads the messages of an answer: text in all places where servers put it, reasons, usage, errors in the middle; pure.

use std::time::Duration;

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
    /// The end mark came.
    over: bool,
}

impl streamed::Answer for Answer {
    fn read(&mut self, message: &Message) -> Result<Option<Event>, Wrong> {
        let data = message.data.trim();
        if data == "[DONE]" {
            self.over = true;
            return Ok(None);
        }
        if data.is_empty() {
            return Ok(None);
        }
        let value: Value = serde_json::from_str(data)
            .map_err(|_| Wrong::Unreadable("a message that is not JSON".to_owned()))?;
        let choice = &value["choices"][0];
        let failed = value.get("error").is_some_and(|error| !error.is_null());
        if failed || message.event == "error" || choice["finish_reason"] == "error" {
            let words = refusal_message(&value);
            return Err(Wrong::Refused {
                status: None,
                message: words.unwrap_or_else(|| "no reason given".to_owned()),
            });
        }
        self.note_usage(&value);
        self.note_reason(&value, choice);
        let text = text(&value, choice);
        Ok((!text.is_empty()).then(|| {
            Event::Chunk(Chunk {
                text,
                log_prob: log_prob(&choice["logprobs"]),
            })
        }))
    }

    fn is_over(&self) -> bool {
        self.over
    }

    /// The end, where a reason or the end mark came.
    fn end(&self) -> Option<Event> {
        let reason = self.reason.or(self.over.then_some(EndReason::Finished))?;
        let usage = self.usage;
        Some(Event::End(End { reason, usage }))
    }
}

impl Answer {
    fn note_reason(&mut self, value: &Value, choice: &Value) {
        let given = choice["finish_reason"].as_str();
        // llama.cpp's own form: `stop` with a type.
        let own = value["stop"].as_bool().filter(|stop| *stop);
        let own = own.map(|_| value["stop_type"].as_str().unwrap_or("eos"));
        let Some(word) = given.or(own) else {
            return;
        };
        self.reason = Some(match word {
            "length" | "limit" | "max_tokens" => EndReason::Length,
            "word" => EndReason::Stop,
            _ if choice["stop_reason"].is_string() => EndReason::Stop,
            _ => EndReason::Finished,
        });
    }

    fn note_usage(&mut self, value: &Value) {
        let number = |value: &Value| value.as_u64().and_then(|number| number.try_into().ok());
        let time = |value: &Value| Duration::try_from_secs_f64(value.as_f64()? / 1000.0).ok();
        let usage = &value["usage"];
        let timings = &value["timings"];
        let cached = [
            &usage["prompt_tokens_details"]["cached_tokens"],
            &usage["prompt_cache_hit_tokens"],
            &timings["cache_n"],
        ];
        let mut keep = Usage {
            prompt_tokens: number(&usage["prompt_tokens"]),
            cached_tokens: cached.into_iter().find_map(number),
            generated_tokens: number(&usage["completion_tokens"])
                .or(number(&timings["predicted_n"])),
            prompt_time: time(&timings["prompt_ms"]),
            generation_time: time(&timings["predicted_ms"]),
        };
        let old = self.usage;
        keep.prompt_tokens = keep.prompt_tokens.or(old.prompt_tokens);
        keep.cached_tokens = keep.cached_tokens.or(old.cached_tokens);
        keep.generated_tokens = keep.generated_tokens.or(old.generated_tokens);
        keep.prompt_time = keep.prompt_time.or(old.prompt_time);
        keep.generation_time = keep.generation_time.or(old.generation_time);
        self.usage = keep;
    }
}

/// The text of a message, in whichever place this server has it.
fn text(value: &Value, choice: &Value) -> String {
    let places = [
        &choice["text"],
        &choice["delta"]["content"],
        &choice["message"]["content"],
        &value["content"],
        &value["response"],
    ];
    places
        .into_iter()
        .map(content)
        .find(|text| !text.is_empty())
        .unwrap_or_default()
}

/// A text, or a list of parts with texts.
fn content(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(parts) => parts
            .iter()
            .filter_map(|part| part["text"].as_str())
            .collect(),
        _ => String::new(),
    }
}

/// The sum and the number of the log-probabilities in a choice, in both of OpenAI's shapes.
fn log_prob(value: &Value) -> Option<(f32, usize)> {
    let list = |value: &Value, read: fn(&Value) -> Option<f64>| -> Vec<f64> {
        value
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(read)
            .collect()
    };
    let mut found = list(&value["token_logprobs"], Value::as_f64);
    if found.is_empty() {
        found = list(&value["content"], |token| token["logprob"].as_f64());
    }
    let sum: f64 = found.iter().sum();
    (!found.is_empty()).then_some((sum as f32, found.len()))
}
