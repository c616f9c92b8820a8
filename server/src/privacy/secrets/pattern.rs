//! A pattern that is compiled when it is first needed: most never are, since all of them together match nowhere.

use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

use regex::Regex;

/// Clones share what was compiled.
#[derive(Clone, Debug)]
pub(super) struct Pattern {
    source: Cow<'static, str>,
    compiled: Arc<OnceLock<Option<Regex>>>,
}

impl Pattern {
    pub(super) fn new(source: impl Into<Cow<'static, str>>) -> Pattern {
        Pattern {
            source: source.into(),
            compiled: Arc::default(),
        }
    }

    pub(super) fn as_str(&self) -> &str {
        &self.source
    }

    /// The pattern, compiled; none where it is wrong, which is logged.
    pub(super) fn get(&self) -> Option<&Regex> {
        let compile = || {
            let regex = Regex::new(&self.source);
            let told = regex.inspect_err(|error| {
                tracing::error!(%error, "a rule for secrets is wrong");
            });
            told.ok()
        };
        self.compiled.get_or_init(compile).as_ref()
    }
}

impl From<Regex> for Pattern {
    fn from(regex: Regex) -> Pattern {
        Pattern {
            source: regex.as_str().to_owned().into(),
            compiled: Arc::new(OnceLock::from(Some(regex))),
        }
    }
}
