//! The files that hold options: the user's own and the one named by `--config`. No file of a workspace is ever read.

mod trust;

use std::path::{Path, PathBuf};

use super::{Layer, Origin, Problem};
use crate::model::local::files::cache_dir;

pub use trust::add_trust;

/// Where the user's options are: `CONVIVE_CONFIG`, else `convive/config.toml` in the user's folder for configuration.
pub fn user_file() -> PathBuf {
    use etcetera::BaseStrategy;
    if let Some(path) = std::env::var_os("CONVIVE_CONFIG").filter(|path| !path.is_empty()) {
        return path.into();
    }
    match etcetera::choose_base_strategy() {
        Ok(strategy) => strategy.config_dir().join("convive").join("config.toml"),
        Err(_) => PathBuf::from("convive-config.toml"),
    }
}

/// Where the user's actions are: `actions` beside [`user_file`].
pub fn actions_dir() -> PathBuf {
    user_file().with_file_name("actions")
}

/// Where Convive keeps what cannot be had again, the journal and the ledger: `CONVIVE_STATE`, else `convive` in the user's folder
/// for such things. Whoever chooses another cache finds it there.
pub fn state_dir() -> PathBuf {
    use etcetera::BaseStrategy;
    let named = |name| std::env::var_os(name).filter(|path| !path.is_empty());
    if let Some(path) = named("CONVIVE_STATE") {
        return path.into();
    }
    let chosen = named("CONVIVE_CACHE").is_some();
    match etcetera::choose_base_strategy() {
        Ok(strategy) if !chosen => {
            let folder = strategy.state_dir().unwrap_or_else(|| strategy.data_dir());
            folder.join("convive")
        }
        _ => cache_dir().join("state"),
    }
}

/// The layers of the user's file and of `explicit` (from `--config`), lowest first. A user's file that is not there is no
/// problem, an explicit one is.
pub fn read(explicit: Option<&Path>) -> (Vec<Layer>, Vec<Problem>) {
    let mut layers = Vec::new();
    let mut problems = Vec::new();
    let user = user_file();
    let paths = [(user.is_file(), user.as_path())].into_iter();
    let explicit = explicit.map(|path| (true, path));
    for (wanted, path) in paths.chain(explicit) {
        if !wanted {
            continue;
        }
        let (layer, mut found) = match std::fs::read_to_string(path) {
            Ok(text) => from_toml(&text, Origin::File(path.to_owned())),
            Err(error) => (None, vec![whole(path, format!("cannot be read: {error}"))]),
        };
        layers.extend(layer);
        problems.append(&mut found);
    }
    (layers, problems)
}

/// A layer out of TOML. What is not TOML costs as little as the parser can recover from.
pub fn from_toml(text: &str, origin: Origin) -> (Option<Layer>, Vec<Problem>) {
    let (table, errors) = toml::de::DeTable::parse_recoverable(text);
    let mut problems: Vec<Problem> = errors
        .iter()
        .map(|error| syntax(&origin, text, error))
        .collect();
    // One mistake often makes several errors.
    problems.dedup_by(|later, earlier| later.path == earlier.path);
    let read: Result<toml::Table, _> =
        serde::Deserialize::deserialize(toml::Deserializer::from(table));
    let values = read
        .map_err(|error| error.message().to_owned())
        .and_then(|table| serde_json::to_value(table).map_err(|error| error.to_string()));
    match values {
        Ok(values) => (Some(Layer { origin, values }), problems),
        Err(message) => {
            problems.push(Problem {
                origin: origin.to_string(),
                path: "the whole file".to_owned(),
                message,
            });
            (None, problems)
        }
    }
}

fn syntax(origin: &Origin, text: &str, error: &toml::de::Error) -> Problem {
    let at = error.span().map_or(0, |span| span.start).min(text.len());
    let line = text.as_bytes()[..at]
        .iter()
        .filter(|byte| **byte == b'\n')
        .count()
        + 1;
    Problem {
        origin: origin.to_string(),
        path: format!("line {line}"),
        message: error.message().to_owned(),
    }
}

fn whole(path: &Path, message: String) -> Problem {
    Problem {
        origin: path.display().to_string(),
        path: "the whole file".to_owned(),
        message,
    }
}

/// The folder of the user's own actions, beside his options.
pub fn user_actions() -> PathBuf {
    user_file().with_file_name("actions")
}

/// Where answers are kept that an editor shows as documents.
pub fn answers() -> PathBuf {
    use etcetera::BaseStrategy;
    let cache = etcetera::choose_base_strategy().map(|strategy| strategy.cache_dir());
    let cache = cache.unwrap_or_else(|_| std::env::temp_dir());
    cache.join("convive").join("answers")
}
