//! The engine's door: a private socket, one connection for each ask, a closed connection cancels; leaves when nobody comes.

mod connection;
#[cfg(test)]
mod tests;

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use interprocess::local_socket::{ListenerOptions, prelude::*};

use crate::socket;
use crate::wire::{Ask, Reply};

/// How often the engine looks whether it is still wanted.
const LOOK_EVERY: Duration = Duration::from_millis(200);

/// Where to listen, and how long to stay.
#[derive(Clone, Debug)]
pub struct Options {
    pub socket: PathBuf,
    /// With nobody connected for this long, the engine ends.
    pub idle_exit: Duration,
}

/// How serving ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Served {
    /// Nobody came, the socket was taken away, or the work ended.
    Done,
    /// Another process serves this socket already.
    Elsewhere,
}

/// One ask of one connection.
pub struct Job {
    pub ask: Ask,
    cancelled: Arc<AtomicBool>,
    replies: Sender<Reply>,
}

impl Job {
    /// Sends a reply; nobody may be there any more.
    pub fn reply(&self, reply: Reply) {
        if self.replies.send(reply).is_err() {
            self.cancelled.store(true, Ordering::Relaxed);
        }
    }

    /// Becomes true when the connection closes.
    pub fn cancelled(&self) -> &Arc<AtomicBool> {
        &self.cancelled
    }

    pub fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }
}

/// The asks, as they come.
pub struct Jobs {
    receiver: Receiver<Job>,
    presence: Arc<Presence>,
}

impl Jobs {
    /// The next job, now or never.
    pub fn poll(&self) -> Option<Job> {
        self.receiver.try_recv().ok()
    }

    /// Waits for a job; None when the engine is to end.
    pub fn wait(&self) -> Option<Job> {
        self.wait_for(Duration::MAX)
    }

    /// Waits for a job for so long.
    pub fn wait_for(&self, time: Duration) -> Option<Job> {
        let start = Instant::now();
        while start.elapsed() < time && !self.presence.ending.load(Ordering::Relaxed) {
            match self.receiver.recv_timeout(LOOK_EVERY.min(time)) {
                Ok(job) => return Some(job),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return None,
            }
        }
        None
    }
}

/// Serves until idle. `work` runs on this thread and takes the jobs until there are no more.
///
/// # Errors
/// Where the socket cannot be opened.
pub fn serve(options: &Options, work: impl FnOnce(Jobs)) -> io::Result<Served> {
    if let Some(folder) = options.socket.parent() {
        socket::make_private(folder)?;
    }
    let Some(_lock) = lock(&options.socket)? else {
        return Ok(Served::Elsewhere);
    };
    // Whoever holds the lock is alone: a file that is there was left by an engine that was killed.
    let _left_over = std::fs::remove_file(&options.socket);
    let listener = ListenerOptions::new()
        .name(socket::name(&options.socket)?)
        .create_sync()?;
    let presence = Arc::new(Presence::default());
    let (sender, receiver) = mpsc::channel();
    let (watching, own) = (presence.clone(), identity(&options.socket));
    let watched = options.clone();
    std::thread::spawn(move || watching.watch(&watched, own));
    let accepting = presence.clone();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            if accepting.ending.load(Ordering::Relaxed) {
                return;
            }
            connection::start(stream, sender.clone(), accepting.enter());
        }
    });
    work(Jobs {
        receiver,
        presence: presence.clone(),
    });
    presence.end(&options.socket);
    Ok(Served::Done)
}

/// The right to serve at a socket; the system takes it back when the process ends, however it ends.
fn lock(socket: &Path) -> io::Result<Option<File>> {
    let path = socket.with_extension("lock");
    let file = OpenOptions::new().create(true).append(true).open(path)?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

/// Who is connected, and whether the engine is to end.
#[derive(Default)]
struct Presence {
    connected: AtomicUsize,
    last: Mutex<Option<Instant>>,
    ending: AtomicBool,
}

/// One connection; dropped when it ends.
struct Visitor(Arc<Presence>);

impl Presence {
    fn enter(self: &Arc<Presence>) -> Visitor {
        self.connected.fetch_add(1, Ordering::SeqCst);
        Visitor(self.clone())
    }

    fn touch(&self) {
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
    }

    fn idle_for(&self) -> Duration {
        let last = *self.last.lock().unwrap_or_else(PoisonError::into_inner);
        last.map_or(Duration::ZERO, |last| last.elapsed())
    }

    fn watch(&self, options: &Options, own: Option<u64>) {
        self.touch();
        while !self.ending.load(Ordering::Relaxed) {
            std::thread::sleep(LOOK_EVERY.min(options.idle_exit));
            let idle =
                self.connected.load(Ordering::SeqCst) == 0 && self.idle_for() >= options.idle_exit;
            if idle || identity(&options.socket) != own {
                self.end(&options.socket);
            }
        }
    }

    /// Takes the socket away first, so that nobody new comes; who is in between is sent off without a hello and asks again.
    fn end(&self, socket: &Path) {
        if !self.ending.swap(true, Ordering::SeqCst) {
            let _gone = std::fs::remove_file(socket);
        }
    }
}

impl Drop for Visitor {
    fn drop(&mut self) {
        self.0.touch();
        self.0.connected.fetch_sub(1, Ordering::SeqCst);
    }
}

/// What makes a socket's file this one and no later one of the same name. Named pipes have none.
fn identity(socket: &Path) -> Option<u64> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        std::fs::symlink_metadata(socket)
            .ok()
            .map(|data| data.ino())
    }
    #[cfg(not(unix))]
    {
        let _ = socket;
        None
    }
}
