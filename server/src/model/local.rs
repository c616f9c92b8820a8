//! The local backend: weights in an engine process that all windows share, reached over a private socket.

mod backoff;
mod connection;
pub mod files;
mod start;
#[cfg(test)]
mod tests;

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use convive_engine::wire::{self, Ask, ErrorKind, Reply};
use convive_engine::{gguf, socket};
use futures::future::BoxFuture;
use futures::{FutureExt, StreamExt, stream};

use super::{
    About, Backend, Chunk, End, EndReason, Error, Event, Events, Message, Piece, Prompt, Request,
    Role, Usage, weights,
};
use backoff::Backoff;
use connection::Connection;

/// What errors call this backend.
const TARGET: &str = "the local engine";

/// Which engine to use; engines that differ in any of these, idle time apart, are different processes.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// The weights: a .gguf file.
    pub model: PathBuf,
    /// Threads; None: half of the cores, 4 at most.
    pub threads: Option<usize>,
    /// Tokens of prompt and answer together; None: as many as the model was trained for, 8192 at most.
    pub window: Option<usize>,
    /// How long an engine stays with nobody connected.
    pub idle_exit: Duration,
    /// The program whose `engine` subcommand is the engine.
    pub program: PathBuf,
    /// The folder for requantised weights, verdicts and the log.
    pub cache: PathBuf,
    /// The private folder of the socket.
    pub sockets: PathBuf,
}

impl Settings {
    /// The usual settings for these weights: this program, the user's folders, 10 minutes.
    pub fn new(model: PathBuf) -> Settings {
        Settings {
            model,
            threads: None,
            window: None,
            idle_exit: Duration::from_secs(600),
            program: std::env::current_exe().unwrap_or_else(|_| PathBuf::from("convive")),
            cache: files::cache_dir(),
            sockets: files::socket_dir(),
        }
    }

    /// Where the engine with these settings listens.
    pub fn socket(&self) -> PathBuf {
        let model = std::fs::canonicalize(&self.model).unwrap_or_else(|_| self.model.clone());
        let parts = [
            wire::PROTOCOL.to_string(),
            env!("CARGO_PKG_VERSION").to_owned(),
            stamp(&self.program),
            stamp(&model),
            format!("{:?} {:?}", self.threads, self.window),
        ];
        socket::path(&self.sockets, &parts.each_ref().map(String::as_str))
    }
}

/// Path, size and time of change of a file: another build or other weights under the same name get an engine of their own.
fn stamp(path: &std::path::Path) -> String {
    let metadata = std::fs::metadata(path).ok();
    let changed = metadata.as_ref().and_then(|data| data.modified().ok());
    let size = metadata.map(|data| data.len());
    format!("{} {size:?} {changed:?}", path.display())
}

/// Weights on this machine.
pub struct Local {
    shared: Arc<Shared>,
}

struct Shared {
    settings: Settings,
    /// Held while an engine is started, so that one window starts one.
    starting: tokio::sync::Mutex<()>,
    backoff: Mutex<Backoff>,
}

impl Local {
    pub fn new(settings: Settings) -> Local {
        Local {
            shared: Arc::new(Shared {
                settings,
                starting: tokio::sync::Mutex::new(()),
                backoff: Mutex::default(),
            }),
        }
    }
}

impl Backend for Local {
    fn generate(&self, request: Request) -> Events {
        match ask(request) {
            Ok(ask) => run(self.shared.clone(), ask)
                .filter_map(|reply| std::future::ready(reply.map(to_event).transpose()))
                .boxed(),
            Err(error) => stream::once(std::future::ready(Err(error))).boxed(),
        }
    }

    fn probe(&self) -> BoxFuture<'static, Result<About, Error>> {
        let shared = self.shared.clone();
        async move {
            let path = shared.settings.model.clone();
            let header = tokio::task::spawn_blocking(move || gguf::open(&path))
                .await
                .map_err(|error| unavailable(error.to_string()))?
                .map_err(|refused| unavailable(refused.to_string()))?;
            let mut replies = std::pin::pin!(run(shared, Ask::About));
            while let Some(reply) = replies.next().await {
                if let Reply::About(about) = reply? {
                    return Ok(to_about(&header, about));
                }
            }
            Err(closed())
        }
        .boxed()
    }
}

/// The replies to one ask; the last is an end, an about or an error. Dropping the stream closes the connection.
fn run(
    shared: Arc<Shared>,
    ask: Ask,
) -> impl futures::Stream<Item = Result<Reply, Error>> + Send + 'static {
    enum State {
        Start(Ask),
        Running(Connection),
        Over,
    }
    stream::unfold((shared, State::Start(ask)), async |(shared, state)| {
        let mut connection = match state {
            State::Over => return None,
            State::Running(connection) => connection,
            State::Start(ask) => match start::open(&shared, &ask).await {
                Ok(connection) => connection,
                Err(error) => return Some((Err(error), (shared, State::Over))),
            },
        };
        let reply = connection.next().await.and_then(to_result);
        shared.note(&reply);
        let state = match reply {
            Ok(Reply::End(_) | Reply::About(_)) | Err(_) => State::Over,
            Ok(_) => State::Running(connection),
        };
        Some((reply, (shared, state)))
    })
}

impl Shared {
    /// What was learnt of the engine's health: an answer makes it well, a crash or bad weights make us wait before the next start.
    fn note(&self, reply: &Result<Reply, Error>) {
        let mut backoff = self.backoff();
        match reply {
            Ok(Reply::End(_) | Reply::About(_)) => *backoff = Backoff::default(),
            Err(error @ (Error::Closed { .. } | Error::Unavailable { .. })) => {
                backoff.broke(error.clone(), Instant::now());
            }
            _ => {}
        }
    }

    fn backoff(&self) -> std::sync::MutexGuard<'_, Backoff> {
        self.backoff.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn ask(request: Request) -> Result<Ask, Error> {
    let mut generate = wire::Generate {
        max_tokens: request.sampling.max_tokens,
        temperature: request.sampling.temperature,
        seed: request.sampling.seed,
        stops: request.sampling.stops,
        cache_key: request.cache_key,
        ..wire::Generate::default()
    };
    match request.prompt {
        Prompt::Raw { pieces, heal } => {
            generate.pieces = pieces.into_iter().map(to_piece).collect();
            generate.heal = heal;
        }
        Prompt::Chat(messages) => generate.chat = messages.into_iter().map(to_turn).collect(),
        Prompt::Insert { .. } => {
            return Err(unavailable(
                "the local engine builds no FIM prompts itself; set fim to \"auto\" or to a format's name",
            ));
        }
    }
    Ok(Ask::Generate(generate))
}

fn to_piece(piece: Piece) -> wire::Piece {
    match piece {
        Piece::Control(text) => wire::Piece::Control(text),
        Piece::Text(text) => wire::Piece::Text(text),
    }
}

fn to_turn(message: Message) -> wire::Turn {
    let role = match message.role {
        Role::System => "system",
        Role::User => "user",
        Role::Assistant => "assistant",
    };
    wire::Turn {
        role: role.to_owned(),
        text: message.text,
    }
}

/// An error reply is an error.
fn to_result(reply: Reply) -> Result<Reply, Error> {
    match reply {
        Reply::Error { kind, message } => Err(match kind {
            ErrorKind::TooLong => Error::TooLong { message },
            ErrorKind::Unavailable => Error::Unavailable { message },
            ErrorKind::BadRequest | ErrorKind::Failed => Error::Malformed {
                target: TARGET.to_owned(),
                message,
            },
        }),
        reply => Ok(reply),
    }
}

/// The event that a reply means to the outside, if any.
fn to_event(reply: Reply) -> Option<Event> {
    Some(match reply {
        Reply::Progress { what, fraction } => Event::Progress { what, fraction },
        Reply::Loaded => Event::Ready,
        Reply::Read {
            prompt_tokens,
            cached_tokens,
            prompt_ms,
        } => Event::Read(Usage {
            prompt_tokens: Some(prompt_tokens),
            cached_tokens: Some(cached_tokens),
            prompt_time: Duration::try_from_secs_f64(prompt_ms / 1000.0).ok(),
            ..Usage::default()
        }),
        Reply::Chunk {
            text,
            log_prob,
            tokens,
        } => Event::Chunk(Chunk {
            text,
            log_prob: (tokens > 0).then_some((log_prob, tokens)),
        }),
        Reply::End(end) => Event::End(to_end(end)),
        Reply::Hello | Reply::About(_) | Reply::Error { .. } => return None,
    })
}

fn to_end(end: wire::End) -> End {
    let time = |ms: f64| Duration::try_from_secs_f64(ms / 1000.0).ok();
    End {
        reason: match end.reason {
            wire::EndReason::Finished => EndReason::Finished,
            wire::EndReason::Stop | wire::EndReason::Loop => EndReason::Stop,
            wire::EndReason::Length => EndReason::Length,
        },
        usage: Usage {
            prompt_tokens: Some(end.prompt_tokens),
            cached_tokens: Some(end.cached_tokens),
            generated_tokens: Some(end.generated_tokens),
            prompt_time: time(end.prompt_ms),
            generation_time: time(end.generation_ms),
        },
    }
}

fn to_about(header: &gguf::Header, about: wire::About) -> About {
    let file = std::path::Path::new(&about.file).file_stem();
    let fim = weights::format(header, &file.unwrap_or_default().to_string_lossy());
    let details = [
        ("weights", about.file),
        ("architecture", about.architecture),
        (
            "parameters",
            format!("{} million", about.parameters / 1_000_000),
        ),
        ("size", format!("{} MB", about.bytes / 1_000_000)),
        ("threads", about.threads.to_string()),
        ("device", about.device),
        ("loaded in", format!("{:.0} ms", about.load_ms)),
    ];
    About {
        model: header.name.clone().unwrap_or(about.name),
        fim,
        window: Some(about.window),
        details: details
            .map(|(name, value)| (name.to_owned(), value))
            .to_vec(),
    }
}

fn unavailable(message: impl Into<String>) -> Error {
    Error::Unavailable {
        message: message.into(),
    }
}

fn closed() -> Error {
    Error::Closed {
        target: TARGET.to_owned(),
    }
}
