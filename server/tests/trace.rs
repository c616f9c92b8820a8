//! `convive trace` as people use it: at the end of a pipe.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

/// What it prints for this input, run in the golden folder of crashing Rust programs.
fn explain(input: &str) -> (String, String) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/golden/crashes/rust");
    let mut command = Command::new(env!("CARGO_BIN_EXE_convive"));
    command.args(["trace", "--no-model"]).current_dir(folder);
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().expect("it starts");
    let mut stdin = child.stdin.take().expect("a pipe");
    stdin.write_all(input.as_bytes()).expect("it reads");
    drop(stdin);
    let output = child.wait_with_output().expect("it ends");
    assert!(output.status.success());
    let text = |bytes| String::from_utf8(bytes).expect("text");
    (text(output.stdout), text(output.stderr))
}

#[test]
fn output_passes_through_and_the_crash_is_shown_behind_it() {
    let input = "tea\n\nthread 'main' (7) panicked at src/shelf.rs:9:20:\n\
        index out of bounds: the len is 1 but the index is 1\n";
    let (out, err) = explain(input);
    let shown = out.strip_prefix(input).expect("the input, unchanged");
    let mut lines = shown.lines().filter(|line| !line.is_empty());
    assert_eq!(
        lines.next(),
        Some("panic: index out of bounds: the len is 1 but the index is 1")
    );
    assert_eq!(lines.next(), Some("  src/shelf.rs:9"));
    assert!(
        shown.contains("9 │         &self.items[position] // crash"),
        "{shown}"
    );
    assert_eq!(err, "");
}

#[test]
fn output_without_a_crash_passes_through_alone() {
    let input = "all is well, even without an end of line";
    let (out, err) = explain(input);
    assert_eq!(out, input);
    assert!(err.contains("no crash"), "{err}");
}
