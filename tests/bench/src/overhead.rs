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
/// How long the first parse may take.
const FIRST_PARSE: Duration = Duration::from_secs(2);
/// The most that the server may take, as a multiple of the floor, per size.
const LIMITS: [f64; 4] = [4.0, 6.0, 8.0, 10.0];
/// After so many keys in a name, a new line is begun.
const NAME: usize = 30;

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
    let line = sample.line(&source);
    let (before, behind) = sample.typed;
    let mut place = server.insert_typed(&uri, sample, line);
    server.completion(&uri, place);
    // The first parse of a file takes longer than all rounds: those are to be measured with the syntax in use.
    std::thread::sleep(FIRST_PARSE);

    let (mut floors, mut servers) = (Vec::new(), Vec::new());
    for round in 0..WARM_UP + ROUNDS {
        let start = Instant::now();
        relay.request("complete", relay::params());
        let floor = start.elapsed();

        let asked = backend.completions();
        let start = Instant::now();
        server.insert(&uri, 3 + 2 * round, place, "b");
        place.1 += 1;
        server.completion(&uri, place);
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
        if round % NAME == NAME - 1 {
            let new_line = format!("{behind}{before}");
            server.insert(&uri, 4 + 2 * round, place, &new_line);
            place = (place.0 + 1, before.len());
        }
    }
    (floors, servers)
}
