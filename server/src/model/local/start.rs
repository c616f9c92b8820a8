//! Finds the engine that is running, or starts one that outlives us.

use std::io;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use convive_engine::wire::{Ask, Reply};
use convive_engine::{pages, socket};
use tokio::process::{Child, Command};

use super::connection::Connection;
use super::{Settings, Shared, closed, files, unavailable};
use crate::model::Error;

/// An engine that has not opened its socket by then never will.
const START_LIMIT: Duration = Duration::from_secs(20);
/// How often to look whether it has.
const LOOK_EVERY: Duration = Duration::from_millis(15);
/// How long to wait for another engine to come or go.
const AGAIN_AFTER: Duration = Duration::from_millis(100);
/// The log starts anew above this many bytes.
const LOG_LIMIT: u64 = 1 << 20;

/// A connection on which the engine has taken `ask`. One that closes before its hello was on its way out: another is started.
pub async fn open(shared: &Shared, ask: &Ask) -> Result<Connection, Error> {
    for _ in 0..3 {
        let mut connection = find_or_start(shared).await?;
        if connection.send(ask).await.is_err() {
            continue;
        }
        match connection.next().await {
            Ok(Reply::Hello) => return Ok(connection),
            Err(error @ Error::Malformed { .. }) => return Err(error),
            Ok(_) | Err(_) => continue,
        }
    }
    let error = closed();
    shared.backoff().failed(error.clone(), Instant::now());
    Err(error)
}

async fn find_or_start(shared: &Shared) -> Result<Connection, Error> {
    let socket = shared.settings.socket();
    if let Ok(connection) = Connection::connect(&socket).await {
        return Ok(connection);
    }
    let _only_one = shared.starting.lock().await;
    if let Ok(connection) = Connection::connect(&socket).await {
        return Ok(connection);
    }
    if let Some(error) = shared.backoff().refuses(Instant::now()) {
        return Err(error);
    }
    let started = start(&shared.settings, &socket).await;
    if let Err(error) = &started {
        shared.backoff().failed(error.clone(), Instant::now());
    }
    started
}

async fn start(settings: &Settings, socket: &Path) -> Result<Connection, Error> {
    let deadline = Instant::now() + START_LIMIT;
    let mut child = spawn(settings, socket)?;
    while Instant::now() < deadline {
        if let Ok(connection) = Connection::connect(socket).await {
            return Ok(connection);
        }
        match child.try_wait() {
            // It found another engine, which another window started and is about to listen, or which is on its way out.
            Ok(Some(status)) if status.success() => {
                tokio::time::sleep(AGAIN_AFTER).await;
                child = spawn(settings, socket)?;
            }
            Ok(Some(status)) => {
                return Err(unavailable(format!(
                    "the local engine ended at once ({status}): {}",
                    last_words(settings)
                )));
            }
            _ => {}
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
    Err(unavailable(format!(
        "the local engine did not start within {} s; its log is {}",
        START_LIMIT.as_secs(),
        files::engine_log(&settings.cache).display()
    )))
}

fn spawn(settings: &Settings, socket: &Path) -> Result<Child, Error> {
    let command = command(settings, socket);
    command
        .and_then(|mut command| command.spawn())
        .map_err(|error| {
            unavailable(format!(
                "cannot start the local engine ({}): {error}",
                settings.program.display()
            ))
        })
}

fn command(settings: &Settings, socket: &Path) -> io::Result<Command> {
    if let Some(folder) = socket.parent() {
        socket::make_private(folder)?;
    }
    std::fs::create_dir_all(&settings.cache)?;
    let tunables = std::env::var(pages::VARIABLE).ok();
    let mut command = Command::new(&settings.program);
    command
        .arg("engine")
        .arg("--model")
        .arg(std::path::absolute(&settings.model)?)
        .arg("--socket")
        .arg(socket)
        .arg("--cache")
        .arg(&settings.cache)
        .arg("--idle-seconds")
        .arg(settings.idle_exit.as_secs().to_string());
    for (name, value) in [
        ("--threads", settings.threads),
        ("--window", settings.window),
    ] {
        if let Some(value) = value {
            command.arg(name).arg(value.to_string());
        }
    }
    command
        // A failed assertion must not start a debugger that writes to somebody's terminal.
        .env("GGML_NO_BACKTRACE", "1")
        .env(pages::VARIABLE, pages::tunables(tunables.as_deref()))
        .current_dir(&settings.cache)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(log(settings)?);
    // Away from the editor's process group: a signal meant for the editor's children must not end an engine that others use.
    #[cfg(unix)]
    command.process_group(0);
    #[cfg(windows)]
    command.creation_flags(0x0000_0208);
    Ok(command)
}

fn log(settings: &Settings) -> io::Result<std::fs::File> {
    let path = files::engine_log(&settings.cache);
    if std::fs::metadata(&path).is_ok_and(|data| data.len() > LOG_LIMIT) {
        let _older = std::fs::rename(&path, path.with_extension("log.old"));
    }
    std::fs::OpenOptions::new()
        .create(true)
        .append(true)
        .open(path)
}

/// The last line that the engine wrote.
fn last_words(settings: &Settings) -> String {
    let log = std::fs::read(files::engine_log(&settings.cache)).unwrap_or_default();
    let log = String::from_utf8_lossy(&log);
    let line = log.lines().rev().find(|line| !line.trim().is_empty());
    line.unwrap_or("it left no message").trim().to_owned()
}
