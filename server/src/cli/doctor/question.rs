//! Asks the backend that answers questions for one word.

use std::time::{Duration, Instant};

use futures::StreamExt;

use crate::config::{Config, connect};
use crate::journal::Records;
use crate::model::{Error, Event, Message, Prompt, Request, Role, Sampling};

/// The longest that an answer may take: a large model may have to be loaded first.
const PATIENCE: Duration = Duration::from_secs(180);

/// What it answered, in words.
pub async fn question(config: &Config, name: &str, records: &Records) -> Result<String, Error> {
    let start = Instant::now();
    let answer = tokio::time::timeout(PATIENCE, ask(config, name, records)).await;
    let text = answer.unwrap_or(Err(Error::Timeout {
        target: name.to_owned(),
        waiting_for: "an answer",
        after: PATIENCE,
    }))?;
    let ms = start.elapsed().as_millis();
    let shown: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    Ok(match shown.is_empty() {
        true => format!("answers, though with nothing, {ms} ms"),
        false => format!(
            "works: it answers `{}`, {ms} ms",
            shown.chars().take(60).collect::<String>()
        ),
    })
}

async fn ask(config: &Config, name: &str, records: &Records) -> Result<String, Error> {
    let settings = connect::ask_settings(config, Some(name), records).await?;
    let request = Request {
        prompt: Prompt::Chat(vec![Message {
            role: Role::User,
            text: "Answer with the one word: ready".to_owned(),
        }]),
        sampling: Sampling {
            max_tokens: 16,
            temperature: 0.0,
            seed: None,
            stops: Vec::new(),
        },
        cache_key: "doctor".to_owned(),
        purpose: Default::default(),
    };
    let mut events = settings.backend.generate(request);
    let mut text = String::new();
    while let Some(event) = events.next().await {
        if let Event::Chunk(chunk) = event? {
            text.push_str(&chunk.text);
        }
    }
    Ok(text)
}
