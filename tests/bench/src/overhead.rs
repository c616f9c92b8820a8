//! What the server adds to a backend that answers at once, one edit before each request.

use std::process::Command;
use std::time::{Duration, Instant};

use crate::backend::{AT_ONCE, Backend};
use crate::peer::Peer;
use crate::source::{GO, RUST, SIZES, Sample};
use crate::table::{milliseconds, quantile, ratio, table};
use crate::{Subject, relay};

/// Rounds that are measured, after some that are not.
const ROUNDS: usize = 200;
const WARM_UP: usize = 30;
/// The most that the server may take, as a multiple of the floor, per size.
const LIMITS: [f64; 4] = [4.0, 6.0, 8.0, 10.0];
/// What is typed, again and again; never the start of what the backend answers.
const TYPED: &str = "    use(total); ";

pub fn measure(subject: &Subject) -> String {
    let mut rows = Vec::new();
    for sample in [GO, RUST] {
        for ((size, bytes), limit) in SIZES.into_iter().zip(LIMITS) {
            let (mut floor, mut server) = rounds(subject, &sample, bytes);
            let half = quantile(&mut server, 0.5);
            let floor = quantile(&mut floor, 0.5);
            rows.push(vec![
                sample.name.to_owned(),
                size.to_owned(),
                milliseconds(floor),
                milliseconds(half),
                milliseconds(quantile(&mut server, 0.95)),
                ratio(half, floor, limit),
            ]);
        }
    }
    table(
        "Round trip of a completion, the backend at 0 delay, one edit before each",
        &[
            "language",
            "size",
            "floor p50",
            "Convive p50",
            "p95",
            "ratio",
        ],
        &rows,
    )
}

/// The times of the floor and of the server, measured in turns.
fn rounds(subject: &Subject, sample: &Sample, bytes: usize) -> (Vec<Duration>, Vec<Duration>) {
    let backend = Backend::start(AT_ONCE);
    let home = tempfile::tempdir().expect("a folder");
    let mut relay = Peer::start(
        Command::new(std::env::current_exe().expect("this program")).args(["relay", &backend.url]),
    );
    let mut server = Peer::initialized(subject, home.path(), &backend.url);
    let source = sample.source(bytes);
    let uri = format!("file:///bench/shop.{}", sample.extension);
    server.open(&uri, sample.id, &source);
    let mut line = sample.line(&source);
    server.insert(&uri, 2, (line, 0), "\n");
    let mut column = 0;

    let (mut floors, mut servers) = (Vec::new(), Vec::new());
    for round in 0..WARM_UP + ROUNDS {
        let start = Instant::now();
        relay.request("complete", relay::params());
        let floor = start.elapsed();

        let key = &TYPED[column % TYPED.len()..=column % TYPED.len()];
        let asked = backend.completions();
        let start = Instant::now();
        server.insert(&uri, 3 + 2 * round, (line, column), key);
        column += 1;
        server.completion(&uri, (line, column));
        let time = start.elapsed();
        assert_eq!(
            backend.completions(),
            asked + 1,
            "the backend is asked each time"
        );
        if round >= WARM_UP {
            floors.push(floor);
            servers.push(time);
        }
        if column == 3 * TYPED.len() {
            server.insert(&uri, 4 + 2 * round, (line, column), "\n");
            (line, column) = (line + 1, 0);
        }
    }
    (floors, servers)
}
