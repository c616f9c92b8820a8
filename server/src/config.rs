//! Every option: its meaning, its default, and how bad values cost only themselves.

use std::collections::BTreeMap;
use std::path::PathBuf;

/// All options, usable whatever the input was.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Config {
    pub completion: CompletionOptions,
    pub backend: BTreeMap<String, BackendOptions>,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct CompletionOptions {
    /// The name of a backend below.
    pub backend: String,
}

/// How to reach one backend.
#[derive(Clone, Debug, PartialEq)]
pub enum BackendOptions {
    Local {
        model: String,
    },
    OpenAi {
        url: String,
        model: String,
        key_env: Option<String>,
        ca_file: Option<PathBuf>,
    },
}

/// Something wrong with the options: where, and what to write instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The file or the part of the protocol it came from.
    pub origin: String,
    /// The key, dotted: `backend.box.url`.
    pub path: String,
    pub message: String,
}
