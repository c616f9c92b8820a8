//! What is noted of requests: seen again, rated, kept on disk where the user wants that, and limited by his budget.

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

#[test]
fn what_was_sent_last_can_be_seen() {
    run(Setup::new(Scripted::saying("foo(1)")), async |server| {
        assert_eq!(
            command(server, "convive.last", json!({})).await,
            Value::Null
        );
        server.told("window/showMessage", "nothing was sent").await;
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
fn an_answer_can_be_rated_and_corrected() {
    let setup = Setup::new(Scripted::saying("foo(1)"));
    let records = setup.records.clone();
    run(setup, async |server| {
        let at = server.open(URI, "text", "let x = $0;\n").await;
        item(server, &at).await;
        let bad = json!({ "rating": "bad", "correction": "bar()" });
        command(server, "convive.rate", bad).await;
        server.told("window/showMessage", "keep = true").await;
        let good = json!({ "id": "gone", "rating": "good" });
        command(server, "convive.rate", good).await;
        server.told("window/showMessage", "not remembered").await;
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
        server.told("window/showMessage", "budget is spent").await;
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
