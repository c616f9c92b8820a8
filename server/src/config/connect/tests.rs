//! Options become backends and limits; what leaves the program is guarded.

use super::*;
use crate::config::{Endpoint, OllamaOptions, OpenAiOptions};

fn options(model: &str, fim: &str, endpoint: Endpoint) -> OpenAiOptions {
    OpenAiOptions {
        model: model.to_owned(),
        fim: fim.to_owned(),
        endpoint,
        ..OpenAiOptions::default()
    }
}

#[tokio::test]
async fn prompts_for_ollama_fit_the_window_that_is_asked_for() {
    let mut config = Config::default();
    let options = OllamaOptions {
        model: "qwen2.5-coder".to_owned(),
        num_ctx: 1024,
        ..OllamaOptions::default()
    };
    let options = BackendOptions::Ollama(options);
    config.backend.insert("o".to_owned(), options);
    let completing = settings(&config, Some("o"), &Records::new(None), ignored(&config))
        .await
        .expect("settings");
    assert_eq!(completing.limits.tokens, 1024 - 96 - 128);
    let asking = ask_settings(&config, Some("o"), &Records::new(None))
        .await
        .expect("settings");
    assert_eq!(asking.limits.tokens, 1024 - 512 - 128);
    assert_eq!(asking.max_tokens, 512);
}

#[test]
fn every_format_that_the_catalogue_names_is_known() {
    for weights in catalogue::CATALOGUE {
        let known = weights.fim.and_then(fim::by_name);
        assert_eq!(known.is_some(), weights.fim.is_some(), "{}", weights.name);
    }
}

#[tokio::test]
async fn options_become_settings_without_asking_a_server_that_is_named() {
    let mut config = Config::default();
    config.completion.max_tokens = 11;
    config.completion.context_tokens = Some(500);
    config.completion.debounce_ms = 12;
    let box_options = options("qwen2.5-coder:7b", "auto", Endpoint::Auto);
    config
        .backend
        .insert("box".to_owned(), BackendOptions::OpenAi(box_options));
    let settings = settings(&config, Some("box"), &Records::new(None), ignored(&config))
        .await
        .expect("settings");
    assert_eq!(settings.max_tokens, 11);
    assert_eq!(settings.limits.tokens, 500);
    assert_eq!(settings.limits.suffix_tokens, 100);
    assert_eq!(settings.debounce, Duration::from_millis(12));
    assert!(matches!(settings.layout, Layout::Fim(_)));
}

#[tokio::test]
async fn questions_have_settings_of_their_own() {
    let mut config = Config::default();
    config.ask.backend = Some("box".to_owned());
    config.ask.max_tokens = 300;
    let box_options = options("qwen2.5-coder:7b", "auto", Endpoint::Auto);
    config
        .backend
        .insert("box".to_owned(), BackendOptions::OpenAi(box_options));
    let settings = ask_settings(&config, None, &Records::new(None))
        .await
        .expect("settings");
    assert_eq!(settings.backend_name, "box");
    assert_eq!(settings.max_tokens, 300);
    assert_eq!(settings.limits.tokens, ASK_REMOTE_TOKENS);
    assert!(!settings.run_tests);
}

#[tokio::test]
async fn no_kind_of_server_gets_a_secret_or_anything_while_the_rules_are_wrong() {
    let key = concat!("gh", "p_4f9Kq2Lm8Nv6Xc1Zb3Qw7Er5Ty0Ui2Op4As");
    let remote = BackendOptions::kinds();
    let remote = remote.iter().filter(|(_, kind)| kind.is_remote());
    for (kind, rules) in remote.flat_map(|(kind, _)| [(*kind, None), (*kind, Some("/no/such"))]) {
        let script = support::fake_model::answer("500 No", "text/plain", "no");
        let server = support::fake_model::FakeModel::start([script]).await;
        let values = serde_json::json!({
            "completion": { "backend": "far" },
            "privacy": { "rules": rules },
            "backend": { "far": { "kind": kind, "url": server.url(), "model": "gpt-5", "fim": "none" } },
        });
        let origin = crate::config::Origin::Initialization;
        let config = Config::parse(&[crate::config::Layer { origin, values }]).config;
        let records = Records::new(None);
        let asking = ask_settings(&config, None, &records)
            .await
            .expect("settings")
            .backend;
        let completing = settings(&config, None, &records, ignored(&config))
            .await
            .expect("settings")
            .backend;
        for backend in [asking, completing] {
            let events = backend.generate(chat(&format!("a {key} b")));
            let _: Vec<_> = futures::StreamExt::collect(events).await;
        }
        let bodies: Vec<String> = server
            .requests()
            .iter()
            .map(|request| String::from_utf8_lossy(&request.body).into_owned())
            .collect();
        let expected = if rules.is_some() { 0 } else { 2 };
        assert_eq!(bodies.len(), expected, "{kind}: {bodies:?}");
        assert!(
            bodies.iter().all(|body| body.contains("a REDACTED b")),
            "{bodies:?}"
        );
    }
}

fn chat(text: &str) -> crate::model::Request {
    use crate::model::{Message, Prompt, Request, Role, Sampling};
    Request {
        prompt: Prompt::Chat(vec![Message {
            role: Role::User,
            text: text.to_owned(),
        }]),
        sampling: Sampling {
            max_tokens: 8,
            temperature: 0.0,
            seed: None,
            stops: Vec::new(),
        },
        cache_key: String::new(),
        purpose: Default::default(),
    }
}

#[test]
fn a_prompt_leaves_room_for_its_answer() {
    assert_eq!(room(None, 1024), usize::MAX);
    assert_eq!(room(Some(8192), 1024), 8192 - 1024 - 1024);
    assert_eq!(room(Some(1024), 4096), 1024 - 512 - 128);
}

#[tokio::test]
async fn a_server_tells_the_model_that_the_options_leave_open() {
    let list = r#"{"data":[{"id":"Qwen2.5-Coder-7B","max_model_len":600}]}"#;
    let script = support::fake_model::answer("200 OK", "application/json", list);
    let server = support::fake_model::FakeModel::start([script]).await;
    let mut config = Config::default();
    let box_options = OpenAiOptions {
        url: server.url(),
        ..OpenAiOptions::default()
    };
    config
        .backend
        .insert("box".to_owned(), BackendOptions::OpenAi(box_options));
    let settings = settings(&config, Some("box"), &Records::new(None), ignored(&config))
        .await
        .expect("settings");
    assert!(matches!(settings.layout, Layout::Fim(_)));
    assert_eq!(settings.limits.tokens, 600 - 96 - 75);
}

#[tokio::test]
async fn what_is_not_there_is_told_with_what_to_do() {
    let mut config = Config::default();
    let mut failure = async |model: &str| {
        let options = LocalOptions {
            model: model.to_owned(),
            ..LocalOptions::default()
        };
        config
            .backend
            .insert("l".to_owned(), BackendOptions::Local(options));
        let made = settings(&config, Some("l"), &Records::new(None), ignored(&config)).await;
        made.err()
            .map(|error| error.to_string())
            .unwrap_or_default()
    };
    assert!(failure("qwen9").await.contains("convive model list"));
    assert!(failure("some/where.gguf").await.contains("absolute"));
    assert!(
        failure("/no/such/file.gguf")
            .await
            .contains("/no/such/file.gguf")
    );
    let nobody = settings(
        &Config::default(),
        Some("cloud"),
        &Records::new(None),
        ignored(&Config::default()),
    )
    .await;
    assert!(nobody.is_err_and(|error| error.to_string().contains("only local")));
}
