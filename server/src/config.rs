//! Every option: its meaning, its default, and how bad values cost only themselves.

mod backend;
mod check;
pub mod connect;
pub mod files;
mod layers;
pub mod option;
pub mod page;
#[cfg(test)]
mod tests;
pub mod vscode;

use std::collections::BTreeMap;

pub use backend::{
    AnthropicOptions, BackendOptions, Endpoint, LocalOptions, OllamaOptions, OpenAiOptions,
};
pub use layers::{Layer, Origin};
use option::{Check, options};

/// All options, usable whatever the input was.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    pub completion: CompletionOptions,
    pub ask: AskOptions,
    pub privacy: PrivacyOptions,
    pub journal: JournalOptions,
    pub usage: UsageOptions,
    /// The backends by name. There is always one named `local`.
    pub backend: BTreeMap<String, BackendOptions>,
}

/// What came of reading all layers.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Parsed {
    pub config: Config,
    /// What could not be used, in the order of the layers; to be shown once.
    pub problems: Vec<Problem>,
    /// Where each option that is not at its default was set: dotted path to origin.
    pub origins: BTreeMap<String, String>,
}

/// Something wrong with the options: where, and what to write instead. Holds no values: one of them might be a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The file or the part of the protocol it came from.
    pub origin: String,
    /// The key, dotted: `backend.box.url`.
    pub path: String,
    pub message: String,
}

/// When completions are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TriggerOption {
    /// At every key, and when asked.
    Automatic,
    /// Only when asked.
    Invoked,
}

options! {
    /// When and how completions are made.
    CompletionOptions {
        /// The name of the backend that completes, one of the `[backend.…]` tables.
        backend: String = "local".to_owned(),
        /// `"automatic"` completes while you type; `"invoked"` only when you ask for it (ctrl-space).
        trigger: TriggerOption = TriggerOption::Automatic,
        /// How long typing must pause before an automatic request reaches the model, in milliseconds.
        debounce_ms: u64 = 75; Check::Between(0, 10_000),
        /// The most tokens a prompt may hold. Unset: by model. More helps FIM code models; on a CPU it costs time whenever the
        /// cursor jumps.
        context_tokens: Option<usize> = None; Check::Between(64, 200_000),
        /// The most tokens of one completion.
        max_tokens: usize = 96; Check::Between(1, 4096),
        /// Automatic completions whose mean log-probability per token is lower than this are not shown, where the backend
        /// gives probabilities. Unset: by model (-0.35 for the default model, measured).
        min_log_prob: Option<f32> = None; Check::Between(-100, 0),
    }
}

options! {
    /// How questions about code are answered.
    AskOptions {
        /// The name of the backend that answers, one of the `[backend.…]` tables; its model must be one that chats. Unset: the one
        /// that completes.
        backend: Option<String> = None,
        /// The most tokens a prompt may hold, earlier turns of the conversation included. Unset: by backend.
        context_tokens: Option<usize> = None; Check::Between(256, 1_000_000),
        /// The most tokens of one answer.
        max_tokens: usize = 1024; Check::Between(16, 65_536),
        /// How freely words are chosen: 0 takes the likeliest ones. An action may say otherwise.
        temperature: f32 = 0.2; Check::Between(0, 2),
        /// How often the output of the compiler or of the tests goes back to the model for a better answer.
        repairs: usize = 2; Check::Between(0, 10),
    }
}

options! {
    /// What may leave your machine, and which folders may do more. Read from your own files and the editor's start options only:
    /// nothing that a cloned repository brings along can change it.
    PrivacyOptions {
        /// Folders whose own actions (`.convive/actions`) are used and whose tests may be run, all that is in them included;
        /// absolute (`~` is your home folder).
        trust: Vec<String> = Vec::new(); Check::By(check::folders),
        /// Files that are never read into a prompt, beside those of `.gitignore` and `.conviveignore`; patterns as `.gitignore` has
        /// them: `["*.pem", "secrets/"]`; one that begins with `/` or `~/` is a path of this machine.
        ignore: Vec<String> = Vec::new(); Check::By(check::patterns),
        /// A file with your own rules for secrets, beside the built-in ones; absolute (`~` is your home folder). While it has an
        /// error, nothing is sent to a server or kept in the journal.
        rules: Option<String> = None; Check::By(check::file),
    }
}

options! {
    /// What is kept of your requests, on this machine and for your eyes only. The last 32 are in the server's memory in any case
    /// (the command `convive.last`); they are gone when it ends.
    JournalOptions {
        /// Keep every request on disk, with its answer: for `convive last`, `replay`, `rate` and `corpus`. Secrets are taken out.
        keep: bool = false,
        /// The most it may take on disk, in megabytes; the oldest requests go first.
        megabytes: u64 = 64; Check::Between(1, 100_000),
    }
}

options! {
    /// What models may cost in a day. Tokens and time are counted in any case (`convive usage`), without any text.
    UsageOptions {
        /// After so many tokens in a day, read anew or written, nothing is sent to any model until midnight. Unset: no limit.
        daily_tokens: Option<u64> = None; Check::Between(0, 1_000_000_000_000),
        /// The same for the seconds that models have worked.
        daily_seconds: Option<u64> = None; Check::Between(0, 1_000_000),
    }
}

impl Default for Config {
    fn default() -> Config {
        let local = BackendOptions::Local(LocalOptions::default());
        Config {
            completion: CompletionOptions::default(),
            ask: AskOptions::default(),
            privacy: PrivacyOptions::default(),
            journal: JournalOptions::default(),
            usage: UsageOptions::default(),
            backend: BTreeMap::from([(LOCAL.to_owned(), local)]),
        }
    }
}

/// The name of the backend that is always there.
pub const LOCAL: &str = "local";

impl Config {
    /// The name of the backend that answers questions.
    pub fn ask_backend(&self) -> &str {
        let own = self.ask.backend.as_deref();
        own.unwrap_or(&self.completion.backend)
    }
}
