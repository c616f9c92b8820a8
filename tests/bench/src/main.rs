//! Measures Convive against floors and peers of the same run, and prints Markdown tables.

mod asking;
mod backend;
mod constant;
#[cfg(target_os = "linux")]
mod editors;
mod edits;
mod growth;
mod local;
mod memory;
mod overhead;
mod peer;
mod relay;
mod source;
mod start;
mod table;
mod verify;

use std::path::PathBuf;

/// A measurement: its name, and what prints its table.
type Measurement = (&'static str, fn(&Subject) -> String);

/// Every measurement, in the order in which they run.
const MEASUREMENTS: &[Measurement] = &[
    ("overhead", overhead::measure),
    ("edits", edits::measure),
    ("memory", memory::measure),
    ("start", start::measure),
    ("growth", growth::measure),
    ("asking", asking::measure),
    ("verify", verify::measure),
    ("local", local::measure),
    #[cfg(target_os = "linux")]
    ("editors", editors::measure),
];

/// The program that is measured.
struct Subject {
    program: PathBuf,
}

fn main() {
    let mut names: Vec<String> = std::env::args().skip(1).collect();
    match names.first().map(String::as_str) {
        Some("relay") => return relay::run(&names[1]),
        Some("constant") => return constant::run(&names[1..]),
        Some("nothing") => return,
        _ => {}
    }
    if names.is_empty() {
        names.extend(MEASUREMENTS.iter().map(|(name, _)| (*name).to_owned()));
    }
    let subject = Subject { program: program() };
    if !subject.program.exists() {
        fail(&format!(
            "{} does not exist: build it, or set CONVIVE_BIN",
            subject.program.display()
        ));
    }
    for name in names {
        let Some((_, measure)) = MEASUREMENTS.iter().find(|(known, _)| *known == name) else {
            let known: Vec<&str> = MEASUREMENTS.iter().map(|(name, _)| *name).collect();
            fail(&format!(
                "no measurement {name:?}; there are: {}",
                known.join(", ")
            ));
        };
        table::print(&measure(&subject));
    }
}

/// The built server: `CONVIVE_BIN`, or the release build of this workspace.
fn program() -> PathBuf {
    if let Some(program) = std::env::var_os("CONVIVE_BIN") {
        return PathBuf::from(program);
    }
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../target/release");
    PathBuf::from(folder).join(format!("convive{}", std::env::consts::EXE_SUFFIX))
}

fn fail(message: &str) -> ! {
    eprintln!("bench: {message}");
    std::process::exit(1);
}
