//! An immutable view of one version of a document.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::document::Syntax;
use crate::language::{self, Language};
use crate::text::Text;

/// One version of a document; cheap to clone, never changes.
#[derive(Clone, Debug)]
pub struct Snapshot {
    pub uri: Arc<str>,
    /// The file, where the document is one.
    pub path: Option<Arc<Path>>,
    /// None for a language without a grammar.
    pub language: Option<&'static Language>,
    /// The client's `languageId`.
    pub language_id: Arc<str>,
    pub version: i32,
    /// Whether an editor has it open: its text then counts more than the file's, whatever its version.
    pub open: bool,
    pub text: Arc<Text>,
    /// None without a grammar, for text beyond the limits, or before the first parse.
    pub syntax: Option<Syntax>,
}

impl Snapshot {
    /// A snapshot of a file's text, parsed now.
    pub fn parse(path: impl Into<PathBuf>, text: impl Into<String>) -> Snapshot {
        let path: PathBuf = path.into();
        let text = Text::new(text);
        let language = language::find(None, Some(&path));
        Snapshot {
            uri: Arc::from(format!("file://{}", path.display())),
            language,
            language_id: Arc::from(language.map_or("plaintext", |language| language.ids[0])),
            version: 0,
            open: false,
            syntax: language.and_then(|language| Syntax::parse(language, &text)),
            text: Arc::new(text),
            path: Some(Arc::from(path)),
        }
    }

    /// The same document with another text.
    pub fn with_text(&self, text: impl Into<String>) -> Snapshot {
        let text = Text::new(text);
        Snapshot {
            syntax: self
                .language
                .and_then(|language| Syntax::parse(language, &text)),
            text: Arc::new(text),
            ..self.clone()
        }
    }

    /// The version that an edit of the open document is for; None of a file on disk.
    pub fn open_version(&self) -> Option<i32> {
        self.open.then_some(self.version)
    }
}
