//! Whether the memory of many documents goes back when they are closed.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::Subject;
use crate::backend::{AT_ONCE, Backend};
use crate::peer::Peer;
use crate::source::{GO, RUST, Sample};
use crate::table::table;

const DOCUMENTS: usize = 500;
const BYTES: usize = 20_000;
/// How long memory must stay the same to count as settled, and how long that may take.
const QUIET: Duration = Duration::from_millis(700);
const PATIENCE: Duration = Duration::from_secs(60);

pub fn measure(subject: &Subject) -> String {
    let rows = [GO, RUST].map(|sample| row(subject, &sample));
    table(
        "Memory of 500 documents (10 MB)",
        &["language", "before", "open", "closed", "kept, of the text"],
        &rows,
    )
}

fn row(subject: &Subject, sample: &Sample) -> Vec<String> {
    let backend = Backend::start(AT_ONCE);
    let home = tempfile::tempdir().expect("a folder");
    let mut server = Peer::initialized(subject, home.path(), &backend.url);
    let source = sample.source(BYTES);
    let line = sample.line(&source);
    // What is loaded once, at the first completion, is not the documents'.
    let first = format!("file:///bench/first.{}", sample.extension);
    server.open(&first, sample.id, &source);
    let place = server.insert_typed(&first, sample, line);
    server.completion(&first, place);
    server.close(&first);
    let before = settled(&mut server);

    let uri = |number| format!("file:///bench/shop{number}.{}", sample.extension);
    for number in 0..DOCUMENTS {
        server.open(&uri(number), sample.id, &source);
        if number % 10 == 0 {
            let place = server.insert_typed(&uri(number), sample, line);
            server.completion(&uri(number), place);
        }
    }
    let open = settled(&mut server);
    for number in 0..DOCUMENTS {
        server.close(&uri(number));
    }
    let closed = settled(&mut server);
    let text = (DOCUMENTS * source.len()) as f64;
    let megabytes = |bytes: u64| format!("{:.1} MB", bytes as f64 / 1e6);
    vec![
        sample.name.to_owned(),
        megabytes(before),
        megabytes(open),
        megabytes(closed),
        format!("{:.2}×", closed.saturating_sub(before) as f64 / text),
    ]
}

/// The memory once it no longer changes and everything sent was read.
fn settled(server: &mut Peer) -> u64 {
    // Answered with an error or a result: either way all before it was read.
    let id = server.ask("workspace/symbol", json!({ "query": "" }));
    while server.receive()["id"] != id {}
    let start = Instant::now();
    let (mut memory, mut since) = (server.memory(), Instant::now());
    while since.elapsed() < QUIET && start.elapsed() < PATIENCE {
        std::thread::sleep(Duration::from_millis(50));
        let now = server.memory();
        if now.abs_diff(memory) > 200_000 {
            (memory, since) = (now, Instant::now());
        }
    }
    server.memory()
}
