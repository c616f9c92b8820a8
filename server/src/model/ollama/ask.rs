//! Writes a request in the words of Ollama's own API.

use serde_json::{Map, Value, json};

use crate::model::guard::{defuse, join};
use crate::model::optional::Field;
use crate::model::{Message, Prompt, Request, Role, number};

/// Fields that a generation can do without, where a server does not know them.
pub const OPTIONAL: &[Field] = &[("think", None), ("truncate", None), ("shift", None)];

/// The endpoint and the body of a request.
pub fn write(model: &str, window: usize, request: &Request) -> (&'static str, Value) {
    let (endpoint, mut body) = prompt(request);
    let sampling = &request.sampling;
    let mut options = Map::from_iter([
        ("num_ctx".to_owned(), window.into()),
        ("num_predict".to_owned(), sampling.max_tokens.into()),
        ("temperature".to_owned(), number(sampling.temperature)),
    ]);
    if let Some(seed) = sampling.seed {
        options.insert("seed".to_owned(), seed.into());
    }
    let stops = sampling.stops.iter().filter(|stop| !stop.is_empty());
    let stops: Vec<&String> = stops.collect();
    if !stops.is_empty() {
        options.insert("stop".to_owned(), json!(stops));
    }
    body.extend([
        ("model".to_owned(), model.into()),
        ("stream".to_owned(), true.into()),
        // Thoughts would come before the answer, and take minutes.
        ("think".to_owned(), false.into()),
        // A prompt that does not fit is an error, not a prompt without its head.
        ("truncate".to_owned(), false.into()),
        ("shift".to_owned(), false.into()),
        ("options".to_owned(), options.into()),
    ]);
    (endpoint, body.into())
}

fn prompt(request: &Request) -> (&'static str, Map<String, Value>) {
    let (endpoint, body) = match &request.prompt {
        Prompt::Raw { pieces, .. } => {
            let text = join(pieces, &request.sampling.stops);
            ("api/generate", json!({ "prompt": text, "raw": true }))
        }
        Prompt::Insert { prefix, suffix } => {
            let (prompt, suffix) = (filled(prefix), filled(suffix));
            (
                "api/generate",
                json!({ "prompt": prompt, "suffix": suffix }),
            )
        }
        Prompt::Chat(messages) => {
            let messages: Vec<Value> = messages.iter().map(message).collect();
            ("api/chat", json!({ "messages": messages }))
        }
    };
    let Value::Object(body) = body else {
        return (endpoint, Map::new());
    };
    (endpoint, body)
}

/// A text that is not empty: without a prompt the server only loads the model, without a suffix it does not fill in.
fn filled(text: &str) -> String {
    match text {
        "" => "\n".to_owned(),
        text => defuse(text, &[]).into_owned(),
    }
}

fn message(message: &Message) -> Value {
    let role = match message.role {
        Role::System => "system",
        Role::User => "user",
        Role::Assistant => "assistant",
    };
    json!({ "role": role, "content": defuse(&message.text, &[]) })
}
