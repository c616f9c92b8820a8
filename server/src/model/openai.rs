//! The openai backend: any server with OpenAI's endpoints, asked with raw text, with a suffix, or in a chat; streamed.

mod answer;
mod ask;
#[cfg(test)]
mod tests;

use std::collections::VecDeque;
use std::sync::Arc;

use futures::future::BoxFuture;
use futures::{FutureExt, StreamExt, stream};
use serde_json::Value;

use super::http::{self, Body, Http};
use super::sse::{Message, Parser};
use super::{About, Backend, Error, Event, Events, Request, fim};
use answer::Answer;
use ask::Dialect;

/// The most bytes of one message of a stream.
const LONGEST_MESSAGE: usize = 4 << 20;

/// Which server, and which of its models.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    pub http: http::Settings,
    /// The model's name at the server; empty: not said.
    pub model: String,
    /// Whether to ask for log-probabilities.
    pub log_probs: bool,
}

/// A server with OpenAI's endpoints.
pub struct OpenAi {
    shared: Arc<Shared>,
}

struct Shared {
    http: Http,
    model: String,
    dialect: Dialect,
}

impl OpenAi {
    pub fn new(settings: Settings) -> OpenAi {
        OpenAi {
            shared: Arc::new(Shared {
                http: Http::new(settings.http),
                model: settings.model,
                dialect: Dialect::new(settings.log_probs),
            }),
        }
    }
}

impl Backend for OpenAi {
    fn generate(&self, request: Request) -> Events {
        let start = State::Start(self.shared.clone(), Box::new(request));
        stream::unfold(start, async |state| {
            let mut running = match state {
                State::Over => return None,
                State::Running(running) => running,
                State::Start(shared, request) => match shared.open(&request).await {
                    Ok(body) => Box::new(Running::new(shared, body)),
                    Err(error) => return Some((Err(error), State::Over)),
                },
            };
            let event = running.next().await;
            let over = matches!(event, Err(_) | Ok(Event::End(_)));
            let next = if over {
                State::Over
            } else {
                State::Running(running)
            };
            Some((event, next))
        })
        .boxed()
    }

    fn probe(&self) -> BoxFuture<'static, Result<About, Error>> {
        let shared = self.shared.clone();
        async move { shared.probe().await }.boxed()
    }
}

enum State {
    Start(Arc<Shared>, Box<Request>),
    Running(Box<Running>),
    Over,
}

impl Shared {
    /// Sends the request, without the fields that this server has refused by name before.
    async fn open(&self, request: &Request) -> Result<Body, Error> {
        loop {
            let (endpoint, body) = self.dialect.write(&self.model, request);
            let refusal = match self.http.post(endpoint, &body).await {
                Ok(body) if body.is_page() => {
                    return Err(self
                        .http
                        .malformed("a web page; the url mostly ends in /v1"));
                }
                Err(error @ Error::Rejected { .. }) => error,
                other => return other,
            };
            if !self.dialect.learn(&refusal, &body) {
                return Err(refusal);
            }
        }
    }

    async fn probe(&self) -> Result<About, Error> {
        let list = match self.http.get("models").await {
            Ok(list) => list,
            // Not every server has a list; the model may work all the same.
            Err(Error::Rejected {
                status: 404 | 405 | 501,
                ..
            }) if !self.model.is_empty() => Value::Null,
            Err(error) => return Err(error),
        };
        let models: Vec<&Value> = list["data"].as_array().into_iter().flatten().collect();
        let name = |model: &Value| model["id"].as_str().unwrap_or_default().to_owned();
        let same = |model: &&&Value| {
            let name = name(model);
            name == self.model || name.strip_suffix(":latest") == Some(self.model.as_str())
        };
        let found = match self.model.as_str() {
            "" => models.first(),
            _ => models.iter().find(same),
        };
        let mut about = About {
            model: match found {
                Some(model) if self.model.is_empty() => name(model),
                _ => self.model.clone(),
            },
            window: found.and_then(|model| window(model)),
            details: vec![("address".to_owned(), self.http.target())],
            ..About::default()
        };
        about.fim = fim::recognise(&about.model);
        if found.is_none() && !models.is_empty() {
            let names: Vec<String> = models.iter().take(20).map(|model| name(model)).collect();
            let warning = format!(
                "the server does not list this model, only {}",
                names.join(", ")
            );
            about.details.push(("warning".to_owned(), warning));
        }
        Ok(about)
    }
}

/// Tokens of prompt and answer together, where the list tells them (llama.cpp, vLLM and others, each in its way).
fn window(model: &Value) -> Option<usize> {
    let places = [
        &model["max_model_len"],
        &model["meta"]["n_ctx"],
        &model["meta"]["n_ctx_train"],
        &model["context_length"],
    ];
    let window = places.into_iter().find_map(Value::as_u64)?;
    window.try_into().ok()
}

/// A generation under way.
struct Running {
    shared: Arc<Shared>,
    body: Body,
    parser: Option<Parser>,
    messages: VecDeque<Message>,
    answer: Answer,
}

impl Running {
    fn new(shared: Arc<Shared>, body: Body) -> Running {
        Running {
            shared,
            body,
            parser: Some(Parser::new(LONGEST_MESSAGE)),
            messages: VecDeque::new(),
            answer: Answer::default(),
        }
    }

    async fn next(&mut self) -> Result<Event, Error> {
        loop {
            while let Some(message) = self.messages.pop_front() {
                let read = self.answer.read(&message);
                if let Some(event) = read.map_err(|wrong| self.wrong(wrong))? {
                    return Ok(event);
                }
            }
            if self.answer.is_over() || self.parser.is_none() {
                return self.answer.end().ok_or_else(|| self.broken_off());
            }
            if let Err(error) = self.fill().await {
                // What comes after the reason is only figures.
                return self.answer.end().ok_or(error);
            }
        }
    }

    /// Reads more messages; without a parser afterwards, there are no more.
    async fn fill(&mut self) -> Result<(), Error> {
        let piece = self.body.next().await?;
        let mut messages = Vec::new();
        match (piece, &mut self.parser) {
            (Some(bytes), Some(parser)) => parser
                .push(&bytes, &mut messages)
                .map_err(|_| self.shared.http.malformed("an endless message"))?,
            _ => messages.extend(self.parser.take().and_then(Parser::finish)),
        }
        self.messages.extend(messages);
        Ok(())
    }

    fn wrong(&self, wrong: answer::Wrong) -> Error {
        match wrong {
            answer::Wrong::Refused(message) => Error::Rejected {
                target: self.shared.http.target(),
                status: 200,
                message,
                retry_after: None,
            },
            answer::Wrong::Unreadable(message) => self.shared.http.malformed(message),
        }
    }

    fn broken_off(&self) -> Error {
        match self.answer.is_empty() {
            true => self
                .shared
                .http
                .malformed("an answer without a single message"),
            false => Error::Closed {
                target: self.shared.http.target(),
            },
        }
    }
}
