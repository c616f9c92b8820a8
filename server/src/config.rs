//! Every option: its meaning, its default, and how bad values cost only themselves.

mod check;
pub mod connect;
pub mod files;
mod layers;
pub mod option;
pub mod page;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use serde_json::Value;

pub use layers::{Layer, Origin};
use option::{Check, Row, Table, options};

/// All options, usable whatever the input was.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    pub completion: CompletionOptions,
    pub ask: AskOptions,
    pub privacy: PrivacyOptions,
    /// The backends by name. There is always one named `local`.
    pub backend: BTreeMap<String, BackendOptions>,
}

/// How to reach one backend; the option `kind` says which.
#[derive(Clone, Debug, PartialEq)]
pub enum BackendOptions {
    Local(LocalOptions),
    OpenAi(OpenAiOptions),
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

/// Which endpoint of an OpenAI-compatible server is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Endpoint {
    Auto,
    Completions,
    Chat,
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
        /// them: `["*.pem", "secrets/"]`.
        ignore: Vec<String> = Vec::new(),
        /// A file with your own rules for secrets, beside the built-in ones; absolute (`~` is your home folder). While it has an
        /// error, nothing is sent to a server.
        rules: Option<String> = None; Check::By(check::file),
    }
}

options! {
    /// Weights on this machine, run by Convive itself (`kind = "local"`).
    LocalOptions {
        /// A name of `convive model list`, or the absolute path of a .gguf file (`~` is your home folder).
        model: String = "smollm2-135m".to_owned(),
        /// `"auto"` looks into the weights; else the name of a FIM format, or `"none"` for plain text up to the cursor.
        fim: String = "auto".to_owned(); Check::By(check::local_fim),
        /// Threads that compute. Unset: half of the cores, 4 at most.
        threads: Option<usize> = None; Check::Between(1, 256),
        /// Tokens that the model reads and writes together. Unset: as many as it was trained for, 8192 at most.
        window: Option<usize> = None; Check::Between(256, 1_000_000),
        /// After so many minutes without a request the weights leave the memory.
        idle_minutes: u64 = 10; Check::Between(1, 10_000),
    }
}

options! {
    /// A server that speaks OpenAI's protocol, here or elsewhere (`kind = "openai"`): llama.cpp, Ollama, vLLM, LM Studio,
    /// Mistral, DeepSeek, OpenAI and many more.
    OpenAiOptions {
        /// The base address, to which `/completions` is added: `http://127.0.0.1:11434/v1`.
        url: String = "http://127.0.0.1:8080/v1".to_owned(); Check::By(check::url),
        /// The model's name at the server. Empty: the first one that the server lists.
        model: String = String::new(),
        /// The environment variable that holds the key. The key itself is never an option.
        key_env: Option<String> = None; Check::By(check::key_env),
        /// A command and its arguments that print the key, run once: `["pass", "show", "openai"]`.
        key_command: Option<Vec<String>> = None; Check::By(check::command),
        /// A file of PEM certificates to trust beside the system's.
        ca_file: Option<String> = None,
        /// How the text after the cursor reaches the model: `"auto"` recognises the model by its name, a FIM format's name
        /// forces that format, `"suffix"` lets the server build the prompt, `"none"` is for models without FIM.
        fim: String = "auto".to_owned(); Check::By(check::remote_fim),
        /// `"completions"` sends raw text, `"chat"` asks a chat model; `"auto"` chats only with models without FIM.
        endpoint: Endpoint = Endpoint::Auto,
        /// Ask for log-probabilities, so that `min_log_prob` can work. Some servers refuse the question.
        log_probs: bool = false,
        /// How long connecting may take, in milliseconds.
        connect_timeout_ms: u64 = 5_000; Check::Between(1, 600_000),
        /// How long the first byte of an answer may take, in milliseconds: the server may have to load the model.
        first_byte_timeout_ms: u64 = 60_000; Check::Between(1, 3_600_000),
        /// How long a running answer may be silent, in milliseconds.
        silence_timeout_ms: u64 = 20_000; Check::Between(1, 3_600_000),
    }
}

impl Default for Config {
    fn default() -> Config {
        let local = BackendOptions::Local(LocalOptions::default());
        Config {
            completion: CompletionOptions::default(),
            ask: AskOptions::default(),
            privacy: PrivacyOptions::default(),
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

impl BackendOptions {
    /// The values of `kind`, each with its defaults.
    pub fn kinds() -> [(&'static str, BackendOptions); 2] {
        [
            ("local", BackendOptions::Local(LocalOptions::default())),
            ("openai", BackendOptions::OpenAi(OpenAiOptions::default())),
        ]
    }

    /// The value of `kind`.
    pub fn kind(&self) -> &'static str {
        match self {
            BackendOptions::Local(_) => "local",
            BackendOptions::OpenAi(_) => "openai",
        }
    }

    /// Whether the user's text leaves this program for an address of the network.
    pub fn is_remote(&self) -> bool {
        !matches!(self, BackendOptions::Local(_))
    }
}

impl Table for BackendOptions {
    fn about(&self) -> String {
        match self {
            BackendOptions::Local(options) => options.about(),
            BackendOptions::OpenAi(options) => options.about(),
        }
    }

    fn rows(&self) -> Vec<Row> {
        match self {
            BackendOptions::Local(options) => options.rows(),
            BackendOptions::OpenAi(options) => options.rows(),
        }
    }

    fn set(&mut self, key: &str, value: &Value) -> Option<Result<(), String>> {
        match self {
            BackendOptions::Local(options) => options.set(key, value),
            BackendOptions::OpenAi(options) => options.set(key, value),
        }
    }
}
