//! `convive engine`: the process that holds local weights; started by the server, not by people.

use std::path::PathBuf;
use std::time::Duration;

use crate::model::local::Settings;

#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The weights: a .gguf file
    #[arg(long, value_name = "FILE", required_unless_present = "probe")]
    model: Option<PathBuf>,
    /// Where to listen; without it, where the server with the same settings looks for it
    #[arg(long)]
    socket: Option<PathBuf>,
    /// The folder for requantised weights and verdicts on weights
    #[arg(long)]
    cache: Option<PathBuf>,
    /// Threads; without it half of the cores, 4 at most
    #[arg(long)]
    threads: Option<usize>,
    /// Tokens of prompt and answer together; without it as many as the model was trained for, 8192 at most
    #[arg(long)]
    window: Option<usize>,
    /// Seconds to stay with nobody connected
    #[arg(long, default_value_t = 600)]
    idle_seconds: u64,
    /// Only load these weights and say whether they are any good
    #[arg(long, value_name = "FILE", conflicts_with = "model")]
    probe: Option<PathBuf>,
}

/// Runs the engine until nobody needs it.
///
/// # Errors
/// Where the socket cannot be opened, or this build has no engine in it.
pub fn run(arguments: Arguments) -> anyhow::Result<()> {
    if let Some(path) = &arguments.probe {
        return probe(path);
    }
    let mut settings = Settings::new(arguments.model.unwrap_or_default());
    settings.threads = arguments.threads;
    settings.window = arguments.window;
    settings.idle_exit = Duration::from_secs(arguments.idle_seconds);
    settings.cache = arguments.cache.unwrap_or(settings.cache);
    let socket = arguments.socket.unwrap_or_else(|| settings.socket());
    serve(settings, socket)
}

#[cfg(feature = "local")]
fn probe(path: &std::path::Path) -> anyhow::Result<()> {
    convive_engine::probe(path).map_err(anyhow::Error::msg)
}

#[cfg(feature = "local")]
fn serve(settings: Settings, socket: PathBuf) -> anyhow::Result<()> {
    let options = convive_engine::serve::Options {
        socket,
        idle_exit: settings.idle_exit,
    };
    let settings = convive_engine::Settings {
        model: settings.model,
        threads: settings.threads,
        window: settings.window,
        cache: settings.cache,
        program: settings.program,
    };
    convive_engine::run(&settings, &options)?;
    Ok(())
}

#[cfg(not(feature = "local"))]
fn probe(_path: &std::path::Path) -> anyhow::Result<()> {
    anyhow::bail!(NONE)
}

#[cfg(not(feature = "local"))]
fn serve(_settings: Settings, _socket: PathBuf) -> anyhow::Result<()> {
    anyhow::bail!(NONE)
}

#[cfg(not(feature = "local"))]
const NONE: &str = "this build has no local engine: build with the feature `local`, or use a backend of kind \"openai\"";
