//! Writes to the disk in order, on a thread of its own: nobody who answers an editor waits for it.

use std::fs::{DirBuilder, OpenOptions};
use std::io::{self, Write};
use std::path::Path;
use std::sync::mpsc::{SyncSender, TrySendError, channel, sync_channel};
use std::sync::{Arc, OnceLock};
use std::thread::JoinHandle;
use std::time::Duration;

use crate::document::background;

type Job = Box<dyn FnOnce() + Send>;

/// Jobs that wait at most. More are not done: the disk stands still, and what would be written must not fill the memory.
const WAITING: usize = 1024;

/// What is noted belongs to an answer that is about to be written, and then drawn by an editor: both come first.
const REST: Duration = Duration::from_millis(30);

/// Hands jobs to the thread, which starts with the first of them. The last pen waits for it when it is dropped.
#[derive(Clone, Default)]
pub struct Pen {
    thread: Arc<OnceLock<Thread>>,
}

struct Thread {
    queue: Option<SyncSender<Job>>,
    handle: Option<JoinHandle<()>>,
}

impl Pen {
    /// Does `job` after all that were given before.
    pub fn write(&self, job: impl FnOnce() + Send + 'static) {
        let thread = self.thread.get_or_init(Thread::start);
        if let Some(queue) = &thread.queue
            && let Err(TrySendError::Full(_)) = queue.try_send(Box::new(job))
        {
            tracing::warn!("something is not noted down: the disk is too slow");
        }
    }

    /// Waits until everything that was given so far is done; blocks the thread that calls it.
    pub fn flush(&self) {
        let thread = self.thread.get();
        let Some((thread, queue)) = thread.and_then(|own| Some((own, own.queue.as_ref()?))) else {
            return;
        };
        let (done, waiting) = channel();
        // An error says that there is no thread, which was told.
        let _ = queue.send(Box::new(move || {
            let _ = done.send(());
        }));
        thread.hurry();
        let _ = waiting.recv();
    }
}

impl Thread {
    fn start() -> Thread {
        let (queue, jobs) = sync_channel::<Job>(WAITING);
        let work = move || {
            background::stand_back();
            while let Ok(first) = jobs.recv() {
                std::thread::park_timeout(REST);
                first();
                jobs.try_iter().for_each(|job| job());
            }
        };
        let builder = std::thread::Builder::new().name("convive-pen".to_owned());
        let spawned = builder.spawn(work);
        if let Err(error) = &spawned {
            tracing::warn!("nothing can be noted down: {error}");
        }
        Thread {
            queue: Some(queue),
            handle: spawned.ok(),
        }
    }

    /// Somebody waits for what is in the queue.
    fn hurry(&self) {
        if let Some(handle) = &self.handle {
            handle.thread().unpark();
        }
    }
}

impl Drop for Thread {
    fn drop(&mut self) {
        // The thread ends when it has done all that is in the queue.
        drop(self.queue.take());
        self.hurry();
        let handle = self.handle.take();
        // A job may have held the last pen.
        let own = std::thread::current().id();
        if let Some(handle) = handle.filter(|handle| handle.thread().id() != own) {
            let _ = handle.join();
        }
    }
}

/// Adds a line to a file in one write, so that processes which add to the same file do not mix their lines. File and folder are
/// made where they are missing, for the user's eyes only.
///
/// # Errors
/// What the system says.
pub fn append(path: &Path, line: &str) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        private_folder(folder)?;
    }
    let mut options = OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
        .open(path)?
        .write_all(format!("{line}\n").as_bytes())
}

fn private_folder(folder: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jobs_are_done_in_order_and_flush_waits_for_them() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("below/file");
        let pen = Pen::default();
        pen.flush();
        for number in 0..100 {
            let path = path.clone();
            pen.write(move || append(&path, &number.to_string()).expect("written"));
        }
        pen.flush();
        let expected: String = (0..100).map(|number| format!("{number}\n")).collect();
        let text = std::fs::read_to_string(&path).expect("a file");
        assert_eq!(text, expected);
    }

    /// What waits while the disk stands still is bounded, and nobody who writes waits for it.
    #[test]
    fn a_disk_that_stands_still_costs_no_memory() {
        let pen = Pen::default();
        let (go_on, wait) = channel::<()>();
        pen.write(move || wait.recv().expect("it is told"));
        let held = Arc::new(());
        for _ in 0..10_000 {
            let held = held.clone();
            pen.write(move || drop(held));
        }
        assert!(Arc::strong_count(&held) <= WAITING + 2);
        go_on.send(()).expect("it waits");
        pen.flush();
        assert_eq!(Arc::strong_count(&held), 1);
    }

    #[test]
    fn the_last_pen_waits_for_the_thread() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("file");
        let pen = Pen::default();
        for _ in 0..100 {
            let (path, pen) = (path.clone(), pen.clone());
            pen.clone().write(move || {
                let _held = pen;
                append(&path, "x").expect("written");
            });
        }
        pen.flush();
        let held = path.clone();
        pen.write(move || append(&held, "last").expect("written"));
        drop(pen);
        let text = std::fs::read_to_string(&path).expect("a file");
        assert!(text.ends_with("x\nlast\n"), "{text}");
    }

    #[cfg(unix)]
    #[test]
    fn only_the_user_can_read_it() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("below/file");
        append(&path, "x").expect("written");
        let mode = |path: &Path| {
            let data = std::fs::metadata(path).expect("it is there");
            data.permissions().mode() & 0o777
        };
        assert_eq!(
            (mode(&path), mode(path.parent().expect("a folder"))),
            (0o600, 0o700)
        );
    }
}
