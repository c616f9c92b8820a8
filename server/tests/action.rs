//! `convive action` as a program: the user's files, and asking about a place in a file.

use std::path::PathBuf;
use std::process::{Command, Output};

use support::fake_model::{Act, FakeModel, stream_head};
use tempfile::TempDir;

/// A user's folder of options, and a workspace beside it.
struct Surroundings {
    folder: TempDir,
}

impl Surroundings {
    fn new(options: &str) -> Surroundings {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::create_dir(folder.path().join("work")).expect("a folder");
        std::fs::create_dir(folder.path().join("user")).expect("a folder");
        std::fs::write(folder.path().join("user/config.toml"), options).expect("written");
        Surroundings { folder }
    }

    fn work(&self) -> PathBuf {
        self.folder.path().join("work")
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.work().join(path);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, text).expect("written");
    }

    /// What a run of the program ended with, what it printed, and what it said on stderr.
    async fn action(&self, arguments: &[&str]) -> (Option<i32>, String, String) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_convive"));
        command
            .arg("action")
            .args(arguments)
            .current_dir(self.work())
            .env(
                "CONVIVE_CONFIG",
                self.folder.path().join("user/config.toml"),
            )
            .env("CONVIVE_CACHE", self.folder.path().join("cache"));
        let run = tokio::task::spawn_blocking(move || command.output().expect("it runs"));
        let Output {
            status,
            stdout,
            stderr,
        } = run.await.expect("no panic");
        let text = |bytes: Vec<u8>| {
            let folder = self.folder.path().canonicalize().expect("a folder");
            let text = String::from_utf8(bytes).expect("text");
            let text = text.replace(&folder.display().to_string(), "…");
            text.replace(&self.folder.path().display().to_string(), "…")
        };
        (status.code(), text(stdout), text(stderr))
    }
}

fn options(server: &FakeModel) -> String {
    format!(
        "completion.backend = 'box'\n[backend.box]\nkind = 'openai'\nmodel = 'm'\nendpoint = 'chat'\nurl = '{}'\n",
        server.url()
    )
}

/// A model that says this, in pieces of three characters.
fn says(text: &str) -> Vec<Act> {
    let mut acts = vec![stream_head()];
    let characters: Vec<char> = text.chars().collect();
    for piece in characters.chunks(3) {
        let piece: String = piece.iter().collect();
        let event = serde_json::json!({ "choices": [{ "delta": { "content": piece } }] });
        acts.push(Act::send(format!("data: {event}\n\n")));
    }
    let end = r#"data: {"choices":[{"delta":{},"finish_reason":"stop"}]}"#;
    acts.push(Act::send(format!("{end}\n\ndata: [DONE]\n\n")));
    acts
}

const SOURCE: &str = "fn half(number: u32) -> u32 {\n    number / 3\n}\n";

#[tokio::test(flavor = "multi_thread")]
async fn an_action_is_ejected_changed_and_used() {
    let user = Surroundings::new("");
    let ejected = user.action(&["eject", "explain"]).await;
    assert_eq!(ejected.0, Some(0));
    assert_eq!(ejected.1, "…/user/actions/explain.md\n");
    let path = user.folder.path().join("user/actions/explain.md");
    let text = std::fs::read_to_string(&path).expect("a text");
    std::fs::write(&path, text.replace("Explain this code", "Tell me all")).expect("written");
    // What is there is never overwritten.
    let again = user.action(&["eject", "explain"]).await;
    assert_eq!((again.0, again.1), (Some(1), String::new()));
    let (_, list, _) = user.action(&["list"]).await;
    let line = list.lines().next().expect("a line");
    assert!(
        line.starts_with("explain ") && line.contains("Tell me all"),
        "{line}"
    );
    assert!(line.ends_with("yours: …/user/actions/explain.md"), "{line}");
    let (_, shown, _) = user.action(&["show", "explain"]).await;
    assert_eq!(shown, std::fs::read_to_string(&path).expect("a text"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_action_is_good_and_its_mistakes_are_told() {
    let user = Surroundings::new("");
    let (code, path, _) = user.action(&["new", "mine"]).await;
    assert_eq!((code, &*path), (Some(0), "…/user/actions/mine.md\n"));
    let good = user.action(&["check", "../user/actions/mine.md"]).await;
    assert_eq!((good.0, good.2), (Some(0), String::new()));
    assert!(
        good.1.ends_with("mine.md: `mine` can be used\n"),
        "{}",
        good.1
    );
    let path = user.folder.path().join("user/actions/mine.md");
    let text = std::fs::read_to_string(&path).expect("a text");
    std::fs::write(&path, text.replace("{{ selection", "{{ selektion")).expect("written");
    let bad = user.action(&["check", "../user/actions"]).await;
    assert_eq!((bad.0, bad.1), (Some(1), String::new()));
    let line = text
        .lines()
        .position(|line| line.contains("{{ selection"))
        .expect("a line")
        + 1;
    let told = format!("mine.md:{line}: there is no `selektion`, only language, path, ");
    assert!(bad.2.contains(&told), "{}", bad.2);
    let (code, list, _) = user.action(&["list"]).await;
    assert_eq!(code, Some(0));
    assert!(list.contains(&told), "{list}");
    for arguments in [
        ["new", "No!"],
        ["new", "explain"],
        ["show", "mine"],
        ["check", "nowhere"],
    ] {
        assert_eq!(user.action(&arguments).await.0, Some(1), "{arguments:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_workspace_has_actions_where_it_is_trusted() {
    let theirs = "---\nid: theirs\ntitle: Theirs\noffered: always\n---\nWhat is {{ path }}?\n";
    let user = Surroundings::new("");
    user.write(".convive/actions/theirs.md", theirs);
    user.write("src/half.rs", SOURCE);
    let (_, list, _) = user.action(&["list"]).await;
    assert!(!list.contains("Theirs"), "{list}");
    assert!(list.contains(".convive/actions are not used"), "{list}");
    let run = ["run", "theirs", "src/half.rs:1", "--prompt"];
    let (code, _, error) = user.action(&run).await;
    assert_eq!(code, Some(1));
    assert!(error.contains("not among the folders you trust"), "{error}");
    assert!(error.contains("there is no action `theirs`"), "{error}");

    let work = user.work().display().to_string();
    let options = format!("[privacy]\ntrust = ['{work}']\n");
    std::fs::write(user.folder.path().join("user/config.toml"), options).expect("written");
    let (_, list, _) = user.action(&["list"]).await;
    let line = list.lines().last().expect("a line");
    assert_eq!(line.split_whitespace().next(), Some("theirs"));
    assert!(
        line.ends_with("the workspace's: .convive/actions/theirs.md"),
        "{line}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_is_printed_and_the_model_gets_the_prompt_that_is_shown() {
    let fake = FakeModel::start([says("It halves, **badly**.\n")]).await;
    let user = Surroundings::new(&options(&fake));
    user.write("half.rs", SOURCE);
    let run = ["run", "explain", "half.rs:2", "--question", "Is it right?"];
    let (code, answer, error) = user.action(&run).await;
    assert_eq!((code, &*error), (Some(0), ""));
    assert_eq!(answer, "It halves, **badly**.\n");
    let sent = fake.requests()[0].json();
    let messages = sent["messages"].as_array().expect("messages");
    let (_, prompt, _) = user.action(&[&run[..], &["--prompt"]].concat()).await;
    let shown = messages.iter().map(|message| {
        let text = |key: &str| message[key].as_str().expect("a text").to_owned();
        format!("{}:\n{}\n", text("role"), text("content"))
    });
    assert_eq!(prompt, shown.collect::<Vec<_>>().join("\n"));
    assert!(
        prompt.contains("number / 3") && prompt.contains("Is it right?"),
        "{prompt}"
    );
    assert_eq!(fake.requests().len(), 1, "--prompt asks nobody");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_is_shown_and_written_when_told_to() {
    let answer = "```rust\nfn half(number: u32) -> u32 {\n    number / 2\n}\n```\n";
    let fake = FakeModel::start([says(answer), says(answer), says("I cannot.\n")]).await;
    let user = Surroundings::new(&options(&fake));
    user.write("half.rs", SOURCE);
    let run = ["run", "fix", "half.rs:2"];
    let diff = "--- half.rs\n+++ half.rs\n@@ -1,3 +1,3 @@\n fn half(number: u32) -> u32 {\n-    number / 3\n+    number / 2\n }\n";
    let (code, printed, error) = user.action(&run).await;
    assert_eq!(code, Some(0));
    assert_eq!(printed, format!("{answer}\n{diff}"));
    assert!(error.contains("nothing is changed"), "{error}");
    let text = || std::fs::read_to_string(user.work().join("half.rs")).expect("a text");
    assert_eq!(text(), SOURCE);
    let apply = [&run[..], &["--apply"]].concat();
    let (code, printed, _) = user.action(&apply).await;
    assert_eq!((code, printed), (Some(0), format!("{answer}\n{diff}")));
    assert_eq!(text(), SOURCE.replace("/ 3", "/ 2"));
    // An answer without code changes nothing, and the user hears why.
    let (code, printed, error) = user.action(&apply).await;
    assert_eq!((code, &*printed), (Some(0), "I cannot.\n"));
    assert!(error.contains("There is no edit"), "{error}");
    assert_eq!(text(), SOURCE.replace("/ 3", "/ 2"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backend_that_fails_is_told() {
    let refuse = support::fake_model::answer(
        "403 Forbidden",
        "application/json",
        r#"{"error":"not you"}"#,
    );
    let fake = FakeModel::start([refuse]).await;
    let user = Surroundings::new(&options(&fake));
    user.write("half.rs", SOURCE);
    let (code, answer, error) = user.action(&["run", "explain", "half.rs:2"]).await;
    assert_eq!((code, &*answer), (Some(1), ""));
    assert!(error.contains("not you"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn places_that_are_not_there_are_told() {
    let user = Surroundings::new("");
    user.write("half.rs", SOURCE);
    for (place, expected) in [
        ("half.rs:9", "half.rs has 4 lines, not 9"),
        ("half.rs", "write it as FILE:LINE"),
        ("none.rs:1", "cannot read none.rs"),
    ] {
        let (code, _, error) = user.action(&["run", "explain", place]).await;
        assert_ne!(code, Some(0));
        assert!(error.contains(expected), "{error}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn code_is_written_where_a_comment_asks_for_it() {
    let answer = "Here it is:\n\n```go\nimport \"strings\"\n\nif strings.TrimSpace(name) == \"\" {\n    return \"nobody\"\n}\n```\n";
    let server = FakeModel::start([says(answer)]).await;
    let user = Surroundings::new(&options(&server));
    let source = "package a\r\n\r\nfunc greet(name string) string {\r\n\t// a blank name is nobody\r\n\t\r\n\treturn name\r\n}\r\n";
    user.write("greet.go", source);
    let run = ["run", "write", "greet.go:5:2", "--apply"];
    let (code, _, error) = user.action(&run).await;
    assert_eq!(code, Some(0), "{error}");
    let body = server.requests()[0].json();
    let messages = body["messages"].as_array().expect("messages");
    let last = messages.last().expect("a message");
    let prompt = last["content"].as_str().expect("text");
    assert_eq!(last["role"], "user");
    assert!(prompt.contains("a blank name is nobody\n"), "{prompt}");
    let written = std::fs::read_to_string(user.work().join("greet.go")).expect("a file");
    let expected = "package a\r\n\r\nimport \"strings\"\r\n\r\nfunc greet(name string) string {\r\n\t// a blank name is nobody\r\n\t\
        if strings.TrimSpace(name) == \"\" {\r\n\t\treturn \"nobody\"\r\n\t}\r\n\treturn name\r\n}\r\n";
    assert_eq!(written, expected);
}
