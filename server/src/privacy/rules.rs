//! The rules for secrets as they are now: built in, and of the user's file, which is read again when it has changed.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use super::secrets::Rules;
use crate::model::Error;

/// The largest file of rules, in bytes.
const MOST_BYTES: u64 = 1 << 20;

/// Where rules come from.
#[derive(Clone, Debug, Default)]
pub struct Source {
    file: Option<PathBuf>,
    known: Arc<Mutex<Option<Known>>>,
}

/// What a file held, and when it held it.
#[derive(Clone, Debug)]
struct Known {
    modified: Option<SystemTime>,
    length: u64,
    rules: Result<Arc<Rules>, Error>,
}

impl Source {
    /// The built-in rules alone.
    pub fn built_in() -> Source {
        Source::default()
    }

    /// The built-in rules and those of a file.
    pub fn file(path: PathBuf) -> Source {
        Source {
            file: Some(path),
            known: Arc::default(),
        }
    }

    /// Whether there is no file to ask.
    pub fn is_built_in(&self) -> bool {
        self.file.is_none()
    }

    /// The rules; asks the disk.
    ///
    /// # Errors
    /// `Unavailable`, with file and line: nothing may be sent or kept then.
    pub fn read(&self) -> Result<Arc<Rules>, Error> {
        if let Some(path) = &self.file {
            return current(path, &self.known);
        }
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let built_in = known.get_or_insert_with(|| Known {
            modified: None,
            length: 0,
            rules: Ok(Arc::new(Rules::built_in().clone())),
        });
        built_in.rules.clone()
    }
}

fn current(path: &Path, known: &Mutex<Option<Known>>) -> Result<Arc<Rules>, Error> {
    let mut known = known.lock().unwrap_or_else(PoisonError::into_inner);
    let wrong = |what: String| unavailable(format!("{}{what}", path.display()));
    let about = std::fs::metadata(path);
    let about = about.map_err(|error| wrong(format!(" (rules for secrets): {error}")))?;
    if about.len() > MOST_BYTES || !about.is_file() {
        return Err(wrong(": is no file of rules for secrets".to_owned()));
    }
    let (modified, length) = (about.modified().ok(), about.len());
    if let Some(known) = known.as_ref()
        && known.modified.is_some()
        && (known.modified, known.length) == (modified, length)
    {
        return known.rules.clone();
    }
    let text = std::fs::read_to_string(path);
    let text = text.map_err(|error| wrong(format!(" (rules for secrets): {error}")))?;
    let rules = Rules::with(&text)
        .map(Arc::new)
        .map_err(|found| wrong(format!(":{}: {}", found.line, found.message)));
    *known = Some(Known {
        modified,
        length,
        rules: rules.clone(),
    });
    rules
}

fn unavailable(what: impl std::fmt::Display) -> Error {
    Error::Unavailable {
        message: format!("secrets cannot be recognised, so nothing is sent or kept: {what}"),
    }
}
