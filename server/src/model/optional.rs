//! Fields of a request that it can do without: a server that refuses one by name is asked again without it, then and later.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use serde_json::Value;

use super::Error;
use super::http::{Body, Http};

/// A field, and the one that means the same at servers that refuse it.
pub type Field = (&'static str, Option<&'static str>);

/// What one server is known to refuse.
pub struct Optional {
    fields: &'static [Field],
    refused: Mutex<BTreeSet<Field>>,
}

impl Optional {
    pub fn new(fields: &'static [Field]) -> Optional {
        Optional {
            fields,
            refused: Mutex::default(),
        }
    }

    /// Posts a body, again and again until it holds no field that the server refuses by name.
    pub async fn post(&self, http: &Http, endpoint: &str, body: &Value) -> Result<Body, Error> {
        loop {
            let body = self.accepted(body);
            match http.post(endpoint, &body).await {
                Ok(answer) if answer.is_page() => return Err(http.page()),
                Err(error @ Error::Rejected { .. }) if self.learn(&error, &body) => {}
                other => return other,
            }
        }
    }

    /// The body without what was refused.
    fn accepted(&self, body: &Value) -> Value {
        let mut body = body.clone();
        let refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(fields) = body.as_object_mut() {
            for (name, instead) in refused.iter() {
                if let (Some(value), Some(instead)) = (fields.remove(*name), instead) {
                    fields.insert((*instead).to_owned(), value);
                }
            }
        }
        body
    }

    /// Notes the field that a refusal names; false: it names none that was in the request.
    fn learn(&self, refusal: &Error, body: &Value) -> bool {
        let Error::Rejected {
            status: 400 | 422 | 500,
            message,
            ..
        } = refusal
        else {
            return false;
        };
        let named = |(name, _): &&Field| body.get(*name).is_some() && names(message, name);
        let Some(field) = self.fields.iter().find(named) else {
            return false;
        };
        let mut refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
        refused.insert(*field)
    }
}

/// Whether a message names a field, as a whole word.
fn names(message: &str, field: &str) -> bool {
    message
        .split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
        .any(|word| word == field)
}
