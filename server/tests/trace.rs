//! `convive trace` as people use it: at the end of a pipe.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use support::fake_model::{Act, FakeModel, stream_head};

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

/// A Go program of its own, and the trace of its crash.
fn crashed() -> (tempfile::TempDir, PathBuf, String) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().canonicalize().expect("there").join("main.go");
    let source = "package main\n\nfunc share(have, n int) int {\n\treturn have / n\n}\n";
    std::fs::write(&path, source).expect("written");
    let trace = format!(
        "panic: runtime error: integer divide by zero\n\ngoroutine 1 [running]:\nmain.share(...)\n\t{}:4\n",
        path.display()
    );
    (folder, path, trace)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_model_explains_and_its_fix_is_written_when_told_to() {
    let answer = "n is 0.\n\n```go\nfunc share(have, n int) int {\n\tif n == 0 {\n\t\treturn 0\n\t}\n\treturn have / n\n}\n```";
    let event = serde_json::json!({ "choices": [{ "delta": { "content": answer }, "finish_reason": "stop" }] });
    let said = vec![stream_head(), Act::send(format!("data: {event}\n\n"))];
    let fake = FakeModel::start([said]).await;
    let (folder, path, trace) = crashed();
    let config = folder.path().join("config.toml");
    let options = format!(
        "completion.backend = 'box'\n[backend.box]\nkind = 'openai'\nmodel = 'm'\nurl = '{}'\n",
        fake.url()
    );
    std::fs::write(&config, options).expect("written");
    let mut command = Command::new(env!("CARGO_BIN_EXE_convive"));
    command
        .args(["trace", "--apply"])
        .current_dir(folder.path());
    command.env("CONVIVE_CONFIG", &config);
    command.env("CONVIVE_STATE", folder.path().join("state"));
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    let printed = tokio::task::spawn_blocking(move || {
        let mut child = command.spawn().expect("it starts");
        let mut stdin = child.stdin.take().expect("a pipe");
        stdin.write_all(trace.as_bytes()).expect("it reads");
        drop(stdin);
        let output = child.wait_with_output().expect("it ends");
        assert!(output.status.success());
        String::from_utf8(output.stdout).expect("text")
    });
    let printed = printed.await.expect("no panic");
    assert!(printed.contains("n is 0."), "{printed}");
    assert!(printed.contains("+\tif n == 0 {"), "{printed}");
    let fixed = std::fs::read_to_string(&path).expect("there");
    assert!(fixed.contains("\tif n == 0 {\n\t\treturn 0\n"), "{fixed}");
    let asked = fake.requests()[0].json()["messages"].to_string();
    assert!(
        asked.contains("divide by zero") && asked.contains("main.go, from line 3"),
        "{asked}"
    );
}
