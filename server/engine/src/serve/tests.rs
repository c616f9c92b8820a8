//! The door with work that needs no model: it echoes, waits for a cancel, or gives up.

use std::io::{BufRead, BufReader, Write};
use std::thread::JoinHandle;

use interprocess::local_socket::Stream;
use tempfile::TempDir;

use super::*;
use crate::wire::{self, End, ErrorKind, Generate};

struct Engine {
    options: Options,
    served: JoinHandle<io::Result<Served>>,
    /// The `cache_key` of every job that was cancelled while it ran.
    cancelled: Receiver<String>,
    _folder: TempDir,
}

fn options(folder: &Path) -> Options {
    Options {
        socket: socket::path(folder, &["test"]),
        idle_exit: Duration::from_secs(60),
    }
}

/// `max_tokens` 0: waits until it is cancelled; 1: gives up; else answers with the key.
fn work(jobs: &Jobs, cancelled: &Sender<String>) {
    while let Some(job) = jobs.wait() {
        let Ask::Generate(generate) = &job.ask else {
            job.reply(Reply::About(wire::About::default()));
            continue;
        };
        match generate.max_tokens {
            0 => {
                while !job.is_cancelled() {
                    std::thread::yield_now();
                }
                cancelled.send(generate.cache_key.clone()).unwrap();
            }
            1 => {}
            _ => {
                job.reply(Reply::Progress {
                    what: generate.cache_key.clone(),
                    fraction: None,
                });
                job.reply(Reply::End(End::default()));
            }
        }
    }
}

impl Engine {
    fn start(change: impl FnOnce(&mut Options)) -> Engine {
        let folder = tempfile::tempdir().unwrap();
        let mut options = options(folder.path());
        change(&mut options);
        let (sender, cancelled) = mpsc::channel();
        let own = options.clone();
        let served = std::thread::spawn(move || serve(&own, move |jobs| work(&jobs, &sender)));
        while !options.socket.exists() && !served.is_finished() {
            std::thread::yield_now();
        }
        Engine {
            options,
            served,
            cancelled,
            _folder: folder,
        }
    }

    fn connect(&self) -> BufReader<Stream> {
        let mut tries = 0;
        loop {
            // The file is there a moment before anybody listens.
            match Stream::connect(socket::name(&self.options.socket).unwrap()) {
                Ok(stream) => return BufReader::new(stream),
                Err(_) if tries < 10_000 => tries += 1,
                Err(error) => panic!("{error}"),
            }
            std::thread::yield_now();
        }
    }

    fn ask(&self, max_tokens: usize, cache_key: &str) -> BufReader<Stream> {
        let mut stream = self.connect();
        let ask = Ask::Generate(Generate {
            max_tokens,
            cache_key: cache_key.into(),
            ..Generate::default()
        });
        stream.get_mut().write_all(&wire::line(&ask)).unwrap();
        stream
    }
}

fn reply(stream: &mut BufReader<Stream>) -> Reply {
    let mut line = String::new();
    stream.read_line(&mut line).unwrap();
    serde_json::from_str(&line).unwrap()
}

#[test]
fn each_connection_gets_its_own_answer() {
    let engine = Engine::start(|_| {});
    let mut streams: Vec<_> = (0..20).map(|n| engine.ask(9, &n.to_string())).collect();
    for (n, stream) in streams.iter_mut().enumerate() {
        assert_eq!(reply(stream), Reply::Hello);
        let progress = reply(stream);
        assert!(matches!(&progress, Reply::Progress { what, .. } if *what == n.to_string()));
        assert_eq!(reply(stream), Reply::End(End::default()));
    }
}

#[test]
fn closing_the_connection_cancels() {
    let engine = Engine::start(|_| {});
    let mut stream = engine.ask(0, "a");
    assert_eq!(reply(&mut stream), Reply::Hello);
    drop(stream);
    assert_eq!(engine.cancelled.recv().unwrap(), "a");
    let mut next = engine.ask(9, "b");
    reply(&mut next);
    assert!(matches!(reply(&mut next), Reply::Progress { .. }));
}

#[test]
fn work_that_gives_up_and_nonsense_are_errors() {
    let engine = Engine::start(|_| {});
    let mut stream = engine.ask(1, "a");
    reply(&mut stream);
    let given_up = reply(&mut stream);
    assert!(matches!(
        given_up,
        Reply::Error {
            kind: ErrorKind::Failed,
            ..
        }
    ));
    let mut stream = engine.connect();
    stream
        .get_mut()
        .write_all(b"GET / HTTP/1.1\r\n\r\n")
        .unwrap();
    reply(&mut stream);
    let nonsense = reply(&mut stream);
    assert!(matches!(
        nonsense,
        Reply::Error {
            kind: ErrorKind::BadRequest,
            ..
        }
    ));
}

#[test]
fn the_second_engine_leaves_it_to_the_first() {
    let engine = Engine::start(|_| {});
    let second = serve(&engine.options, |_| panic!("two engines"));
    assert_eq!(second.unwrap(), Served::Elsewhere);
    reply(&mut engine.ask(9, "still there"));
}

#[test]
fn a_socket_left_by_a_killed_engine_is_taken_over() {
    let engine = Engine::start(|options| std::fs::write(&options.socket, "stale").unwrap());
    assert_eq!(reply(&mut engine.ask(9, "a")), Reply::Hello);
}

#[test]
fn idle_engines_end_and_take_their_socket_along() {
    let engine = Engine::start(|options| options.idle_exit = Duration::from_millis(1));
    assert_eq!(engine.served.join().unwrap().unwrap(), Served::Done);
    assert!(!engine.options.socket.exists());
}

#[cfg(unix)]
#[test]
fn an_engine_whose_socket_is_gone_ends() {
    let engine = Engine::start(|_| {});
    reply(&mut engine.ask(9, "a"));
    std::fs::remove_file(&engine.options.socket).unwrap();
    assert_eq!(engine.served.join().unwrap().unwrap(), Served::Done);
}
