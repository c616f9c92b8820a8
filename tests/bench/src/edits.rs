//! Two thousand keys without a pause and the completion after them, in a large file and in a small one.

use std::time::{Duration, Instant};

use crate::Subject;
use crate::backend::{AT_ONCE, Backend};
use crate::peer::Peer;
use crate::source::{GO, RUST, Sample};
use crate::table::{milliseconds, quantile, ratio, table};

const EDITS: usize = 2000;
const TIMES: usize = 5;
/// After so many keys in a name, a new line is begun.
const NAME: usize = 50;
const LIMIT: f64 = 20.0;

pub fn measure(subject: &Subject) -> String {
    let mut rows = Vec::new();
    for sample in [GO, RUST] {
        let mut small: Vec<Duration> = Vec::new();
        let mut large = Vec::new();
        for _ in 0..TIMES {
            small.push(type_all(subject, &sample, 1_000));
            large.push(type_all(subject, &sample, 5_000_000));
        }
        let small = quantile(&mut small, 0.5);
        let large = quantile(&mut large, 0.5);
        rows.push(vec![
            sample.name.to_owned(),
            milliseconds(small),
            milliseconds(large),
            ratio(large, small, LIMIT),
        ]);
    }
    table(
        "2000 edits typed and the completion after them",
        &["language", "1 KB", "5 MB", "ratio"],
        &rows,
    )
}

fn type_all(subject: &Subject, sample: &Sample, bytes: usize) -> Duration {
    let backend = Backend::start(AT_ONCE);
    let home = tempfile::tempdir().expect("a folder");
    let mut server = Peer::initialized(subject, home.path(), &backend.url);
    let source = sample.source(bytes);
    let uri = format!("file:///bench/shop.{}", sample.extension);
    server.open(&uri, sample.id, &source);
    let line = sample.line(&source);
    let (before, behind) = sample.typed;
    let mut place = server.insert_typed(&uri, sample, line);
    server.completion(&uri, place);

    let start = Instant::now();
    for number in 0..EDITS {
        if number % NAME < NAME - 1 {
            server.insert(&uri, 3 + number, place, "b");
            place.1 += 1;
        } else {
            server.insert(&uri, 3 + number, place, &format!("{behind}{before}"));
            place = (place.0 + 1, before.len());
        }
    }
    server.completion(&uri, place);
    start.elapsed()
}
