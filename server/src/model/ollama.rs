//! The ollama backend: an Ollama server asked by its own API, which alone can set the window; streamed.

mod answer;
mod ask;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use futures::FutureExt;
use futures::future::BoxFuture;
use serde_json::{Value, json};

use super::http::{self, Http, Protocol};
use super::optional::Optional;
use super::{About, Backend, Error, Events, Request, fim, streamed};
use answer::Answer;

const PROTOCOL: Protocol = Protocol {
    key_header: None,
    headers: &[],
    url: "ends without /v1",
};

/// Which server, and which of its models.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    pub http: http::Settings,
    /// The model's name at the server; empty: the first that it has.
    pub model: String,
    /// Tokens that the model reads and writes together. Sent with every request and always the same: without it the server takes
    /// a small window and silently cuts prompts, with another one it loads the model anew.
    pub window: usize,
}

/// An Ollama server.
pub struct Ollama {
    shared: Arc<Shared>,
}

struct Shared {
    http: Http,
    model: String,
    window: usize,
    optional: Optional,
}

/// What the server knows of a model.
pub struct Model {
    pub about: About,
    /// Whether the server can build a FIM prompt for it.
    pub inserts: bool,
}

impl Ollama {
    pub fn new(settings: Settings) -> Ollama {
        Ollama {
            shared: Arc::new(Shared {
                http: Http::new(settings.http, &PROTOCOL),
                model: settings.model,
                window: settings.window,
                optional: Optional::new(ask::OPTIONAL),
            }),
        }
    }

    /// Asks the server for the model; loads nothing.
    ///
    /// # Errors
    /// Where the server cannot be reached or has no such model.
    pub async fn model(&self) -> Result<Model, Error> {
        self.shared.model().await
    }
}

impl Backend for Ollama {
    fn generate(&self, request: Request) -> Events {
        let shared = self.shared.clone();
        streamed::events::<Answer>(async move {
            let (endpoint, body) = ask::write(&shared.model, shared.window, &request);
            shared.optional.post(&shared.http, endpoint, &body).await
        })
    }

    fn probe(&self) -> BoxFuture<'static, Result<About, Error>> {
        let shared = self.shared.clone();
        async move { Ok(shared.model().await?.about) }.boxed()
    }
}

impl Shared {
    async fn model(&self) -> Result<Model, Error> {
        let name = match self.model.as_str() {
            "" => self.first().await?,
            name => name.to_owned(),
        };
        let shown = self
            .http
            .post_whole("api/show", &json!({ "model": name }))
            .await?;
        let capabilities = shown["capabilities"].as_array();
        let can = |what: &str| capabilities.is_some_and(|list| list.iter().any(|own| own == what));
        // Older servers have no list of capabilities.
        let template = shown["template"].as_str().unwrap_or_default();
        let trained = window(&shown);
        let mut details = vec![
            ("address".to_owned(), self.http.target()),
            ("num_ctx".to_owned(), format!("{} tokens", self.window)),
        ];
        if let Some(size) = shown["details"]["parameter_size"].as_str() {
            details.push(("parameters".to_owned(), size.to_owned()));
        }
        if trained.is_some_and(|trained| trained < self.window) {
            let warning = "num_ctx is more than the model was trained for".to_owned();
            details.push(("warning".to_owned(), warning));
        }
        Ok(Model {
            inserts: can("insert") || template.contains(".Suffix"),
            about: About {
                fim: fim::recognise(&name),
                model: name,
                window: Some(self.window),
                details,
            },
        })
    }

    /// The first model that the server has.
    async fn first(&self) -> Result<String, Error> {
        let list = self.http.get("api/tags").await?;
        let first = list["models"][0]["name"].as_str();
        first.map(str::to_owned).ok_or(Error::Unavailable {
            message: format!(
                "{} has no model; fetch one with `ollama pull`",
                self.http.target()
            ),
        })
    }
}

/// The tokens that a model was trained for: `llama.context_length` and the like.
fn window(shown: &Value) -> Option<usize> {
    let about = shown["model_info"].as_object()?;
    let (_, length) = about
        .iter()
        .find(|(key, _)| key.ends_with(".context_length"))?;
    length.as_u64()?.try_into().ok()
}
