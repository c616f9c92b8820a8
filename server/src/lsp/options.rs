//! The options as they hold now, from all their layers, and the backend that they name, made when it is first needed.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures::future::BoxFuture;
use serde_json::Value;
use tokio::sync::OnceCell;
use tokio::time::Instant;

use crate::ask;
use crate::complete::Settings;
use crate::config::{Config, Layer, Origin, Problem, connect};
use crate::journal::Records;
use crate::lsp::status::{Status, Watched};
use crate::model::Error;
use crate::privacy::ignore::Ignored;

/// Makes the settings for options and the files that they leave out: finds out what the backend is, which may take a while.
pub type Connect =
    Box<dyn Fn(Config, Arc<Ignored>) -> BoxFuture<'static, Result<Settings, Error>> + Send + Sync>;

/// Makes the settings for asking the backend of a name, or the one that the options choose; may take a while too.
pub type ConnectAsk = Box<
    dyn Fn(Config, Option<String>) -> BoxFuture<'static, Result<ask::Settings, Error>>
        + Send
        + Sync,
>;

/// Reads the files that hold options: the layers below the editor's, and what could not be read of them.
pub type ReadFiles = Box<dyn Fn() -> (Vec<Layer>, Vec<Problem>) + Send + Sync>;

/// Adds a folder to those that the user's own options trust; says why where that cannot be. Blocks.
pub type WriteTrust = Arc<dyn Fn(&Path) -> Result<(), String> + Send + Sync>;

/// What a server is made of.
pub struct Assembly {
    pub files: ReadFiles,
    pub connect: Connect,
    pub connect_ask: ConnectAsk,
    pub trust: WriteTrust,
    /// The folder of the user's own actions.
    pub actions: PathBuf,
    /// Where answers are written that are shown as documents.
    pub answers: PathBuf,
    pub records: Records,
}

/// After a failure to connect, requests fail at once for so long.
const PAUSE: Duration = Duration::from_secs(2);

/// All layers, and what follows from them.
pub struct Options {
    connect: Connect,
    connect_ask: ConnectAsk,
    files: ReadFiles,
    records: Records,
    status: Arc<Status>,
    layers: Mutex<Layers>,
    current: arc_swap::ArcSwap<Current>,
}

#[derive(Default)]
struct Layers {
    files: Vec<Layer>,
    /// The editor's, which stand over those of the files.
    editor: Vec<Layer>,
    problems: Vec<Problem>,
    /// How many of the problems were shown.
    shown: usize,
}

/// Options between two changes.
#[derive(Default)]
pub struct Current {
    pub config: Config,
    /// The files that are never read into a prompt.
    pub ignored: Arc<Ignored>,
    settings: OnceCell<Settings>,
    /// By the name that was asked for.
    ask: tokio::sync::Mutex<BTreeMap<Option<String>, ask::Settings>>,
    failed: Mutex<Option<(Instant, Error)>>,
}

impl Current {
    /// The settings, where they are made already.
    pub fn made(&self) -> Option<&Settings> {
        self.settings.get()
    }
}

impl Options {
    pub fn new(assembly: Assembly, status: Arc<Status>) -> Options {
        let options = Options {
            connect: assembly.connect,
            connect_ask: assembly.connect_ask,
            files: assembly.files,
            records: assembly.records,
            status,
            layers: Mutex::default(),
            current: arc_swap::ArcSwap::default(),
        };
        options.read_files();
        options
    }

    /// Reads the files anew.
    pub fn read_files(&self) {
        let (files, problems) = (self.files)();
        let mut layers = self.lock();
        layers.files = files;
        self.update(&mut layers, problems);
    }

    pub fn current(&self) -> Arc<Current> {
        self.current.load_full()
    }

    /// Replaces the layer of this origin, which stands over the ones before it.
    pub fn set(&self, origin: Origin, values: Value) {
        let mut layers = self.lock();
        layers.editor.retain(|layer| layer.origin != origin);
        layers.editor.push(Layer { origin, values });
        self.update(&mut layers, Vec::new());
    }

    /// The problems that were not shown yet, each as a line.
    pub fn problems_to_show(&self) -> Option<String> {
        let mut layers = self.lock();
        let new = &layers.problems[layers.shown..];
        let lines: Vec<String> = new.iter().map(in_words).collect();
        layers.shown = layers.problems.len();
        (!lines.is_empty()).then(|| format!("Convive's options:\n{}", lines.join("\n")))
    }

    /// The settings of `current`; made at the first call.
    pub async fn settings(&self, current: &Current) -> Result<Settings, Error> {
        let connect = || async {
            if let Some(error) = current.recent_failure() {
                return Err(error);
            }
            let ignored = current.ignored.clone();
            let mut settings = (self.connect)(current.config.clone(), ignored)
                .await
                .inspect_err(|error| current.fail(error))?;
            settings.backend = Arc::new(Watched {
                backend: settings.backend,
                status: self.status.clone(),
            });
            Ok(settings)
        };
        let settings = current.settings.get_or_try_init(connect).await;
        settings
            .cloned()
            .inspect_err(|error| self.status.offline(error))
    }

    /// The settings of `current` for asking the backend of this name; made at the first call for it, and anew after a failure: a
    /// person waits, and may have mended it.
    pub async fn ask_settings(
        &self,
        current: &Current,
        backend: Option<&str>,
    ) -> Result<ask::Settings, Error> {
        let name = backend.map(str::to_owned);
        let mut made = current.ask.lock().await;
        if let Some(settings) = made.get(&name) {
            return Ok(settings.clone());
        }
        let settings = (self.connect_ask)(current.config.clone(), name.clone()).await;
        let mut settings = settings.inspect_err(|error| self.status.offline(error))?;
        settings.backend = Arc::new(Watched {
            backend: settings.backend,
            status: self.status.clone(),
        });
        made.insert(name, settings.clone());
        Ok(settings)
    }

    fn update(&self, layers: &mut Layers, problems: Vec<Problem>) {
        let all: Vec<Layer> = layers.files.iter().chain(&layers.editor).cloned().collect();
        let parsed = Config::parse(&all);
        for problem in problems.into_iter().chain(parsed.problems) {
            if !layers.problems.contains(&problem) {
                layers.problems.push(problem);
            }
        }
        connect::set_records(&parsed.config, &self.records);
        if self.current().config != parsed.config {
            let ignored = Arc::new(Ignored::new(&parsed.config.privacy.ignore));
            self.current.store(Arc::new(Current {
                ignored,
                config: parsed.config,
                ..Current::default()
            }));
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Layers> {
        self.layers
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

impl Current {
    fn recent_failure(&self) -> Option<Error> {
        let failed = self.failed.lock().ok()?;
        let (at, error) = failed.as_ref()?;
        (at.elapsed() < PAUSE).then(|| error.clone())
    }

    fn fail(&self, error: &Error) {
        if let Ok(mut failed) = self.failed.lock() {
            *failed = Some((Instant::now(), error.clone()));
        }
    }
}

fn in_words(problem: &Problem) -> String {
    format!("{}: {}: {}", problem.origin, problem.path, problem.message)
}
