//! Writes a request in the words of the Messages API.

use serde_json::{Map, Value, json};

use crate::model::guard::defuse;
use crate::model::optional::Field;
use crate::model::{Error, Message, Prompt, Request, Role, number};

/// Fields that a generation can do without: newer models refuse a temperature.
pub const OPTIONAL: &[Field] = &[("temperature", None), ("stop_sequences", None)];

/// The body of a request.
///
/// # Errors
/// `Unavailable` for a prompt that is no chat.
pub fn write(model: &str, request: &Request) -> Result<Value, Error> {
    let Prompt::Chat(messages) = &request.prompt else {
        return Err(Error::Unavailable {
            message: "this backend only chats".to_owned(),
        });
    };
    let sampling = &request.sampling;
    let mut body = Map::from_iter([
        ("model".to_owned(), model.into()),
        ("max_tokens".to_owned(), sampling.max_tokens.max(1).into()),
        ("messages".to_owned(), turns(messages).into()),
        ("stream".to_owned(), true.into()),
        // The API's range ends at 1.
        (
            "temperature".to_owned(),
            number(sampling.temperature.clamp(0.0, 1.0)),
        ),
    ]);
    let system = system(messages);
    if !system.is_empty() {
        body.insert("system".to_owned(), system.into());
    }
    // One of blanks alone is refused.
    let stops = sampling.stops.iter().filter(|stop| !is_blank(stop));
    let stops: Vec<&String> = stops.collect();
    if !stops.is_empty() {
        body.insert("stop_sequences".to_owned(), json!(stops));
    }
    Ok(body.into())
}

/// All instructions: they stand outside of the conversation.
fn system(messages: &[Message]) -> String {
    let system = messages.iter().filter(|own| own.role == Role::System);
    let texts: Vec<&str> = system.map(|own| own.text.as_str()).collect();
    texts.join("\n\n")
}

/// The conversation: no message of blanks alone, the two sides in turn, and the last word is the user's; else it is refused.
fn turns(messages: &[Message]) -> Vec<Value> {
    let spoken = messages.iter().filter(|own| own.role != Role::System);
    let mut turns: Vec<(Role, String)> = Vec::new();
    for message in spoken.filter(|own| !is_blank(&own.text)) {
        match turns.last_mut() {
            Some((role, text)) if *role == message.role => {
                text.push_str("\n\n");
                text.push_str(&defuse(&message.text, &[]));
            }
            _ => turns.push((message.role, defuse(&message.text, &[]).into_owned())),
        }
    }
    if turns.last().is_none_or(|(role, _)| *role != Role::User) {
        turns.push((Role::User, "Go on.".to_owned()));
    }
    let write = |(role, text): (Role, String)| {
        let role = match role {
            Role::Assistant => "assistant",
            _ => "user",
        };
        json!({ "role": role, "content": text })
    };
    turns.into_iter().map(write).collect()
}

fn is_blank(text: &str) -> bool {
    text.trim().is_empty()
}
