//! Runs one program within its allowance, and ends it with all that it started when the time is up or nobody waits any more.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::process::{Child, Command};

use super::allowance::Allowance;
use super::output::Output;
use super::sandbox::{self, Guards};
use super::tree;

/// How often memory and processes are counted.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// A program to be run.
#[derive(Clone, Debug)]
pub struct Run<'a> {
    pub program: &'a Path,
    pub arguments: Vec<OsString>,
    pub folder: &'a Path,
    /// All of its environment.
    pub environment: Vec<(OsString, OsString)>,
    /// Where it may write, besides `/dev/null` and its like.
    pub writable: Vec<PathBuf>,
    pub allowance: &'a Allowance,
}

/// What became of it.
#[derive(Clone, Debug)]
pub struct Ran {
    pub end: End,
    pub stdout: Output,
    pub stderr: Output,
    pub time: Duration,
    pub guards: Guards,
}

impl Ran {
    pub fn succeeded(&self) -> bool {
        self.end == End::Exit(0)
    }

    /// Both streams, for people and models.
    pub fn text(&self) -> String {
        let (out, err) = (self.stdout.text(), self.stderr.text());
        match (out.trim(), err.trim()) {
            ("", err) => err.to_owned(),
            (out, "") => out.to_owned(),
            (out, err) => format!("{out}\n{err}"),
        }
    }
}

/// How a program ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// By itself, with this code; 128 and more: by a signal.
    Exit(i32),
    /// It was ended: it used more of this than allowed.
    Over(Over),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Over {
    Time,
    Memory,
    Tasks,
    Output,
}

impl Over {
    /// What is over, in words for the user.
    pub fn in_words(self, allowance: &Allowance) -> String {
        let mib = 1024 * 1024;
        match self {
            Over::Time => format!("ran longer than {} s", allowance.time.as_secs_f32()),
            Over::Memory => format!("used more than {} MiB of memory", allowance.memory / mib),
            Over::Tasks => format!("started more than {} processes", allowance.tasks),
            Over::Output => format!("printed more than {} MiB", allowance.printed as u64 / mib),
        }
    }
}

/// Runs it to its end. Dropping the future ends the program and all that it started.
///
/// # Errors
/// Where the program cannot be started.
pub async fn run(run: Run<'_>) -> io::Result<Ran> {
    let mut command = std::process::Command::new(run.program);
    command
        .args(&run.arguments)
        .current_dir(run.folder)
        .env_clear()
        .envs(run.environment.iter().cloned())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let pending = sandbox::enclose(&mut command, &run.writable, run.allowance)?;
    let mut command = Command::from(command);
    let started = Instant::now();
    let mut group = Group {
        child: command.kill_on_drop(true).spawn()?,
    };
    let guards = pending.guards();
    let (mut stdout, mut stderr) = (Output::default(), Output::default());
    let (out, err) = (group.child.stdout.take(), group.child.stderr.take());
    let reads = async {
        let out = read(out, &mut stdout, run.allowance);
        let err = read(err, &mut stderr, run.allowance);
        tokio::try_join!(out, err)
    };
    let over = tokio::select! {
        over = too_much(&group.child, run.allowance) => Some(over),
        ended = reads => ended.err(),
    };
    let end = match over {
        Some(over) => End::Over(over),
        None => exit(&mut group.child, started, run.allowance).await?,
    };
    drop(group);
    Ok(Ran {
        end,
        stdout,
        stderr,
        time: started.elapsed(),
        guards,
    })
}

/// Waits for the end of a program whose output has ended.
async fn exit(child: &mut Child, started: Instant, allowance: &Allowance) -> io::Result<End> {
    let left = allowance.time.saturating_sub(started.elapsed());
    match tokio::time::timeout(left, child.wait()).await {
        Ok(status) => Ok(End::Exit(code(status?))),
        Err(_) => Ok(End::Over(Over::Time)),
    }
}

/// A program and all that it started; ended when this is dropped.
struct Group {
    child: Child,
}

impl Drop for Group {
    fn drop(&mut self) {
        // An id that was waited for may be another process by now.
        if let Some(id) = self.child.id() {
            tree::end(id);
        }
    }
}

/// Reads a stream to its end; fails where it is longer than may be printed.
async fn read(
    stream: Option<impl AsyncRead + Unpin>,
    output: &mut Output,
    allowance: &Allowance,
) -> Result<(), Over> {
    let Some(mut stream) = stream else {
        return Ok(());
    };
    let mut buffer = vec![0; 16 * 1024];
    loop {
        match stream.read(&mut buffer).await {
            Ok(0) | Err(_) => return Ok(()),
            Ok(count) => output.push(&buffer[..count], allowance.kept),
        }
        if output.total() > allowance.printed {
            return Err(Over::Output);
        }
    }
}

/// Ends when the program and what it started use too much.
async fn too_much(child: &Child, allowance: &Allowance) -> Over {
    let deadline = tokio::time::Instant::now() + allowance.time;
    let Some(id) = child.id() else {
        return std::future::pending().await;
    };
    loop {
        let next = (tokio::time::Instant::now() + LOOK_EVERY).min(deadline);
        tokio::time::sleep_until(next).await;
        if next == deadline {
            return Over::Time;
        }
        // Reading a few hundred small files of /proc: a millisecond or two, on a thread that may block.
        let Ok(used) = tokio::task::spawn_blocking(move || tree::used(id)).await else {
            continue;
        };
        if used.tasks > allowance.tasks {
            return Over::Tasks;
        }
        if used.memory > allowance.memory {
            return Over::Memory;
        }
    }
}

#[cfg(unix)]
fn code(status: std::process::ExitStatus) -> i32 {
    use std::os::unix::process::ExitStatusExt;
    let by_signal = status.signal().map(|signal| 128 + signal);
    status.code().or(by_signal).unwrap_or(-1)
}

#[cfg(not(unix))]
fn code(status: std::process::ExitStatus) -> i32 {
    status.code().unwrap_or(-1)
}
