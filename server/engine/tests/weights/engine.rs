//! An engine with the real weights in this process, and a client that talks to it as editors' servers do.

use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::thread::JoinHandle;
use std::time::Duration;

use convive_engine::serve::{Options, Served};
use convive_engine::wire::{self, Ask, End, ErrorKind, Generate, Piece, Reply};
use convive_engine::{Settings, socket};
use interprocess::local_socket::{Stream, prelude::*};
use tempfile::TempDir;

/// The weights; without them these tests fail, they do not pass by doing nothing.
pub fn weights() -> PathBuf {
    let path = std::env::var_os("CONVIVE_TEST_MODEL")
        .expect("CONVIVE_TEST_MODEL is not set: run `cargo xtask test`");
    PathBuf::from(path)
}

/// The program, which tries the weights.
fn program() -> PathBuf {
    let path =
        std::env::var_os("CONVIVE_BIN").expect("CONVIVE_BIN is not set: run `cargo xtask test`");
    PathBuf::from(path)
}

pub struct Engine {
    options: Options,
    _served: JoinHandle<std::io::Result<Served>>,
    _folder: TempDir,
}

/// What came of a generation.
#[derive(Debug)]
pub struct Answer {
    pub text: String,
    pub log_prob: f32,
    pub end: End,
}

impl Engine {
    pub fn start() -> Engine {
        let folder = tempfile::tempdir().expect("a folder");
        let settings = Settings {
            model: weights(),
            threads: None,
            window: None,
            cache: PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("engine"),
            program: program(),
        };
        let options = Options {
            socket: socket::path(folder.path(), &["test"]),
            idle_exit: Duration::from_secs(600),
        };
        let own = options.clone();
        Engine {
            options,
            _served: std::thread::spawn(move || convive_engine::run(&settings, &own)),
            _folder: folder,
        }
    }

    /// Asks, and waits until the engine has taken it.
    pub fn ask(&self, ask: &Ask) -> Connection {
        let stream = loop {
            match Stream::connect(socket::name(&self.options.socket).expect("a name")) {
                Ok(stream) => break stream,
                Err(_) => std::thread::yield_now(),
            }
        };
        let mut connection = Connection(BufReader::new(stream));
        connection
            .0
            .get_mut()
            .write_all(&wire::line(ask))
            .expect("a reader");
        assert_eq!(connection.next(), Reply::Hello);
        connection
    }

    pub fn generate(&self, generate: Generate) -> Result<Answer, (ErrorKind, String)> {
        self.ask(&Ask::Generate(generate)).finish()
    }

    pub fn complete(&self, generate: Generate) -> Answer {
        self.generate(generate).expect("an answer")
    }

    /// Answered between two steps of whatever runs.
    pub fn about(&self) -> wire::About {
        let mut connection = self.ask(&Ask::About);
        loop {
            match connection.next() {
                Reply::About(about) => return about,
                Reply::Progress { .. } | Reply::Loaded => {}
                other => panic!("{other:?}"),
            }
        }
    }
}

pub struct Connection(BufReader<Stream>);

impl Connection {
    pub fn next(&mut self) -> Reply {
        let mut line = String::new();
        self.0.read_line(&mut line).expect("a reply");
        serde_json::from_str(&line).expect("a reply")
    }

    pub fn finish(mut self) -> Result<Answer, (ErrorKind, String)> {
        let (mut text, mut sum) = (String::new(), 0.0);
        loop {
            match self.next() {
                Reply::Chunk {
                    text: more,
                    log_prob,
                    ..
                } => {
                    text.push_str(&more);
                    sum += log_prob;
                }
                Reply::End(end) => {
                    return Ok(Answer {
                        text,
                        log_prob: sum,
                        end,
                    });
                }
                Reply::Error { kind, message } => return Err((kind, message)),
                _ => {}
            }
        }
    }
}

/// Completes `text` in a document of its own.
pub fn of(text: &str) -> Generate {
    Generate {
        pieces: vec![Piece::Text(text.to_owned())],
        max_tokens: 16,
        cache_key: text.to_owned(),
        ..Generate::default()
    }
}
