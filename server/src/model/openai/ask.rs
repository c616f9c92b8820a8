//! Writes a request as OpenAI's JSON, and learns which optional fields a server refuses.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use serde_json::{Map, Value, json};

use crate::model::fim::{FORMATS, Format};
use crate::model::guard::{defuse, is_control};
use crate::model::{Error, Message, Piece, Prompt, Request, Role};

/// Some servers refuse more (OpenAI and those that copy its limits).
const MOST_STOPS: usize = 4;

/// Fields that a generation can do without. A server that refuses one by name is asked again without it.
const OPTIONAL: &[&str] = &[
    "stream_options",
    "logprobs",
    "top_logprobs",
    "seed",
    "temperature",
    "stop",
    "max_tokens",
];

/// How to talk to one server.
pub struct Dialect {
    log_probs: bool,
    /// The optional fields that it refused.
    refused: Mutex<BTreeSet<&'static str>>,
}

impl Dialect {
    pub fn new(log_probs: bool) -> Dialect {
        Dialect {
            log_probs,
            refused: Mutex::default(),
        }
    }

    /// The endpoint and the body of a request.
    pub fn write(&self, model: &str, request: &Request) -> (&'static str, Value) {
        let (endpoint, mut body) = prompt(request);
        let chat = endpoint == "chat/completions";
        if !model.is_empty() {
            body.insert("model".to_owned(), model.into());
        }
        let sampling = &request.sampling;
        let stops = stops(&sampling.stops);
        body.extend([
            ("stream".to_owned(), true.into()),
            (
                "stream_options".to_owned(),
                json!({ "include_usage": true }),
            ),
            ("max_tokens".to_owned(), sampling.max_tokens.into()),
            ("temperature".to_owned(), rounded(sampling.temperature)),
        ]);
        if !stops.is_empty() {
            body.insert("stop".to_owned(), stops.into());
        }
        if let Some(seed) = sampling.seed {
            body.insert("seed".to_owned(), seed.into());
        }
        if self.log_probs {
            let value = if chat { json!(true) } else { json!(1) };
            body.insert("logprobs".to_owned(), value);
        }
        let refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
        for field in refused.iter() {
            let value = body.remove(*field);
            if let ("max_tokens", Some(value)) = (*field, value) {
                body.insert("max_completion_tokens".to_owned(), value);
            }
        }
        (endpoint, Value::Object(body))
    }

    /// Notes the optional field that a refusal names; false: it names none that was in the request.
    pub fn learn(&self, refusal: &Error, body: &Value) -> bool {
        let Error::Rejected {
            status: 400 | 422 | 500,
            message,
            ..
        } = refusal
        else {
            return false;
        };
        let named = |field: &&&str| body.get(**field).is_some() && names(message, field);
        let Some(field) = OPTIONAL.iter().find(named) else {
            return false;
        };
        let mut refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
        refused.insert(field)
    }
}

/// Whether a message names a field, as a whole word.
fn names(message: &str, field: &str) -> bool {
    message
        .split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
        .any(|word| word == field)
}

fn prompt(request: &Request) -> (&'static str, Map<String, Value>) {
    let body = match &request.prompt {
        Prompt::Raw { pieces, .. } => json!({ "prompt": raw(pieces, &request.sampling.stops) }),
        Prompt::Insert { prefix, suffix } => {
            json!({ "prompt": defuse(prefix, &[]), "suffix": defuse(suffix, &[]) })
        }
        Prompt::Chat(messages) => {
            let messages: Vec<Value> = messages.iter().map(message).collect();
            json!({ "messages": messages })
        }
    };
    let endpoint = match request.prompt {
        Prompt::Chat(_) => "chat/completions",
        _ => "completions",
    };
    let Value::Object(body) = body else {
        return (endpoint, Map::new());
    };
    (endpoint, body)
}

/// One text, in which only the control pieces read as control texts.
fn raw(pieces: &[Piece], stops: &[String]) -> String {
    let own: Vec<&str> = pieces
        .iter()
        .filter_map(|piece| match piece {
            Piece::Control(text) => Some(text.as_str()),
            Piece::Text(_) => None,
        })
        .collect();
    // All control texts of the family, not only those that this prompt uses.
    let mut controls: Vec<&str> = FORMATS
        .iter()
        .map(Format::controls)
        .filter(|texts| texts.iter().any(|text| own.contains(text)))
        .flatten()
        .collect();
    controls.extend(own);
    controls.extend(
        stops
            .iter()
            .map(String::as_str)
            .filter(|stop| is_control(stop)),
    );
    pieces
        .iter()
        .map(|piece| match piece {
            Piece::Control(text) => text.into(),
            Piece::Text(text) => defuse(text, &controls),
        })
        .collect()
}

fn message(message: &Message) -> Value {
    let role = match message.role {
        Role::System => "system",
        Role::User => "user",
        Role::Assistant => "assistant",
    };
    json!({ "role": role, "content": defuse(&message.text, &[]) })
}

/// The most useful stops: all of them where they fit, else the first ones.
fn stops(stops: &[String]) -> Vec<Value> {
    let mut kept: Vec<Value> = Vec::new();
    for stop in stops.iter().filter(|stop| !stop.is_empty()) {
        let stop = Value::from(stop.as_str());
        if kept.len() < MOST_STOPS && !kept.contains(&stop) {
            kept.push(stop);
        }
    }
    kept
}

/// A number as a person would write it: 0.2, not 0.20000000298.
fn rounded(number: f32) -> Value {
    let number: f64 = number.to_string().parse().unwrap_or_default();
    if number == 0.0 {
        0.into()
    } else {
        number.into()
    }
}
