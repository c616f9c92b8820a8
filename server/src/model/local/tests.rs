//! The client against a fake engine on a real local socket; no weights, no C++.

use std::io::Write;
use std::path::Path;

use interprocess::local_socket::ListenerOptions;
use interprocess::local_socket::tokio::{Listener, Stream, prelude::*};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::*;
use crate::model::Sampling;

/// A folder, settings that point into it, and the listener of a fake engine.
struct Fake {
    settings: Settings,
    listener: Listener,
    _folder: TempDir,
}

fn settings(folder: &Path) -> Settings {
    Settings {
        program: folder.join("no-such-program"),
        cache: folder.join("cache"),
        sockets: folder.join("run"),
        ..Settings::new(folder.join("weights.gguf"))
    }
}

impl Fake {
    fn new() -> Fake {
        let folder = tempfile::tempdir().unwrap();
        let settings = settings(folder.path());
        let path = settings.socket();
        socket::make_private(path.parent().unwrap()).unwrap();
        let listener = ListenerOptions::new()
            .name(socket::name(&path).unwrap())
            .create_tokio()
            .unwrap();
        Fake {
            settings,
            listener,
            _folder: folder,
        }
    }

    fn backend(&self) -> Local {
        Local::new(self.settings.clone())
    }

    /// The next connection and what it asked.
    async fn accept(&self) -> (Stream, Ask) {
        let mut stream = self.listener.accept().await.unwrap();
        let mut lines = wire::Lines::default();
        let mut buffer = [0; 4096];
        loop {
            if let Some(line) = lines.next_line().unwrap() {
                return (stream, serde_json::from_slice(&line).unwrap());
            }
            let length = stream.read(&mut buffer).await.unwrap();
            assert_ne!(length, 0, "closed before it asked");
            lines.push(&buffer[..length]);
        }
    }

    /// Answers one connection with `bytes`, in parts of `size`, and closes it.
    async fn answer(&self, bytes: &[u8], size: usize) -> Ask {
        let (mut stream, ask) = self.accept().await;
        for part in bytes.chunks(size) {
            if stream.write_all(part).await.is_err() {
                break; // The client has heard enough.
            }
            tokio::task::yield_now().await;
        }
        ask
    }
}

fn request(text: &str) -> Request {
    Request {
        prompt: Prompt::Raw {
            pieces: vec![Piece::Control("<pre>".into()), Piece::Text(text.into())],
            heal: 2,
        },
        sampling: Sampling {
            max_tokens: 9,
            temperature: 0.0,
            seed: None,
            stops: vec!["\n\n".into()],
        },
        cache_key: "file:///a.rs".into(),
        purpose: Default::default(),
    }
}

fn replies(replies: &[Reply]) -> Vec<u8> {
    replies.iter().flat_map(wire::line).collect()
}

fn chunk(text: &str) -> Reply {
    Reply::Chunk {
        text: text.into(),
        log_prob: -0.5,
        tokens: 1,
    }
}

/// What the backend makes of these bytes, sent in parts of `size` bytes.
async fn check(bytes: &[u8], size: usize) -> (Ask, Vec<Result<Event, Error>>) {
    let fake = Fake::new();
    let events = fake.backend().generate(request("fn é"));
    tokio::join!(fake.answer(bytes, size), events.collect())
}

fn said(events: &[Result<Event, Error>]) -> String {
    let texts = events.iter().filter_map(|event| match event {
        Ok(Event::Chunk(chunk)) => Some(chunk.text.as_str()),
        _ => None,
    });
    texts.collect()
}

#[tokio::test]
async fn answers_arrive_whatever_the_reads_are() {
    let end = wire::End {
        reason: wire::EndReason::Length,
        prompt_tokens: 7,
        cached_tokens: 5,
        ..wire::End::default()
    };
    let progress = Reply::Progress {
        what: "loading".into(),
        fraction: Some(0.5),
    };
    let script = [
        Reply::Hello,
        progress,
        Reply::Loaded,
        chunk("日"),
        chunk("本"),
        Reply::End(end),
    ];
    let bytes = replies(&script);
    for size in [1, 2, 3, 7, 64, bytes.len()] {
        let (ask, events) = check(&bytes, size).await;
        let Ask::Generate(generate) = ask else {
            panic!("{ask:?}");
        };
        assert_eq!(generate.pieces[0], wire::Piece::Control("<pre>".into()));
        assert_eq!(generate.pieces[1], wire::Piece::Text("fn é".into()));
        assert_eq!((generate.heal, generate.max_tokens), (2, 9));
        assert_eq!(events.len(), 5, "{events:?}");
        assert!(matches!(&events[0], Ok(Event::Progress { .. })));
        assert_eq!(events[1], Ok(Event::Ready));
        assert_eq!(said(&events), "日本");
        let Some(Ok(Event::End(end))) = events.last() else {
            panic!("{events:?}");
        };
        assert_eq!(end.reason, EndReason::Length);
        assert_eq!(end.usage.cached_tokens, Some(5));
    }
}

#[tokio::test]
async fn breaking_off_is_an_error_once() {
    let whole = replies(&[Reply::Hello, chunk("ab"), chunk("cd")]);
    for cut in [whole.len(), whole.len() - 1, whole.len() - 10] {
        let (_, events) = check(&whole[..cut], 5).await;
        assert_eq!(events.iter().filter(|event| event.is_err()).count(), 1);
        assert_eq!(events.last(), Some(&Err(closed())));
        assert!(said(&events).starts_with("ab"));
    }
}

#[tokio::test]
async fn errors_keep_their_meaning() {
    let message = || "why".to_owned();
    let kinds = [
        (ErrorKind::TooLong, Error::TooLong { message: message() }),
        (ErrorKind::Unavailable, unavailable("why")),
    ];
    for (kind, expected) in kinds {
        let error = Reply::Error {
            kind,
            message: message(),
        };
        let (_, events) = check(&replies(&[Reply::Hello, error, chunk("late")]), 9).await;
        assert_eq!(events, [Err(expected)]);
    }
    let (_, events) = check(b"{\"reply\":\"hello\"}\nHTTP/1.1 400 Bad Request\n", 99).await;
    assert!(matches!(&events[..], [Err(Error::Malformed { .. })]));
}

#[tokio::test]
async fn dropping_the_stream_closes_the_connection() {
    let fake = Fake::new();
    let mut events = fake.backend().generate(request("x"));
    let (first, mut stream) = tokio::join!(events.next(), async {
        let (mut stream, _) = fake.accept().await;
        stream
            .write_all(&replies(&[Reply::Hello, chunk("a")]))
            .await
            .unwrap();
        stream
    });
    assert!(matches!(first, Some(Ok(Event::Chunk(_)))));
    drop(events);
    assert_eq!(stream.read(&mut [0; 8]).await.unwrap_or(0), 0, "still open");
}

#[tokio::test]
async fn an_engine_on_its_way_out_is_asked_again() {
    let fake = Fake::new();
    let events = fake.backend().generate(request("x"));
    let script = replies(&[Reply::Hello, chunk("ok"), Reply::End(wire::End::default())]);
    let serve = async {
        drop(fake.accept().await);
        fake.answer(&script, 99).await;
    };
    let (_, events) = tokio::join!(serve, events.collect::<Vec<_>>());
    assert_eq!(said(&events), "ok");
    assert!(matches!(events.last(), Some(Ok(Event::End(_)))));
}

#[tokio::test]
async fn conversations_go_as_turns_and_fim_requests_are_refused() {
    let fake = Fake::new();
    let chat = Request {
        prompt: Prompt::Chat(vec![Message {
            role: Role::User,
            text: "why?".into(),
        }]),
        ..request("")
    };
    let events = fake.backend().generate(chat);
    let script = replies(&[Reply::Hello, Reply::End(wire::End::default())]);
    let (ask, _) = tokio::join!(fake.answer(&script, 99), events.collect::<Vec<_>>());
    let Ask::Generate(generate) = ask else {
        panic!("{ask:?}");
    };
    assert_eq!(generate.chat[0].role, "user");
    let insert = Request {
        prompt: Prompt::Insert {
            prefix: "a".into(),
            suffix: "b".into(),
        },
        ..request("")
    };
    let events: Vec<_> = fake.backend().generate(insert).collect().await;
    assert!(matches!(&events[..], [Err(Error::Unavailable { .. })]));
}

#[tokio::test]
async fn a_missing_program_says_so_and_waits_longer_each_time() {
    let folder = tempfile::tempdir().unwrap();
    let backend = Local::new(settings(folder.path()));
    for _ in 0..3 {
        let events: Vec<_> = backend.generate(request("x")).collect().await;
        let [Err(Error::Unavailable { message })] = &events[..] else {
            panic!("{events:?}");
        };
        assert!(message.contains("no-such-program"), "{message}");
    }
    assert!(backend.shared.backoff().refuses(Instant::now()).is_some());
}

#[cfg(unix)]
#[tokio::test]
async fn an_engine_that_ends_at_once_is_quoted() {
    use std::os::unix::fs::OpenOptionsExt;
    let folder = tempfile::tempdir().unwrap();
    let settings = settings(folder.path());
    let mut program = std::fs::OpenOptions::new()
        .create(true)
        .write(true)
        .truncate(true)
        .mode(0o700)
        .open(&settings.program)
        .unwrap();
    program
        .write_all(b"#!/bin/sh\necho this processor is too old >&2\nexit 3\n")
        .unwrap();
    drop(program);
    let backend = Local::new(settings);
    let events: Vec<_> = backend.generate(request("x")).collect().await;
    let [Err(Error::Unavailable { message })] = &events[..] else {
        panic!("{events:?}");
    };
    assert!(message.contains("this processor is too old"), "{message}");
}

#[tokio::test]
async fn bad_weights_are_refused_before_anything_starts() {
    let folder = tempfile::tempdir().unwrap();
    let settings = settings(folder.path());
    std::fs::write(&settings.model, "<html>").unwrap();
    let probed = Local::new(settings).probe().await;
    let Err(Error::Unavailable { message }) = probed else {
        panic!("{probed:?}");
    };
    assert!(message.contains("too short"), "{message}");
}

#[test]
fn engines_differ_by_weights_and_settings_but_not_by_idle_time() {
    let folder = tempfile::tempdir().unwrap();
    let base = settings(folder.path());
    let of = |change: fn(&mut Settings)| {
        let mut other = base.clone();
        change(&mut other);
        other.socket()
    };
    assert_eq!(
        base.socket(),
        of(|settings| settings.idle_exit = Duration::ZERO)
    );
    assert_ne!(base.socket(), of(|settings| settings.threads = Some(2)));
    assert_ne!(base.socket(), of(|settings| settings.window = Some(512)));
    let before = base.socket();
    std::fs::write(&base.model, "other weights").unwrap();
    assert_ne!(base.socket(), before);
}
