//! The anthropic backend: a server that speaks Anthropic's Messages API; it only chats; streamed.

mod answer;
mod ask;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use futures::FutureExt;
use futures::future::BoxFuture;
use serde_json::Value;

use super::http::{self, Http, Protocol};
use super::optional::Optional;
use super::{About, Backend, Error, Events, Request, streamed};
use answer::Answer;

const PROTOCOL: Protocol = Protocol {
    key_header: Some("x-api-key"),
    headers: &[("anthropic-version", "2023-06-01")],
    url: "mostly ends in /v1",
};

/// Which server, and which of its models.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    pub http: http::Settings,
    /// The model's name at the server.
    pub model: String,
}

/// A server with the Messages API.
pub struct Anthropic {
    shared: Arc<Shared>,
}

struct Shared {
    http: Http,
    model: String,
    optional: Optional,
}

impl Anthropic {
    pub fn new(settings: Settings) -> Anthropic {
        Anthropic {
            shared: Arc::new(Shared {
                http: Http::new(settings.http, &PROTOCOL),
                model: settings.model,
                optional: Optional::new(ask::OPTIONAL),
            }),
        }
    }
}

impl Backend for Anthropic {
    fn generate(&self, request: Request) -> Events {
        let shared = self.shared.clone();
        streamed::events::<Answer>(async move {
            let body = ask::write(&shared.model, &request)?;
            shared.optional.post(&shared.http, "messages", &body).await
        })
    }

    fn probe(&self) -> BoxFuture<'static, Result<About, Error>> {
        let shared = self.shared.clone();
        async move { shared.probe().await }.boxed()
    }
}

impl Shared {
    async fn probe(&self) -> Result<About, Error> {
        let mut about = About {
            model: self.model.clone(),
            details: vec![("address".to_owned(), self.http.target())],
            ..About::default()
        };
        match self.http.get(&format!("models/{}", self.model)).await {
            Ok(model) => about.window = window(&model),
            // Other servers with this API may list no models; asking tells.
            Err(Error::Rejected {
                status: 404 | 405 | 501,
                ..
            }) => {
                let warning = "the server does not list this model".to_owned();
                about.details.push(("warning".to_owned(), warning));
            }
            Err(error) => return Err(error),
        }
        Ok(about)
    }
}

/// Tokens of prompt and answer together, where the model's page tells them.
fn window(model: &Value) -> Option<usize> {
    model["max_input_tokens"].as_u64()?.try_into().ok()
}
