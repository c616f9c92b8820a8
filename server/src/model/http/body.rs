//! The body of an answer, as its pieces come.

use std::time::Duration;

use bytes::Bytes;
use reqwest::Response;

use crate::model::Error;

/// An answer that is still coming. Dropping it closes the connection.
pub struct Body {
    target: String,
    silence_timeout: Duration,
    response: Response,
}

impl Body {
    pub fn new(target: String, silence_timeout: Duration, response: Response) -> Body {
        Body {
            target,
            silence_timeout,
            response,
        }
    }

    /// The address for messages.
    pub fn target(&self) -> &str {
        &self.target
    }

    pub fn malformed(&self, message: impl Into<String>) -> Error {
        Error::Malformed {
            target: self.target.clone(),
            message: message.into(),
        }
    }

    /// Whether the server answered with a page for people.
    pub fn is_page(&self) -> bool {
        let kind = self.response.headers().get("content-type");
        let kind = kind.and_then(|value| value.to_str().ok());
        kind.is_some_and(|kind| kind.to_ascii_lowercase().starts_with("text/html"))
    }

    /// The next bytes; None at the end.
    pub async fn next(&mut self) -> Result<Option<Bytes>, Error> {
        match tokio::time::timeout(self.silence_timeout, self.response.chunk()).await {
            Err(_) => Err(Error::Timeout {
                target: self.target.clone(),
                waiting_for: "the next piece of the answer",
                after: self.silence_timeout,
            }),
            Ok(Err(_)) => Err(Error::Closed {
                target: self.target.clone(),
            }),
            Ok(Ok(bytes)) => Ok(bytes),
        }
    }
}
