//! Code actions: which are listed where, for whom, and that no model is asked for that; whose folder is trusted.

use convive::model::scripted::{Scripted, Step};
use serde_json::{Value, json};

use crate::asking::{CODE, URI};
use crate::server::{Setup, TestServer, run};

const CRASH: &str = "thread 'main' panicked at src/main.rs:3:9:\nindex out of bounds: the len is 3 but the index is 5\n";

/// The parameters that ask for the actions at a place.
fn at(place: &Value, context: Value) -> Value {
    json!({
        "textDocument": place["textDocument"],
        "range": { "start": place["position"], "end": place["position"] },
        "context": context,
    })
}

async fn list(server: &mut TestServer, params: Value) -> Vec<Value> {
    let actions = server.request("textDocument/codeAction", params).await;
    actions.as_array().expect("a list").clone()
}

/// A list waits for no tree: asks until there is one.
async fn list_in_function(server: &mut TestServer, place: &Value) -> Vec<Value> {
    for _ in 0..100_000 {
        let actions = list(server, at(place, plain_context())).await;
        if ids(&actions).contains(&"document") {
            return actions;
        }
    }
    panic!("the function is not known");
}

/// The ids in `data`.
fn ids(actions: &[Value]) -> Vec<&str> {
    let ids = actions
        .iter()
        .map(|action| action["data"]["action"].as_str());
    ids.map(|id| id.expect("an id")).collect()
}

fn plain_context() -> Value {
    json!({ "diagnostics": [] })
}

#[test]
fn each_place_has_its_actions_and_no_model_is_asked() {
    let backend = Scripted::new([vec![Step::Hang]]);
    run(Setup::new(backend.clone()).plain(), async |server| {
        let inside = server.open(URI, "rust", CODE).await;
        let function = list_in_function(server, &inside).await;
        assert_eq!(
            ids(&function),
            ["explain", "document", "test", "review", "ask", "write"]
        );

        let nowhere = server
            .open("file:///work/notes.txt", "text", "$0some words\n")
            .await;
        let always = list(server, at(&nowhere, plain_context())).await;
        assert_eq!(ids(&always), ["ask", "write"]);

        let mut selection = at(&nowhere, plain_context());
        selection["range"]["end"]["character"] = json!(4);
        let selection = list(server, selection).await;
        assert_eq!(ids(&selection), ["explain", "review", "ask", "write"]);

        let crash = server
            .open("file:///work/out.txt", "text", &format!("{CRASH}$0"))
            .await;
        let crash = list(server, at(&crash, plain_context())).await;
        assert_eq!(ids(&crash)[0], "trace");
        assert_eq!(backend.requests().len(), 0);
    });
}

#[test]
fn an_action_is_a_command_that_says_all() {
    run(Setup::new(Scripted::default()).plain(), async |server| {
        let place = server.open(URI, "rust", CODE).await;
        let range = json!({ "start": place["position"], "end": place["position"] });
        let diagnostic = json!({ "range": range, "severity": 1, "message": "mismatched types", "data": { "big": 1 } });
        let actions = list(server, at(&place, json!({ "diagnostics": [diagnostic] }))).await;
        let fix = actions
            .iter()
            .find(|action| action["data"]["action"] == "fix");
        let fix = fix.expect("it is offered");
        let kept = json!([{ "range": range, "severity": 1, "message": "mismatched types" }]);
        assert_eq!(fix["kind"], "quickfix");
        assert_eq!(fix["diagnostics"], kept);
        assert_eq!(fix["command"]["command"], "convive.ask");
        assert_eq!(
            fix["command"]["arguments"],
            json!([{ "uri": URI, "range": range, "action": "fix", "version": 1, "diagnostics": kept }])
        );
        let write = actions
            .iter()
            .find(|action| action["data"]["action"] == "write");
        let arguments = &write.expect("it is offered")["command"]["arguments"][0];
        assert!(arguments.get("diagnostics").is_none(), "{arguments}");
    });
}

#[test]
fn only_the_kinds_that_are_asked_for() {
    run(Setup::new(Scripted::default()).plain(), async |server| {
        let place = server.open(URI, "rust", CODE).await;
        list_in_function(server, &place).await;
        for (only, expected) in [
            (json!(["refactor"]), vec!["document", "test", "write"]),
            (json!(["refactor.rewrite"]), vec!["document", "write"]),
            (json!(["refactor.rew"]), vec![]),
            (json!(["source.organizeImports"]), vec![]),
            (
                json!([""]),
                vec!["explain", "document", "test", "review", "ask", "write"],
            ),
        ] {
            let context = json!({ "diagnostics": [], "only": only });
            let actions = list(server, at(&place, context)).await;
            assert_eq!(ids(&actions), expected, "{only}");
        }
    });
}

#[test]
fn clients_that_know_no_actions_get_commands() {
    run(Setup::new(Scripted::default()), async |server| {
        let place = server
            .open("file:///work/notes.txt", "text", "$0words\n")
            .await;
        for command in list(server, at(&place, plain_context())).await {
            assert_eq!(command["command"], "convive.ask", "{command}");
            assert!(command["title"].is_string());
        }
        let unknown = json!({ "textDocument": { "uri": "file:///no" }, "position": { "line": 0, "character": 0 } });
        assert!(list(server, at(&unknown, plain_context())).await.is_empty());
    });
}

#[test]
fn the_users_own_actions_are_there_at_once_and_mistakes_are_shown_once() {
    run(Setup::new(Scripted::default()).plain(), async |server| {
        let place = server
            .open("file:///work/notes.txt", "text", "$0words\n")
            .await;
        let actions = server.home.path().join("actions");
        std::fs::create_dir_all(&actions).expect("a folder");
        let good = "---\nid: haiku\ntitle: As a haiku\noffered: always\n---\nA haiku.\n";
        std::fs::write(actions.join("haiku.md"), good).expect("a file");
        let bad = good
            .replace("A haiku", "{{ haiku }}")
            .replace("id: haiku", "id: bad");
        std::fs::write(actions.join("bad.md"), bad).expect("a file");
        for _ in 0..2 {
            let listed = list(server, at(&place, plain_context())).await;
            assert_eq!(ids(&listed), ["ask", "write", "haiku"]);
            assert_eq!(listed[2]["title"], "As a haiku");
        }
        let shown = server.notification("window/showMessage").await;
        let message = shown["message"].as_str().expect("words");
        assert!(
            message.contains("bad.md:6: there is no `haiku`, only language"),
            "{message}"
        );
        // Were it shown again, the server's end would find a message that nobody read.
    });
}

/// A folder with an action of its own.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let actions = folder.path().join(".convive/actions");
    std::fs::create_dir_all(&actions).expect("a folder");
    let text =
        "---\nid: haiku\ntitle: As a haiku\noffered: always\n---\nA haiku about {{ path }}.\n";
    std::fs::write(actions.join("haiku.md"), text).expect("a file");
    folder
}

async fn in_folder(server: &mut TestServer, folder: &tempfile::TempDir) -> Value {
    let uri = format!("file://{}/notes.txt", folder.path().display());
    server.open(&uri, "text", "$0words\n").await
}

#[test]
fn a_folders_own_actions_are_used_when_the_user_trusts_it() {
    let folder = folder();
    let backend = Scripted::saying("Words.");
    let mut setup = Setup::new(backend.clone()).plain();
    setup.root = Some(folder.path().to_owned());
    run(setup, async |server| {
        let place = in_folder(server, &folder).await;
        // What an editor asks for by itself is no reason to disturb anybody.
        let context = json!({ "diagnostics": [], "triggerKind": 2 });
        list(server, at(&place, context)).await;
        server.settle().await;
        assert!(server.server_requests.is_empty());

        let yes = json!({ "title": "Trust this folder" });
        server.will_reply("window/showMessageRequest", Ok(yes));
        let before = list(server, at(&place, plain_context())).await;
        assert!(!ids(&before).contains(&"haiku"));
        server.settle().await;
        assert_eq!(*server.trusted.lock().unwrap(), [folder.path()]);

        let after = list(server, at(&place, plain_context())).await;
        let haiku = after
            .iter()
            .find(|action| action["data"]["action"] == "haiku");
        assert_eq!(
            haiku.expect("it is offered")["title"],
            "As a haiku (workspace)"
        );
        server.settle().await;
        assert_eq!(server.server_requests.len(), 1, "asked once");
    });
}

#[test]
fn who_does_not_trust_a_folder_is_not_asked_again() {
    for reply in [
        Ok(json!({ "title": "Not now" })),
        Ok(Value::Null),
        Err(-32601),
    ] {
        let folder = folder();
        let mut setup = Setup::new(Scripted::default()).plain();
        setup.root = Some(folder.path().to_owned());
        run(setup, async |server| {
            let place = in_folder(server, &folder).await;
            server.will_reply("window/showMessageRequest", reply.clone());
            for _ in 0..3 {
                let actions = list(server, at(&place, plain_context())).await;
                assert!(!ids(&actions).contains(&"haiku"));
                server.settle().await;
            }
            assert_eq!(server.server_requests.len(), 1, "asked once");
            assert!(server.trusted.lock().unwrap().is_empty());
            if reply.is_err() {
                let shown = server.notification("window/showMessage").await;
                let message = shown["message"].as_str().unwrap();
                assert!(message.contains("`trust` of `[privacy]`"), "{message}");
            }
        });
    }
}

#[test]
fn the_options_trust_folders_too_and_folders_come_and_go() {
    let folder = folder();
    let trust = json!({ "privacy": { "trust": [folder.path().parent().unwrap()] } });
    let setup = Setup::new(Scripted::default()).plain().options(trust);
    run(setup, async |server| {
        let place = in_folder(server, &folder).await;
        assert_eq!(
            ids(&list(server, at(&place, plain_context())).await),
            ["ask", "write"]
        );
        let uri = format!("file://{}", folder.path().display());
        let one = json!([{ "uri": uri, "name": "one" }]);
        for (added, removed, expected) in [
            (one.clone(), json!([]), vec!["ask", "write", "haiku"]),
            (json!([]), one, vec!["ask", "write"]),
        ] {
            let params = json!({ "event": { "added": added, "removed": removed } });
            server
                .notify("workspace/didChangeWorkspaceFolders", params)
                .await;
            assert_eq!(
                ids(&list(server, at(&place, plain_context())).await),
                expected
            );
        }
        assert!(server.server_requests.is_empty(), "nobody was asked");
    });
}
