//! One connection: reads the ask, writes the replies, and notices when the other side closes.

use std::io::{Read, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};

use interprocess::local_socket::Stream;

use super::{Job, Visitor};
use crate::wire::{self, Ask, ErrorKind, Lines, Reply};

/// Serves a connection on threads of its own.
pub(super) fn start(stream: Stream, jobs: Sender<Job>, visitor: Visitor) {
    std::thread::spawn(move || {
        // What fails here is the other side's leaving.
        let _left = serve(Arc::new(stream), jobs);
        drop(visitor);
    });
}

fn serve(stream: Arc<Stream>, jobs: Sender<Job>) -> std::io::Result<()> {
    (&*stream).write_all(&wire::line(&Reply::Hello))?;
    let ask = match read_ask(&stream)? {
        Ok(ask) => ask,
        Err(message) => {
            let kind = ErrorKind::BadRequest;
            return (&*stream).write_all(&wire::line(&Reply::Error { kind, message }));
        }
    };
    let (sender, replies) = mpsc::channel();
    let cancelled = Arc::new(AtomicBool::new(false));
    let job = Job {
        ask,
        cancelled: cancelled.clone(),
        replies: sender,
    };
    if jobs.send(job).is_err() {
        return Ok(());
    }
    let watched = (stream.clone(), cancelled.clone());
    let watcher = std::thread::spawn(move || wait_for_close(&watched.0, &watched.1));
    let written = write_replies(&stream, &replies);
    if written.is_err() {
        cancelled.store(true, Ordering::Relaxed);
    }
    // The connection counts until the other side has closed it.
    let _ended = watcher.join();
    written
}

fn read_ask(stream: &Stream) -> std::io::Result<Result<Ask, String>> {
    let mut lines = Lines::default();
    let mut buffer = [0; 1 << 14];
    loop {
        match lines.next_line() {
            Ok(Some(line)) => {
                return Ok(serde_json::from_slice(&line).map_err(|error| error.to_string()));
            }
            Err(wire::TooLong) => return Ok(Err("a line without end".to_owned())),
            Ok(None) => {}
        }
        match (&mut &*stream).read(&mut buffer)? {
            0 => return Err(std::io::ErrorKind::UnexpectedEof.into()),
            length => lines.push(&buffer[..length]),
        }
    }
}

fn write_replies(stream: &Stream, replies: &Receiver<Reply>) -> std::io::Result<()> {
    let mut over = false;
    for reply in replies {
        over = matches!(reply, Reply::End(_) | Reply::About(_) | Reply::Error { .. });
        (&mut &*stream).write_all(&wire::line(&reply))?;
    }
    if over {
        return Ok(());
    }
    let message = "the generation was given up".to_owned();
    let kind = ErrorKind::Failed;
    (&mut &*stream).write_all(&wire::line(&Reply::Error { kind, message }))
}

fn wait_for_close(stream: &Stream, cancelled: &AtomicBool) {
    let mut buffer = [0; 256];
    while matches!((&mut &*stream).read(&mut buffer), Ok(length) if length > 0) {}
    cancelled.store(true, Ordering::Relaxed);
}
