//! What the doctor says about servers that work, refuse and are not there.

use support::fake_model::{Act, FakeModel, answer, stream_head};

use super::*;
use crate::config::{Layer, Origin};
use crate::journal::Records;

/// Examines the backend `box` with these options beside its url.
async fn check(server: &FakeModel, options: &str) -> (bool, String) {
    let toml = format!(
        "[backend.box]\nkind = 'openai'\nurl = '{}'\n{options}",
        server.url()
    );
    let (layer, problems) = files::from_toml(&toml, Origin::File("c".into()));
    assert_eq!(problems, []);
    let layers: Vec<Layer> = layer.into_iter().collect();
    let parsed = Config::parse(&layers);
    assert_eq!(parsed.problems, []);
    let examined = examine(&parsed.config, "box", &Records::new(None)).await;
    (examined.works(), report(&examined, Style::new(true)))
}

fn list() -> Vec<Act> {
    answer(
        "200 OK",
        "application/json",
        r#"{"data":[{"id":"qwen2.5-coder"}]}"#,
    )
}

fn says(text: &str) -> Vec<Act> {
    let event =
        format!("data: {{\"choices\":[{{\"text\":\"{text}\",\"finish_reason\":\"stop\"}}]}}\n\n");
    vec![stream_head(), Act::send(event)]
}

#[tokio::test]
async fn a_server_that_completes_is_shown_with_its_answer() {
    let server = FakeModel::start([list(), says("a + b")]).await;
    let (works, text) = check(&server, "model = 'qwen2.5-coder'").await;
    assert!(works, "{text}");
    assert!(
        text.contains("with `a + b`") && text.contains("format qwen2.5-coder"),
        "{text}"
    );
}

#[tokio::test]
async fn a_server_that_refuses_tells_why() {
    let refuse = answer(
        "401 Unauthorized",
        "application/json",
        r#"{"error":"who are you"}"#,
    );
    let server = FakeModel::start([refuse]).await;
    let (works, text) = check(&server, "model = 'm'").await;
    assert!(!works);
    assert!(
        text.contains("who are you") && text.contains("key_env"),
        "{text}"
    );
}

#[tokio::test]
async fn a_model_that_the_server_does_not_list_is_warned_about() {
    let server = FakeModel::start([list(), says("a + b")]).await;
    let (_, text) = check(&server, "model = 'qwen2.5-coder:7b'").await;
    assert!(
        text.contains("does not list this model, only qwen2.5-coder"),
        "{text}"
    );
}

#[tokio::test]
async fn nobody_listening_tells_the_address() {
    let server = FakeModel::start([]).await;
    let url = server.url();
    let (works, text) = check(&server, "model = 'm'\nconnect_timeout_ms = 1000").await;
    assert!(!works);
    assert!(text.contains(&url), "{text}");
}

#[cfg(unix)]
#[tokio::test]
async fn no_key_is_printed_and_an_unsafe_way_is_told() {
    let server = FakeModel::start([list(), says("a + b")]).await;
    let options = "model = 'm'\nfim = 'qwen2.5-coder'\nkey_command = ['printf', 'sk-hidden']";
    let (works, text) = check(&server, options).await;
    let sent = server.requests()[0]
        .header("authorization")
        .map(str::to_owned);
    assert_eq!(sent.as_deref(), Some("Bearer sk-hidden"));
    assert!(
        works && !text.contains("sk-hidden") && !text.contains("unencrypted"),
        "{text}"
    );
    let far = "[backend.box]\nkind = 'openai'\nurl = 'http://127.0.0.2:9/v1'\nmodel = 'm'\nkey_command = ['printf', 'sk-hidden']\nconnect_timeout_ms = 2000";
    let (layer, _) = files::from_toml(far, Origin::Initialization);
    let parsed = Config::parse(&layer.into_iter().collect::<Vec<_>>());
    let examined = examine(&parsed.config, "box", &Records::new(None)).await;
    let text = report(&examined, Style::new(true));
    assert!(
        text.contains("unencrypted") && !text.contains("sk-hidden"),
        "{text}"
    );
}

#[test]
fn problems_and_places_of_options_are_listed() {
    let (layer, _) = files::from_toml(
        "completion.trigger = 'invoked'\nfoo = 1",
        Origin::File("mine.toml".into()),
    );
    let parsed = Config::parse(&layer.into_iter().collect::<Vec<_>>());
    let text = options(&parsed, Style::new(true));
    assert!(text.contains("mine.toml sets completion.trigger"), "{text}");
    assert!(text.contains("! mine.toml: foo is not an option"), "{text}");
}

#[test]
fn the_backend_in_use_is_examined_first() {
    let mut config = Config::default();
    let other = config.backend["local"].clone();
    config.backend.insert("a".to_owned(), other.clone());
    config.backend.insert("z".to_owned(), other);
    assert_eq!(order(&config), ["local", "a", "z"]);
    config.completion.backend = "z".to_owned();
    assert_eq!(order(&config), ["z", "a", "local"]);
}
