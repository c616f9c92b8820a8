//! Answers that change code: one versioned edit or nothing, for each action and each kind of editor.

use std::time::Duration;

use convive::model::scripted::{Scripted, Step};
use serde_json::{Value, json};

use crate::asking;
use crate::commands::{about, command, progress, shown};
use crate::server::{Setup, TestServer, run};

const URI: &str = asking::URI;
const WISH: &str = "fn total(items: &[u32]) -> u32 {\n    // the sum of the items\n    $0\n}\n";
const WRITTEN: &str =
    "fn total(items: &[u32]) -> u32 {\n    // the sum of the items\n    items.iter().sum()\n}\n";
const CODE: &str = "```rust\nitems.iter().sum()\n```\n";

/// Runs an action on a document by its command, and waits until all is done.
async fn act(server: &mut TestServer, at: &Value, action: &str) {
    command(server, "convive.ask", json!([about(at, action)])).await;
    progress(server).await;
    server.settle().await;
}

#[test]
fn code_goes_in_as_one_versioned_edit() {
    run(Setup::new(Scripted::saying(CODE)).plain(), async |server| {
        let at = server.open(URI, "rust", WISH).await;
        act(server, &at, "write").await;
        assert_eq!(server.editor.text(URI), WRITTEN);
        let [applied] = &server.editor.applied[..] else {
            panic!("{:?}", server.editor.applied);
        };
        let [change] = &applied["edit"]["documentChanges"].as_array().unwrap()[..] else {
            panic!("{applied}");
        };
        assert_eq!(change["textDocument"], json!({ "uri": URI, "version": 1 }));
        assert_eq!(applied["label"], "Write code here…");
        assert!(server.editor.shown.is_empty(), "nothing to read");
    });
}

#[test]
fn each_action_does_what_it_says() {
    let function = "fn total(items: &[u32]) -> u32 {\n    items.iter().product()$0\n}\n";
    let fixed = "```rust\nfn total(items: &[u32]) -> u32 {\n    items.iter().sum()\n}\n```\n";
    let crash = "thread 'main' panicked at src/main.rs:3:9:\nindex out of bounds$0\n";
    for (action, drawing, said, expected) in [
        ("explain", function, "It adds.", None),
        ("review", function, "None.", None),
        ("ask", function, "Much.", None),
        ("trace", crash, "Too few.", None),
        ("write", WISH, CODE, Some(WRITTEN)),
        (
            "fix",
            function,
            fixed,
            Some("fn total(items: &[u32]) -> u32 {\n    items.iter().sum()\n}\n"),
        ),
        (
            "document",
            function,
            "```rust\n/// Adds the items.\n```\n",
            Some(
                "/// Adds the items.\nfn total(items: &[u32]) -> u32 {\n    items.iter().product()\n}\n",
            ),
        ),
    ] {
        let backend = Scripted::saying(said);
        run(Setup::new(backend.clone()).plain(), async |server| {
            let language = if action == "trace" { "text" } else { "rust" };
            let at = server.open(URI, language, drawing).await;
            let pick = json!({ "title": "What can go wrong here?" });
            server.will_reply("window/showMessageRequest", Ok(pick));
            act(server, &at, action).await;
            assert_eq!(backend.requests().len(), 1, "{action}");
            match expected {
                Some(expected) => assert_eq!(server.editor.text(URI), expected, "{action}"),
                None => assert!(server.editor.shown_text().contains(said), "{action}"),
            }
        });
    }
}

#[test]
fn if_the_document_moved_on_the_user_is_told_and_nothing_is_applied() {
    let script = vec![Step::Wait(Duration::from_secs(1)), Step::Say(CODE)];
    run(
        Setup::new(Scripted::new([script.clone()])).plain(),
        async |server| {
            let at = server.open(URI, "rust", WISH).await;
            command(server, "convive.ask", json!([about(&at, "write")])).await;
            server.notification("$/progress").await;
            server.change(URI, 2, [[0, 0], [0, 0]], "// new\n").await;
            progress(server).await;
            let message = shown(server).await;
            assert!(
                message.contains(
                    "the document has changed since the question, so nothing was applied"
                ),
                "{message}"
            );
            assert!(server.editor.applied.is_empty());
        },
    );
    // The same for a client that would apply it itself.
    run(
        Setup::new(Scripted::new([script])).asking(),
        async |server| {
            let at = server.open(URI, "rust", WISH).await;
            let id = server
                .ask("convive/ask", asking::about(&at, "write", json!({})))
                .await;
            server.change(URI, 2, [[0, 0], [0, 0]], "// new\n").await;
            let result = server.answer(id).await["result"].take();
            assert!(result.get("edit").is_none(), "{result}");
            let note = result["note"].as_str().unwrap();
            assert!(note.contains("has changed since"), "{note}");
        },
    );
}

#[test]
fn an_edit_that_the_client_refuses_is_told_too() {
    for (reply, words) in [
        (
            Ok(json!({ "applied": false, "failureReason": "read only" })),
            "read only",
        ),
        (Err(-32601), "refused"),
    ] {
        run(Setup::new(Scripted::saying(CODE)).plain(), async |server| {
            server.will_reply("workspace/applyEdit", reply);
            let at = server.open(URI, "rust", WISH).await;
            act(server, &at, "write").await;
            let message = shown(server).await;
            assert!(
                message.contains(words) && message.contains("convive.alternatives"),
                "{message}"
            );
        });
    }
}

#[test]
fn a_client_that_knows_no_versions_gets_plain_changes() {
    let setup = Setup::new(Scripted::saying(CODE))
        .plain()
        .capable("workspace.workspaceEdit", json!({}));
    run(setup, async |server| {
        let at = server.open(URI, "rust", WISH).await;
        act(server, &at, "write").await;
        assert_eq!(server.editor.text(URI), WRITTEN);
        assert!(server.editor.applied[0]["edit"]["changes"].is_object());
    });
}

#[test]
fn a_client_that_takes_no_edits_is_told_and_gets_the_text() {
    let setup = Setup::new(Scripted::saying(CODE));
    run(setup, async |server| {
        let at = server.open(URI, "rust", WISH).await;
        command(server, "convive.ask", json!([about(&at, "write")])).await;
        let message = shown(server).await;
        assert!(message.contains("takes no edits"), "{message}");
        command(server, "convive.alternatives", json!([])).await;
        let message = shown(server).await;
        assert!(message.contains("items.iter().sum()"), "{message}");
    });
}

#[test]
fn line_ends_and_documents_without_a_file() {
    for uri in [URI, "untitled:Untitled-1"] {
        run(Setup::new(Scripted::saying(CODE)).plain(), async |server| {
            let at = server.open(uri, "rust", &WISH.replace('\n', "\r\n")).await;
            act(server, &at, "write").await;
            assert_eq!(server.editor.text(uri), WRITTEN.replace('\n', "\r\n"));
        });
    }
}

#[test]
fn columns_are_the_clients_own() {
    let setup = Setup::new(Scripted::saying("```rust\nlet y = 1;\n```\n")).asking();
    let setup = setup.capable("general.positionEncodings", json!(["utf-16"]));
    run(setup, async |server| {
        let text = "fn f() {\n    let x = \"🙂🙂\"; \n}\n";
        server.open(URI, "rust", text).await;
        let end = json!({ "line": 1, "character": 19 });
        let at = json!({ "textDocument": { "uri": URI }, "position": end });
        let result = server
            .request(
                "convive/ask",
                asking::about(&at, "write", json!({ "question": "one" })),
            )
            .await;
        let edit = &result["edit"]["documentChanges"][0]["edits"][0];
        assert_eq!(
            edit["range"]["end"],
            json!({ "line": 1, "character": 20 }),
            "{edit}"
        );
    });
}

#[test]
fn an_answer_without_code_opens_nothing_by_itself() {
    run(
        Setup::new(Scripted::saying("I cannot.")).plain(),
        async |server| {
            let at = server.open(URI, "rust", WISH).await;
            act(server, &at, "write").await;
            let message = shown(server).await;
            assert!(message.contains("There is no edit"), "{message}");
            assert!(message.contains("convive.alternatives"), "{message}");
            assert!(server.editor.shown.is_empty());
            assert_eq!(server.editor.text(URI), WISH.replace("$0", ""));
            command(server, "convive.alternatives", json!([])).await;
            server.settle().await;
            assert!(server.editor.shown_text().contains("I cannot."));
        },
    );
}

#[test]
fn the_edit_of_any_alternative_can_be_applied() {
    let answers = ["items.len()", "items.iter().sum()"].map(|code| {
        let said: &'static str = format!("```rust\n{code}\n```\n").leak();
        vec![Step::Say(said)]
    });
    run(
        Setup::new(Scripted::new(answers)).asking(),
        async |server| {
            let at = server.open(URI, "rust", WISH).await;
            let first = server
                .request("convive/ask", asking::about(&at, "write", json!({})))
                .await;
            assert_eq!(
                first["edit"]["documentChanges"][0]["textDocument"]["version"],
                1
            );
            let again = json!({ "regenerate": true, "conversation": first["conversation"] });
            server
                .request("convive/ask", asking::about(&at, "write", again))
                .await;
            command(server, "convive.apply", json!([{ "alternative": 1 }])).await;
            server.settle().await;
            assert!(server.editor.text(URI).contains("    items.len()\n"));
            server.editor.open(URI, &WISH.replace("$0", ""));
            command(server, "convive.apply", json!([])).await;
            server.settle().await;
            assert_eq!(server.editor.text(URI), WRITTEN);
            command(server, "convive.apply", json!([{ "alternative": 7 }])).await;
            assert!(shown(server).await.contains("nothing to apply"));
            // What was asked about another version is not applied.
            server.change(URI, 2, [[0, 0], [0, 0]], "// new\n").await;
            command(server, "convive.apply", json!([])).await;
            assert!(shown(server).await.contains("has changed since"));
            // The change is undone: the text is the same again, by another version.
            server.change(URI, 3, [[0, 0], [1, 0]], "").await;
            server.editor.open(URI, &WISH.replace("$0", ""));
            server.editor.set_version(URI, 3);
            command(server, "convive.apply", json!([])).await;
            server.settle().await;
            assert_eq!(server.editor.text(URI), WRITTEN);
        },
    );
}

/// An action of the user's that makes a file.
fn write_action(server: &TestServer) {
    let actions = server.home.path().join("actions");
    std::fs::create_dir_all(&actions).expect("a folder");
    let text = "---\nid: example\ntitle: Make an example\noffered: always\nanswer: file\n---\nAn example for {{ path }}: {{ question }}\n";
    std::fs::write(actions.join("example.md"), text).expect("a file");
}

#[test]
fn new_files_are_made_only_where_the_client_can() {
    let said = "examples/run.rs\n```rust\nfn main() {}\n```\n";
    for can in [true, false] {
        let folder = tempfile::tempdir().expect("a folder");
        let mut setup = Setup::new(Scripted::saying(said)).plain();
        setup.root = Some(folder.path().to_owned());
        if !can {
            let edit = json!({ "documentChanges": true });
            setup = setup.capable("workspace.workspaceEdit", edit);
        }
        run(setup, async |server| {
            write_action(server);
            let uri = format!("file://{}/lib.rs", folder.path().display());
            let at = server.open(&uri, "rust", "$0\n").await;
            let mut argument = about(&at, "example");
            argument["question"] = json!("into examples/run.rs");
            command(server, "convive.ask", json!([argument])).await;
            progress(server).await;
            server.settle().await;
            let made = server.editor.applied.first();
            match can {
                true => {
                    let changes = &made.expect("an edit")["edit"]["documentChanges"];
                    assert_eq!(changes[0]["kind"], "create", "{changes}");
                    let uri = changes[0]["uri"].as_str().unwrap();
                    assert!(server.editor.text(uri).contains("fn main() {}"));
                }
                false => {
                    assert!(made.is_none());
                    let message = shown(server).await;
                    assert!(message.contains("makes no new files"), "{message}");
                }
            }
        });
    }
}

const TEST: &str = "```rust\n#[test]\nfn adds() {\n    assert_eq!(total(&[1, 2]), 3);\n}\n```\n";

/// Real ones are run in `server/tests`: processes know nothing of a clock that stands still.
#[test]
fn a_test_that_may_not_be_run_is_offered_with_a_question() {
    for takes in [true, false] {
        let folder = tempfile::tempdir().expect("a folder");
        let mut setup = Setup::new(Scripted::saying(TEST)).plain();
        setup.root = Some(folder.path().to_owned());
        run(setup, async |server| {
            let uri = format!("file://{}/lib.rs", folder.path().display());
            let at = server.open(&uri, "rust", asking::CODE).await;
            let answer = if takes { "Apply" } else { "Leave it" };
            for title in ["Not now", answer] {
                server.will_reply("window/showMessageRequest", Ok(json!({ "title": title })));
            }
            act(server, &at, "test").await;
            let asked: Vec<&str> = server
                .server_requests
                .iter()
                .filter(|request| request["method"] == "window/showMessageRequest")
                .map(|request| request["params"]["message"].as_str().unwrap())
                .collect();
            let [trust, apply] = asked[..] else {
                panic!("{asked:?}");
            };
            assert!(trust.contains("Tests are built and run in it"), "{trust}");
            assert!(apply.contains("was not run"), "{apply}");
            let text = server.editor.text(&uri);
            assert_eq!(text.contains("mod tests {"), takes, "{text}");
            assert!(server.trusted.lock().unwrap().is_empty());
        });
    }
}

/// Neovim counts versions from 0.
#[test]
fn a_document_may_have_version_0() {
    run(
        Setup::new(Scripted::saying(TEST)).asking(),
        async |server| {
            let at = server.open(URI, "rust", asking::CODE).await;
            let text = asking::CODE.replace("$0", "");
            let document = json!({ "uri": URI, "languageId": "rust", "version": 0, "text": text });
            server
                .notify("textDocument/didOpen", json!({ "textDocument": document }))
                .await;
            for action in ["test", "write"] {
                let more = json!({ "question": "x" });
                let result = server
                    .request("convive/ask", asking::about(&at, action, more))
                    .await;
                let changed = &result["edit"]["documentChanges"][0]["textDocument"];
                assert_eq!(changed["version"], 0, "{result}");
            }
        },
    );
}

/// A test goes among those of the open document, not of the file on disk, whatever the version.
#[test]
fn a_test_is_placed_in_what_is_open() {
    let go = "package shop\n\nfunc Total(a []int) int {\n\treturn len(a)$0\n}\n";
    let rust = "fn total(a: &[u32]) -> usize {\n    a.len()$0\n}\n\n#[cfg(test)]\nmod tests;\n";
    for (language, source, beside, drawing, said, on_disk, open) in [
        (
            "go",
            "shop.go",
            "shop_test.go",
            go,
            "```go\nfunc TestMine(t *testing.T) {\n\tif Total(nil) != 0 {\n\t\tt.Fail()\n\t}\n}\n```\n",
            "package shop\n",
            "package shop\n\nimport \"testing\"\n\nfunc TestUnsaved(t *testing.T) {}\n",
        ),
        (
            "rust",
            "shop.rs",
            "shop/tests.rs",
            rust,
            "```rust\n#[test]\nfn mine() {\n    assert_eq!(total(&[]), 0);\n}\n```\n",
            "\n",
            "use super::*;\n\n#[test]\nfn unsaved() {}\n",
        ),
    ] {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::create_dir(folder.path().join("shop")).expect("a folder");
        std::fs::write(folder.path().join(beside), on_disk).expect("a file");
        let mut setup = Setup::new(Scripted::saying(said)).asking();
        setup.root = Some(folder.path().to_owned());
        run(setup, async |server| {
            let uri = |name: &str| format!("file://{}/{name}", folder.path().display());
            let tests = uri(beside);
            let document =
                json!({ "uri": tests, "languageId": language, "version": 0, "text": open });
            server
                .notify("textDocument/didOpen", json!({ "textDocument": document }))
                .await;
            let at = server.open(&uri(source), language, drawing).await;
            server.will_reply(
                "window/showMessageRequest",
                Ok(json!({ "title": "Not now" })),
            );
            let params = asking::about(&at, "test", json!({}));
            let result = server.request("convive/ask", params).await;
            let changed = &result["edit"]["documentChanges"][0];
            let of = json!({ "uri": tests, "version": 0 });
            assert_eq!(changed["textDocument"], of, "{result}");
            let start = &changed["edits"][0]["range"]["start"]["line"];
            let last = open.lines().count();
            assert!(
                start.as_u64().is_some_and(|line| line as usize >= last - 1),
                "{result}"
            );
        });
    }
}
