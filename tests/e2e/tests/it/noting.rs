//! What becomes of completions: seen again, accepted, kept, rated; and why there are none.

use std::time::Duration;

use convive::journal::{Rating, Records};
use convive::model::scripted::{Scripted, Step};
use serde_json::{Value, json};

use crate::server::{Setup, TestServer, run};

const URI: &str = "file:///work/a.go";

async fn command(server: &mut TestServer, name: &str, argument: Value) -> Value {
    let params = json!({ "command": name, "arguments": [argument] });
    server.request("workspace/executeCommand", params).await
}

/// Completes at the end of the text, and gives the only item.
async fn item(server: &mut TestServer, at: &Value) -> Value {
    let id = server.invoke(at).await;
    server.answer(id).await["result"]["items"][0].take()
}

async fn save(server: &mut TestServer, uri: &str) {
    let params = json!({ "textDocument": { "uri": uri } });
    server.notify("textDocument/didSave", params).await;
    server.settle().await;
}

#[test]
fn what_was_sent_last_can_be_seen() {
    run(Setup::new(Scripted::saying("foo(1)")), async |server| {
        assert_eq!(
            command(server, "convive.last", json!({})).await,
            Value::Null
        );
        let none = server.notification("window/showMessage").await;
        assert!(
            none["message"]
                .as_str()
                .unwrap()
                .contains("nothing was sent"),
            "{none}"
        );
        let at = server.open(URI, "text", "let x = $0;\n").await;
        let item = item(server, &at).await;
        assert_eq!(item["insertText"], "foo(1)");
        let last = command(server, "convive.last", json!({})).await;
        let entry = &last["entry"];
        assert_eq!(entry["id"], item["command"]["arguments"][0]["id"]);
        assert_eq!(
            entry["prompt"],
            json!({ "insert": { "prefix": "let x = ", "suffix": ";\n" } })
        );
        assert_eq!(
            (&entry["answer"], &entry["shown"]),
            (&json!("foo(1)"), &json!("foo(1)"))
        );
        assert_eq!(entry["parts"][0]["from"], "prefix");
        let page = last["markdown"].as_str().unwrap();
        assert!(
            page.contains("the code before the cursor") && page.contains("foo(1)"),
            "{page}"
        );
        assert_eq!(
            command(server, "convive.last", json!({ "back": 9 })).await,
            Value::Null
        );
        server.notification("window/showMessage").await;
    });
}

#[test]
fn what_was_sent_is_there_also_when_nobody_waited() {
    let model = Scripted::new([vec![Step::Hang]]);
    run(Setup::new(model.clone()), async |server| {
        let at = server.open(URI, "text", "let x = $0;\n").await;
        let id = server.invoke(&at).await;
        server.settle().await;
        server.cancel(id).await;
        server.answer(id).await;
        let last = command(server, "convive.last", json!({})).await;
        assert_eq!(last["entry"]["ending"], "enough");
        assert_eq!(last["entry"]["prompt"]["insert"]["prefix"], "let x = ");
    });
}

#[test]
fn accepted_and_kept_characters_are_counted() {
    let setup = Setup::new(Scripted::saying("foo(1)"));
    let records = setup.records.clone();
    let counted = records.clone();
    run(setup, async |server| {
        let at = server.open(URI, "text", "let x = $0;\n").await;
        let item = item(server, &at).await;
        assert_eq!(item["command"]["command"], "convive.accepted");
        let argument = item["command"]["arguments"][0].clone();
        server.change(URI, 2, [[0, 8], [0, 8]], "foo(1)").await;
        assert_eq!(
            command(server, "convive.accepted", argument.clone()).await,
            Value::Null
        );
        // The same once more says nothing new.
        command(server, "convive.accepted", argument).await;
        save(server, URI).await;
        assert_eq!(counted.ledger.in_memory().judged_characters, 0, "too early");
        tokio::time::advance(Duration::from_secs(31)).await;
        save(server, URI).await;
        save(server, URI).await;
        let count = counted.ledger.in_memory();
        assert_eq!(
            (count.requests, count.accepted, count.accepted_characters),
            (1, 1, 6)
        );
        assert_eq!(count.kept_characters, 6);
    });
    let entry = records.journal.entries().pop().expect("remembered");
    assert_eq!((entry.accepted, entry.kept), (true, Some(6)));
}

#[test]
fn what_is_gone_at_the_close_was_not_kept() {
    let setup = Setup::new(Scripted::saying("foo(1)"));
    let records = setup.records.clone();
    run(setup, async |server| {
        let at = server.open(URI, "text", "let x = $0;\n").await;
        let item = item(server, &at).await;
        command(
            server,
            "convive.accepted",
            item["command"]["arguments"][0].clone(),
        )
        .await;
        let params = json!({ "textDocument": { "uri": URI } });
        server.notify("textDocument/didClose", params).await;
    });
    let count = records.ledger.in_memory();
    assert_eq!((count.judged_characters, count.kept_characters), (6, 0));
}

#[test]
fn the_end_of_a_session_judges_what_is_open() {
    let setup = Setup::new(Scripted::saying("foo(1)"));
    let records = setup.records.clone();
    run(setup, async |server| {
        let at = server.open(URI, "text", "let x = $0;\n").await;
        let item = item(server, &at).await;
        server.change(URI, 2, [[0, 8], [0, 8]], "foo(1)").await;
        command(
            server,
            "convive.accepted",
            item["command"]["arguments"][0].clone(),
        )
        .await;
    });
    assert_eq!(records.ledger.in_memory().kept_characters, 6);
}

#[test]
fn menus_tell_what_was_accepted_too() {
    let setup = Setup::new(Scripted::saying("foo(1)")).capable("textDocument", json!({}));
    let records = setup.records.clone();
    run(setup, async |server| {
        let at = server.open(URI, "text", "let x = $0;\n").await;
        let list = server.request("textDocument/completion", at).await;
        let item = &list["items"][0];
        assert_eq!(item["command"]["command"], "convive.accepted", "{item}");
        command(
            server,
            "convive.accepted",
            item["command"]["arguments"][0].clone(),
        )
        .await;
    });
    assert_eq!(records.ledger.in_memory().accepted, 1);
}

#[test]
fn an_answer_can_be_rated_and_corrected() {
    let setup = Setup::new(Scripted::saying("foo(1)"));
    let records = setup.records.clone();
    run(setup, async |server| {
        let at = server.open(URI, "text", "let x = $0;\n").await;
        item(server, &at).await;
        let bad = json!({ "rating": "bad", "correction": "bar()" });
        command(server, "convive.rate", bad).await;
        let told = server.notification("window/showMessage").await;
        assert!(
            told["message"].as_str().unwrap().contains("keep = true"),
            "{told}"
        );
        let good = json!({ "id": "gone", "rating": "good" });
        command(server, "convive.rate", good).await;
        let told = server.notification("window/showMessage").await;
        assert!(
            told["message"].as_str().unwrap().contains("not remembered"),
            "{told}"
        );
        command(server, "convive.rate", json!({})).await;
        server.notification("window/showMessage").await;
    });
    let entry = records.journal.entries().pop().expect("remembered");
    assert_eq!(entry.rating, Some(Rating::Bad));
    assert_eq!(entry.correction.as_deref(), Some("bar()"));
}

#[test]
fn a_kept_journal_is_on_disk_when_the_server_is_done() {
    let folder = tempfile::tempdir().expect("a folder");
    let records = Records::new(Some(folder.path().to_owned()));
    let setup = Setup::recorded(Scripted::saying("foo(1)"), records);
    let setup = setup.options(json!({ "journal": { "keep": true } }));
    let records = setup.records.clone();
    run(setup, async |server| {
        let at = server.open(URI, "text", "let x = $0;\n").await;
        let item = item(server, &at).await;
        let id = item["command"]["arguments"][0]["id"].clone();
        let good = json!({ "id": id, "rating": "good" });
        // Kept: nothing to tell.
        command(server, "convive.rate", good).await;
    });
    records.flush();
    let read = convive::journal::disk::read(&folder.path().join("journal"));
    let entry = read.entries.last().expect("on disk");
    assert_eq!(entry.rating, Some(Rating::Good));
    assert_eq!(entry.shown.as_deref(), Some("foo(1)"));
    assert_eq!(
        entry.document.as_deref(),
        Some(std::path::Path::new("a.go"))
    );
}

#[test]
fn a_repository_cannot_switch_the_journal_on_or_the_budget_off() {
    let folder = tempfile::tempdir().expect("a folder");
    let records = Records::new(Some(folder.path().to_owned()));
    let setup = Setup::recorded(Scripted::saying("foo(1)"), records);
    let setup = setup
        .options(json!({ "usage": { "daily_tokens": 0 } }))
        .capable("workspace", json!({ "configuration": true }));
    run(setup, async |server| {
        server.settings = json!({ "journal": { "keep": true }, "usage": { "daily_tokens": 1000 } });
        let params = json!({ "settings": null });
        server
            .notify("workspace/didChangeConfiguration", params)
            .await;
        server.settle().await;
        let told = server.notification("window/showMessage").await;
        let told = told["message"].as_str().unwrap();
        assert!(
            told.contains("journal.keep") && told.contains("usage.daily_tokens"),
            "{told}"
        );
        let at = server.open(URI, "text", "let x = $0;\n").await;
        let id = server.invoke(&at).await;
        assert_eq!(server.text(id).await, None);
        server.notification("window/logMessage").await;
        let told = server.notification("window/showMessage").await;
        assert!(
            told["message"]
                .as_str()
                .unwrap()
                .contains("budget is spent"),
            "{told}"
        );
    });
    assert!(!folder.path().join("journal").exists());
}

#[test]
fn a_spent_budget_is_a_status_for_who_types() {
    let setup = Setup::new(Scripted::saying("foo(1)")).rich();
    let setup = setup.options(json!({ "usage": { "daily_tokens": 1 } }));
    let records = setup.records.clone();
    run(setup, async |server| {
        let at = server.open(URI, "text", "let x = $0;\n").await;
        item(server, &at).await;
        server.change(URI, 2, [[0, 0], [0, 0]], "x\n").await;
        let at =
            json!({ "textDocument": { "uri": URI }, "position": { "line": 1, "character": 8 } });
        let id = server.automatic(&at).await;
        assert_eq!(server.text(id).await, None);
        let status = server.notification("convive/status").await;
        assert_eq!(status["state"], "offline");
        let message = status["message"].as_str().unwrap();
        assert!(message.contains("budget is spent"), "{message}");
    });
    assert_eq!(records.journal.entries().len(), 1);
}

/// The status after each automatic request.
async fn status(server: &mut TestServer, text: &str, version: i32) -> Value {
    let at = text.find("$0").expect("a cursor");
    let text = text.replacen("$0", "", 1);
    server
        .changes(URI, version, json!([{ "text": text }]))
        .await;
    // The tree is there then.
    server.settle().await;
    let id = server
        .automatic(&crate::server::place(URI, &text, at))
        .await;
    server.answer(id).await;
    server.notification("convive/status").await
}

#[test]
fn the_status_says_why_there_is_no_suggestion() {
    let scripts = [vec![], vec![Step::Say("same()")], vec![Step::Say("done()")]];
    run(Setup::new(Scripted::new(scripts)).rich(), async |server| {
        server.open(URI, "go", "").await;
        let idle = async |server: &mut TestServer, text: &str, version: i32| {
            let status = status(server, text, version).await;
            assert_eq!(status["state"], "ready", "{status}");
            status["idle"].clone()
        };
        let go = |line: &str| format!("package a\n\nfunc f() {{\n\t{line}\n}}\n");
        let place = idle(server, &go("some$0word"), 2).await;
        assert_eq!(place["reason"], "place");
        assert!(
            place["message"].as_str().unwrap().contains("a word"),
            "{place}"
        );
        // The same again is no news.
        let id = server.automatic(&json!({ "textDocument": { "uri": URI }, "position": { "line": 3, "character": 5 } })).await;
        server.answer(id).await;
        server.settle().await;
        assert_eq!(idle(server, &go("x := $0"), 3).await["reason"], "empty");
        let filtered = idle(server, &go("$0\n\tsame()"), 4).await;
        assert_eq!(filtered["reason"], "filtered");
        assert!(
            filtered["message"].as_str().unwrap().contains("rule `"),
            "{filtered}"
        );
        assert_eq!(idle(server, &go("y := $0"), 5).await, Value::Null);
    });
}

#[test]
fn a_file_that_may_not_be_sent_is_a_reason() {
    let setup = Setup::new(Scripted::saying("x")).rich().options(json!({
        "completion": { "backend": "box" },
        "backend": { "box": { "kind": "openai", "model": "m" } },
        "privacy": { "ignore": ["*.go"] },
    }));
    let records = setup.records.clone();
    run(setup, async |server| {
        server.open(URI, "go", "").await;
        let status = status(server, "package a\n$0", 2).await;
        assert_eq!(
            (&status["state"], &status["idle"]["reason"]),
            (&json!("ready"), &json!("ignored"))
        );
        assert!(
            status["idle"]["message"].as_str().unwrap().contains("a.go"),
            "{status}"
        );
    });
    assert!(records.journal.entries().is_empty(), "nothing was sent");
}

#[test]
fn completions_only_on_request_say_so_while_typing() {
    let setup = Setup::new(Scripted::saying("x")).rich();
    let setup = setup.options(json!({ "completion": { "trigger": "invoked" } }));
    run(setup, async |server| {
        server.open(URI, "go", "").await;
        let status = status(server, "package a\n$0", 2).await;
        assert_eq!(status["idle"]["reason"], "off");
        assert!(
            status["idle"]["message"]
                .as_str()
                .unwrap()
                .contains("trigger")
        );
    });
}

#[test]
fn a_file_that_is_never_sent_says_so_and_by_what() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join(".conviveignore"), "hidden.go\n").unwrap();
    let hidden = format!("file://{}/hidden.go", folder.path().display());
    let model = Scripted::saying("x");
    let remote = json!({ "kind": "openai", "url": "http://127.0.0.1:1/v1", "model": "m" });
    let options = json!({ "completion": { "backend": "far" }, "backend": { "far": remote } });
    run(
        Setup::new(model.clone()).rich().options(options),
        async |server| {
            let place = server
                .open(&hidden, "go", "package a\n\nvar a = $0\n")
                .await;
            let id = server.automatic(&place).await;
            server.answer(id).await;
            let idle = server.notification("convive/status").await["idle"].clone();
            assert_eq!(idle["reason"], "ignored");
            let why = idle["message"].as_str().unwrap();
            assert!(why.contains(".conviveignore"), "{why}");
        },
    );
    assert_eq!(model.requests().len(), 0);
}
