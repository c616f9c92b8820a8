//! `convive complete` and `convive context` as programs: what they print, to whom, and their exit codes.

use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};
use support::fake_model::{Act, FakeModel, answer, stream_head};
use support::fixture;

const GO: &str = "package a

// grüße greets.
func grüße(name string) string {
\ttext := \"😀 \" + $0
\treturn text
}
";

/// A folder with `a.go` and the options for a server; gives the place of the cursor.
struct Case {
    folder: tempfile::TempDir,
    place: String,
}

impl Case {
    fn new(url: &str) -> Case {
        let folder = tempfile::tempdir().expect("a folder");
        let (text, offset) = fixture::cursor(GO);
        let line = text[..offset].lines().count();
        let column = text[..offset].lines().last().unwrap_or("").chars().count() + 1;
        let path = folder.path().join("a.go");
        std::fs::write(&path, text).expect("written");
        let options = format!(
            "completion.backend = 'box'\n[backend.box]\nkind = 'openai'\nmodel = 'qwen2.5-coder:1.5b'\nurl = '{url}'\n"
        );
        std::fs::write(folder.path().join("config.toml"), options).expect("written");
        Case {
            place: format!("{}:{line}:{column}", path.display()),
            folder,
        }
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let folder: &Path = self.folder.path();
        let mut command = Command::new(env!("CARGO_BIN_EXE_convive"));
        command
            .args(arguments)
            .env("CONVIVE_CONFIG", folder.join("config.toml"))
            .env("CONVIVE_CACHE", folder.join("cache"))
            .stdin(Stdio::null());
        command
    }

    async fn run(&self, subcommand: &str, more: &[&str]) -> Output {
        let mut command = self.command(&[&[subcommand, &self.place], more].concat());
        tokio::task::spawn_blocking(move || command.output().expect("the program runs"))
            .await
            .expect("no panic")
    }
}

fn saying(text: &str) -> Vec<Act> {
    let event = json!({ "choices": [{ "text": text, "finish_reason": "stop" }] });
    vec![stream_head(), Act::send(format!("data: {event}\n\n"))]
}

fn printed(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn complained(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_completion_is_printed_and_told_as_json() {
    let fake = FakeModel::start([saying("name")]).await;
    let case = Case::new(&fake.url());
    let output = case.run("complete", &[]).await;
    assert_eq!(printed(&output), "name\n", "{}", complained(&output));

    let output = case.run("complete", &["--json"]).await;
    let value: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(value["completion"], "name");
    // Columns are characters: the emoji before the cursor is one.
    let end = json!({ "line": 5, "column": 17 });
    assert_eq!(value["range"], json!({ "start": end, "end": end }));
    assert!(value["timings"]["total_ms"].is_f64());
    assert!(output.status.success());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_explanation_has_the_ghost_text_in_the_code() {
    let fake = FakeModel::start([saying("name")]).await;
    let case = Case::new(&fake.url());
    let output = case.run("complete", &["--explain"]).await;
    let text = printed(&output);
    assert!(
        text.contains("    5 │     text := \"😀 \" + name\n    6 │     return text\n"),
        "{text}"
    );
    assert!(
        text.contains("qwen2.5-coder")
            && text.contains("prefix")
            && text.contains("first token after"),
        "{text}"
    );
    // Nobody's terminal: no escapes.
    assert!(!text.contains('\x1b'), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn colours_come_when_asked_for_and_go_when_refused() {
    let fake = FakeModel::start([saying("name")]).await;
    let case = Case::new(&fake.url());
    let run = |no_color: bool, argument: &str| {
        let mut command = case.command(&["complete", &case.place, argument]);
        command.env("CLICOLOR_FORCE", "1").env_remove("NO_COLOR");
        if no_color {
            command.env("NO_COLOR", "1");
        }
        tokio::task::spawn_blocking(move || command.output().expect("the program runs"))
    };
    let colored = run(false, "--explain").await.expect("no panic");
    assert!(printed(&colored).contains("\x1b[1;36mname\x1b[0m"));
    for (no_color, argument) in [(true, "--explain"), (false, "--no-color")] {
        let plain = run(no_color, argument).await.expect("no panic");
        assert!(plain.status.success() && !printed(&plain).contains('\x1b'));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn failures_go_to_stderr_with_an_exit_code() {
    let fake = FakeModel::start([answer("500 Oh", "text/plain", "out of memory")]).await;
    let case = Case::new(&fake.url());
    for more in [&[][..], &["--json"], &["--explain"]] {
        let output = case.run("complete", more).await;
        assert_eq!(output.status.code(), Some(1));
        assert!(
            complained(&output).contains("out of memory"),
            "{}",
            complained(&output)
        );
    }
    for place in ["nothing.go:1:1", "a.go", "a.go:0:1"] {
        let output = case.command(&["complete", place]).output().expect("runs");
        assert!(!output.status.success() && output.stdout.is_empty());
        assert!(!output.stderr.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_to_show_is_no_failure() {
    let fake = FakeModel::start([saying("")]).await;
    let case = Case::new(&fake.url());
    let output = case.run("complete", &[]).await;
    assert!(output.status.success());
    assert_eq!(printed(&output), "");
    assert!(complained(&output).contains("no completion"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_context_prints_is_what_complete_sends() {
    let fake = FakeModel::start([saying("name")]).await;
    let case = Case::new(&fake.url());
    case.run("complete", &[]).await;
    let sent = fake.requests()[0].json()["prompt"].clone();

    let prompt = case.run("context", &["--prompt"]).await;
    assert_eq!(Some(printed(&prompt).as_str()), sent.as_str());

    let first = case.run("context", &["--json"]).await;
    let value: Value = serde_json::from_slice(&first.stdout).expect("JSON");
    assert_eq!(value["prompt"]["text"], sent);
    let parts = value["prompt"]["parts"].as_array().expect("parts");
    let joined: String = parts
        .iter()
        .filter_map(|part| part["text"].as_str())
        .collect();
    assert_eq!(Some(joined.as_str()), sent.as_str());
    let reasons = value["pieces"].as_array().expect("pieces").iter();
    assert!(reasons.clone().count() >= 2);
    assert!(
        reasons
            .clone()
            .all(|piece| piece["reason"].as_str().is_some_and(|why| !why.is_empty()))
    );

    // The same state gives the same, byte for byte; and asks no model.
    let asked = fake.requests().len();
    let second = case.run("context", &["--json"]).await;
    assert_eq!(first.stdout, second.stdout);
    assert_eq!(fake.requests().len(), asked);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_that_goes_away_is_no_failure() {
    let case = Case::new("http://127.0.0.1:1/v1");
    let mut child = case
        .command(&["context", &case.place, "--json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program runs");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(complained(&output), "");
    assert!(output.status.success());
}
