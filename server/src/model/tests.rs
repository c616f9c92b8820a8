//! What every backend that talks HTTP must stand, against a server that plays a script of bytes.
//!
//! A further backend is a further row of `CASES`.

mod answers;
mod broken;
mod refused;
mod sent;

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
            Ok(Event::Progress { .. } | Event::Ready | Event::Read(_)) => {}
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
