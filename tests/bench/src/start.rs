//! From the start of the process to the answer to `initialize`, against a process that does nothing.

use std::process::Command;
use std::time::Instant;

use serde_json::Value;

use crate::Subject;
use crate::peer::Peer;
use crate::table::{milliseconds, quantile, ratio, table};

const ROUNDS: usize = 40;
const LIMIT: f64 = 5.0;

pub fn measure(subject: &Subject) -> String {
    let home = tempfile::tempdir().expect("a folder");
    let this = std::env::current_exe().expect("this program");
    let (mut bare, mut server) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let start = Instant::now();
        let status = Command::new(&this).arg("nothing").status();
        bare.push(start.elapsed());
        assert!(status.is_ok_and(|status| status.success()));

        let start = Instant::now();
        let mut peer = Peer::server(subject, home.path());
        peer.initialize(Value::Null);
        server.push(start.elapsed());
    }
    let bare = quantile(&mut bare, 0.5);
    let half = quantile(&mut server, 0.5);
    table(
        "Process start to `initialize` answered",
        &["a bare process", "Convive p50", "ratio"],
        &[vec![
            milliseconds(bare),
            milliseconds(half),
            ratio(half, bare, LIMIT),
        ]],
    )
}
