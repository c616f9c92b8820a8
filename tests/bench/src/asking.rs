//! What asking costs beside the model: the list of code actions, and the time until the first chunk is with the client.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::Subject;
use crate::backend::{AT_ONCE, Backend, Script};
use crate::peer::Peer;
use crate::source::{GO, RUST, SIZES, Sample};
use crate::table::{milliseconds, quantile, ratio, table};

/// Rounds of lists that are measured, after some that are not.
const ROUNDS: usize = 200;
const WARM_UP: usize = 30;
/// How long the first parse may take.
const FIRST_PARSE: Duration = Duration::from_secs(2);
/// The most that a list may take, as a multiple of a request that does nothing.
const LIST_LIMIT: f64 = 3.0;

/// The first chunk after 300 ms, as from a model that reads a prompt.
const SLOW: Script = &[
    (Duration::from_millis(300), "It adds "),
    (Duration::from_millis(100), "the items."),
];
const ANSWERS: usize = 9;
/// The most that the first chunk may take, as a multiple of the backend's own.
const CHUNK_LIMIT: f64 = 1.1;

pub fn measure(subject: &Subject) -> String {
    let mut lists = Vec::new();
    for sample in [GO, RUST] {
        for (size, bytes) in SIZES {
            lists.push(list(subject, &sample, size, bytes));
        }
    }
    let chunks = [GO, RUST].map(|sample| first_chunk(subject, &sample));
    let lists = table(
        "Code actions listed, beside a request that does nothing",
        &[
            "language", "size", "bare p50", "list p50", "list p95", "ratio",
        ],
        &lists,
    );
    let chunks = table(
        "First chunk of an answer with the client, beside the backend's own",
        &["language", "backend p50", "Convive p50", "ratio"],
        &chunks,
    );
    format!("{lists}\n{chunks}")
}

/// Lists the actions in a function, and asks for nothing in turns.
fn list(subject: &Subject, sample: &Sample, size: &str, bytes: usize) -> Vec<String> {
    let backend = Backend::start(AT_ONCE);
    let home = tempfile::tempdir().expect("a folder");
    let mut server = Peer::initialized(subject, home.path(), &backend.url);
    let source = sample.source(bytes);
    let uri = format!("file:///bench/shop.{}", sample.extension);
    server.open(&uri, sample.id, &source);
    let place = json!({ "line": sample.line(&source), "character": 1 });
    let wish = json!({
        "textDocument": { "uri": uri },
        "range": { "start": place, "end": place },
        "context": { "diagnostics": [] },
    });
    server.request("textDocument/codeAction", wish.clone());
    std::thread::sleep(FIRST_PARSE);
    let (mut floors, mut lists) = (Vec::new(), Vec::new());
    for round in 0..WARM_UP + ROUNDS {
        let start = Instant::now();
        let nothing = json!({ "command": "convive.cancel" });
        server.request("workspace/executeCommand", nothing);
        let floor = start.elapsed();
        let start = Instant::now();
        let answer = server.request("textDocument/codeAction", wish.clone());
        let time = start.elapsed();
        let actions = answer["result"].as_array().map_or(0, Vec::len);
        assert!(actions >= 5, "the cursor is in a function: {answer}");
        if round >= WARM_UP {
            floors.push(floor);
            lists.push(time);
        }
    }
    let (floor, half) = (quantile(&mut floors, 0.5), quantile(&mut lists, 0.5));
    vec![
        sample.name.to_owned(),
        size.to_owned(),
        milliseconds(floor),
        milliseconds(half),
        milliseconds(quantile(&mut lists, 0.95)),
        ratio(half, floor, LIST_LIMIT),
    ]
}

/// Asks for explanations, and the backend alone in turns.
fn first_chunk(subject: &Subject, sample: &Sample) -> Vec<String> {
    let backend = Backend::start(SLOW);
    let home = tempfile::tempdir().expect("a folder");
    let mut server = Peer::initialized(subject, home.path(), &backend.url);
    let source = sample.source(20_000);
    let uri = format!("file:///bench/shop.{}", sample.extension);
    server.open(&uri, sample.id, &source);
    let place = json!({ "line": sample.line(&source), "character": 1 });
    let (mut floors, mut chunks) = (Vec::new(), Vec::new());
    for _ in 0..ANSWERS {
        floors.push(backends_own(&backend.url));
        let start = Instant::now();
        let id = server.ask(
            "convive/ask",
            json!({
                "textDocument": { "uri": uri },
                "range": { "start": place, "end": place },
                "action": "explain",
                "partialResultToken": "chunks",
            }),
        );
        while server.receive()["params"]["value"]["kind"] != "chunk" {}
        chunks.push(start.elapsed());
        server.answer(id);
    }
    let (floor, half) = (quantile(&mut floors, 0.5), quantile(&mut chunks, 0.5));
    vec![
        sample.name.to_owned(),
        milliseconds(floor),
        milliseconds(half),
        ratio(half, floor, CHUNK_LIMIT),
    ]
}

/// The time until the first chunk comes out of the backend's socket.
fn backends_own(url: &str) -> Duration {
    let address = url.trim_start_matches("http://").trim_end_matches("/v1");
    let start = Instant::now();
    let mut stream = TcpStream::connect(address).expect("it listens");
    let request = "POST /v1/chat/completions HTTP/1.1\r\ncontent-length: 0\r\n\r\n";
    stream.write_all(request.as_bytes()).expect("it reads");
    let (mut read, mut buffer) = (Vec::new(), [0; 4096]);
    loop {
        let count = stream.read(&mut buffer).expect("it writes");
        read.extend_from_slice(&buffer[..count]);
        if String::from_utf8_lossy(&read).contains("It adds") {
            return start.elapsed();
        }
        assert!(count > 0, "it closed before the first chunk");
    }
}
