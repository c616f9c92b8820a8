//! Puts options together from layers, a later one over an earlier one; pure.
//!
//! What an editor passes on as *workspace* settings may have come with a cloned repository, and the protocol does not tell them
//! from the user's. So `workspace/configuration` can set harmless options only: nothing that says where text is sent, which file
//! is read or which command is run. A value that merely repeats what holds already is fine.

use std::path::PathBuf;

use serde_json::{Map, Value};

use super::option::Table;
use super::{BackendOptions, Config, LOCAL, Parsed, Problem};

/// One source of options.
#[derive(Clone, Debug, PartialEq)]
pub struct Layer {
    pub origin: Origin,
    /// An object with some of the tables, or null.
    pub values: Value,
}

/// Where a layer comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The user's own file, or the file that `--config` names.
    File(PathBuf),
    /// `initializationOptions`.
    Initialization,
    /// `workspace/configuration` or `workspace/didChangeConfiguration`.
    Workspace,
    /// An argument of the command line.
    Argument(&'static str),
}

impl std::fmt::Display for Origin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Origin::File(path) => write!(f, "{}", path.display()),
            Origin::Initialization => f.write_str("initializationOptions"),
            Origin::Workspace => f.write_str("the editor's settings"),
            Origin::Argument(name) => f.write_str(name),
        }
    }
}

impl Config {
    /// Puts the layers over the defaults, the last one on top.
    pub fn parse(layers: &[Layer]) -> Parsed {
        let mut reader = Reader::default();
        for layer in layers {
            reader.read(layer);
        }
        reader.check();
        reader.parsed
    }
}

const TABLES: [&str; 6] = [
    "completion",
    "ask",
    "privacy",
    "journal",
    "usage",
    "backend",
];

/// Words that people write a key under.
const KEY_WORDS: &[&str] = &[
    "key",
    "api_key",
    "apikey",
    "token",
    "api_token",
    "secret",
    "password",
];

#[derive(Default)]
struct Reader {
    parsed: Parsed,
    origin: String,
    /// Whether the layer at hand may set everything.
    trusted: bool,
}

impl Reader {
    fn read(&mut self, layer: &Layer) {
        self.origin = layer.origin.to_string();
        self.trusted = layer.origin != Origin::Workspace;
        // Some editors wrap the options in the section's name.
        let values = match layer.values.get("convive") {
            Some(inner) => inner,
            None => &layer.values,
        };
        for (key, value) in self.object("", values) {
            match key.as_str() {
                "completion" => self.completion(&value),
                "ask" => self.ask(&value),
                "privacy" => self.privacy(&value),
                "journal" => self.journal(&value),
                "usage" => self.usage(&value),
                "backend" => self.backends(&value),
                _ => self.unknown("", &key, &TABLES),
            }
        }
    }

    fn completion(&mut self, values: &Value) {
        let mut table = self.parsed.config.completion.clone();
        for (key, value) in self.object("completion", values) {
            let harmless = key != "backend" || self.is_local(&value);
            self.set("completion", &mut table, &key, &value, harmless);
        }
        self.parsed.config.completion = table;
    }

    fn ask(&mut self, values: &Value) {
        let mut table = self.parsed.config.ask.clone();
        for (key, value) in self.object("ask", values) {
            let harmless = key != "backend" || self.is_local(&value);
            self.set("ask", &mut table, &key, &value, harmless);
        }
        self.parsed.config.ask = table;
    }

    fn privacy(&mut self, values: &Value) {
        let mut table = self.parsed.config.privacy.clone();
        for (key, value) in self.object("privacy", values) {
            self.set("privacy", &mut table, &key, &value, false);
        }
        self.parsed.config.privacy = table;
    }

    fn journal(&mut self, values: &Value) {
        let mut table = self.parsed.config.journal.clone();
        for (key, value) in self.object("journal", values) {
            self.set("journal", &mut table, &key, &value, false);
        }
        self.parsed.config.journal = table;
    }

    fn usage(&mut self, values: &Value) {
        let mut table = self.parsed.config.usage.clone();
        for (key, value) in self.object("usage", values) {
            self.set("usage", &mut table, &key, &value, false);
        }
        self.parsed.config.usage = table;
    }

    fn is_local(&self, name: &Value) -> bool {
        let backend = name
            .as_str()
            .and_then(|name| self.parsed.config.backend.get(name));
        backend.is_some_and(|backend| !backend.is_remote())
    }

    fn backends(&mut self, values: &Value) {
        for (name, values) in self.object("backend", values) {
            let path = format!("backend.{name}");
            let values = self.object(&path, &values);
            let Some(mut backend) = self.kind(&name, &path, values.get("kind")) else {
                continue;
            };
            for (key, value) in values.iter().filter(|(key, _)| *key != "kind") {
                self.set(&path, &mut backend, key, value, false);
            }
            self.parsed.config.backend.insert(name, backend);
        }
    }

    /// The backend to set options of: the one with this name, or a new one of the kind that is asked for.
    fn kind(&mut self, name: &str, path: &str, kind: Option<&Value>) -> Option<BackendOptions> {
        let old = self.parsed.config.backend.get(name).cloned();
        let kinds = BackendOptions::kinds();
        let Some(kind) = kind.filter(|kind| !kind.is_null()) else {
            if old.is_none() {
                self.problem(path, format!("needs a kind: {}", words(&kinds)));
            }
            return old;
        };
        let Some((word, new)) = kinds.iter().find(|(word, _)| kind == word) else {
            self.problem(
                &format!("{path}.kind"),
                format!("must be {}", words(&kinds)),
            );
            return old;
        };
        match old {
            Some(old) if old.kind() == *word => Some(old),
            old if !self.trusted => {
                self.distrust(&format!("{path}.kind"));
                old
            }
            _ => {
                self.note(format!("{path}.kind"));
                Some(new.clone())
            }
        }
    }

    /// Sets one option; `harmless`: the editor's workspace settings may do so too.
    fn set<T: Table + Clone + PartialEq>(
        &mut self,
        path: &str,
        table: &mut T,
        key: &str,
        value: &Value,
        harmless: bool,
    ) {
        if value.is_null() {
            return;
        }
        let full = format!("{path}.{key}");
        let mut changed = table.clone();
        match changed.set(key, value) {
            None => {
                let rows = table.rows();
                let names: Vec<&str> = rows.iter().map(|row| row.name).collect();
                self.unknown(path, key, &names);
            }
            Some(Err(message)) => self.problem(&full, message),
            Some(Ok(())) if changed == *table => {}
            Some(Ok(())) if self.trusted || harmless => {
                *table = changed;
                self.note(full);
            }
            Some(Ok(())) => self.distrust(&full),
        }
    }

    fn object(&mut self, path: &str, value: &Value) -> Map<String, Value> {
        match value {
            Value::Object(map) => map.clone(),
            Value::Null => Map::new(),
            _ => {
                let path = if path.is_empty() { "the options" } else { path };
                self.problem(path, "must be a table");
                Map::new()
            }
        }
    }

    fn unknown(&mut self, path: &str, key: &str, names: &[&str]) {
        let plain = key.to_ascii_lowercase().replace('-', "_");
        let full = format!("{path}.{key}");
        let full = full.trim_start_matches('.');
        if KEY_WORDS.contains(&plain.as_str()) {
            self.problem(
                full,
                "a key is never written into options; name its environment variable in key_env, or a command that prints it in key_command",
            );
            return;
        }
        let hint = nearest(key, names)
            .map(|name| format!("; did you mean `{name}`?"))
            .unwrap_or_default();
        self.problem(full, format!("is not an option{hint}"));
    }

    fn distrust(&mut self, path: &str) {
        self.problem(
            path,
            format!(
                "cannot be set by the editor's settings, which a cloned repository can bring along; write it into {}",
                super::files::user_file().display()
            ),
        );
    }

    fn note(&mut self, path: String) {
        self.parsed.origins.insert(path, self.origin.clone());
    }

    fn problem(&mut self, path: &str, message: impl Into<String>) {
        self.parsed.problems.push(Problem {
            origin: self.origin.clone(),
            path: path.to_owned(),
            message: message.into(),
        });
    }

    /// What can only be said when all layers are read.
    fn check(&mut self) {
        let config = &mut self.parsed.config;
        let mut wrong = Vec::new();
        if !config.backend.contains_key(&config.completion.backend) {
            config.completion.backend = LOCAL.to_owned();
            wrong.push("completion.backend");
        }
        let known = |name: &String| config.backend.contains_key(name);
        if !config.ask.backend.as_ref().is_none_or(known) {
            config.ask.backend = None;
            wrong.push("ask.backend");
        }
        let names: Vec<&str> = config.backend.keys().map(String::as_str).collect();
        let message = format!(
            "there is no backend of this name, only {}",
            names.join(", ")
        );
        for path in wrong {
            let origin = self.parsed.origins.remove(path);
            self.origin = origin.unwrap_or_default();
            self.problem(path, message.as_str());
        }
    }
}

/// `"a", "b" or "c"`.
fn words(kinds: &[(&str, BackendOptions)]) -> String {
    let words: Vec<String> = kinds.iter().map(|(word, _)| format!("{word:?}")).collect();
    match words.split_last() {
        Some((last, others)) => format!("{} or {last}", others.join(", ")),
        None => String::new(),
    }
}

/// The name that `key` is probably a misspelling of.
fn nearest<'a>(key: &str, names: &[&'a str]) -> Option<&'a str> {
    let plain = |name: &str| name.to_ascii_lowercase().replace(['_', '-'], "");
    let typed = plain(key);
    let distances = names
        .iter()
        .map(|name| (distance(&typed, &plain(name)), *name));
    let (steps, name) = distances.min_by_key(|(steps, _)| *steps)?;
    (steps <= 1 + typed.len() / 4).then_some(name)
}

/// How many letters must be changed, added or taken away (Levenshtein).
fn distance(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().collect();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (i, a) in left.chars().enumerate() {
        let mut corner = std::mem::replace(&mut row[0], i + 1);
        for (j, b) in right.iter().enumerate() {
            let replaced = corner + usize::from(a != *b);
            corner = row[j + 1];
            row[j + 1] = replaced.min(corner + 1).min(row[j] + 1);
        }
    }
    row[right.len()]
}
