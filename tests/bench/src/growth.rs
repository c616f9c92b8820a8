//! When text is on the screen of a client that draws growing ghost text, while the backend is still writing.

use std::time::{Duration, Instant};

use crate::Subject;
use crate::backend::{Backend, Script};
use crate::peer::Peer;
use crate::source::{GO, RUST};
use crate::table::{milliseconds, quantile, table};

/// The first token at 300 ms, the last at 1100 ms.
const SLOW: Script = &[
    (Duration::from_millis(300), "lowered = lowered"),
    (Duration::from_millis(200), " + 1"),
    (Duration::from_millis(200), " + 2"),
    (Duration::from_millis(200), " + 3"),
    (Duration::from_millis(200), " + 4"),
];
const ROUNDS: usize = 5;
const LIMIT: Duration = Duration::from_millis(330);

pub fn measure(subject: &Subject) -> String {
    let rows = [GO, RUST].map(|sample| {
        let (mut shown, mut answered, mut cold) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            let backend = Backend::start(SLOW);
            let home = tempfile::tempdir().expect("a folder");
            let mut server = Peer::initialized(subject, home.path(), &backend.url);
            let source = sample.source(20_000);
            let uri = format!("file:///bench/shop.{}", sample.extension);
            server.open(&uri, sample.id, &source);
            let line = sample.line(&source);
            cold.push(ask(&mut server, &uri, 2, line).0);
            // Above it, where nothing that was said serves.
            let (first, last) = ask(&mut server, &uri, 3, line);
            shown.push(first);
            answered.push(last);
        }
        let first = quantile(&mut shown, 0.5);
        let verdict = if first <= LIMIT { "" } else { " **over**" };
        vec![
            sample.name.to_owned(),
            format!("{} (≤ 330 ms){verdict}", milliseconds(first)),
            milliseconds(quantile(&mut answered, 0.5)),
            milliseconds(quantile(&mut cold, 0.5)),
        ]
    });
    table(
        "Text on the screen, the backend's first token at 300 ms and its last at 1100 ms",
        &[
            "language",
            "first text p50",
            "whole answer p50",
            "first text, asked for with the server's start",
        ],
        &rows,
    )
}

/// Begins a line and asks there: when the first text came, and when the answer.
fn ask(server: &mut Peer, uri: &str, version: usize, line: usize) -> (Duration, Duration) {
    server.insert(uri, version, (line, 0), "\n");
    let start = Instant::now();
    let id = server.ask_completion(uri, (line, 0), "growth");
    let mut shown = None;
    loop {
        let message = server.receive();
        if message["id"] == id {
            let end = start.elapsed();
            return (shown.unwrap_or(end), end);
        }
        let text = message["params"]["insertText"].as_str().unwrap_or_default();
        if message["method"] == "convive/ghostText" && !text.trim().is_empty() {
            shown.get_or_insert(start.elapsed());
        }
    }
}
