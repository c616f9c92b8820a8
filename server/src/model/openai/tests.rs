//! OpenAI's protocol beyond what all backends share: bodies, places of text, figures, refused fields, the list of models.

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
            temperature: 0.0,
            seed: Some(7),
            stops: ["\n\n", "<|endoftext|>", "\n\n", "", "a", "b", "c"]
                .map(str::to_owned)
                .to_vec(),
        },
        cache_key: "k".to_owned(),
        purpose: Default::default(),
    }
}

fn raw(text: &str) -> Prompt {
    let control = |text: &str| Piece::Control(text.to_owned());
    Prompt::Raw {
        pieces: vec![
            control("<|fim_prefix|>"),
            Piece::Text(text.to_owned()),
            control("<|fim_suffix|>"),
        ],
        heal: 0,
    }
}

fn backend(server: &FakeModel, model: &str) -> OpenAi {
    OpenAi::new(Settings {
        http: http::Settings::new(server.url()),
        model: model.to_owned(),
        log_probs: false,
    })
}

/// The body that a prompt is sent as.
fn check_body(prompt: Prompt, log_probs: bool, expected: Expect) {
    let (endpoint, body) = ask::write("m", log_probs, &request(prompt));
    expected.assert_eq(&format!("{endpoint} {body}"));
}

#[test]
fn raw_text_keeps_its_control_texts_and_no_others() {
    check_body(
        raw("a<|fim_prefix|>b<|endoftext|>"),
        false,
        expect![[
            r#"completions {"max_tokens":64,"model":"m","prompt":"<|fim_prefix|>a< |fim_prefix|>b< |endoftext|><|fim_suffix|>","seed":7,"stop":["\n\n","<|endoftext|>","a","b"],"stream":true,"stream_options":{"include_usage":true},"temperature":0}"#
        ]],
    );
}

#[test]
fn a_suffix_goes_beside_the_prompt() {
    let prompt = Prompt::Insert {
        prefix: "a<|im_end|>".to_owned(),
        suffix: "b".to_owned(),
    };
    check_body(
        prompt,
        true,
        expect![[
            r#"completions {"logprobs":1,"max_tokens":64,"model":"m","prompt":"a< |im_end|>","seed":7,"stop":["\n\n","<|endoftext|>","a","b"],"stream":true,"stream_options":{"include_usage":true},"suffix":"b","temperature":0}"#
        ]],
    );
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
        true,
        expect![[
            r#"chat/completions {"logprobs":true,"max_tokens":64,"messages":[{"content":"s","role":"system"},{"content":"u< |im_end|>","role":"user"},{"content":"a","role":"assistant"}],"model":"m","seed":7,"stop":["\n\n","<|endoftext|>","a","b"],"stream":true,"stream_options":{"include_usage":true},"temperature":0}"#
        ]],
    );
}

/// The events of an answer.
async fn events(body: &str) -> Vec<Result<Event, Error>> {
    let server = FakeModel::start([vec![stream_head(), Act::send(body)]]).await;
    let backend = backend(&server, "m");
    backend.generate(request(raw("x"))).collect().await
}

fn chunk(text: &str, log_prob: Option<(f32, usize)>) -> Result<Event, Error> {
    Ok(Event::Chunk(Chunk {
        text: text.to_owned(),
        log_prob,
    }))
}

#[tokio::test]
async fn text_is_found_wherever_a_server_puts_it() {
    for place in [
        json!({ "choices": [{ "text": "x" }] }),
        json!({ "choices": [{ "delta": { "content": "x" } }] }),
        json!({ "choices": [{ "delta": { "content": [{ "type": "text", "text": "x" }] } }] }),
        json!({ "choices": [{ "message": { "content": "x" } }] }),
        json!({ "content": "x", "stop": false }),
    ] {
        let found = events(&format!("data: {place}\n\ndata: [DONE]\n\n")).await;
        assert_eq!(found[0], chunk("x", None), "{place}");
        assert_eq!(found.len(), 2);
    }
}

#[tokio::test]
async fn an_answer_that_is_not_streamed_is_taken_whole() {
    let body = "{\n \"choices\": [{\"text\": \"x\", \"finish_reason\": \"length\"}],\n \"usage\": {\"prompt_tokens\": 3}\n}";
    let end = Event::End(End {
        reason: EndReason::Length,
        usage: Usage {
            prompt_tokens: Some(3),
            ..Usage::default()
        },
    });
    assert_eq!(events(body).await, [chunk("x", None), Ok(end)]);
}

#[tokio::test]
async fn figures_come_behind_the_reason() {
    let body = concat!(
        "data: {\"choices\":[{\"text\":\"a\",\"logprobs\":{\"token_logprobs\":[-0.5,-0.25]}}]}\n\n",
        "data: {\"choices\":[{\"text\":\"b\",\"logprobs\":{\"content\":[{\"logprob\":-1.5}]}}]}\n\n",
        "data: {\"choices\":[{\"text\":\"\",\"finish_reason\":\"stop\",\"stop_reason\":\"\\n\"}]}\n\n",
        "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":10,\"completion_tokens\":2,\"prompt_tokens_details\":{\"cached_tokens\":4}},",
        "\"timings\":{\"prompt_ms\":1500.0,\"predicted_ms\":250.0}}\n\n",
        "data: [DONE]\n\n"
    );
    let usage = Usage {
        prompt_tokens: Some(10),
        cached_tokens: Some(4),
        generated_tokens: Some(2),
        prompt_time: Some(std::time::Duration::from_millis(1500)),
        generation_time: Some(std::time::Duration::from_millis(250)),
    };
    let reason = EndReason::Stop;
    assert_eq!(
        events(body).await,
        [
            chunk("a", Some((-0.75, 2))),
            chunk("b", Some((-1.5, 1))),
            Ok(Event::End(End { reason, usage }))
        ]
    );
}

#[tokio::test]
async fn a_field_that_the_server_refuses_is_left_out_from_then_on() {
    let refuse = |message: &str| {
        let body = json!({ "error": { "message": message } }).to_string();
        answer("400 Bad Request", "application/json", &body)
    };
    let good = vec![
        stream_head(),
        Act::send(
            "data: {\"choices\":[{\"text\":\"x\",\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n",
        ),
    ];
    let server = FakeModel::start([
        refuse("Unsupported param: stream_options"),
        refuse(
            "'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
        ),
        good,
    ])
    .await;
    let backend = backend(&server, "m");
    for _ in 0..2 {
        let found: Vec<_> = backend.generate(request(raw("x"))).collect().await;
        assert_eq!(found[0], chunk("x", None));
    }
    let requests = server.requests();
    assert_eq!(requests.len(), 4);
    let last = requests[3].json();
    assert_eq!(last.get("stream_options"), None);
    assert_eq!(last.get("max_tokens"), None);
    assert_eq!(last["max_completion_tokens"], 64);
}

#[tokio::test]
async fn a_refusal_that_names_no_field_is_not_repeated() {
    let server = FakeModel::start([answer(
        "400 Bad Request",
        "application/json",
        "{\"error\":\"no\"}",
    )])
    .await;
    let found: Vec<_> = backend(&server, "m")
        .generate(request(raw("x")))
        .collect()
        .await;
    assert!(matches!(
        found[..],
        [Err(Error::Rejected { status: 400, .. })]
    ));
    assert_eq!(server.requests().len(), 1);
}

async fn probe(model: &str, status: &str, body: &str) -> Result<About, Error> {
    let server = FakeModel::start([answer(status, "application/json", body)]).await;
    let about = backend(&server, model).probe().await;
    assert_eq!(server.requests()[0].path, "/v1/models");
    about
}

#[tokio::test]
async fn a_probe_finds_the_model_and_its_window() {
    let list = json!({ "data": [
        { "id": "a:latest", "meta": { "n_ctx_train": 4096 } },
        { "id": "b", "max_model_len": 8192 }
    ] })
    .to_string();
    let about = |model: &'static str| probe(model, "200 OK", &list);
    assert_eq!(
        about("").await.map(|about| (about.model, about.window)),
        Ok(("a:latest".to_owned(), Some(4096)))
    );
    assert_eq!(about("a").await.map(|about| about.window), Ok(Some(4096)));
    assert_eq!(about("b").await.map(|about| about.window), Ok(Some(8192)));
    let other = about("c").await.expect("an answer");
    let warning = other.details.iter().find(|(name, _)| name == "warning");
    assert!(warning.is_some_and(|(_, text)| text.contains("only a:latest, b")));
}

#[tokio::test]
async fn a_server_without_a_list_is_believed_when_the_model_has_a_name() {
    assert_eq!(
        probe("m", "404 Not Found", "{}")
            .await
            .map(|about| about.model),
        Ok("m".to_owned())
    );
    assert!(probe("", "404 Not Found", "{}").await.is_err());
    assert!(matches!(
        probe("m", "401 Unauthorized", "{}").await,
        Err(Error::Unauthorized { .. })
    ));
}
