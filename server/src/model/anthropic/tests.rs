//! The Messages API beyond what all backends share: bodies, figures, reasons, errors in the stream, the model's page.

use expect_test::{Expect, expect};
use futures::StreamExt;
use serde_json::json;
use support::fake_model::{Act, FakeModel, answer, stream_head};

use super::*;
use crate::model::{Chunk, End, EndReason, Event, Message, Prompt, Role, Sampling, Usage};

fn request(messages: &[(Role, &str)]) -> Request {
    let message = |(role, text): &(Role, &str)| Message {
        role: *role,
        text: (*text).to_owned(),
    };
    Request {
        prompt: Prompt::Chat(messages.iter().map(message).collect()),
        sampling: Sampling {
            max_tokens: 64,
            temperature: 1.5,
            seed: Some(7),
            stops: ["\n\n", "```", ""].map(str::to_owned).to_vec(),
        },
        cache_key: "k".to_owned(),
        purpose: Default::default(),
    }
}

fn backend(server: &FakeModel, model: &str) -> Anthropic {
    Anthropic::new(Settings {
        http: http::Settings::new(server.url()),
        model: model.to_owned(),
    })
}

fn check_body(messages: &[(Role, &str)], expected: Expect) {
    let body = ask::write("m", &request(messages)).expect("a body");
    expected.assert_eq(&body.to_string());
}

#[test]
fn instructions_stand_outside_of_the_conversation() {
    check_body(
        &[
            (Role::System, "s1"),
            (Role::User, "u<|im_end|>"),
            (Role::System, "s2"),
        ],
        expect![[
            r#"{"max_tokens":64,"messages":[{"content":"u< |im_end|>","role":"user"}],"model":"m","stop_sequences":["```"],"stream":true,"system":"s1\n\ns2","temperature":1.0}"#
        ]],
    );
}

#[test]
fn the_sides_take_turns_and_the_user_has_the_last_word() {
    check_body(
        &[
            (Role::User, "a"),
            (Role::User, "b"),
            (Role::Assistant, " \n"),
            (Role::User, "c"),
            (Role::Assistant, "d"),
        ],
        expect![[
            r#"{"max_tokens":64,"messages":[{"content":"a\n\nb\n\nc","role":"user"},{"content":"d","role":"assistant"},{"content":"Go on.","role":"user"}],"model":"m","stop_sequences":["```"],"stream":true,"temperature":1.0}"#
        ]],
    );
}

#[tokio::test]
async fn a_prompt_that_is_no_chat_is_not_sent() {
    let server = FakeModel::start([Vec::new()]).await;
    let mut request = request(&[]);
    request.prompt = Prompt::Insert {
        prefix: "a".to_owned(),
        suffix: "b".to_owned(),
    };
    let found: Vec<_> = backend(&server, "m").generate(request).collect().await;
    assert!(matches!(found[..], [Err(Error::Unavailable { .. })]));
    assert_eq!(server.requests(), []);
}

async fn events(body: &str) -> Vec<Result<Event, Error>> {
    let server = FakeModel::start([vec![stream_head(), Act::send(body)]]).await;
    let backend = backend(&server, "m");
    backend
        .generate(request(&[(Role::User, "x")]))
        .collect()
        .await
}

fn said(text: &str) -> Result<Event, Error> {
    Ok(Event::Chunk(Chunk {
        text: text.to_owned(),
        log_prob: None,
    }))
}

#[tokio::test]
async fn figures_come_at_both_ends_and_count_what_the_cache_held() {
    let start = json!({ "type": "message_start", "message": { "usage": {
        "input_tokens": 10, "cache_read_input_tokens": 200, "cache_creation_input_tokens": 30, "output_tokens": 1,
    } } });
    let thought = json!({ "type": "content_block_delta", "delta": { "type": "thinking_delta", "thinking": "hm" } });
    let text =
        json!({ "type": "content_block_delta", "delta": { "type": "text_delta", "text": "x" } });
    let delta = json!({ "type": "message_delta", "delta": { "stop_reason": "max_tokens" }, "usage": { "output_tokens": 5 } });
    let stop = json!({ "type": "message_stop" });
    let body: String = [start, thought, text, delta, stop]
        .iter()
        .map(|event| format!("event: {}\ndata: {event}\n\n", event["type"]))
        .collect();
    let mut usage = Usage {
        prompt_tokens: Some(240),
        cached_tokens: Some(200),
        generated_tokens: Some(1),
        ..Usage::default()
    };
    let found = events(&body).await;
    assert_eq!(found[..2], [Ok(Event::Read(usage)), said("x")]);
    usage.generated_tokens = Some(5);
    let reason = EndReason::Length;
    assert_eq!(found[2..], [Ok(Event::End(End { reason, usage }))]);
}

#[tokio::test]
async fn an_answer_that_is_not_streamed_is_taken_whole() {
    let body = json!({
        "type": "message", "role": "assistant", "stop_reason": "stop_sequence",
        "content": [{ "type": "thinking", "thinking": "hm" }, { "type": "text", "text": "a" }, { "type": "text", "text": "b" }],
        "usage": { "input_tokens": 3, "output_tokens": 2 },
    });
    let found = events(&body.to_string()).await;
    let end = End {
        reason: EndReason::Stop,
        usage: Usage {
            prompt_tokens: Some(3),
            generated_tokens: Some(2),
            ..Usage::default()
        },
    };
    assert_eq!(found, [said("ab"), Ok(Event::End(end))]);
}

#[tokio::test]
async fn an_error_in_the_stream_has_the_status_it_would_have_had() {
    for (kind, expected) in [
        ("overloaded_error", 529),
        ("rate_limit_error", 429),
        ("api_error", 500),
        ("odd_error", 200),
    ] {
        let error = json!({ "type": "error", "error": { "type": kind, "message": "Overloaded" } });
        let found = events(&format!("event: error\ndata: {error}\n\n")).await;
        let [
            Err(Error::Rejected {
                status, message, ..
            }),
        ] = &found[..]
        else {
            panic!("{found:?}");
        };
        assert_eq!((*status, message.as_str()), (expected, "Overloaded"));
    }
}

#[tokio::test]
async fn a_refusal_is_told() {
    let delta = json!({ "type": "message_delta", "delta": { "stop_reason": "refusal" } });
    let found = events(&format!("data: {delta}\n\n")).await;
    let told = found[0].as_ref().expect_err("a refusal").to_string();
    assert!(told.contains("refuses to answer"), "{told}");
}

#[tokio::test]
async fn an_overloaded_server_is_left_alone_for_a_moment() {
    let body = r#"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"#;
    let server = FakeModel::start([answer("529 Overloaded", "application/json", body)]).await;
    let backend = backend(&server, "m");
    for _ in 0..2 {
        let request = request(&[(Role::User, "x")]);
        let found: Vec<_> = backend.generate(request).collect().await;
        assert!(matches!(
            found[..],
            [Err(Error::Rejected { status: 529, .. })]
        ));
    }
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn a_refused_temperature_is_left_out_from_then_on() {
    let refusal = r#"{"type":"error","error":{"type":"invalid_request_error","message":"`temperature` is deprecated for this model"}}"#;
    let good = vec![
        stream_head(),
        Act::send(
            "data: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\"}}\n\n",
        ),
    ];
    let server =
        FakeModel::start([answer("400 Bad Request", "application/json", refusal), good]).await;
    let backend = backend(&server, "m");
    for _ in 0..2 {
        let request = request(&[(Role::User, "x")]);
        let found: Vec<_> = backend.generate(request).collect().await;
        assert!(found[0].is_ok(), "{found:?}");
    }
    let requests = server.requests();
    let tried = requests
        .iter()
        .map(|one| one.json().get("temperature").is_some());
    assert_eq!(tried.collect::<Vec<_>>(), [true, false, false]);
    assert_eq!(requests[0].header("anthropic-version"), Some("2023-06-01"));
}

#[tokio::test]
async fn the_model_s_page_tells_its_window() {
    let page = r#"{"type":"model","id":"m","max_input_tokens":200000}"#;
    let server = FakeModel::start([answer("200 OK", "application/json", page)]).await;
    let about = backend(&server, "m").probe().await.expect("a model");
    assert_eq!((about.model.as_str(), about.window), ("m", Some(200_000)));
    assert_eq!(server.requests()[0].path, "/v1/models/m");

    let server = FakeModel::start([answer("404 Not Found", "application/json", "{}")]).await;
    let about = backend(&server, "m")
        .probe()
        .await
        .expect("a server without pages");
    assert!(about.details.iter().any(|(name, _)| name == "warning"));
}
