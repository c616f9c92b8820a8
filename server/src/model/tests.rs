//! What every backend that talks HTTP must stand, against a server that plays a script of bytes.
//!
//! A further backend is a further row of `CASES`.

use std::time::Duration;

use futures::StreamExt;
use support::fake_model::{Act, FakeModel, Gate, answer, chunk, head, stream_head};

use super::*;

/// A backend, and how its servers say things.
struct Case {
    name: &'static str,
    connect: fn(http::Settings) -> Box<dyn Backend>,
    prompt: fn() -> Prompt,
    path: &'static str,
    /// The header of the key, and what stands before the key in it.
    key: (&'static str, &'static str),
    /// Where the body has `max_tokens` and the temperature.
    sampling: [&'static str; 2],
    /// A message with a text; the text is put in for `TEXT`.
    message: &'static str,
    /// What comes while there is nothing to say.
    keep_alive: &'static str,
    /// A message that says that memory ran out.
    error: &'static str,
    /// The message with the reason why the answer ended.
    reason: &'static str,
    /// The end mark behind it.
    mark: &'static str,
}

const COMPLETIONS: Case = Case {
    name: "openai, raw text",
    connect: |http| Box::new(openai::OpenAi::new(openai_settings(http))),
    prompt: raw,
    path: "/v1/completions",
    key: ("authorization", "Bearer "),
    sampling: ["/max_tokens", "/temperature"],
    message: "data: {\"choices\":[{\"text\":\"TEXT\",\"finish_reason\":null}]}\n\n",
    keep_alive: ": ping\n\n",
    error: "data: {\"error\":{\"message\":\"out of memory\"}}\n\n",
    reason: "data: {\"choices\":[{\"text\":\"\",\"finish_reason\":\"stop\"}]}\n\n",
    mark: "data: [DONE]\n\n",
};

const GENERATE: Case = Case {
    name: "ollama, raw text",
    connect: |http| {
        Box::new(ollama::Ollama::new(ollama::Settings {
            http,
            model: "m".to_owned(),
            window: 4096,
        }))
    },
    path: "/v1/api/generate",
    sampling: ["/options/num_predict", "/options/temperature"],
    message: "{\"model\":\"m\",\"response\":\"TEXT\",\"done\":false}\n",
    keep_alive: "\n",
    error: "{\"error\":\"out of memory\"}\n",
    reason: "{\"model\":\"m\",\"response\":\"\",\"done\":true,\"done_reason\":\"stop\"}\n",
    mark: "",
    ..COMPLETIONS
};

const CASES: &[Case] = &[
    COMPLETIONS,
    Case {
        name: "openai, suffix",
        prompt: insert,
        ..COMPLETIONS
    },
    Case {
        name: "openai, chat",
        prompt: chat,
        path: "/v1/chat/completions",
        message: "data: {\"choices\":[{\"delta\":{\"content\":\"TEXT\"}}]}\n\n",
        reason: "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n",
        ..COMPLETIONS
    },
    Case {
        name: "anthropic",
        connect: |http| {
            Box::new(anthropic::Anthropic::new(anthropic::Settings {
                http,
                model: "m".to_owned(),
            }))
        },
        prompt: chat,
        path: "/v1/messages",
        key: ("x-api-key", ""),
        message: "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"TEXT\"}}\n\n",
        keep_alive: "event: ping\ndata: {\"type\": \"ping\"}\n\n",
        error: "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"api_error\",\"message\":\"out of memory\"}}\n\n",
        reason: "event: message_delta\ndata: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\",\"stop_sequence\":null},\"usage\":{\"output_tokens\":2}}\n\n",
        mark: "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n",
        ..COMPLETIONS
    },
    GENERATE,
    Case {
        name: "ollama, suffix",
        prompt: insert,
        ..GENERATE
    },
    Case {
        name: "ollama, chat",
        prompt: chat,
        path: "/v1/api/chat",
        message: "{\"message\":{\"role\":\"assistant\",\"content\":\"TEXT\"},\"done\":false}\n",
        reason: "{\"message\":{\"role\":\"assistant\",\"content\":\"\"},\"done\":true,\"done_reason\":\"stop\"}\n",
        ..GENERATE
    },
];

fn raw() -> Prompt {
    Prompt::Raw {
        pieces: vec![
            Piece::Control("<PRE>".to_owned()),
            Piece::Text("fn a".to_owned()),
        ],
        heal: 0,
    }
}

fn insert() -> Prompt {
    Prompt::Insert {
        prefix: "fn a".to_owned(),
        suffix: "}".to_owned(),
    }
}

fn chat() -> Prompt {
    Prompt::Chat(vec![Message {
        role: Role::User,
        text: "fn a".to_owned(),
    }])
}

fn openai_settings(http: http::Settings) -> openai::Settings {
    openai::Settings {
        http,
        model: "m".to_owned(),
        log_probs: false,
    }
}

impl Case {
    fn says(&self, text: &str) -> String {
        self.message.replace("TEXT", text)
    }

    fn end(&self) -> String {
        self.reason.to_owned() + self.mark
    }

    fn request(&self) -> Request {
        Request {
            prompt: (self.prompt)(),
            sampling: Sampling {
                max_tokens: 8,
                temperature: 0.2,
                seed: None,
                stops: vec!["\n".to_owned()],
            },
            cache_key: "file:///secret/path".to_owned(),
            purpose: Default::default(),
        }
    }

    fn backend(&self, server: &FakeModel) -> Box<dyn Backend> {
        (self.connect)(http::Settings::new(server.url()))
    }
}

/// What became of a generation: the text, and how it ended.
type Outcome = (String, Result<EndReason, Error>);

async fn collect(mut events: Events) -> Outcome {
    let mut text = String::new();
    while let Some(event) = events.next().await {
        match event {
            Ok(Event::Chunk(chunk)) => text.push_str(&chunk.text),
            Ok(Event::End(end)) => {
                assert!(events.next().await.is_none(), "an event after the end");
                return (text, Ok(end.reason));
            }
            Ok(Event::Progress { .. } | Event::Read(_)) => {}
            Err(error) => {
                assert!(events.next().await.is_none(), "an event after an error");
                return (text, Err(error));
            }
        }
    }
    panic!("the stream ended without an end");
}

/// Runs one generation of every backend against a script, and checks each outcome.
async fn check(script: impl Fn(&Case) -> Vec<Act>, expected: impl Fn(&Case, Outcome)) {
    for case in CASES {
        let server = FakeModel::start([script(case)]).await;
        let backend = case.backend(&server);
        let outcome = collect(backend.generate(case.request())).await;
        assert_eq!(server.requests().len(), 1, "{}", case.name);
        expected(case, outcome);
    }
}

fn finished(text: &str) -> impl Fn(&Case, Outcome) {
    let text = text.to_owned();
    move |case, outcome| {
        assert_eq!(
            outcome,
            (text.clone(), Ok(EndReason::Finished)),
            "{}",
            case.name
        )
    }
}

fn stream(text: impl AsRef<[u8]>) -> Vec<Act> {
    vec![stream_head(), Act::send(text)]
}

#[tokio::test]
async fn text_arrives_and_ends() {
    check(
        |case| stream(case.says("let ") + &case.says("b") + &case.end()),
        finished("let b"),
    )
    .await;
}

#[tokio::test]
async fn a_chunk_is_there_before_the_answer_ends() {
    for case in CASES {
        let gate = Gate::default();
        let server = FakeModel::start([vec![
            stream_head(),
            Act::send(case.says("first")),
            Act::Wait(gate.clone()),
            Act::send(case.end()),
        ]])
        .await;
        let mut events = case.backend(&server).generate(case.request());
        let Some(Ok(Event::Chunk(chunk))) = events.next().await else {
            panic!("{}: no chunk", case.name);
        };
        assert_eq!(chunk.text, "first");
        gate.open();
        assert_eq!(
            collect(events).await,
            (String::new(), Ok(EndReason::Finished))
        );
    }
}

#[tokio::test]
async fn characters_and_events_may_be_cut_anywhere() {
    check(
        |case| {
            let text = case.says("größe 🦀") + &case.end();
            let head = head(
                "200 OK",
                &[
                    ("transfer-encoding", "chunked"),
                    ("content-type", "text/event-stream"),
                ],
            );
            let pieces = text.as_bytes().chunks(3).map(chunk);
            [head]
                .into_iter()
                .chain(pieces)
                .chain([chunk("")])
                .collect()
        },
        finished("größe 🦀"),
    )
    .await;
}

#[tokio::test]
async fn odd_line_ends_marks_and_keep_alives_are_taken() {
    check(
        |case| {
            let text = format!(
                "\u{feff}{alive}{}{alive}{}",
                case.says("x"),
                case.end(),
                alive = case.keep_alive
            );
            stream(text.replace('\n', "\r\n"))
        },
        finished("x"),
    )
    .await;
    check(
        |case| stream((case.says("x") + &case.end()).replace('\n', "\r")),
        finished("x"),
    )
    .await;
}

#[tokio::test]
async fn a_missing_end_mark_is_an_answer_that_broke_off() {
    check(
        |case| stream(case.says("half")),
        |case, (text, end)| {
            assert_eq!(text, "half", "{}", case.name);
            assert!(matches!(end, Err(Error::Closed { .. })), "{end:?}");
        },
    )
    .await;
}

#[tokio::test]
async fn a_connection_closed_within_a_chunk_broke_off() {
    check(
        |case| {
            let head = head("200 OK", &[("transfer-encoding", "chunked")]);
            vec![head, chunk(case.says("half")), Act::send("ffff\r\nda")]
        },
        |case, (text, end)| {
            assert_eq!(text, "half", "{}", case.name);
            assert!(matches!(end, Err(Error::Closed { .. })), "{end:?}");
        },
    )
    .await;
}

#[tokio::test]
async fn a_connection_closed_without_an_answer_broke_off() {
    check(
        |_| Vec::new(),
        |case, (_, end)| {
            assert!(
                matches!(end, Err(Error::Closed { .. })),
                "{}: {end:?}",
                case.name
            )
        },
    )
    .await;
}

#[tokio::test]
async fn a_reason_without_an_end_mark_is_an_end() {
    check(|case| stream(case.says("x") + case.reason), finished("x")).await;
}

#[tokio::test]
async fn silence_is_a_timeout_that_says_what_was_awaited() {
    // A busy machine may be late with what is not awaited here, so only the awaited is short.
    async fn waited_for(case: &Case, script: Vec<Act>, first: u64, next: u64) -> &'static str {
        let server = FakeModel::start([script]).await;
        let backend = (case.connect)(http::Settings {
            first_byte_timeout: Duration::from_millis(first),
            silence_timeout: Duration::from_millis(next),
            ..http::Settings::new(server.url())
        });
        match collect(backend.generate(case.request())).await.1 {
            Err(Error::Timeout { waiting_for, .. }) => waiting_for,
            other => panic!("{}: {other:?}", case.name),
        }
    }
    for case in CASES {
        let waited = waited_for(case, vec![Act::AwaitClose], 100, 60_000).await;
        assert_eq!(waited, "the first byte");
    }
    for case in CASES {
        let script = vec![stream_head(), Act::send(case.says("x")), Act::AwaitClose];
        let waited = waited_for(case, script, 60_000, 100).await;
        assert_eq!(waited, "the next piece of the answer");
    }
}

#[tokio::test]
async fn a_page_for_people_is_no_answer() {
    check(
        |_| answer("200 OK", "text/html", "<html><title>Welcome</title></html>"),
        |case, (_, end)| {
            assert!(
                matches!(end, Err(Error::Malformed { .. })),
                "{}: {end:?}",
                case.name
            )
        },
    )
    .await;
    check(
        |_| {
            answer(
                "502 Bad Gateway",
                "text/html",
                "<html><title>Bad Gateway</title></html>",
            )
        },
        |case, (_, end)| match end {
            Err(Error::Rejected {
                status: 502,
                message,
                ..
            }) => {
                assert_eq!(message, "a web page: Bad Gateway");
            }
            other => panic!("{}: {other:?}", case.name),
        },
    )
    .await;
}

#[tokio::test]
async fn an_error_in_the_middle_is_told() {
    check(
        |case| stream(case.says("x") + case.error),
        |case, (text, end)| {
            assert_eq!(text, "x", "{}", case.name);
            assert!(end.is_err_and(|error| error.to_string().contains("out of memory")));
        },
    )
    .await;
}

#[tokio::test]
async fn what_is_not_json_is_malformed() {
    for body in ["data: {\"choices\":\n\n", "hello world\n\n", ""] {
        check(
            |_| stream(body),
            |case, (_, end)| {
                assert!(
                    matches!(end, Err(Error::Malformed { .. })),
                    "{}: {end:?}",
                    case.name
                );
            },
        )
        .await;
    }
}

#[tokio::test]
async fn an_endless_event_is_refused() {
    check(
        |_| stream("data: ".to_owned() + &"x".repeat(5 << 20)),
        |case, (_, end)| {
            assert!(
                matches!(end, Err(Error::Malformed { .. })),
                "{}: {end:?}",
                case.name
            )
        },
    )
    .await;
}

#[tokio::test]
async fn a_refused_key_says_so() {
    check(
        |_| {
            answer(
                "401 Unauthorized",
                "application/json",
                "{\"error\":\"bad key\"}",
            )
        },
        |case, (_, end)| match end {
            Err(Error::Unauthorized { message, .. }) => assert_eq!(message, "bad key"),
            other => panic!("{}: {other:?}", case.name),
        },
    )
    .await;
}

#[tokio::test]
async fn a_prompt_that_is_too_long_says_so() {
    let body = "{\"error\":{\"message\":\"request (9000 tokens) exceeds the available context size (4096 tokens)\"}}";
    check(
        |_| answer("400 Bad Request", "application/json", body),
        |case, (_, end)| {
            assert!(
                matches!(end, Err(Error::TooLong { .. })),
                "{}: {end:?}",
                case.name
            )
        },
    )
    .await;
}

#[tokio::test]
async fn a_busy_server_is_left_alone_as_long_as_it_asks() {
    for case in CASES {
        let mut busy = answer(
            "429 Too Many Requests",
            "application/json",
            "{\"error\":\"busy\"}",
        );
        busy[0] = head(
            "429 Too Many Requests",
            &[("retry-after", "60"), ("content-length", "16")],
        );
        let server = FakeModel::start([busy]).await;
        let backend = case.backend(&server);
        for _ in 0..3 {
            let (_, end) = collect(backend.generate(case.request())).await;
            let Err(Error::Rejected {
                status: 429,
                message,
                retry_after,
                ..
            }) = end
            else {
                panic!("{}: {end:?}", case.name);
            };
            assert_eq!(message, "busy");
            let left = retry_after.expect("a time");
            assert!(left > Duration::from_secs(30) && left <= Duration::from_secs(60));
        }
        assert_eq!(server.requests().len(), 1, "{}", case.name);
    }
}

#[tokio::test]
async fn nothing_is_sent_to_the_address_of_a_redirect() {
    for case in CASES {
        let other = FakeModel::start([stream(case.end())]).await;
        let location = other.url();
        let server = FakeModel::start([vec![head(
            "307 Temporary Redirect",
            &[("location", &location), ("content-length", "0")],
        )]])
        .await;
        let (_, end) = collect(case.backend(&server).generate(case.request())).await;
        assert!(
            end.is_err_and(|error| error.to_string().contains(&location)),
            "{}",
            case.name
        );
        assert_eq!(other.requests(), []);
    }
}

#[tokio::test]
async fn dropping_the_stream_closes_the_socket() {
    for case in CASES {
        let server = FakeModel::start([vec![
            stream_head(),
            Act::send(case.says("x")),
            Act::AwaitClose,
        ]])
        .await;
        let mut events = case.backend(&server).generate(case.request());
        assert!(matches!(events.next().await, Some(Ok(Event::Chunk(_)))));
        drop(events);
        server.left(1).await;
    }
}

#[tokio::test]
async fn dropping_the_stream_before_the_answer_closes_the_socket() {
    for case in CASES {
        let server = FakeModel::start([vec![Act::AwaitClose]]).await;
        let backend = (case.connect)(http::Settings::new(server.url()));
        let generation = tokio::spawn(collect(backend.generate(case.request())));
        while server.requests().is_empty() {
            tokio::task::yield_now().await;
        }
        generation.abort();
        server.left(1).await;
    }
}

#[tokio::test]
async fn a_stream_that_is_not_polled_sends_nothing() {
    for case in CASES {
        let server = FakeModel::start([Vec::new()]).await;
        let backend = case.backend(&server);
        drop(backend.generate(case.request()));
        let _ = collect(backend.generate(case.request())).await;
        assert_eq!(server.requests().len(), 1, "{}", case.name);
    }
}

#[tokio::test]
async fn what_is_sent_is_what_the_server_needs_and_no_more() {
    for case in CASES {
        let server = FakeModel::start([stream(case.end())]).await;
        let _ = collect(case.backend(&server).generate(case.request())).await;
        let requests = server.requests();
        let body = requests[0].json();
        assert_eq!(requests[0].path, case.path, "{}", case.name);
        assert_eq!(requests[0].method, "POST");
        assert_eq!(requests[0].header("authorization"), None);
        let sampling = case.sampling.map(|place| body.pointer(place).cloned());
        assert_eq!(
            sampling,
            [Some(8.into()), Some(0.2.into())],
            "{}",
            case.name
        );
        assert_eq!(body["stream"], true);
        assert!(!String::from_utf8_lossy(&requests[0].body).contains("secret"));
    }
}

#[tokio::test]
async fn nobody_listening_is_unreachable() {
    for case in CASES {
        let url = FakeModel::start([]).await.url();
        tokio::task::yield_now().await;
        let backend = (case.connect)(http::Settings::new(url.clone()));
        let (_, end) = collect(backend.generate(case.request())).await;
        match end {
            Err(Error::Unreachable { target, .. }) => assert_eq!(target, url),
            // The listener's socket may close a moment later.
            Err(Error::Closed { .. }) => {}
            other => panic!("{}: {other:?}", case.name),
        }
    }
}

#[tokio::test]
async fn a_ca_file_that_holds_none_is_told_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let nonsense = "-----BEGIN CERTIFICATE-----\nbm9uc2Vuc2U=\n-----END CERTIFICATE-----\n";
    for content in [nonsense, "", "no PEM at all"] {
        let path = folder.path().join("ca.pem");
        std::fs::write(&path, content).unwrap();
        for case in CASES {
            let server = FakeModel::start([stream(case.end())]).await;
            let backend = (case.connect)(http::Settings {
                ca_file: Some(path.clone()),
                ..http::Settings::new(server.url())
            });
            let (_, end) = collect(backend.generate(case.request())).await;
            let told = end.expect_err("a bad ca_file").to_string();
            assert!(told.contains("ca_file"), "{told}");
            assert_eq!(server.requests(), []);
        }
    }
}

#[cfg(unix)]
#[tokio::test]
async fn a_key_goes_into_the_header_and_nowhere_else() {
    for case in CASES {
        let server = FakeModel::start([stream(case.end())]).await;
        let command = ["printf", "sk-test"].map(str::to_owned).to_vec();
        let backend = (case.connect)(http::Settings {
            key: key::Source::Command(command),
            ..http::Settings::new(server.url())
        });
        let _ = collect(backend.generate(case.request())).await;
        let requests = server.requests();
        let (header, before) = case.key;
        let value = format!("{before}sk-test");
        assert_eq!(requests[0].header(header), Some(value.as_str()));
        assert!(!String::from_utf8_lossy(&requests[0].body).contains("sk-test"));
    }
}

#[tokio::test]
async fn a_key_that_cannot_be_had_sends_nothing() {
    for case in CASES {
        let server = FakeModel::start([stream(case.end())]).await;
        let backend = (case.connect)(http::Settings {
            key: key::Source::Variable("CONVIVE_NO_SUCH_KEY".to_owned()),
            ..http::Settings::new(server.url())
        });
        let (_, end) = collect(backend.generate(case.request())).await;
        assert!(
            matches!(end, Err(Error::Unauthorized { .. })),
            "{}",
            case.name
        );
        assert_eq!(server.requests(), []);
    }
}
