//! The local backend with the real program and weights: one engine for all, nothing ends the server, nothing stays behind.
#![cfg(target_os = "linux")]

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use convive::model::local::{Local, Settings};
use convive::model::{Backend, Error, Event, Piece, Prompt, Request, Sampling};
use futures::StreamExt;
use tempfile::TempDir;

/// Some thousand tokens.
const LONG: &str = include_str!("../../../server/engine/src/gguf/reader.rs");

/// Settings for an engine of this test's own. The cache is shared, so that the weights are requantised once.
fn settings(folder: &Path) -> Settings {
    let variable = |name: &str| {
        let value = std::env::var_os(name);
        PathBuf::from(value.unwrap_or_else(|| panic!("{name} is not set: run `cargo xtask test`")))
    };
    Settings {
        program: variable("CONVIVE_BIN"),
        cache: PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("engine"),
        sockets: folder.join("run"),
        // No test leaves an engine behind for long.
        idle_exit: Duration::from_secs(5),
        ..Settings::new(variable("CONVIVE_TEST_MODEL"))
    }
}

fn own() -> (TempDir, Settings) {
    let folder = tempfile::tempdir().expect("a folder");
    let settings = settings(folder.path());
    (folder, settings)
}

fn request(text: &str, max_tokens: usize) -> Request {
    Request {
        prompt: Prompt::Raw {
            pieces: vec![Piece::Text(text.to_owned())],
            heal: 0,
        },
        sampling: Sampling {
            max_tokens,
            temperature: 0.0,
            seed: None,
            stops: Vec::new(),
        },
        cache_key: "file:///a.rs".to_owned(),
        purpose: Default::default(),
    }
}

/// What the model says, and what was heard of the loading.
async fn complete(backend: &Local, text: &str) -> Result<(String, usize), Error> {
    let (mut said, mut progress) = (String::new(), 0);
    let mut events = backend.generate(request(text, 8));
    while let Some(event) = events.next().await {
        match event? {
            Event::Chunk(chunk) => said.push_str(&chunk.text),
            Event::Progress { .. } => progress += 1,
            Event::Ready | Event::Read(_) => {}
            Event::End(_) => return Ok((said, progress)),
        }
    }
    panic!("the stream ended without an end");
}

/// The processes that serve a socket.
fn engines(socket: &Path) -> Vec<u32> {
    let name = socket.to_string_lossy().into_owned();
    let processes = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    let numbers =
        processes.filter_map(|entry| entry.file_name().to_string_lossy().parse::<u32>().ok());
    let serves = |number: &u32| {
        let words = std::fs::read(format!("/proc/{number}/cmdline")).unwrap_or_default();
        let state = std::fs::read_to_string(format!("/proc/{number}/stat")).unwrap_or_default();
        String::from_utf8_lossy(&words).contains(&name) && !state.contains(") Z ")
    };
    numbers.filter(serves).collect()
}

/// Waits until something is so, 20 s at most.
async fn until(what: &str, so: impl Fn() -> bool) {
    let start = Instant::now();
    while !so() {
        assert!(start.elapsed() < Duration::from_secs(20), "not {what}");
        tokio::task::spawn_blocking(std::thread::yield_now)
            .await
            .expect("a thread");
    }
}

fn kill(process: u32) {
    let status = std::process::Command::new("kill")
        .args(["-9", &process.to_string()])
        .status();
    assert!(status.expect("kill").success());
}

#[tokio::test(flavor = "multi_thread")]
async fn many_windows_share_one_engine() {
    let (_folder, settings) = own();
    let windows: Vec<_> = (0..6).map(|_| Local::new(settings.clone())).collect();
    let started = windows
        .iter()
        .map(|window| complete(window, "fn main() {\n    println"));
    let answers = futures::future::join_all(started).await;
    let first = answers[0].clone().expect("an answer");
    println!("{:?} after {} reports of progress", first.0, first.1);
    assert!(first.0.starts_with('('), "{first:?}");
    for answer in answers {
        assert_eq!(answer.expect("an answer").0, first.0);
    }
    assert_eq!(engines(&settings.socket()).len(), 1);
    let about = windows[0].probe().await.expect("a model");
    println!("{about:#?}");
    assert_eq!(about.window, Some(8192));
    let weights = &about.details[0].1;
    assert!(weights.contains("requantised"), "{weights}");
    assert!(Path::new(weights).is_file());
}

#[tokio::test(flavor = "multi_thread")]
async fn loading_is_reported() {
    let (folder, mut settings) = own();
    settings.cache = folder.path().join("cache");
    let mut heard = Vec::new();
    let mut events = Local::new(settings).generate(request("fn", 1));
    while let Some(event) = events.next().await {
        heard.push(match event.expect("an answer") {
            Event::Progress { .. } => "progress",
            Event::Ready => "ready",
            Event::Read(_) => "read",
            Event::Chunk(_) | Event::End(_) => "answer",
        });
    }
    heard.dedup();
    assert_eq!(heard, ["progress", "ready", "read", "answer"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_engine_costs_one_request() {
    let (_folder, settings) = own();
    let backend = Local::new(settings.clone());
    let mut events = backend.generate(request("let list = [1, 2, 3,", 500));
    let mut chunks = 0;
    let failed = loop {
        match events.next().await {
            Some(Ok(Event::Chunk(_))) => {
                chunks += 1;
                for engine in engines(&settings.socket()) {
                    kill(engine);
                }
            }
            Some(Ok(Event::Progress { .. } | Event::Ready | Event::Read(_))) => {}
            Some(Err(error)) => break error,
            other => panic!("{other:?}"),
        }
    };
    assert!(
        chunks > 0 && matches!(failed, Error::Closed { .. }),
        "{failed:?}"
    );
    assert!(
        events.next().await.is_none(),
        "nothing comes after an error"
    );
    let start = Instant::now();
    complete(&backend, "fn main() {").await.expect("an answer");
    println!(
        "the next completion is there {:?} after the kill",
        start.elapsed()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dropped_stream_stops_the_engine_in_the_middle_of_a_prompt() {
    let (_folder, settings) = own();
    let backend = Local::new(settings);
    complete(&backend, "fn main() {").await.expect("an answer");
    let mut long = backend.generate(request(LONG, 8));
    let mut other = request("struct", 0);
    other.cache_key = "file:///b.rs".to_owned();
    // A short generation that ends while the long prompt is read shows that it is under way.
    tokio::select! {
        event = long.next() => panic!("too early: {event:?}"),
        _ = backend.generate(other.clone()).collect::<Vec<_>>() => {}
    }
    let start = Instant::now();
    drop(long);
    backend.probe().await.expect("a model");
    let took = start.elapsed();
    println!("dropped in the middle of a prompt: the engine is free after {took:?}");
    assert!(took < Duration::from_millis(500), "{took:?}");
    let again = backend.generate(request(LONG, 0));
    let events: Vec<_> = again.collect().await;
    let Some(Ok(Event::End(end))) = events.last() else {
        panic!("{events:?}");
    };
    assert!(
        end.usage.cached_tokens < end.usage.prompt_tokens.map(|all| all - 64),
        "{end:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn idle_engines_leave_and_come_back() {
    let (_folder, mut settings) = own();
    settings.idle_exit = Duration::from_secs(1);
    let backend = Local::new(settings.clone());
    complete(&backend, "fn").await.expect("an answer");
    let socket = settings.socket();
    assert_eq!(engines(&socket).len(), 1);
    until("gone", || engines(&socket).is_empty()).await;
    assert!(!socket.exists());
    complete(&backend, "fn").await.expect("an answer");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_engine_ends_when_its_socket_is_taken_away() {
    let (_folder, settings) = own();
    let backend = Local::new(settings.clone());
    complete(&backend, "fn").await.expect("an answer");
    let socket = settings.socket();
    std::fs::remove_file(&socket).expect("a socket");
    complete(&backend, "fn")
        .await
        .expect("an answer from a new engine");
    until("alone", || engines(&socket).len() == 1).await;
}
