//! Asks one backend who it is, then for one real completion, and says what would make it better.

use std::fmt;
use std::time::{Duration, Instant};

use crate::complete::{Completer, Delivery, Query, Settings, Trigger, Verdict};
use crate::config::{BackendOptions, Config, LocalOptions, connect};
use crate::document::Snapshot;
use crate::journal::Records;
use crate::model::{About, Error, catalogue};
use crate::prompt::fill::Layout;

/// The longest that one backend may take: it may have to load a large model first.
const PATIENCE: Duration = Duration::from_secs(180);

/// Over this, completions come too late for most people to wait for.
const SLOW: Duration = Duration::from_millis(1500);

/// What was found out about a backend.
pub struct Examined {
    /// Its kind, model and address.
    pub what: String,
    pub details: Vec<(String, String)>,
    pub completed: Result<Completed, Error>,
    pub advice: Vec<String>,
}

/// A real completion.
pub struct Completed {
    /// None: it answered, and nothing of it was worth showing.
    text: Option<String>,
    first: Option<Duration>,
    whole: Duration,
}

impl Examined {
    pub fn works(&self) -> bool {
        self.completed.is_ok()
    }
}

impl fmt::Display for Completed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.text {
            Some(text) => write!(
                f,
                "works: it completes `{BEFORE}` with `{}`",
                text.trim_end()
            )?,
            None => f.write_str("works: it answers, though not with code worth showing")?,
        }
        let ms = |time: Duration| time.as_millis();
        match self.first {
            Some(first) => write!(
                f,
                ", first text after {} ms, {} ms in all",
                ms(first),
                ms(self.whole)
            ),
            None => write!(f, ", {} ms in all", ms(self.whole)),
        }
    }
}

/// Examines the backend of this name.
pub async fn examine(config: &Config, name: &str, records: &Records) -> Examined {
    let Some(options) = config.backend.get(name) else {
        let message = format!("there is no backend `{name}`");
        return Examined {
            what: message.clone(),
            details: Vec::new(),
            completed: Err(Error::Unavailable { message }),
            advice: Vec::new(),
        };
    };
    let mut examined = Examined {
        what: what(options),
        details: Vec::new(),
        completed: Err(Error::Timeout {
            target: name.to_owned(),
            waiting_for: "an answer",
            after: PATIENCE,
        }),
        advice: Vec::new(),
    };
    let asked =
        tokio::time::timeout(PATIENCE, ask(config, name, records, &mut examined.details)).await;
    if let Ok(completed) = asked {
        examined.completed = completed;
    }
    examined.advice = advice(options, &examined);
    examined
}

/// The probe, then the completion.
async fn ask(
    config: &Config,
    name: &str,
    records: &Records,
    details: &mut Vec<(String, String)>,
) -> Result<Completed, Error> {
    let settings = connect::settings(config, Some(name), records, connect::ignored(config)).await?;
    let about = settings.backend.probe().await?;
    details.extend(describe(&about, &settings));
    complete(settings).await
}

fn describe(about: &About, settings: &Settings) -> Vec<(String, String)> {
    let layout = match settings.layout {
        Layout::Fim(format) => format!("fills in the middle, format {}", format.name),
        Layout::Insert => "fills in the middle, the server lays it out".to_owned(),
        Layout::LeftToRight { .. } => {
            "left to right: it does not see what follows the cursor".to_owned()
        }
        Layout::Chat => "asked in a chat".to_owned(),
    };
    let mut details = vec![
        ("model".to_owned(), about.model.clone()),
        (
            "prompts".to_owned(),
            format!("{layout}; {} tokens at most", settings.limits.tokens),
        ),
    ];
    if let Some(window) = about.window {
        details.push(("window".to_owned(), format!("{window} tokens")));
    }
    details.extend(about.details.clone());
    details
}

const BEFORE: &str = "func Add(a, b int) int { return";

/// One completion, asked for as an editor asks.
async fn complete(settings: Settings) -> Result<Completed, Error> {
    let before =
        "package sums\n\n// Add gives the sum of a and b.\nfunc Add(a, b int) int {\n\treturn ";
    let snapshot = Snapshot::parse("sums.go", format!("{before}\n}}\n"));
    let query = Query {
        snapshot,
        offset: before.len(),
        neighbours: Vec::new(),
        trigger: Trigger::Invoked,
        delivery: Delivery::Whole,
        settings,
    };
    let start = Instant::now();
    let outcome = Completer::new().complete(query, None).await;
    if let Verdict::Failed(error) = outcome.verdict {
        return Err(error);
    }
    Ok(Completed {
        text: outcome.completion.map(|completion| completion.text),
        first: outcome.first_chunk,
        whole: start.elapsed(),
    })
}

fn what(options: &BackendOptions) -> String {
    match options {
        BackendOptions::Local(options) => format!("weights on this machine: {}", options.model),
        BackendOptions::OpenAi(options) => at(&options.model, &options.url),
        BackendOptions::Anthropic(options) => at(&options.model, &options.url),
        BackendOptions::Ollama(options) => at(&options.model, &options.url),
    }
}

fn at(model: &str, url: &str) -> String {
    match model {
        "" => format!("the server at {url}"),
        model => format!("{model} at {url}"),
    }
}

fn advice(options: &BackendOptions, examined: &Examined) -> Vec<String> {
    let mut advice = match options {
        BackendOptions::Local(options) => local_advice(options, examined),
        BackendOptions::OpenAi(options) => {
            remote_advice(&options.url, &options.key_env, &options.key_command)
        }
        BackendOptions::Anthropic(options) => {
            remote_advice(&options.url, &options.key_env, &options.key_command)
        }
        BackendOptions::Ollama(options) => {
            remote_advice(&options.url, &options.key_env, &options.key_command)
        }
    };
    if let Ok(completed) = &examined.completed
        && completed.first.is_some_and(|first| first > SLOW)
    {
        advice.push("The first text took long. Ask again: the first request loads the model. If it stays slow, take a smaller model or lower context_tokens".to_owned());
    }
    advice
}

fn local_advice(options: &LocalOptions, examined: &Examined) -> Vec<String> {
    let mut advice = Vec::new();
    if options.model == catalogue::DEFAULT && examined.works() {
        let better = catalogue::BETTER;
        advice.push(format!(
            "This is the small model that is always there. A FIM code model completes far better: `convive model pull {better}` (`convive model list` has smaller and larger ones), then write model = \"{better}\" under [backend.local]"
        ));
    }
    advice
}

fn remote_advice(
    address: &str,
    key_env: &Option<String>,
    key_command: &Option<Vec<String>>,
) -> Vec<String> {
    let mut advice = Vec::new();
    let has_key = key_env.is_some() || key_command.is_some();
    let url = url::Url::parse(address).ok();
    let host = url
        .as_ref()
        .and_then(|url| url.host_str())
        .unwrap_or_default();
    let near = ["localhost", "127.0.0.1", "[::1]"].contains(&host);
    if has_key && !near && address.starts_with("http://") {
        advice.push("The key and your code go over the network unencrypted: use https".to_owned());
    }
    if key_env.is_some() && key_command.is_some() {
        advice.push("Both key_env and key_command are set; key_env is used".to_owned());
    }
    advice
}
