//! Requests to model servers: TLS, proxies, keys, separate timeouts, refusals in words, and pauses that a server asks for.

mod body;
mod pause;
mod reason;
mod refusal;
mod settings;

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use reqwest::header::HeaderValue;
use reqwest::redirect::Policy;
use reqwest::{Client, RequestBuilder, Response};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use tokio::sync::OnceCell;
use url::Url;

use super::Error;
use super::key::Key;
pub use body::Body;
use pause::Pause;
pub use reason::reason;
pub use refusal::message as refusal_message;
pub use settings::Settings;
use settings::USER_AGENT;

/// What differs between the protocols that servers speak.
#[derive(Debug)]
pub struct Protocol {
    /// The header that holds the key; None: `Authorization`, as a bearer token.
    pub key_header: Option<&'static str>,
    /// Further headers of every request.
    pub headers: &'static [(&'static str, &'static str)],
    /// What a right url looks like, for messages: "mostly ends in /v1".
    pub url: &'static str,
}

/// One server.
pub struct Http {
    protocol: &'static Protocol,
    settings: Settings,
    key: Key,
    /// Made at the first request: reading the system's certificates takes a while.
    client: OnceCell<Result<Client, Error>>,
    pause: Mutex<Pause>,
}

/// The most bytes of a body that is read whole, and of one that only explains a refusal.
const WHOLE_BODY: usize = 8 << 20;
const REFUSAL_BODY: usize = 64 << 10;

impl Http {
    pub fn new(settings: Settings, protocol: &'static Protocol) -> Http {
        Http {
            protocol,
            key: Key::new(settings.key.clone()),
            settings,
            client: OnceCell::new(),
            pause: Mutex::default(),
        }
    }

    /// The address for messages: without anything secret.
    pub fn target(&self) -> String {
        match Url::parse(&self.settings.url) {
            Ok(mut url) => {
                url.set_query(None);
                // An address that can have no user has none to hide.
                let _ = url.set_username("");
                let _ = url.set_password(None);
                url.to_string().trim_end_matches('/').to_owned()
            }
            Err(_) => "the server".to_owned(),
        }
    }

    /// Reads a whole JSON answer.
    pub async fn get(&self, endpoint: &str) -> Result<Value, Error> {
        let url = self.address(endpoint)?;
        self.whole(self.send(self.client().await?.get(url)).await?)
            .await
    }

    /// Posts JSON and reads a whole JSON answer.
    pub async fn post_whole(&self, endpoint: &str, body: &Value) -> Result<Value, Error> {
        self.whole(self.post(endpoint, body).await?).await
    }

    async fn whole(&self, mut body: Body) -> Result<Value, Error> {
        let mut bytes = Vec::new();
        while let Some(piece) = body.next().await? {
            bytes.extend_from_slice(&piece);
            if bytes.len() > WHOLE_BODY {
                return Err(self.malformed("the answer does not end"));
            }
        }
        serde_json::from_slice(&bytes).map_err(|_| self.malformed(refusal::describe(&bytes)))
    }

    /// Posts JSON; the answer is there when its head is, and good.
    pub async fn post(&self, endpoint: &str, body: &Value) -> Result<Body, Error> {
        let url = self.address(endpoint)?;
        if let Some(error) = self.pause().refuses(Instant::now()) {
            return Err(error);
        }
        self.send(self.client().await?.post(url).json(body)).await
    }

    pub fn malformed(&self, message: impl Into<String>) -> Error {
        Error::Malformed {
            target: self.target(),
            message: message.into(),
        }
    }

    /// The error of an answer that is a page for people.
    pub fn page(&self) -> Error {
        self.malformed(format!("a web page; the url {}", self.protocol.url))
    }

    fn address(&self, endpoint: &str) -> Result<Url, Error> {
        let mut url = Url::parse(&self.settings.url)
            .map_err(|error| self.unreachable(format!("the url is wrong: {error}")))?;
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(endpoint.split('/'));
        }
        Ok(url)
    }

    async fn send(&self, request: RequestBuilder) -> Result<Body, Error> {
        let headers = self.protocol.headers.iter();
        let request = headers.fold(request, |request, (name, value)| {
            request.header(*name, *value)
        });
        let request = match self.key.get().await {
            Ok(Some(key)) => self.with_key(request, &key)?,
            Ok(None) => request,
            Err(message) => {
                let target = self.target();
                return Err(Error::Unauthorized { target, message });
            }
        };
        let sent = tokio::time::timeout(self.settings.first_byte_timeout, request.send()).await;
        let response = match sent {
            Err(_) => {
                return Err(self.timeout("the first byte", self.settings.first_byte_timeout));
            }
            Ok(Err(error)) => return Err(self.failed(&error)),
            Ok(Ok(response)) => response,
        };
        if response.status().is_success() {
            self.pause().end();
            return Ok(self.body(response));
        }
        Err(self.refused(response).await)
    }

    fn with_key(
        &self,
        request: RequestBuilder,
        key: &SecretString,
    ) -> Result<RequestBuilder, Error> {
        let (name, value) = match self.protocol.key_header {
            Some(name) => (name, key.expose_secret().to_owned()),
            None => ("authorization", format!("Bearer {}", key.expose_secret())),
        };
        let mut value = HeaderValue::from_str(&value).map_err(|_| Error::Unauthorized {
            target: self.target(),
            message: "the key holds characters that no key has".to_owned(),
        })?;
        value.set_sensitive(true);
        Ok(request.header(name, value))
    }

    fn body(&self, response: Response) -> Body {
        Body::new(self.target(), self.settings.silence_timeout, response)
    }

    /// Why the server refused, in its own words.
    async fn refused(&self, response: Response) -> Error {
        let status = response.status().as_u16();
        let wait = pause::asked_for(response.headers(), std::time::SystemTime::now());
        let location = response.headers().get("location");
        let location = location
            .and_then(|value| value.to_str().ok())
            .map(str::to_owned);
        let mut body = self.body(response);
        let mut bytes = Vec::new();
        while let Ok(Some(piece)) = body.next().await {
            bytes.extend_from_slice(&piece);
            if bytes.len() > REFUSAL_BODY {
                break;
            }
        }
        if status == 401 {
            self.key.forget().await;
        }
        let error = refusal::error(
            self.target(),
            self.protocol.url,
            status,
            wait,
            location,
            &bytes,
        );
        self.pause().note(&error, Instant::now());
        error
    }

    async fn client(&self) -> Result<&Client, Error> {
        let built = self.client.get_or_init(|| self.build()).await;
        built.as_ref().map_err(Error::clone)
    }

    async fn build(&self) -> Result<Client, Error> {
        let built = if self.settings.needs_certificates() {
            let settings = self.settings.clone();
            let built = tokio::task::spawn_blocking(move || settings.client()).await;
            built.unwrap_or_else(|error| Err(error.to_string()))
        } else {
            self.settings.client()
        };
        built.map_err(|reason| self.unreachable(reason))
    }

    fn failed(&self, error: &reqwest::Error) -> Error {
        if error.is_timeout() {
            return self.timeout("a connection", self.settings.connect_timeout);
        }
        if error.is_connect() || error.is_builder() {
            return self.unreachable(reason(error));
        }
        Error::Closed {
            target: self.target(),
        }
    }

    fn unreachable(&self, reason: String) -> Error {
        Error::Unreachable {
            target: self.target(),
            reason,
        }
    }

    fn timeout(&self, waiting_for: &'static str, after: Duration) -> Error {
        Error::Timeout {
            target: self.target(),
            waiting_for,
            after,
        }
    }

    fn pause(&self) -> std::sync::MutexGuard<'_, Pause> {
        self.pause.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A client for fetching public files: it follows redirects, to safe addresses only, and sends no key.
pub fn download_client() -> Result<Client, Error> {
    // Fails where a provider is installed already, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let redirects = Policy::custom(|attempt| {
        let safe = attempt.url().scheme() == "https";
        match safe && attempt.previous().len() < 10 {
            true => attempt.follow(),
            false => attempt.stop(),
        }
    });
    Client::builder()
        .user_agent(USER_AGENT)
        .connect_timeout(Duration::from_secs(20))
        .read_timeout(Duration::from_secs(60))
        .redirect(redirects)
        .build()
        .map_err(|error| Error::Unavailable {
            message: format!("cannot fetch anything: {}", reason(&error)),
        })
}
