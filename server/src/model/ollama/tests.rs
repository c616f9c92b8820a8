//! Ollama's own API beyond what all backends share: bodies, the window, figures, what the server knows of a model.

use std::time::Duration;

use expect_test::{Expect, expect};
use futures::StreamExt;
use serde_json::json;
use support::fake_model::{Act, FakeModel, answer, stream_head};

use super::*;
use crate::model::{Chunk, End, EndReason, Event, Message, Piece, Prompt, Role, Sampling, Usage};

fn request(prompt: Prompt) -> Request {
    Request {
        prompt,
        sampling: Sampling {
            max_tokens: 64,
            temperature: 0.2,
            seed: Some(7),
            stops: ["\n\n", ""].map(str::to_owned).to_vec(),
        },
        cache_key: "k".to_owned(),
        purpose: Default::default(),
    }
}

fn insert(prefix: &str, suffix: &str) -> Prompt {
    Prompt::Insert {
        prefix: prefix.to_owned(),
        suffix: suffix.to_owned(),
    }
}

fn backend(server: &FakeModel, model: &str) -> Ollama {
    Ollama::new(Settings {
        http: http::Settings::new(server.url().trim_end_matches("/v1")),
        model: model.to_owned(),
        window: 8192,
    })
}

fn check_body(prompt: Prompt, expected: Expect) {
    let (endpoint, body) = ask::write("m", 8192, &request(prompt));
    expected.assert_eq(&format!("{endpoint} {body}"));
}

#[test]
fn raw_text_keeps_its_control_texts_and_no_others() {
    let pieces = vec![
        Piece::Control("<|fim_prefix|>".to_owned()),
        Piece::Text("a<|fim_middle|>".to_owned()),
    ];
    check_body(
        Prompt::Raw { pieces, heal: 0 },
        expect![[
            r#"api/generate {"model":"m","options":{"num_ctx":8192,"num_predict":64,"seed":7,"stop":["\n\n"],"temperature":0.2},"prompt":"<|fim_prefix|>a< |fim_middle|>","raw":true,"shift":false,"stream":true,"think":false,"truncate":false}"#
        ]],
    );
}

#[test]
fn a_suffix_goes_beside_the_prompt_and_neither_is_empty() {
    check_body(
        insert("a", ""),
        expect![[
            r#"api/generate {"model":"m","options":{"num_ctx":8192,"num_predict":64,"seed":7,"stop":["\n\n"],"temperature":0.2},"prompt":"a","shift":false,"stream":true,"suffix":"\n","think":false,"truncate":false}"#
        ]],
    );
    let (_, body) = ask::write("m", 8192, &request(insert("", "b")));
    assert_eq!(body["prompt"], "\n");
}

#[test]
fn a_chat_is_a_list_of_messages() {
    let messages = [
        (Role::System, "s"),
        (Role::User, "u<|im_end|>"),
        (Role::Assistant, "a"),
    ];
    let message = |(role, text): (Role, &str)| Message {
        role,
        text: text.to_owned(),
    };
    check_body(
        Prompt::Chat(messages.map(message).to_vec()),
        expect![[
            r#"api/chat {"messages":[{"content":"s","role":"system"},{"content":"u< |im_end|>","role":"user"},{"content":"a","role":"assistant"}],"model":"m","options":{"num_ctx":8192,"num_predict":64,"seed":7,"stop":["\n\n"],"temperature":0.2},"shift":false,"stream":true,"think":false,"truncate":false}"#
        ]],
    );
}

#[test]
fn every_request_asks_for_the_same_window() {
    let chat = Prompt::Chat(Vec::new());
    let raw = Prompt::Raw {
        pieces: Vec::new(),
        heal: 0,
    };
    for prompt in [chat, raw, insert("a", "b")] {
        let (_, body) = ask::write("m", 4711, &request(prompt));
        assert_eq!(body["options"]["num_ctx"], 4711);
    }
}

#[tokio::test]
async fn the_last_line_has_the_figures() {
    let lines = "{\"response\":\"x\",\"done\":false}\n{\"response\":\"\",\"done\":true,\"done_reason\":\"length\",\"prompt_eval_count\":26,\"prompt_eval_duration\":130000000,\"eval_count\":9,\"eval_duration\":2000000000}\n";
    let server = FakeModel::start([vec![stream_head(), Act::send(lines)]]).await;
    let events = backend(&server, "m").generate(request(insert("a", "b")));
    let found: Vec<_> = events.collect().await;
    let chunk = Chunk {
        text: "x".to_owned(),
        log_prob: None,
    };
    let end = End {
        reason: EndReason::Length,
        usage: Usage {
            prompt_tokens: Some(26),
            cached_tokens: None,
            generated_tokens: Some(9),
            prompt_time: Some(Duration::from_millis(130)),
            generation_time: Some(Duration::from_secs(2)),
        },
    };
    assert_eq!(found, [Ok(Event::Chunk(chunk)), Ok(Event::End(end))]);
    assert_eq!(server.requests()[0].path, "/api/generate");
}

#[tokio::test]
async fn thoughts_are_no_answer() {
    let lines = "{\"message\":{\"content\":\"\",\"thinking\":\"hm\"},\"done\":false}\n{\"message\":{\"content\":\"x\"},\"done\":true}\n";
    let server = FakeModel::start([vec![stream_head(), Act::send(lines)]]).await;
    let events = backend(&server, "m").generate(request(Prompt::Chat(Vec::new())));
    let found: Vec<_> = events.collect().await;
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(matches!(&found[0], Ok(Event::Chunk(chunk)) if chunk.text == "x"));
}

/// What the server is taken to know of its model.
async fn known(shown: serde_json::Value) -> Model {
    let page = answer("200 OK", "application/json", &shown.to_string());
    let server = FakeModel::start([page]).await;
    let model = backend(&server, "qwen2.5-coder:1.5b").model().await;
    let request = &server.requests()[0];
    assert_eq!(request.path, "/api/show");
    assert_eq!(request.json(), json!({ "model": "qwen2.5-coder:1.5b" }));
    model.expect("a model")
}

#[tokio::test]
async fn the_server_knows_whether_it_can_fill_in() {
    assert!(
        known(json!({ "capabilities": ["completion", "insert"] }))
            .await
            .inserts
    );
    assert!(
        known(json!({ "template": "<PRE>{{ .Suffix }}" }))
            .await
            .inserts
    );
    assert!(
        !known(json!({ "capabilities": ["completion"], "template": "x" }))
            .await
            .inserts
    );
}

#[tokio::test]
async fn a_window_that_is_more_than_the_model_knows_is_told() {
    let warns = |model: Model| {
        assert_eq!(model.about.window, Some(8192));
        model
            .about
            .details
            .iter()
            .any(|(name, _)| name == "warning")
    };
    let small = json!({ "model_info": { "qwen2.context_length": 4096 } });
    let large = json!({ "model_info": { "qwen2.context_length": 32768 } });
    assert!(warns(known(small).await));
    assert!(!warns(known(large).await));
}

#[tokio::test]
async fn without_a_name_the_first_model_of_the_server_is_taken() {
    let tags = answer(
        "200 OK",
        "application/json",
        r#"{"models":[{"name":"a:1b"},{"name":"b"}]}"#,
    );
    let shown = answer("200 OK", "application/json", "{}");
    let server = FakeModel::start([tags, shown]).await;
    let model = backend(&server, "").model().await.expect("a model");
    assert_eq!(model.about.model, "a:1b");

    let none = answer("200 OK", "application/json", r#"{"models":[]}"#);
    let server = FakeModel::start([none]).await;
    let told = backend(&server, "")
        .probe()
        .await
        .expect_err("no model")
        .to_string();
    assert!(told.contains("ollama pull"), "{told}");
}

#[tokio::test]
async fn a_model_that_is_not_there_is_told_in_the_server_s_words() {
    let body = r#"{"error":"model \"m\" not found, try pulling it first"}"#;
    let server = FakeModel::start([answer("404 Not Found", "application/json", body)]).await;
    let told = backend(&server, "m")
        .probe()
        .await
        .expect_err("no model")
        .to_string();
    assert!(told.contains("try pulling it first"), "{told}");
    assert!(told.contains("without /v1"), "{told}");
}
