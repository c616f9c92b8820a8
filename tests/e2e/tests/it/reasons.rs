//! Why there is no suggestion: the status says it, in words.

use convive::model::scripted::{Scripted, Step};
use serde_json::{Value, json};

use crate::server::{Setup, TestServer, run};

const URI: &str = "file:///work/a.go";

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
