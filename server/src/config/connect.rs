//! Makes what the options ask for: the backend, and how to complete with its model.

mod servers;
#[cfg(test)]
mod tests;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::{BackendOptions, Config, LocalOptions};
use crate::ask;
use crate::complete::Settings;
use crate::context::Limits;
use crate::journal::{Keep, Names, Recorded, Records};
use crate::model::fim::{self, Format};
use crate::model::local::{self, Local, files};
use crate::model::{Backend, Error, catalogue, weights};
use crate::privacy::guarded::Guarded;
use crate::privacy::ignore::Ignored;
use crate::privacy::rules::Source;
use crate::prompt::fill::Layout;
use crate::usage::Budget;

/// The most tokens of a prompt where the options do not say: near code is what the default model can use, a FIM model has use
/// for more, and a server has the hardware for it.
const PLAIN_TOKENS: usize = 1024;
const LOCAL_TOKENS: usize = 1024;
const REMOTE_TOKENS: usize = 2048;

/// The same for questions: what is asked about, and the conversation, take their part of it.
const ASK_LOCAL_TOKENS: usize = 2048;
const ASK_REMOTE_TOKENS: usize = 8192;

/// Bytes of source text per token, about: measured for code with common vocabularies.
const BYTES_PER_TOKEN: f32 = 3.3;

/// Completions of the default model below this are mostly wrong (measured); FIM models are not held to it.
const PLAIN_LOG_PROB: f32 = -0.35;

/// The settings for completing with the backend of this name; None: the configured one. Loads no weights, and asks a server only
/// where its model has no name in the options.
///
/// # Errors
/// Why this backend cannot be used, and what to do.
pub async fn settings(
    config: &Config,
    name: Option<&str>,
    records: &Records,
    ignored: Arc<Ignored>,
) -> Result<Settings, Error> {
    let name = name.unwrap_or(&config.completion.backend);
    let parallel = named(config, name)?.is_remote();
    let made = make(config, name, records, ignored).await?;
    let own = &config.completion;
    let tokens = own.context_tokens.unwrap_or(made.tokens);
    let tokens = tokens.min(room(made.window, own.max_tokens));
    let min_log_prob = match made.layout {
        Layout::LeftToRight { .. } => PLAIN_LOG_PROB,
        _ => f32::NEG_INFINITY,
    };
    Ok(Settings {
        backend: made.backend,
        layout: made.layout,
        limits: Limits {
            tokens,
            suffix_tokens: suffix_tokens(made.layout, tokens),
            bytes_per_token: BYTES_PER_TOKEN,
        },
        debounce: Duration::from_millis(own.debounce_ms),
        max_tokens: own.max_tokens,
        min_log_prob: own.min_log_prob.unwrap_or(min_log_prob),
        // The local engine keeps one cache for each document.
        parallel,
    })
}

/// The settings for asking the backend of this name; None: the configured one. The workspace is not trusted: whether it is depends
/// on the folder, which is not known here.
///
/// # Errors
/// Why this backend cannot be used, and what to do.
pub async fn ask_settings(
    config: &Config,
    name: Option<&str>,
    records: &Records,
) -> Result<ask::Settings, Error> {
    let name = name.unwrap_or(config.ask_backend());
    let options = named(config, name)?;
    let made = make(config, name, records, ignored(config)).await?;
    let own = &config.ask;
    let usual = match options.is_remote() {
        true => ASK_REMOTE_TOKENS,
        false => ASK_LOCAL_TOKENS,
    };
    let room = room(made.window, own.max_tokens);
    let tokens = own.context_tokens.unwrap_or(usual).min(room);
    // An answer may not fill a small window alone.
    let longest = made.window.map_or(usize::MAX, |window| window / 2);
    Ok(ask::Settings {
        backend: made.backend,
        backend_name: name.to_owned(),
        limits: Limits {
            tokens,
            suffix_tokens: tokens / 5,
            bytes_per_token: BYTES_PER_TOKEN,
        },
        max_tokens: own.max_tokens.min(longest),
        temperature: own.temperature,
        repairs: own.repairs,
        run_tests: false,
    })
}

/// The journal and the ledger in the user's folder, with what the options say of them.
pub fn records(config: &Config) -> Records {
    let records = Records::new(Some(super::files::state_dir()));
    set_records(config, &records);
    records
}

/// Lets journal and ledger do what the options say.
pub fn set_records(config: &Config, records: &Records) {
    let keep = config.journal.keep.then(|| Keep {
        bytes: config.journal.megabytes * 1024 * 1024,
    });
    let budget = Budget {
        tokens: config.usage.daily_tokens,
        seconds: config.usage.daily_seconds,
    };
    records.set(keep, rules(config), budget);
}

/// The folders that the user trusts, as paths of this machine.
pub fn trusted(config: &Config) -> Vec<PathBuf> {
    let folders = config.privacy.trust.iter();
    folders.map(|folder| expand(folder)).collect()
}

/// The file of weights that a local backend names.
///
/// # Errors
/// `Unavailable`: it is not there, or the name is unknown.
pub fn weights_file(model: &str) -> Result<PathBuf, Error> {
    let unavailable = |message: String| Error::Unavailable { message };
    if let Some(weights) = catalogue::find(model) {
        let models = files::models_dir();
        return match weights.is_here(&models) {
            true => Ok(weights.path(&models)),
            false => Err(unavailable(format!(
                "the weights of {model} are not on this machine; fetch them with `convive model pull {model}`"
            ))),
        };
    }
    if !model.contains(['/', '\\']) && !model.ends_with(".gguf") {
        return Err(unavailable(format!(
            "there is no model `{model}`; `convive model list` has the names, or write the path of a .gguf file"
        )));
    }
    let path = expand(model);
    if !path.is_absolute() {
        return Err(unavailable(format!(
            "the path of the model must be absolute: {model}"
        )));
    }
    Ok(path)
}

/// A backend, and what its model wants.
struct Made {
    model: String,
    backend: Arc<dyn Backend>,
    layout: Layout,
    tokens: usize,
    window: Option<usize>,
}

fn named<'a>(config: &'a Config, name: &str) -> Result<&'a BackendOptions, Error> {
    config.backend.get(name).ok_or_else(|| {
        let names: Vec<&str> = config.backend.keys().map(String::as_str).collect();
        let message = format!("there is no backend `{name}`, only {}", names.join(", "));
        Error::Unavailable { message }
    })
}

/// Makes a backend; the only place that does. One that sends text away gets none with a secret in it.
async fn make(
    config: &Config,
    name: &str,
    records: &Records,
    ignored: Arc<Ignored>,
) -> Result<Made, Error> {
    let options = named(config, name)?;
    let mut made = match options {
        BackendOptions::Local(options) => local(options)?,
        BackendOptions::OpenAi(options) => servers::open_ai(options).await?,
        BackendOptions::Anthropic(options) => servers::anthropic(options)?,
        BackendOptions::Ollama(options) => servers::ollama(options).await?,
    };
    let names = Names {
        backend: name.to_owned(),
        model: made.model.clone(),
    };
    // Directly around the backend: what is noted is what is sent.
    made.backend = Arc::new(Recorded::new(made.backend, names, records.clone()));
    if options.is_remote() {
        made.backend = Arc::new(Guarded::new(made.backend, rules(config), ignored));
    }
    Ok(made)
}

/// The files that are never read into a prompt.
pub fn ignored(config: &Config) -> Arc<Ignored> {
    Arc::new(Ignored::new(&config.privacy.ignore))
}

/// The rules for secrets that the options name.
pub fn rules(config: &Config) -> Source {
    match &config.privacy.rules {
        Some(path) => Source::file(expand(path)),
        None => Source::built_in(),
    }
}

/// The most tokens of a prompt that leaves room for the answer in a window, where that is known; a longer one would be refused. An
/// eighth is spared, since tokens are only estimated.
fn room(window: Option<usize>, answer: usize) -> usize {
    window.map_or(usize::MAX, |window| {
        let answer = answer.min(window / 2);
        window.saturating_sub(answer + window / 8).max(64)
    })
}

fn local(options: &LocalOptions) -> Result<Made, Error> {
    let path = weights_file(&options.model)?;
    let about = weights::look(&path)?;
    let format = chosen(&options.fim, about.fim);
    let layout = format.map_or(Layout::LeftToRight { heals: true }, Layout::Fim);
    let mut settings = local::Settings::new(path);
    settings.threads = options.threads;
    settings.window = options.window;
    settings.idle_exit = Duration::from_secs(options.idle_minutes * 60);
    Ok(Made {
        model: options.model.clone(),
        backend: Arc::new(Local::new(settings)),
        layout,
        tokens: if format.is_some() {
            LOCAL_TOKENS
        } else {
            PLAIN_TOKENS
        },
        window: options.window.or(about.window),
    })
}

/// The format that the option `fim` names, or the recognised one.
fn chosen(option: &str, recognised: Option<&'static Format>) -> Option<&'static Format> {
    match option {
        "auto" => recognised,
        name => fim::by_name(name),
    }
}

/// How much of the budget the text after the cursor may have: a fifth, and nothing where the model does not read it.
fn suffix_tokens(layout: Layout, tokens: usize) -> usize {
    match layout {
        Layout::LeftToRight { .. } => 0,
        _ => tokens / 5,
    }
}

/// A path in which `~` is the user's home folder.
fn expand(path: &str) -> PathBuf {
    match path.strip_prefix("~/").or(path.strip_prefix("~\\")) {
        Some(rest) => match etcetera::home_dir() {
            Ok(home) => home.join(rest),
            Err(_) => path.into(),
        },
        None => path.into(),
    }
}
