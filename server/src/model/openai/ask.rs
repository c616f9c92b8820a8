//! Writes a request as OpenAI's JSON.

use serde_json::{Map, Value, json};

use crate::model::guard::{defuse, join};
use crate::model::optional::Field;
use crate::model::{Message, Prompt, Request, Role, number};

/// Some servers refuse more (OpenAI and those that copy its limits).
const MOST_STOPS: usize = 4;

/// Fields that a generation can do without.
pub const OPTIONAL: &[Field] = &[
    ("stream_options", None),
    ("logprobs", None),
    ("top_logprobs", None),
    ("seed", None),
    ("temperature", None),
    ("stop", None),
    ("max_tokens", Some("max_completion_tokens")),
];

/// The endpoint and the body of a request; `log_probs`: ask for log-probabilities.
pub fn write(model: &str, log_probs: bool, request: &Request) -> (&'static str, Value) {
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
        ("temperature".to_owned(), number(sampling.temperature)),
    ]);
    if !stops.is_empty() {
        body.insert("stop".to_owned(), stops.into());
    }
    if let Some(seed) = sampling.seed {
        body.insert("seed".to_owned(), seed.into());
    }
    if log_probs {
        let value = if chat { json!(true) } else { json!(1) };
        body.insert("logprobs".to_owned(), value);
    }
    (endpoint, Value::Object(body))
}

fn prompt(request: &Request) -> (&'static str, Map<String, Value>) {
    let body = match &request.prompt {
        Prompt::Raw { pieces, .. } => json!({ "prompt": join(pieces, &request.sampling.stops) }),
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
