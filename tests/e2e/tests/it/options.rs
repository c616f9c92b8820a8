//! Options from the client: at the start, when asked, when they change; and what is said of mistakes in them.

use convive::config::{Origin, files};
use convive::model::scripted::Scripted;
use serde_json::{Value, json};

use crate::server::{Setup, TestServer, run};

const URI: &str = "file:///work/a.txt";

/// The most tokens that the model was allowed at the latest request.
async fn max_tokens(server: &mut TestServer, backend: &Scripted, version: i32) -> usize {
    // A change, so that no earlier answer serves.
    server
        .changes(
            URI,
            version,
            json!([{ "text": format!("text {version}\n") }]),
        )
        .await;
    let at = json!({ "textDocument": { "uri": URI }, "position": { "line": 1, "character": 0 } });
    let id = server.invoke(&at).await;
    server.answer(id).await;
    backend
        .requests()
        .last()
        .expect("a request")
        .sampling
        .max_tokens
}

fn with_max(tokens: u32) -> Value {
    json!({ "completion": { "max_tokens": tokens } })
}

#[test]
fn options_of_initialize_hold_at_once() {
    let backend = Scripted::saying("x");
    run(
        Setup::new(backend.clone()).options(with_max(17)),
        async |server| {
            server.open(URI, "text", "").await;
            assert_eq!(max_tokens(server, &backend, 2).await, 17);
        },
    );
}

#[test]
fn options_are_asked_for_and_asked_for_again_when_they_change() {
    let backend = Scripted::saying("x");
    let setup = Setup::new(backend.clone())
        .options(with_max(17))
        .capable("workspace.configuration", json!(true));
    run(setup, async |server| {
        server.open(URI, "text", "").await;
        server.settings = with_max(18);
        server.settle().await;
        assert_eq!(max_tokens(server, &backend, 2).await, 18);
        server.settings = with_max(19);
        server
            .notify(
                "workspace/didChangeConfiguration",
                json!({ "settings": null }),
            )
            .await;
        server.settle().await;
        assert_eq!(max_tokens(server, &backend, 3).await, 19);
        let asked = server.server_requests.iter();
        let sections: Vec<_> = asked
            .map(|request| &request["params"]["items"][0]["section"])
            .collect();
        assert_eq!(sections, ["convive", "convive"]);
    });
}

#[test]
fn options_that_are_pushed_hold_where_the_client_cannot_be_asked() {
    let backend = Scripted::saying("x");
    run(Setup::new(backend.clone()), async |server| {
        server.open(URI, "text", "").await;
        let settings = json!({ "settings": { "convive": with_max(20), "other": { "x": 1 } } });
        server
            .notify("workspace/didChangeConfiguration", settings)
            .await;
        assert_eq!(max_tokens(server, &backend, 2).await, 20);
    });
}

#[test]
fn mistakes_are_told_once_in_one_message_and_cost_only_themselves() {
    let backend = Scripted::saying("x");
    let options =
        json!({ "completion": { "max_tokens": 21, "debounce_ms": "soon", "max_tokans": 3 } });
    let setup = Setup::new(backend.clone())
        .options(options)
        .capable("workspace.configuration", json!(true));
    run(setup, async |server| {
        let told = server.notification("window/showMessage").await;
        let message = told["message"].as_str().unwrap();
        assert!(message.contains("completion.debounce_ms"), "{message}");
        assert!(message.contains("completion.max_tokans"), "{message}");
        server.open(URI, "text", "").await;
        assert_eq!(max_tokens(server, &backend, 2).await, 21);
        for settings in [json!({}), json!({ "completion": { "trigger": 5 } })] {
            server.settings = settings.clone();
            server
                .notify(
                    "workspace/didChangeConfiguration",
                    json!({ "settings": null }),
                )
                .await;
            server.settle().await;
            if settings != json!({}) {
                let told = server.notification("window/showMessage").await;
                let message = told["message"].as_str().unwrap();
                assert!(message.contains("completion.trigger"), "{message}");
                assert!(!message.contains("max_tokans"), "told again: {message}");
            }
        }
    });
}

#[test]
fn a_repository_cannot_choose_where_text_is_sent() {
    let backend = Scripted::saying("x");
    let setup = Setup::new(backend.clone()).capable("workspace.configuration", json!(true));
    run(setup, async |server| {
        server.settings = json!({
            "completion": { "backend": "evil" },
            "backend": { "evil": { "kind": "openai", "url": "http://evil.example/v1" } },
        });
        server.told("window/showMessage", "backend.evil").await;
    });
}

#[test]
fn files_are_read_anew_when_something_has_changed() {
    let text = std::sync::Arc::new(std::sync::Mutex::new("completion.max_tokens = 11"));
    let backend = Scripted::saying("x");
    let mut setup = Setup::new(backend.clone());
    let file = text.clone();
    setup.files = Box::new(move || {
        let origin = Origin::File("config.toml".into());
        let (layer, problems) = files::from_toml(&file.lock().unwrap(), origin);
        (layer.into_iter().collect(), problems)
    });
    run(setup, async |server| {
        server.open(URI, "text", "").await;
        assert_eq!(max_tokens(server, &backend, 2).await, 11);
        let changed = json!({ "settings": null });
        *text.lock().unwrap() = "completion.max_tokens = 12\ncompletion.debounce_ms = \"\"";
        server
            .notify("workspace/didChangeConfiguration", changed.clone())
            .await;
        assert_eq!(max_tokens(server, &backend, 3).await, 12);
        server.told("window/showMessage", "debounce_ms").await;
        // The editor's word stands over the file's, also when that is read again.
        let settings = json!({ "settings": { "convive": with_max(13) } });
        server
            .notify("workspace/didChangeConfiguration", settings)
            .await;
        assert_eq!(max_tokens(server, &backend, 4).await, 13);
        server
            .notify("workspace/didChangeConfiguration", changed)
            .await;
        assert_eq!(max_tokens(server, &backend, 5).await, 13);
    });
}
