//! Asking by commands, for editors that know nothing of ours: documents that fill, progress, messages, edits.

use std::time::Duration;

use convive::model::Error;
use convive::model::scripted::{Scripted, Step};
use serde_json::{Value, json};

use crate::asking::{CODE, URI, told};
use crate::server::{Setup, TestServer, run};

/// Runs a command, which returns at once.
pub async fn command(server: &mut TestServer, name: &str, arguments: Value) {
    let params = json!({ "command": name, "arguments": arguments });
    let result = server.request("workspace/executeCommand", params).await;
    assert_eq!(result, Value::Null);
}

/// The argument that asks about a place.
pub fn about(at: &Value, action: &str) -> Value {
    let range = json!({ "start": at["position"], "end": at["position"] });
    json!({ "uri": at["textDocument"]["uri"], "range": range, "action": action, "version": 1 })
}

/// Passes over the progress, and gives its values.
pub async fn progress(server: &mut TestServer) -> Vec<Value> {
    let mut values = Vec::new();
    loop {
        let mut message = server.notification("$/progress").await;
        values.push(message["value"].take());
        if values.last().is_some_and(|value| value["kind"] == "end") {
            return values;
        }
    }
}

/// The message that is shown next.
pub async fn shown(server: &mut TestServer) -> String {
    let shown = server.notification("window/showMessage").await;
    shown["message"].as_str().expect("a message").to_owned()
}

fn methods(server: &TestServer) -> Vec<&str> {
    let requests = server.server_requests.iter();
    requests
        .map(|request| request["method"].as_str().expect("a method"))
        .collect()
}

#[test]
fn an_answer_fills_a_document() {
    let pause = Step::Wait(Duration::from_secs(1));
    let script = vec![Step::Say("It adds "), pause, Step::Say("the items.")];
    let backend = Scripted::new([script]);
    run(Setup::new(backend).plain(), async |server| {
        let at = server.open(URI, "rust", CODE).await;
        command(server, "convive.ask", json!([about(&at, "explain")])).await;
        let begin = server.notification("$/progress").await;
        let title = "Convive: Explain this code";
        assert_eq!(
            begin["value"],
            json!({ "kind": "begin", "title": title, "cancellable": true })
        );
        let rest = progress(server).await;
        assert!(rest.contains(&json!({ "kind": "report", "message": "writing" })));
        server.settle().await;
        assert_eq!(
            server.editor.shown_text(),
            "# Explain this code\n\n/work/shop.rs:2\n\nIt adds the items.\n"
        );
        let edits = methods(server);
        let edits = edits
            .iter()
            .filter(|method| **method == "workspace/applyEdit");
        assert_eq!(edits.count(), 3, "two pieces and the line's end");
        let path = server.editor.shown[0].strip_prefix("file://").unwrap();
        assert!(
            path.starts_with(server.home.path().to_str().unwrap()),
            "{path}"
        );
    });
}

#[test]
fn many_chunks_are_few_edits() {
    let chunks = (0..100).flat_map(|_| [Step::Say("x"), Step::Wait(Duration::from_millis(10))]);
    let backend = Scripted::new([chunks.collect()]);
    run(Setup::new(backend).plain(), async |server| {
        let at = server.open(URI, "rust", CODE).await;
        command(server, "convive.ask", json!([about(&at, "explain")])).await;
        progress(server).await;
        server.settle().await;
        assert!(server.editor.shown_text().contains(&"x".repeat(100)));
        let edits = server.editor.applied.len();
        assert!((9..=12).contains(&edits), "{edits}");
    });
}

#[test]
fn where_documents_are_not_shown_the_answer_is_a_message() {
    let without_edits = Setup::new(Scripted::saying("It adds."))
        .plain()
        .capable("workspace.applyEdit", json!(false))
        .capable("window.showDocument", json!(null));
    for setup in [Setup::new(Scripted::saying("It adds.")), without_edits] {
        let progress_too = setup.capabilities["window"]["workDoneProgress"] == true;
        run(setup, async |server| {
            let at = server.open(URI, "rust", CODE).await;
            command(server, "convive.ask", json!([about(&at, "explain")])).await;
            if progress_too {
                progress(server).await;
            }
            assert_eq!(
                shown(server).await,
                "Convive: Explain this code\n\nIt adds."
            );
        });
    }
}

#[test]
fn a_client_that_refuses_the_document_gets_a_message() {
    run(
        Setup::new(Scripted::saying("It adds.")).plain(),
        async |server| {
            server.will_reply("window/showDocument", Ok(json!({ "success": false })));
            server.will_reply("window/showDocument", Ok(json!({ "success": false })));
            let at = server.open(URI, "rust", CODE).await;
            command(server, "convive.ask", json!([about(&at, "explain")])).await;
            progress(server).await;
            assert_eq!(
                shown(server).await,
                "Convive: Explain this code\n\nIt adds."
            );
        },
    );
}

#[test]
fn the_document_is_there_before_the_first_word() {
    let script = vec![Step::Wait(Duration::from_secs(60)), Step::Say("It adds.")];
    let setup = Setup::new(Scripted::new([script])).plain();
    run(setup, async |server| {
        let at = server.open(URI, "rust", CODE).await;
        command(server, "convive.ask", json!([about(&at, "explain")])).await;
        server.settle().await;
        let text = server.editor.shown_text();
        assert!(text.starts_with("# Explain this code\n"), "{text}");
        assert!(!text.contains("It adds."), "{text}");
        tokio::time::sleep(Duration::from_secs(61)).await;
        progress(server).await;
        server.settle().await;
        assert!(server.editor.shown_text().ends_with("\n\nIt adds.\n"));
        assert_eq!(server.editor.shown.len(), 1);
    });
}

#[test]
fn cancelling_ends_the_model_and_says_so_in_the_document() {
    for by_command in [false, true] {
        let script = vec![Step::Say("It adds "), Step::Hang];
        let backend = Scripted::new([script]);
        run(Setup::new(backend.clone()).plain(), async |server| {
            let at = server.open(URI, "rust", CODE).await;
            command(server, "convive.ask", json!([about(&at, "explain")])).await;
            let begin = server.notification("$/progress").await;
            server.settle().await;
            assert_eq!(backend.running(), 1);
            match by_command {
                true => command(server, "convive.cancel", json!([])).await,
                false => {
                    let token = json!({ "token": begin["token"] });
                    server.notify("window/workDoneProgress/cancel", token).await;
                }
            }
            progress(server).await;
            server.settle().await;
            assert_eq!(backend.running(), 0);
            let text = server.editor.shown_text();
            assert!(text.ends_with("It adds \n\n*Cancelled.*\n"), "{text}");
        });
    }
}

#[test]
fn a_failure_is_always_shown() {
    let error = Error::Unreachable {
        target: "http://box".to_owned(),
        reason: "nobody there".to_owned(),
    };
    for script in [
        vec![Step::Fail(error.clone())],
        vec![
            Step::Say("It adds "),
            Step::Wait(Duration::from_secs(1)),
            Step::Fail(error),
        ],
    ] {
        let begins = script.len() > 1;
        run(
            Setup::new(Scripted::new([script])).plain(),
            async |server| {
                let at = server.open(URI, "rust", CODE).await;
                command(server, "convive.ask", json!([about(&at, "explain")])).await;
                server.settle().await;
                let log = server.take_notifications("window/logMessage");
                assert_eq!(log.len(), 1);
                progress(server).await;
                let message = shown(server).await;
                assert!(
                    message.contains("http://box") && message.contains("nobody there"),
                    "{message}"
                );
                assert_eq!(server.editor.shown.len(), 1);
                let text = server.editor.shown_text();
                assert!(text.contains("\n\n**cannot reach"), "{text}");
                assert_eq!(text.contains("It adds \n\n**"), begins, "{text}");
            },
        );
    }
}

#[test]
fn what_cannot_be_asked_is_shown() {
    run(Setup::new(Scripted::default()).plain(), async |server| {
        let at = server.open(URI, "rust", CODE).await;
        let mut old = about(&at, "explain");
        old["version"] = json!(0);
        let half = json!({ "uri": URI });
        let text = json!({ "uri": URI, "range": "everywhere" });
        for (name, arguments, words) in [
            (
                "convive.ask",
                json!([about(&at, "explian")]),
                "no action `explian`",
            ),
            ("convive.ask", json!([old]), "has changed"),
            ("convive.ask", json!([half]), "belong together"),
            ("convive.ask", json!([text]), "cannot be read"),
            ("convive.ask", json!(["why?"]), "where?"),
            (
                "convive.ask",
                json!([{ "path": "no.rs", "lines": [1, 2] }]),
                "no open document",
            ),
            ("convive.regenerate", json!([]), "no earlier answer"),
            ("convive.reword", json!([]), "the new question"),
            ("convive.apply", json!([]), "no answer in this session"),
            (
                "convive.alternatives",
                json!([]),
                "no answers in this session",
            ),
        ] {
            command(server, name, arguments).await;
            let message = shown(server).await;
            assert!(
                message.starts_with("Convive: ") && message.contains(words),
                "{message}"
            );
        }
        let id = server
            .ask(
                "workspace/executeCommand",
                json!({ "command": "convive.dance" }),
            )
            .await;
        assert_eq!(server.error_code(id).await, -32602);
    });
}

#[test]
fn ready_questions_where_no_text_can_be_typed() {
    let backend = Scripted::saying("Much.");
    run(Setup::new(backend.clone()).plain(), async |server| {
        let at = server.open(URI, "rust", CODE).await;
        let pick = json!({ "title": "What can go wrong here?" });
        server.will_reply("window/showMessageRequest", Ok(pick));
        command(server, "convive.ask", json!([about(&at, "ask")])).await;
        progress(server).await;
        assert!(told(&backend, 0).contains("What can go wrong here?"));
        server.settle().await;
        let text = server.editor.shown_text().to_owned();
        assert!(
            text.contains("> What can go wrong here?\n\nMuch."),
            "{text}"
        );

        // Nothing picked: nothing asked.
        command(server, "convive.ask", json!([about(&at, "ask")])).await;
        server.settle().await;
        assert_eq!(backend.requests().len(), 1);

        // A client without such a menu.
        server.will_reply("window/showMessageRequest", Err(-32601));
        command(server, "convive.ask", json!([about(&at, "ask")])).await;
        let message = shown(server).await;
        assert!(
            message.contains("give the command `convive.ask` your own question"),
            "{message}"
        );
        progress(server).await;
        assert!(told(&backend, 1).contains("What does this do, step by step?"));
    });
}

#[test]
fn a_question_can_be_typed_into_the_command() {
    let backend = Scripted::saying("So.");
    let mut setup = Setup::new(backend.clone()).plain();
    setup.root = Some("/work".into());
    run(setup, async |server| {
        let at = server.open(URI, "rust", CODE).await;
        let range = json!({ "start": at["position"], "end": at["position"] });
        let listing = json!({
            "textDocument": at["textDocument"], "range": range, "context": { "diagnostics": [] },
        });
        server.request("textDocument/codeAction", listing).await;
        for (number, arguments) in [
            // The place whose actions were listed last.
            json!(["Why u32?"]),
            // What a macro of Helix fills in.
            json!([{ "path": "shop.rs", "lines": [2, 2], "question": "Why u32?" }]),
            json!([{ "path": "/work/shop.rs", "lines": [2, 2] }, "Why u32?"]),
        ]
        .into_iter()
        .enumerate()
        {
            command(server, "convive.ask", arguments).await;
            progress(server).await;
            server.settle().await;
            let told = told(&backend, number);
            assert!(
                told.contains("Why u32?") && told.contains("items.iter().sum()"),
                "{told}"
            );
            let text = server.editor.shown_text();
            assert!(text.contains("shop.rs:2\n\n> Why u32?\n\nSo."), "{text}");
        }
        // The line's text is selected, not what follows.
        let told = told(&backend, 1);
        assert!(!told.contains("items.iter().sum()\n}\n\n\n"), "{told}");
    });
}

#[test]
fn again_in_other_words_and_all_side_by_side() {
    let scripts = ["one", "two", "three", "four"].map(|text| vec![Step::Say(text)]);
    let backend = Scripted::new(scripts);
    run(Setup::new(backend.clone()).plain(), async |server| {
        let at = server.open(URI, "rust", CODE).await;
        let mut first = about(&at, "ask");
        first["question"] = json!("Old words?");
        for (name, arguments) in [
            ("convive.ask", json!([first])),
            ("convive.regenerate", json!([])),
            ("convive.reword", json!(["New words?"])),
        ] {
            command(server, name, arguments).await;
            progress(server).await;
            server.settle().await;
        }
        assert!(told(&backend, 1).contains("Old words?"));
        assert!(told(&backend, 2).contains("New words?"));
        command(server, "convive.alternatives", json!([])).await;
        server.settle().await;
        assert_eq!(
            server.editor.shown_text(),
            "# Ask about this place…\n\n## 1\n\n> Old words?\n\none\n\n## 2\n\n> Old words?\n\ntwo\n\n## 3\n\n> New words?\n\nthree\n"
        );
        // A follow-up knows what was said last.
        let kept = json!([{ "uri": URI, "range": about(&at, "ask")["range"], "question": "And?", "conversation": "last" }]);
        command(server, "convive.ask", kept).await;
        progress(server).await;
        let told = told(&backend, 3);
        assert!(
            told.contains("New words?") && told.contains("three") && told.contains("And?"),
            "{told}"
        );
    });
}

#[test]
fn a_follow_up_from_the_answer_is_about_the_code() {
    let backend = Scripted::new(["It adds.", "Twice."].map(|text| vec![Step::Say(text)]));
    run(Setup::new(backend.clone()).plain(), async |server| {
        let at = server.open(URI, "rust", CODE).await;
        command(server, "convive.ask", json!([about(&at, "explain")])).await;
        progress(server).await;
        server.settle().await;
        let answer = server.editor.shown.last().expect("an answer").clone();
        let path = answer.strip_prefix("file://").expect("a file");
        let more = json!([{ "path": path, "lines": [1, 3], "question": "How often?", "conversation": "last" }]);
        command(server, "convive.ask", more).await;
        progress(server).await;
        server.settle().await;
        let text = server.editor.shown_text();
        assert!(text.contains("Twice."), "{text}");
        let place = |text: &str| text.lines().nth(2).map(str::to_owned);
        let first = server.editor.text(&answer);
        assert_eq!(place(text), place(first));
        let told = told(&backend, 1);
        assert!(
            told.contains("It adds.") && told.contains("How often?"),
            "{told}"
        );
    });
}

#[test]
fn only_the_last_answers_stay_on_disk() {
    run(
        Setup::new(Scripted::saying("So.")).plain(),
        async |server| {
            let at = server.open(URI, "rust", CODE).await;
            for _ in 0..35 {
                command(server, "convive.ask", json!([about(&at, "explain")])).await;
                progress(server).await;
                server.settle().await;
            }
            let files = std::fs::read_dir(server.home.path().join("answers")).unwrap();
            assert_eq!(files.count(), 32);
            let last = server.editor.shown.last().unwrap();
            assert!(last.ends_with("/explain-35.md"), "{last}");
        },
    );
}
