//! What a template may name: one row for each field of `Words`.

use std::collections::BTreeMap;

use minijinja::Value;

use super::{Need, Words};
use crate::context::Source;

/// A name that a template may use.
#[derive(Debug)]
pub struct Word {
    pub name: &'static str,
    /// What the action has to need for it to be filled in; None: it always is.
    pub need: Option<Need>,
    pub about: &'static str,
    pub get: fn(&Words) -> &str,
}

/// All names, as the documentation lists them.
pub const WORDS: &[Word] = &[
    Word {
        name: "language",
        need: None,
        about: "the language of the file: Go, Rust, or the editor's name for it",
        get: |words| &words.language,
    },
    Word {
        name: "path",
        need: None,
        about: "the file, relative to the workspace where it is in one",
        get: |words| &words.path,
    },
    Word {
        name: "question",
        need: None,
        about: "what you typed; empty where nothing was asked for",
        get: |words| &words.question,
    },
    Word {
        name: "selection",
        need: None,
        about: "what is selected, or the function at the cursor where nothing is",
        get: |words| &words.selection,
    },
    Word {
        name: "selected",
        need: None,
        about: "what is selected; empty where nothing is",
        get: |words| &words.selected,
    },
    Word {
        name: "function_name",
        need: None,
        about: "the name of the function around the selection or cursor",
        get: |words| &words.function_name,
    },
    Word {
        name: "function",
        need: Some(Need::Snippets(Source::EnclosingFunction)),
        about: "the function around, with docs and signature",
        get: |words| &words.function,
    },
    Word {
        name: "before",
        need: Some(Need::Near),
        about: "the code before the selection or cursor",
        get: |words| &words.before,
    },
    Word {
        name: "after",
        need: Some(Need::Near),
        about: "the code after the selection or cursor",
        get: |words| &words.after,
    },
    Word {
        name: "imports",
        need: Some(Need::Snippets(Source::Imports)),
        about: "what the file imports",
        get: |words| &words.imports,
    },
    Word {
        name: "outline",
        need: Some(Need::Snippets(Source::Outline)),
        about: "signatures of the file's other definitions",
        get: |words| &words.outline,
    },
    Word {
        name: "tests",
        need: Some(Need::Snippets(Source::SiblingTest)),
        about: "tests beside the code",
        get: |words| &words.tests,
    },
    Word {
        name: "enclosing_type",
        need: Some(Need::Snippets(Source::EnclosingType)),
        about: "the type or module around",
        get: |words| &words.enclosing_type,
    },
    Word {
        name: "definitions",
        need: Some(Need::Snippets(Source::Definition)),
        about: "definitions of the file that the code refers to",
        get: |words| &words.definitions,
    },
    Word {
        name: "diagnostics",
        need: Some(Need::Diagnostics),
        about: "what the editor reports there: `12:5: error: mismatched types`, and below it the line of code",
        get: |words| &words.diagnostics,
    },
    Word {
        name: "trace",
        need: Some(Need::Trace),
        about: "the crash trace, and the functions it went through",
        get: |words| &words.trace,
    },
];

/// The words as a template reads them.
pub fn values(words: &Words) -> Value {
    with(|word| (word.get)(words))
}

/// What a template reads where each word stands for `text` of it.
pub fn with<'a>(text: impl Fn(&'static Word) -> &'a str) -> Value {
    let each = WORDS
        .iter()
        .map(|word| (word.name, Value::from(text(word))));
    Value::from(each.collect::<BTreeMap<_, _>>())
}
