//! Completions: asked for, superseded, cancelled, typed through, not wanted.

use std::time::Duration;

use convive::model::scripted::{Scripted, Step};
use serde_json::{Value, json};

use crate::server::{Setup, place, run, run_saying};

const URI: &str = "file:///work/a.rs";
/// A language without syntax: whatever the model says fits.
const TEXT: &str = "file:///work/a.txt";

#[test]
fn an_inline_completion_has_text_and_range() {
    run_saying("1;", async |server| {
        let at = server
            .open(URI, "rust", "fn f() {\n    let x = $0\n}\n")
            .await;
        let id = server.invoke(&at).await;
        let answer = server.answer(id).await;
        let here = json!({ "line": 1, "character": 12 });
        let item = &answer["result"]["items"][0];
        assert_eq!(item["insertText"], "1;");
        assert_eq!(item["range"], json!({ "start": here, "end": here }));
    });
}

/// What is shown for `said` at `$0` of a drawing: the text, and how much right of the cursor it replaces; by the rules of VS Code
/// (range from the cursor on, what it replaces stands in the new text) it is not filtered away.
fn check_shown(
    drawing: &'static str,
    said: &'static str,
    text: &'static str,
    replaced: &'static str,
) {
    run_saying(said, async |server| {
        let at = server.open(URI, "rust", drawing).await;
        let id = server.invoke(&at).await;
        let answer = server.answer(id).await;
        let item = &answer["result"]["items"][0];
        assert_eq!(item["insertText"], text, "{drawing:?}: {answer}");
        assert_eq!(item["filterText"], Value::Null);
        assert_eq!(item["range"]["start"], at["position"]);
        let mut end = at["position"].clone();
        let column = end["character"].as_u64().expect("a number") + replaced.len() as u64;
        end["character"] = json!(column);
        assert_eq!(item["range"]["end"], end, "{drawing:?}: {answer}");
        let (_, behind) = drawing.split_once("$0").expect("a cursor");
        assert!(behind.starts_with(replaced));
        let mut letters = text.chars();
        let kept = replaced
            .chars()
            .all(|one| letters.any(|letter| letter == one));
        assert!(kept, "{replaced:?} in {text:?}");
    });
}

#[test]
fn no_editor_filters_away_what_is_shown() {
    check_shown("fn f() {\n    let x = $0;\n}\n", "g(1)", "g(1)", "");
    // Indented anew, and at a cursor that stands too far right or left.
    let block = "if a {\n  b();\n}";
    let indented = "if a {\n      b();\n    }";
    check_shown("fn f() {\n    $0\n}\n", block, indented, "");
    check_shown("fn f() {\n        $0\n}\n", "b();", "b();", "");
    check_shown("fn f() {\n$0\n}\n", "    b();", "    b();", "");
    // The rest of a word: the model may read its beginning again, the answer is only what follows.
    check_shown("fn f() {\n    let x = ad$0;\n}\n", "d(1)", "d(1)", "");
    // What the editor closed by itself.
    check_shown("fn f() {\n    g($0)\n}\n", "1, h(2)", "1, h(2)", "");
    check_shown("fn f() {\n    g(1$0)\n}\n", ");", ");", ")");
}

#[test]
fn the_menu_gets_the_same_text() {
    run_saying("add(1, 2);", async |server| {
        let at = server
            .open(URI, "rust", "fn f() {\n    let x = ad$0\n}\n")
            .await;
        let list = server.request("textDocument/completion", at).await;
        let item = &list["items"][0];
        assert_eq!(item["kind"], 1, "{list}");
        assert_eq!(item["insertTextFormat"], Value::Null);
        assert_eq!(list["isIncomplete"], false);
        assert!(
            item["filterText"].as_str().unwrap().starts_with("ad"),
            "{list}"
        );
        let edit = &item["textEdit"];
        assert_eq!(edit["range"]["end"], json!({ "line": 1, "character": 14 }));
        assert!(
            edit["newText"].as_str().unwrap().ends_with("(1, 2);"),
            "{list}"
        );
    });
}

#[test]
fn the_menu_names_the_whole_word_and_shows_all_lines_beside() {
    run_saying("d(a, b);", async |server| {
        let code = "fn f() {\n    let x = ad$0\n}\n";
        let at = server.open(URI, "rust", code).await;
        let list = server.request("textDocument/completion", at).await;
        assert_eq!(list["items"][0]["label"], "add(a, b);");
        assert_eq!(list["items"][0]["documentation"], Value::Null);
    });
    run_saying("if a {\n        b();\n    }", async |server| {
        let at = server.open(URI, "rust", "fn f() {\n    $0\n}\n").await;
        let list = server.request("textDocument/completion", at).await;
        assert_eq!(list["items"][0]["label"], "if a { …");
        let documentation = json!({
            "kind": "markdown",
            "value": "```rust\nif a {\n    b();\n}\n```",
        });
        assert_eq!(list["items"][0]["documentation"], documentation);
    });
}

#[test]
fn an_unknown_document_has_no_completion() {
    run_saying("1", async |server| {
        let nowhere = place("file:///never/opened.rs", "", 0);
        let id = server.invoke(&nowhere).await;
        assert_eq!(server.text(id).await, None);
        let list = server.request("textDocument/completion", nowhere).await;
        assert_eq!(list["items"], json!([]));
    });
}

#[test]
fn unknown_languages_and_documents_without_a_file_work() {
    for (uri, language) in [
        ("untitled:Untitled-1", "plaintext"),
        ("untitled:Untitled-2", "rust"),
        ("vscode-notebook-cell:/a.ipynb#x", "brainfuck"),
        ("not a uri at all", ""),
        ("file:///no/extension", "klingon"),
    ] {
        run_saying("tail", async |server| {
            let at = server.open(uri, language, "let the = $0").await;
            let id = server.invoke(&at).await;
            assert_eq!(server.text(id).await.as_deref(), Some("tail"), "{uri}");
        });
    }
}

#[test]
fn a_newer_request_ends_the_older_which_answers_empty_at_once() {
    let backend = Scripted::new([vec![Step::Hang]]);
    run(Setup::new(backend.clone()), async |server| {
        let at = server.open(URI, "rust", "fn f() { $0 }\n").await;
        let mut older = server.invoke(&at).await;
        for version in 2..12 {
            server
                .change(URI, version, [[0, 0], [0, 0]], "// 🙂\n")
                .await;
            let newer = server.invoke(&place(URI, "", 0)).await;
            assert_eq!(server.text(older).await, None);
            older = newer;
        }
        server.settle().await;
        assert!(!server.answered(older));
        assert_eq!(backend.running(), 1);
        server.cancel(older).await;
        assert_eq!(server.error_code(older).await, -32800);
        assert_eq!(backend.running(), 0);
    });
}

#[test]
fn a_request_that_still_waits_for_the_backend_to_be_made_is_ended_as_well() {
    let mut setup = Setup::new(Scripted::default());
    setup.connect = Box::new(|_, _| Box::pin(std::future::pending()));
    run(setup, async |server| {
        let at = server.open(URI, "rust", "fn f() { $0 }\n").await;
        let older = server.invoke(&at).await;
        let newer = server.invoke(&at).await;
        assert_eq!(server.text(older).await, None);
        server.cancel(newer).await;
        assert_eq!(server.error_code(newer).await, -32800);
    });
}

#[test]
fn documents_do_not_disturb_each_other() {
    let backend = Scripted::new([vec![Step::Hang], vec![Step::Say("two;\n")]]);
    run(Setup::new(backend.clone()), async |server| {
        let one = server
            .open("file:///a.rs", "rust", "fn f() {\n    $0\n}\n")
            .await;
        let two = server
            .open("file:///b.rs", "rust", "fn f() {\n    $0\n}\n")
            .await;
        let first = server.invoke(&one).await;
        server.settle().await;
        let second = server.invoke(&two).await;
        assert_eq!(server.text(second).await.as_deref(), Some("two;"));
        assert!(!server.answered(first));
        server.cancel(first).await;
        assert_eq!(server.error_code(first).await, -32800);
    });
}

#[test]
fn a_cancel_reaches_the_model_at_once() {
    let backend = Scripted::new([vec![Step::Wait(Duration::from_secs(3600)), Step::Say("x")]]);
    run(Setup::new(backend.clone()), async |server| {
        let at = server.open(URI, "rust", "fn f() { $0 }\n").await;
        let id = server.invoke(&at).await;
        // Another request's answer shows that the first one has been started.
        let probe = server.ask("$/probe", Value::Null).await;
        assert_eq!(server.error_code(probe).await, -32601);
        server.cancel(id).await;
        assert_eq!(server.error_code(id).await, -32800);
        assert_eq!(backend.running(), 0);
    });
}

#[test]
fn closing_a_document_ends_its_completion() {
    let backend = Scripted::new([vec![Step::Hang]]);
    run(Setup::new(backend.clone()), async |server| {
        let at = server.open(URI, "rust", "fn f() { $0 }\n").await;
        let id = server.invoke(&at).await;
        server
            .notify(
                "textDocument/didClose",
                json!({ "textDocument": { "uri": URI } }),
            )
            .await;
        assert_eq!(server.text(id).await, None);
        assert_eq!(backend.running(), 0);
        let id = server.invoke(&at).await;
        assert_eq!(server.text(id).await, None);
    });
}

#[test]
fn automatic_requests_wait_for_a_pause_in_typing() {
    let backend = Scripted::saying("x");
    run(Setup::new(backend.clone()), async |server| {
        let mut at = server.open(URI, "text", "$0").await;
        for version in 2..=21 {
            at["position"]["character"] = json!(version - 1);
            let end = version as u32 - 2;
            server.change(URI, version, [[0, end], [0, end]], "a").await;
            let id = server.automatic(&at).await;
            if version < 21 {
                // The next key ends it, long before the pause is over.
                let _ = id;
            } else {
                assert_eq!(server.text(id).await.as_deref(), Some("x"));
            }
        }
        server.settle().await;
        for id in 2..=20 {
            assert_eq!(server.text(id).await, None);
        }
        assert_eq!(backend.requests().len(), 1);
    });
}

#[test]
fn typing_the_answer_asks_no_model_again() {
    let backend = Scripted::saying("alpha(beta);");
    run(Setup::new(backend.clone()), async |server| {
        let mut at = server.open(URI, "rust", "fn f() {\n    $0\n}\n").await;
        let id = server.invoke(&at).await;
        assert_eq!(server.text(id).await.as_deref(), Some("alpha(beta);"));
        server.change(URI, 2, [[1, 4], [1, 4]], "alp").await;
        at["position"]["character"] = json!(7);
        let id = server.automatic(&at).await;
        assert_eq!(server.text(id).await.as_deref(), Some("ha(beta);"));
        server.change(URI, 3, [[1, 5], [1, 7]], "").await;
        at["position"]["character"] = json!(5);
        let id = server.automatic(&at).await;
        assert_eq!(server.text(id).await.as_deref(), Some("lpha(beta);"));
        assert_eq!(backend.requests().len(), 1);
    });
}

#[test]
fn only_on_request_where_the_user_wants_that() {
    let backend = Scripted::saying("x");
    let setup =
        Setup::new(backend.clone()).options(json!({ "completion": { "trigger": "invoked" } }));
    run(setup, async |server| {
        let at = server.open(TEXT, "text", "$0").await;
        let id = server.automatic(&at).await;
        assert_eq!(server.text(id).await, None);
        assert_eq!(backend.requests().len(), 0);
        let id = server.invoke(&at).await;
        assert_eq!(server.text(id).await.as_deref(), Some("x"));
    });
}

#[test]
fn an_empty_answer_of_the_model_shows_nothing() {
    for said in ["", "   \n\n", "\n"] {
        run_saying(said, async |server| {
            let at = server.open(URI, "rust", "fn f() { $0 }\n").await;
            let id = server.invoke(&at).await;
            assert_eq!(server.text(id).await, None);
        });
    }
}

#[test]
fn a_newer_request_ends_the_older_one_even_if_it_is_cancelled_before_it_gets_to_the_model() {
    let backend = Scripted::new([vec![Step::Hang]]);
    let mut setup = Setup::new(backend.clone());
    let first = std::sync::atomic::AtomicBool::new(true);
    let scripted = setup.connect;
    setup.connect = Box::new(move |config, ignored| {
        match first.swap(false, std::sync::atomic::Ordering::SeqCst) {
            true => scripted(config, ignored),
            false => Box::pin(std::future::pending()),
        }
    });
    run(setup, async |server| {
        let at = server.open(URI, "rust", "fn f() { $0 }\n").await;
        let old = server.invoke(&at).await;
        server.settle().await;
        assert_eq!(backend.running(), 1);
        // From now on there is another model, which takes its time.
        let options = json!({ "convive": { "completion": { "max_tokens": 9 } } });
        server
            .notify(
                "workspace/didChangeConfiguration",
                json!({ "settings": options }),
            )
            .await;
        let new = server.invoke(&at).await;
        assert_eq!(server.text(old).await, None);
        server.cancel(new).await;
        assert_eq!(server.error_code(new).await, -32800);
        assert_eq!(backend.running(), 0);
    });
}

/// Neovim draws whatever answer comes last.
#[test]
fn the_older_request_is_answered_first_even_if_the_newer_one_has_its_answer_at_once() {
    let backend = Scripted::new([vec![Step::Say("1;")], vec![Step::Hang]]);
    run(Setup::new(backend), async |server| {
        let known = server.open(URI, "text", "let x = $0\n\n").await;
        let id = server.invoke(&known).await;
        assert_eq!(server.text(id).await.as_deref(), Some("1;"));
        let unknown =
            json!({ "textDocument": { "uri": URI }, "position": { "line": 1, "character": 0 } });
        let old = server.invoke(&unknown).await;
        server.settle().await;
        let new = server.automatic(&known).await;
        assert_eq!(server.text(new).await.as_deref(), Some("1;"));
        assert!(server.answered(old), "the older one first");
        assert_eq!(server.text(old).await, None);
    });
}
