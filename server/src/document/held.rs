//! One open document: its text, changed in place unless a snapshot holds it, and its syntax.
//!
//! Text and syntax are read behind [`Held::settle`] only.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use super::run::Run;
use super::syntax::input_edit;
use super::track::Track;
use super::{Change, Snapshot};
use crate::language::{self, Language};
use crate::text::{Edit, Encoding, Text};

pub(super) struct Held {
    uri: Arc<str>,
    path: Option<Arc<Path>>,
    pub(super) language: Option<&'static Language>,
    language_id: Arc<str>,
    version: i32,
    pub(super) text: Arc<Text>,
    pub(super) track: Track,
    /// Typed, and not in the text yet.
    run: Option<Run>,
    /// Tells a document from an earlier one under the same uri.
    pub(super) birth: u64,
}

/// Why a change cannot be applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Misplaced {
    OlderVersion,
    ReversedRange,
}

impl Held {
    pub(super) fn new(
        uri: Arc<str>,
        language_id: &str,
        version: i32,
        text: String,
        birth: u64,
    ) -> Held {
        let path = url::Url::parse(&uri)
            .ok()
            .filter(|url| url.scheme() == "file")
            .and_then(|url| url.to_file_path().ok());
        let language = language::find(Some(language_id), path.as_deref());
        let text = Arc::new(Text::new(text));
        Held {
            uri,
            path: path.map(Arc::from),
            language,
            language_id: Arc::from(language_id),
            version,
            track: Track::new(language, &text),
            text,
            run: None,
            birth,
        }
    }

    pub(super) fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    /// Applies changes in order. After an error the text is not to be trusted.
    pub(super) fn change(
        &mut self,
        version: i32,
        changes: impl IntoIterator<Item = Change>,
        encoding: Encoding,
    ) -> Result<(), Misplaced> {
        if version < self.version {
            return Err(Misplaced::OlderVersion);
        }
        self.version = version;
        for change in changes {
            if let Some(run) = &mut self.run
                && run.takes(&change, encoding)
            {
                continue;
            }
            self.settle();
            let edit = change
                .place(&self.text, encoding)
                .ok_or(Misplaced::ReversedRange)?;
            self.run = Run::begin(&change, &edit, &self.text, encoding);
            if self.run.is_none() {
                self.edit(&edit);
            }
        }
        Ok(())
    }

    /// Puts what was typed in a row into the text.
    pub(super) fn settle(&mut self) {
        if let Some(run) = self.run.take() {
            self.edit(&run.edit());
        }
    }

    /// After how long a parse should be queued for what was changed; None where it need not.
    pub(super) fn parse_after(&self) -> Option<Duration> {
        let queued = match self.run {
            Some(_) => self.track.follows(),
            None => self.track.queued(&self.text),
        };
        queued.then(|| self.track.delay())
    }

    fn edit(&mut self, edit: &Edit) {
        let marked = input_edit(&self.text, edit.span, &edit.new_text);
        // Clones only while a snapshot holds the text.
        Arc::make_mut(&mut self.text).apply(edit);
        self.track.edit(marked, &self.text);
    }

    pub(super) fn snapshot(&mut self) -> Snapshot {
        self.settle();
        Snapshot {
            uri: self.uri.clone(),
            path: self.path.clone(),
            language: self.language,
            language_id: self.language_id.clone(),
            version: self.version,
            open: true,
            text: self.text.clone(),
            syntax: self.track.syntax(),
        }
    }
}
