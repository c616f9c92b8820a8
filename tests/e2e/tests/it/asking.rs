//! Questions about code by `convive/ask`: streamed, cancelled, asked again, refused.

use std::time::Duration;

use convive::model::scripted::{Scripted, Step};
use convive::model::{Error, Prompt};
use serde_json::{Value, json};

use crate::server::{Setup, TestServer, run};

pub const URI: &str = "file:///work/shop.rs";
pub const CODE: &str = "fn total(items: &[u32]) -> u32 {\n    items.iter().sum()$0\n}\n";

/// The parameters that ask about a place.
pub fn about(at: &Value, action: &str, more: Value) -> Value {
    let mut params = json!({
        "textDocument": at["textDocument"],
        "range": { "start": at["position"], "end": at["position"] },
        "action": action,
    });
    for (key, value) in more.as_object().expect("an object") {
        params[key] = value.clone();
    }
    params
}

/// All that the model was told in its request number `index`.
pub fn told(backend: &Scripted, index: usize) -> String {
    match &backend.requests()[index].prompt {
        Prompt::Chat(messages) => {
            let texts = messages.iter().map(|message| message.text.as_str());
            texts.collect::<Vec<_>>().join("\n")
        }
        other => panic!("not a chat: {other:?}"),
    }
}

async fn chunk(server: &mut TestServer) -> Value {
    let mut progress = server.notification("$/progress").await;
    assert_eq!(progress["token"], "mine", "{progress}");
    progress["value"].take()
}

#[test]
fn an_answer_streams_under_the_clients_token() {
    let backend = Scripted::new([vec![Step::Say("It adds "), Step::Say("the items.")]]);
    run(Setup::new(backend.clone()).asking(), async |server| {
        let at = server.open(URI, "rust", CODE).await;
        let params = about(&at, "explain", json!({ "partialResultToken": "mine" }));
        let result = server.request("convive/ask", params).await;
        for text in ["It adds ", "the items."] {
            assert_eq!(
                chunk(server).await,
                json!({ "kind": "chunk", "text": text })
            );
        }
        assert_eq!(result["text"], "It adds the items.");
        assert_eq!(result["alternatives"], 1);
        assert!(result["conversation"].is_string());
        assert!(result["usage"].is_object() && result["context"].is_array());
        assert!(result.get("edit").is_none(), "{result}");
        assert!(told(&backend, 0).contains("items.iter().sum()"));
    });
}

#[test]
fn the_question_and_the_diagnostics_reach_the_model() {
    let backend = Scripted::saying("Because.");
    run(Setup::new(backend.clone()).asking(), async |server| {
        let at = server.open(URI, "rust", CODE).await;
        let range = json!({ "start": at["position"], "end": at["position"] });
        let diagnostic =
            json!({ "range": range, "severity": 2, "message": "may overflow", "source": "lint" });
        let more = json!({ "question": "Why u32?", "diagnostics": [diagnostic] });
        server.request("convive/ask", about(&at, "ask", more)).await;
        let told = told(&backend, 0);
        assert!(told.contains("Why u32?"), "{told}");
        assert!(told.contains("warning: may overflow"), "{told}");
    });
}

#[test]
fn a_cancel_half_way_stops_the_model() {
    let script = vec![
        Step::Say("It "),
        Step::Wait(Duration::from_secs(3600)),
        Step::Say("x"),
    ];
    let backend = Scripted::new([script]);
    run(Setup::new(backend.clone()).asking(), async |server| {
        let at = server.open(URI, "rust", CODE).await;
        let more = json!({ "partialResultToken": "mine", "workDoneToken": "work" });
        for by_progress in [false, true] {
            let id = server
                .ask("convive/ask", about(&at, "explain", more.clone()))
                .await;
            assert_eq!(
                server.notification("$/progress").await["value"]["kind"],
                "begin"
            );
            assert_eq!(chunk(server).await["text"], "It ");
            assert_eq!(backend.running(), 1);
            match by_progress {
                false => server.cancel(id).await,
                true => {
                    let method = "window/workDoneProgress/cancel";
                    server.notify(method, json!({ "token": "work" })).await;
                }
            }
            assert_eq!(server.error_code(id).await, -32800);
            assert_eq!(backend.running(), 0);
            let end = server.notification("$/progress").await;
            assert_eq!(end, json!({ "token": "work", "value": { "kind": "end" } }));
        }
    });
}

#[test]
fn a_failure_is_an_error_that_says_what_to_do() {
    let error = Error::Unreachable {
        target: "http://box".to_owned(),
        reason: "nobody there".to_owned(),
    };
    let backend = Scripted::new([vec![Step::Say("It "), Step::Fail(error)]]);
    run(Setup::new(backend).asking(), async |server| {
        let at = server.open(URI, "rust", CODE).await;
        let id = server
            .ask("convive/ask", about(&at, "explain", json!({})))
            .await;
        let answer = server.answer(id).await;
        assert_eq!(answer["error"]["code"], -32803, "{answer}");
        let message = answer["error"]["message"].as_str().unwrap();
        assert!(message.contains("Is the server running"), "{message}");
        server.notification("window/logMessage").await;
    });
}

#[test]
fn what_cannot_be_asked_is_refused_in_words() {
    run(Setup::new(Scripted::saying("x")).asking(), async |server| {
        let at = server.open(URI, "rust", CODE).await;
        let elsewhere =
            json!({ "textDocument": { "uri": "file:///no.rs" }, "position": at["position"] });
        for (params, words) in [
            (
                about(&at, "explian", json!({})),
                "no action `explian`, only",
            ),
            (
                about(&at, "ask", json!({ "question": " " })),
                "needs a question",
            ),
            (about(&at, "explain", json!({ "version": 7 })), "changed"),
            (about(&elsewhere, "explain", json!({})), "not open"),
            (
                about(&at, "explain", json!({ "regenerate": true })),
                "no earlier answer",
            ),
        ] {
            let id = server.ask("convive/ask", params).await;
            let answer = server.answer(id).await;
            let message = answer["error"]["message"].as_str().unwrap_or_default();
            assert!(message.contains(words), "{answer}");
        }
    });
}

#[test]
fn a_conversation_goes_on() {
    let backend = Scripted::new([vec![Step::Say("FIRST ANSWER")], vec![Step::Say("second")]]);
    run(Setup::new(backend.clone()).asking(), async |server| {
        let at = server.open(URI, "rust", CODE).await;
        let more = json!({ "question": "First question?" });
        let first = server.request("convive/ask", about(&at, "ask", more)).await;
        let more = json!({ "question": "And then?", "conversation": first["conversation"] });
        let second = server.request("convive/ask", about(&at, "ask", more)).await;
        assert_eq!(second["conversation"], first["conversation"]);
        let told_second = told(&backend, 1);
        for words in ["First question?", "FIRST ANSWER", "And then?"] {
            assert!(told_second.contains(words), "{words}: {told_second}");
        }
        // A new one knows nothing of it.
        let more = json!({ "question": "Else?" });
        let third = server.request("convive/ask", about(&at, "ask", more)).await;
        assert_ne!(third["conversation"], first["conversation"]);
        assert!(!told(&backend, 2).contains("FIRST ANSWER"));
    });
}

#[test]
fn asking_again_gives_an_alternative_by_another_seed_and_other_words() {
    let backend = Scripted::new(["one", "two", "three"].map(|text| vec![Step::Say(text)]));
    run(Setup::new(backend.clone()).asking(), async |server| {
        let at = server.open(URI, "rust", CODE).await;
        let more = json!({ "question": "Old words?" });
        let first = server.request("convive/ask", about(&at, "ask", more)).await;
        let again = json!({ "regenerate": true, "conversation": first["conversation"] });
        let second = server
            .request("convive/ask", about(&at, "", again.clone()))
            .await;
        assert_eq!(
            (&second["text"], &second["alternatives"]),
            (&json!("two"), &json!(2))
        );
        let mut reworded = again;
        reworded["question"] = json!("New words?");
        let third = server
            .request("convive/ask", about(&at, "", reworded))
            .await;
        assert_eq!(
            (&third["text"], &third["alternatives"]),
            (&json!("three"), &json!(3))
        );
        let seeds: Vec<_> = backend
            .requests()
            .iter()
            .map(|request| request.sampling.seed)
            .collect();
        assert!(seeds[1] != seeds[0] && seeds[2] != seeds[1], "{seeds:?}");
        assert!(told(&backend, 1).contains("Old words?") && !told(&backend, 1).contains("one"));
        assert!(
            told(&backend, 2).contains("New words?") && !told(&backend, 2).contains("Old words?")
        );
        let params = json!({ "command": "convive.alternatives" });
        let all = server.request("workspace/executeCommand", params).await;
        let texts: Vec<_> = all
            .as_array()
            .unwrap()
            .iter()
            .map(|one| &one["text"])
            .collect();
        assert_eq!(texts, ["one", "two", "three"]);
    });
}

#[test]
fn what_was_asked_about_must_still_be_there_to_ask_again() {
    run(Setup::new(Scripted::saying("x")).asking(), async |server| {
        let at = server.open(URI, "rust", CODE).await;
        server
            .request("convive/ask", about(&at, "explain", json!({})))
            .await;
        let again = about(&at, "explain", json!({ "regenerate": true }));
        // Below the place: that does not matter.
        server.change(URI, 2, [[3, 0], [3, 0]], "// more\n").await;
        server.request("convive/ask", again.clone()).await;
        server.change(URI, 3, [[0, 0], [0, 0]], "// more\n").await;
        let id = server.ask("convive/ask", again).await;
        let answer = server.answer(id).await;
        let message = answer["error"]["message"].as_str().unwrap_or_default();
        assert!(message.contains("has changed"), "{answer}");
    });
}

#[test]
fn a_document_without_a_file_can_be_asked_about() {
    let backend = Scripted::saying("It adds.");
    run(Setup::new(backend.clone()).asking(), async |server| {
        let at = server.open("untitled:Untitled-1", "rust", CODE).await;
        let result = server
            .request("convive/ask", about(&at, "explain", json!({})))
            .await;
        assert_eq!(result["text"], "It adds.");
        assert!(told(&backend, 0).contains("items.iter().sum()"));
    });
}

/// The frames that an answer names lead to their lines, in the way that the client shows answers; the model's words stay its own.
#[test]
fn places_in_an_answer_lead_to_the_code() {
    let folder = tempfile::tempdir().expect("a folder");
    let src = folder.path().join("src");
    std::fs::create_dir(&src).expect("a folder");
    std::fs::write(
        src.join("main.rs"),
        "fn main() {\n    let a = [1];\n    a[5];\n}\n",
    )
    .expect("a file");
    let uri = |name: &str| format!("file://{}/{name}", folder.path().display());
    for renders in [true, false] {
        let said = ["It fails in mai", "n.rs:3 ", "and other.rs:3."].map(Step::Say);
        let backend = Scripted::new([said.to_vec(), vec![Step::Say("Yes.")]]);
        let mut setup = Setup::new(backend.clone()).asking();
        if renders {
            let parser = json!({ "parser": "marked" });
            setup = setup.capable("general.markdown", parser);
        }
        setup.root = Some(folder.path().to_owned());
        run(setup, async |server| {
            let crash = "thread 'main' panicked at src/main.rs:3:5:\nindex out of bounds\n$0";
            let at = server.open(&uri("out.txt"), "text", crash).await;
            let params = about(&at, "trace", json!({ "partialResultToken": "mine" }));
            let result = server.request("convive/ask", params).await;
            let link = match renders {
                true => format!("[main.rs:3]({}#L3)", uri("src/main.rs")),
                false => "src/main.rs:3".to_owned(),
            };
            let text = format!("It fails in {link} and other.rs:3.");
            assert_eq!(result["text"], text.as_str());
            let mut streamed = String::new();
            while streamed.len() < text.len() {
                streamed += chunk(server).await["text"].as_str().expect("a text");
            }
            assert_eq!(streamed, text);
            let more = json!({ "conversation": result["conversation"], "question": "Sure?" });
            server.request("convive/ask", about(&at, "ask", more)).await;
            assert!(told(&backend, 1).contains("It fails in main.rs:3 and other.rs:3."));
        });
    }
}
