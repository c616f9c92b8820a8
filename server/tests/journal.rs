//! The journal, the ledger and the corpus as a person uses them: `convive last`, `replay`, `rate`, `corpus`, `usage`.

use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};
use support::fake_model::{Act, FakeModel, stream_head};

/// A key that only looks like one.
const SECRET: &str = "ghp_x7Kq2mWb9RtZ4vLs8NcY1pJd6HfGa3Eu5ToB";

/// A folder with a file to complete in, and the options for a server.
struct Case {
    folder: tempfile::TempDir,
}

impl Case {
    fn new(url: &str, more: &str) -> Case {
        let folder = tempfile::tempdir().expect("a folder");
        let write = |name: &str, text: &str| {
            std::fs::write(folder.path().join(name), text).expect("written");
        };
        write("go.mod", "module a\n");
        let token = format!("const token = \"{SECRET}\"");
        write(
            "a.go",
            &format!("package a\n\n{token}\n\nfunc f() int {{\n\treturn \n}}\n"),
        );
        write(
            "config.toml",
            &format!(
                "completion.backend = 'box'\n[backend.box]\nkind = 'openai'\nmodel = 'qwen2.5-coder:1.5b'\nurl = '{url}'\n{more}"
            ),
        );
        Case { folder }
    }

    async fn run(&self, arguments: &[&str]) -> Output {
        let folder: &Path = self.folder.path();
        let mut command = Command::new(env!("CARGO_BIN_EXE_convive"));
        command
            .args(arguments)
            .current_dir(folder)
            .env("CONVIVE_CONFIG", folder.join("config.toml"))
            .env("CONVIVE_CACHE", folder.join("cache"))
            .env_remove("CONVIVE_STATE")
            .stdin(Stdio::null());
        let run = move || command.output().expect("the program runs");
        tokio::task::spawn_blocking(run).await.expect("no panic")
    }

    /// What a run prints; it must succeed.
    async fn says(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments).await;
        let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{arguments:?}: {complaint}");
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// What a failing run complains of.
    async fn complains(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments).await;
        assert!(!output.status.success(), "{arguments:?}");
        String::from_utf8_lossy(&output.stderr).into_owned()
    }

    async fn complete(&self) {
        self.says(&["complete", "a.go:6:9"]).await;
    }

    fn state(&self) -> std::path::PathBuf {
        self.folder.path().join("cache/state")
    }
}

const KEEP: &str = "[journal]\nkeep = true\n";

fn saying(text: &str) -> Vec<Act> {
    let event = json!({
        "choices": [{ "text": text, "finish_reason": "stop" }],
        "usage": { "prompt_tokens": 100, "completion_tokens": 3 },
    });
    vec![
        stream_head(),
        Act::send(format!("data: {event}\n\ndata: [DONE]\n\n")),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_sent_is_shown_byte_for_byte() {
    let fake = FakeModel::start([saying("1")]).await;
    let case = Case::new(&fake.url(), KEEP);
    case.complete().await;
    let sent = fake.requests()[0].json()["prompt"].clone();
    let sent = sent.as_str().expect("a prompt");
    assert_eq!(case.says(&["last", "--prompt"]).await, sent);
    let entry: Value = serde_json::from_str(&case.says(&["last", "--json"]).await).expect("JSON");
    let parts = entry["parts"].as_array().expect("parts");
    let text = |part: &Value| {
        let at = |end: &str| part["range"][end].as_u64().expect("a number") as usize;
        sent[at("start")..at("end")].to_owned()
    };
    assert_eq!(parts.iter().map(text).collect::<String>(), sent, "no gaps");
    let prefix = parts
        .iter()
        .find(|part| part["from"] == "prefix")
        .expect("one");
    assert!(text(prefix).ends_with("\treturn "), "{prefix}");
    assert_eq!(entry["document"], "a.go");
    assert_eq!(entry["shown"], "1");
    let page = case.says(&["last"]).await;
    assert!(
        page.contains("the code before the cursor") && page.contains("came back:\n    1"),
        "{page}"
    );
    let list = case.says(&["last", "--list"]).await;
    let id = entry["id"].as_str().expect("an id");
    assert!(list.starts_with(id) && list.lines().count() == 1, "{list}");
    assert_eq!(case.says(&["last", &id[..6], "--prompt"]).await, sent);
}

/// The user's own rules hold for what is kept and handed on, as for what is sent.
#[tokio::test(flavor = "multi_thread")]
async fn the_users_own_secrets_never_reach_the_journal_or_a_corpus() {
    let fake = FakeModel::start([saying("acme_a")]).await;
    let case = Case::new(&fake.url(), KEEP);
    let write = |name: &str, text: &str| {
        let path = case.folder.path().join(name);
        std::fs::write(&path, text).expect("written");
        path
    };
    case.complete().await;
    let rules = write(
        "rules.toml",
        "[[rule]]\nname = 'own'\npattern = 'acme_[a-z]+'\n",
    );
    let options = std::fs::read_to_string(case.folder.path().join("config.toml"));
    let options = options.expect("options");
    write(
        "config.toml",
        &format!("{options}\n[privacy]\nrules = '{}'\n", rules.display()),
    );
    write("own.txt", "acme_mine");
    case.says(&["rate", "1", "bad", "--correction", "own.txt"])
        .await;
    let foreign = r#"{"what":"ask","model":"m","prompt":[{"from":"prefix","text":"acme_b"}],"answer":"","licence":""}"#;
    write("in.jsonl", foreign);
    case.says(&["corpus", "import", "in.jsonl"]).await;
    case.says(&["corpus", "export", "out.jsonl"]).await;
    let exported = std::fs::read_to_string(case.folder.path().join("out.jsonl"));
    let exported = exported.expect("a corpus");
    assert_eq!(exported.lines().count(), 2, "{exported}");
    assert_eq!(exported.matches("REDACTED").count(), 4, "{exported}");
    assert!(!exported.contains("acme_"), "{exported}");
    write("rules.toml", "[[rule]]\nname = 'own'\n");
    let complaint = case.complains(&["corpus", "export", "out.jsonl"]).await;
    assert!(complaint.contains("rules.toml:"), "{complaint}");
}

#[tokio::test(flavor = "multi_thread")]
async fn secrets_never_reach_the_journal() {
    let fake = FakeModel::start([saying(&format!("len(\"{SECRET}\")"))]).await;
    let case = Case::new(&fake.url(), KEEP);
    case.complete().await;
    let mut read = 0;
    for file in std::fs::read_dir(case.state().join("journal"))
        .expect("a journal")
        .flatten()
    {
        let text = std::fs::read_to_string(file.path()).expect("a text");
        assert!(
            text.contains("const token") && !text.contains(SECRET),
            "{text}"
        );
        read += 1;
    }
    assert_eq!(read, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_kept_unless_switched_on_and_the_message_says_how() {
    let fake = FakeModel::start([saying("1")]).await;
    let case = Case::new(&fake.url(), "");
    case.complete().await;
    assert!(!case.state().join("journal").exists());
    for command in [&["last"][..], &["replay", "1"], &["rate", "1", "good"]] {
        let complaint = case.complains(command).await;
        assert!(
            complaint.contains("keep = true") && complaint.contains("config.toml"),
            "{complaint}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replay_sends_the_same_and_shows_both_answers() {
    let fake = FakeModel::start([saying("1"), saying("2"), saying("2")]).await;
    let case = Case::new(&fake.url(), KEEP);
    case.complete().await;
    let both = case.says(&["replay", "1"]).await;
    let row = both.lines().nth(1).expect("a row");
    assert!(row.starts_with("1 ") && row.ends_with("│ 2"), "{both}");
    let sent = fake.requests();
    assert_eq!(sent[0].json()["prompt"], sent[1].json()["prompt"]);
    assert_eq!(sent[0].json()["max_tokens"], sent[1].json()["max_tokens"]);
    // The replay is a request like any other.
    let again = case.says(&["replay", "1", "--backend", "box"]).await;
    assert!(again.contains("the same, byte for byte"), "{again}");
    let complaint = case.complains(&["replay", "1", "--backend", "cloud"]).await;
    assert!(complaint.contains("no backend `cloud`"), "{complaint}");
    assert!(
        case.complains(&["replay", "zzz"])
            .await
            .contains("no request zzz")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn usage_is_always_counted_and_holds_no_text() {
    let fake = FakeModel::start([saying("1")]).await;
    let case = Case::new(&fake.url(), "");
    assert_eq!(case.says(&["usage"]).await, "nothing was asked yet\n");
    case.complete().await;
    case.complete().await;
    let of = async |by: &str| -> Value {
        let text = case.says(&["usage", "--by", by, "--json"]).await;
        serde_json::from_str(&text).expect("JSON")
    };
    let models = of("model").await;
    assert_eq!(models[0]["name"], "qwen2.5-coder:1.5b");
    assert_eq!(models[0]["requests"], 2);
    assert!(
        models[0]["in"].as_u64().is_some_and(|tokens| tokens > 0),
        "{models}"
    );
    assert_eq!(of("action").await[0]["name"], "completion");
    let folder = case.folder.path().canonicalize().expect("a folder");
    let workspace = of("workspace").await[0]["name"].clone();
    let workspace = Path::new(workspace.as_str().expect("a name")).to_owned();
    assert_eq!(workspace.canonicalize().expect("a folder"), folder);
    assert_eq!(of("day").await.as_array().map(Vec::len), Some(1));
    assert!(case.says(&["usage"]).await.contains("requests"));
    for file in std::fs::read_dir(case.state().join("usage"))
        .expect("a ledger")
        .flatten()
    {
        let text = std::fs::read_to_string(file.path()).expect("a text");
        assert!(
            !text.contains("return") && !text.contains("token\""),
            "{text}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_spent_budget_stops_every_process() {
    let fake = FakeModel::start([saying("1")]).await;
    let case = Case::new(&fake.url(), "[usage]\ndaily_tokens = 10\n");
    case.complete().await;
    let complaint = case.complains(&["complete", "a.go:6:9"]).await;
    assert!(complaint.contains("today's budget is spent"), "{complaint}");
    assert_eq!(fake.requests().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn judged_answers_become_a_corpus_that_merges() {
    let fake = FakeModel::start([saying("1")]).await;
    let case = Case::new(&fake.url(), KEEP);
    case.complete().await;
    case.complete().await;
    assert_eq!(
        case.says(&["corpus", "export", "none.jsonl"]).await,
        "0 records in none.jsonl\n"
    );
    let better = case.folder.path().join("better.txt");
    std::fs::write(&better, format!("f2(\"{SECRET}\")")).expect("written");
    let correction = ["rate", "1", "bad", "--correction", "better.txt"];
    assert!(case.says(&correction).await.starts_with("rated "));
    let export = ["corpus", "export", "mine.jsonl", "--licence", "CC0-1.0"];
    assert_eq!(case.says(&export).await, "1 records in mine.jsonl\n");
    let text = std::fs::read_to_string(case.folder.path().join("mine.jsonl")).expect("a file");
    let record: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(
        (&record["rating"], &record["answer"]),
        (&json!("bad"), &json!("1"))
    );
    assert_eq!(record["licence"], "CC0-1.0");
    let correction = record["correction"].as_str().expect("one");
    assert!(
        correction.starts_with("f2(\"") && !text.contains(SECRET),
        "{text}"
    );

    let other = Case::new(&fake.url(), "");
    let path = case.folder.path().join("mine.jsonl");
    let import = ["corpus", "import", path.to_str().expect("a name")];
    assert_eq!(other.says(&import).await, "1 new, 0 known\n");
    assert_eq!(other.says(&import).await, "0 new, 1 known\n");
    other.says(&["corpus", "export", "theirs.jsonl"]).await;
    let theirs = std::fs::read_to_string(other.folder.path().join("theirs.jsonl"));
    assert_eq!(theirs.expect("a file"), text, "nothing is lost or added");
}
