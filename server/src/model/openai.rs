//! The openai backend: any server with OpenAI's endpoints, asked with raw text, with a suffix, or in a chat; streamed.

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
use super::{About, Backend, Error, Events, Request, fim, streamed};
use answer::Answer;

const PROTOCOL: Protocol = Protocol {
    key_header: None,
    headers: &[],
    url: "mostly ends in /v1",
};

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
    log_probs: bool,
    optional: Optional,
}

impl OpenAi {
    pub fn new(settings: Settings) -> OpenAi {
        OpenAi {
            shared: Arc::new(Shared {
                http: Http::new(settings.http, &PROTOCOL),
                model: settings.model,
                log_probs: settings.log_probs,
                optional: Optional::new(ask::OPTIONAL),
            }),
        }
    }
}

impl Backend for OpenAi {
    fn generate(&self, request: Request) -> Events {
        let shared = self.shared.clone();
        streamed::events::<Answer>(async move {
            let (endpoint, body) = ask::write(&shared.model, shared.log_probs, &request);
            shared.optional.post(&shared.http, endpoint, &body).await
        })
    }

    fn probe(&self) -> BoxFuture<'static, Result<About, Error>> {
        let shared = self.shared.clone();
        async move { shared.probe().await }.boxed()
    }
}

impl Shared {
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
