//! The options of the backends: a table for each kind.

use serde_json::Value;

use super::check;
use super::option::{Check, Row, Table, options};

/// How to reach one backend; the option `kind` says which.
#[derive(Clone, Debug, PartialEq)]
pub enum BackendOptions {
    Local(LocalOptions),
    OpenAi(OpenAiOptions),
    Anthropic(AnthropicOptions),
    Ollama(OllamaOptions),
}

impl BackendOptions {
    /// The values of `kind`, each with its defaults.
    pub fn kinds() -> [(&'static str, BackendOptions); 4] {
        [
            ("local", BackendOptions::Local(LocalOptions::default())),
            ("openai", BackendOptions::OpenAi(OpenAiOptions::default())),
            (
                "anthropic",
                BackendOptions::Anthropic(AnthropicOptions::default()),
            ),
            ("ollama", BackendOptions::Ollama(OllamaOptions::default())),
        ]
    }

    /// The value of `kind`.
    pub fn kind(&self) -> &'static str {
        match self {
            BackendOptions::Local(_) => "local",
            BackendOptions::OpenAi(_) => "openai",
            BackendOptions::Anthropic(_) => "anthropic",
            BackendOptions::Ollama(_) => "ollama",
        }
    }

    /// Whether the user's text leaves this program for an address of the network, be it one of this machine.
    pub fn is_remote(&self) -> bool {
        !matches!(self, BackendOptions::Local(_))
    }

    fn table(&self) -> &dyn Table {
        match self {
            BackendOptions::Local(options) => options,
            BackendOptions::OpenAi(options) => options,
            BackendOptions::Anthropic(options) => options,
            BackendOptions::Ollama(options) => options,
        }
    }
}

impl Table for BackendOptions {
    fn about(&self) -> String {
        self.table().about()
    }

    fn rows(&self) -> Vec<Row> {
        self.table().rows()
    }

    fn set(&mut self, key: &str, value: &Value) -> Option<Result<(), String>> {
        let table: &mut dyn Table = match self {
            BackendOptions::Local(options) => options,
            BackendOptions::OpenAi(options) => options,
            BackendOptions::Anthropic(options) => options,
            BackendOptions::Ollama(options) => options,
        };
        table.set(key, value)
    }
}

/// Which endpoint of an OpenAI-compatible server is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Endpoint {
    Auto,
    Completions,
    Chat,
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
    /// A server that speaks OpenAI's protocol, here or elsewhere (`kind = "openai"`): llama.cpp, vLLM, LM Studio, Mistral,
    /// DeepSeek, OpenAI and many more.
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

options! {
    /// A server that speaks Anthropic's Messages API (`kind = "anthropic"`). It only chats: best for questions, and completes as well
    /// as a chat model can.
    AnthropicOptions {
        /// The base address, to which `/messages` is added.
        url: String = "https://api.anthropic.com/v1".to_owned(); Check::By(check::url),
        /// The model's name at the server.
        model: String = String::new(),
        /// The environment variable that holds the key. The key itself is never an option.
        key_env: Option<String> = None; Check::By(check::key_env),
        /// A command and its arguments that print the key, run once: `["pass", "show", "anthropic"]`.
        key_command: Option<Vec<String>> = None; Check::By(check::command),
        /// A file of PEM certificates to trust beside the system's.
        ca_file: Option<String> = None,
        /// How long connecting may take, in milliseconds.
        connect_timeout_ms: u64 = 5_000; Check::Between(1, 600_000),
        /// How long the first byte of an answer may take, in milliseconds.
        first_byte_timeout_ms: u64 = 60_000; Check::Between(1, 3_600_000),
        /// How long a running answer may be silent, in milliseconds.
        silence_timeout_ms: u64 = 20_000; Check::Between(1, 3_600_000),
    }
}

options! {
    /// An Ollama server asked by its own API (`kind = "ollama"`), which alone can set the model's window.
    OllamaOptions {
        /// The base address, to which `/api/generate` is added.
        url: String = "http://127.0.0.1:11434".to_owned(); Check::By(check::url),
        /// The model's name at the server. Empty: the first one that it has.
        model: String = String::new(),
        /// Tokens that the model reads and writes together, sent with every request: left to itself, the server takes a small window
        /// and silently cuts prompts. More takes more memory.
        num_ctx: usize = 8192; Check::Between(512, 1_000_000),
        /// How the text after the cursor reaches the model: `"auto"` recognises the model by its name or asks the server, a FIM
        /// format's name forces that format, `"suffix"` lets the server build the prompt, `"none"` chats.
        fim: String = "auto".to_owned(); Check::By(check::remote_fim),
        /// The environment variable that holds the key. The key itself is never an option.
        key_env: Option<String> = None; Check::By(check::key_env),
        /// A command and its arguments that print the key, run once: `["pass", "show", "ollama"]`.
        key_command: Option<Vec<String>> = None; Check::By(check::command),
        /// A file of PEM certificates to trust beside the system's.
        ca_file: Option<String> = None,
        /// How long connecting may take, in milliseconds.
        connect_timeout_ms: u64 = 5_000; Check::Between(1, 600_000),
        /// How long the first byte of an answer may take, in milliseconds: the server may have to load the model.
        first_byte_timeout_ms: u64 = 120_000; Check::Between(1, 3_600_000),
        /// How long a running answer may be silent, in milliseconds.
        silence_timeout_ms: u64 = 20_000; Check::Between(1, 3_600_000),
    }
}
