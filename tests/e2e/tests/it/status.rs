//! The status, and who is told of failures: the one who asked, not the one who types.

use std::time::Duration;

use convive::model::scripted::{Scripted, Step};
use convive::model::{About, Backend, Chunk, End, Error, Event, Events, Request};
use futures::future::BoxFuture;
use futures::{FutureExt, StreamExt};
use serde_json::json;

use crate::server::{Setup, TestServer, run};

const URI: &str = "file:///work/a.txt";

fn failing() -> Scripted {
    let error = Error::Unreachable {
        target: "http://box".to_owned(),
        reason: "nobody there".to_owned(),
    };
    let fail = vec![Step::Fail(error)];
    Scripted::new([fail.clone(), fail.clone(), fail, vec![Step::Say("x")]])
}

async fn automatic(server: &mut TestServer, version: i32) -> Option<String> {
    server
        .changes(
            URI,
            version,
            json!([{ "text": format!("text {version}\n") }]),
        )
        .await;
    let at = json!({ "textDocument": { "uri": URI }, "position": { "line": 1, "character": 0 } });
    let id = server.automatic(&at).await;
    server.text(id).await
}

#[test]
fn failures_while_typing_change_the_status_once() {
    run(Setup::new(failing()).rich(), async |server| {
        server.open(URI, "text", "").await;
        for version in 2..5 {
            assert_eq!(automatic(server, version).await, None);
        }
        let status = server.notification("convive/status").await;
        assert_eq!(status["state"], "offline");
        assert!(
            status["message"].as_str().unwrap().contains("http://box"),
            "{status}"
        );
        assert_eq!(automatic(server, 5).await.as_deref(), Some("x"));
        let status = server.notification("convive/status").await;
        assert_eq!(status, json!({ "state": "ready" }));
    });
}

#[test]
fn others_find_it_in_their_log() {
    run(Setup::new(failing()), async |server| {
        server.open(URI, "text", "").await;
        for version in 2..5 {
            assert_eq!(automatic(server, version).await, None);
        }
        let message = server.notification("window/logMessage").await;
        assert!(
            message["message"].as_str().unwrap().contains("http://box"),
            "{message}"
        );
        assert_eq!(automatic(server, 5).await.as_deref(), Some("x"));
        let message = server.notification("window/logMessage").await;
        assert!(
            message["message"].as_str().unwrap().contains("ready"),
            "{message}"
        );
    });
}

#[test]
fn who_asks_is_told_why_there_is_nothing() {
    run(Setup::new(failing()).rich(), async |server| {
        let at = server.open(URI, "text", "text\n$0").await;
        let id = server.invoke(&at).await;
        assert_eq!(server.text(id).await, None);
        assert_eq!(
            server.notification("convive/status").await["state"],
            "offline"
        );
        let shown = server.notification("window/showMessage").await;
        assert!(
            shown["message"].as_str().unwrap().contains("nobody there"),
            "{shown}"
        );
    });
}

#[test]
fn who_asks_again_and_again_is_told_once_until_it_has_worked() {
    let fail = |reason: &str| {
        vec![Step::Fail(Error::Unreachable {
            target: "http://box".to_owned(),
            reason: reason.to_owned(),
        })]
    };
    let works = vec![Step::Say("x")];
    let steps = [
        fail("one"),
        fail("one"),
        fail("two"),
        works,
        fail("two"),
        fail("two"),
    ];
    run(Setup::new(Scripted::new(steps)).rich(), async |server| {
        server.open(URI, "text", "").await;
        // The messages at each of the six requests.
        let expected = [Some("one"), None, Some("two"), None, Some("two"), None];
        let states = ["offline", "", "", "ready", "offline", ""];
        for (number, (message, state)) in expected.into_iter().zip(states).enumerate() {
            let text = json!([{ "text": format!("text {number}\n") }]);
            server.changes(URI, number as i32 + 2, text).await;
            let at = json!({ "textDocument": { "uri": URI }, "position": { "line": 1, "character": 0 } });
            let id = server.invoke(&at).await;
            server.text(id).await;
            if !state.is_empty() {
                let status = server.notification("convive/status").await;
                assert_eq!(status["state"], state, "{number}");
            }
            if let Some(message) = message {
                let shown = server.notification("window/showMessage").await;
                assert!(
                    shown["message"].as_str().unwrap().contains(message),
                    "{shown}"
                );
            }
        }
    });
}

/// Helix wipes the message away at the next key.
#[test]
fn who_asks_again_after_a_while_is_told_again() {
    let error = Error::Unreachable {
        target: "http://box".to_owned(),
        reason: "nobody there".to_owned(),
    };
    let fails = Scripted::new([vec![Step::Fail(error)]]);
    run(Setup::new(fails).rich(), async |server| {
        server.open(URI, "text", "").await;
        let at =
            json!({ "textDocument": { "uri": URI }, "position": { "line": 0, "character": 0 } });
        let id = server.invoke(&at).await;
        server.text(id).await;
        let status = server.notification("convive/status").await;
        assert_eq!(status["state"], "offline");
        server.notification("window/showMessage").await;
        // Seconds since the last request, and whether the message is shown.
        for (seconds, told) in [(0, false), (28, false), (3, true), (29, false), (2, true)] {
            tokio::time::advance(Duration::from_secs(seconds)).await;
            let id = server.invoke(&at).await;
            server.text(id).await;
            if told {
                let shown = server.notification("window/showMessage").await;
                assert!(shown["message"].as_str().unwrap().contains("nobody there"));
            }
        }
    });
}

#[test]
fn a_model_that_cannot_be_made_is_a_status_too() {
    let mut setup = Setup::new(Scripted::default()).rich();
    let attempts = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let counter = attempts.clone();
    setup.connect = Box::new(move |_| {
        counter.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        let error = Error::Unavailable {
            message: "no weights".to_owned(),
        };
        Box::pin(std::future::ready(Err(error)))
    });
    run(setup, async |server| {
        server.open(URI, "text", "").await;
        for version in 2..6 {
            assert_eq!(automatic(server, version).await, None);
        }
        let status = server.notification("convive/status").await;
        assert_eq!(
            status,
            json!({ "state": "offline", "message": "no weights" })
        );
        assert_eq!(
            attempts.load(std::sync::atomic::Ordering::SeqCst),
            1,
            "no attempt at each key"
        );
        tokio::time::advance(Duration::from_secs(10)).await;
        assert_eq!(automatic(server, 6).await, None);
        assert_eq!(
            attempts.load(std::sync::atomic::Ordering::SeqCst),
            2,
            "but later again"
        );
    });
}

#[test]
fn nothing_is_loaded_before_it_is_needed() {
    let mut setup = Setup::new(Scripted::default());
    setup.connect = Box::new(|_| panic!("nobody asked for a completion"));
    run(setup, async |server| {
        server.open(URI, "text", "text").await;
    });
}

/// Loads its weights in steps, then answers.
#[derive(Clone)]
struct Loading;

impl Backend for Loading {
    fn generate(&self, _: Request) -> Events {
        let progress = |fraction| Event::Progress {
            what: "loading the weights".to_owned(),
            fraction: Some(fraction),
        };
        let say = Event::Chunk(Chunk {
            text: "x".to_owned(),
            log_prob: None,
        });
        let steps = [
            progress(0.0),
            progress(0.5),
            progress(0.504),
            progress(1.0),
            say,
            Event::End(End::default()),
        ];
        futures::stream::iter(steps.map(Ok)).boxed()
    }

    fn probe(&self) -> BoxFuture<'static, Result<About, Error>> {
        std::future::ready(Ok(About::default())).boxed()
    }
}

#[test]
fn loading_is_told_by_percent_and_each_once() {
    run(Setup::new(Loading).rich(), async |server| {
        server.open(URI, "text", "").await;
        assert_eq!(automatic(server, 2).await.as_deref(), Some("x"));
        for percent in [0, 50, 100] {
            let status = server.notification("convive/status").await;
            let message = "loading the weights";
            assert_eq!(
                status,
                json!({ "state": "loading", "percent": percent, "message": message })
            );
        }
        let status = server.notification("convive/status").await;
        assert_eq!(status, json!({ "state": "ready" }));
    });
    run(Setup::new(Loading), async |server| {
        server.open(URI, "text", "").await;
        assert_eq!(automatic(server, 2).await.as_deref(), Some("x"));
        for word in ["loading", "ready"] {
            let message = server.notification("window/logMessage").await;
            assert!(
                message["message"].as_str().unwrap().contains(word),
                "{message}"
            );
        }
    });
}

#[test]
fn loading_is_progress_where_the_client_shows_that() {
    let setup = Setup::new(Loading).capable("window", json!({ "workDoneProgress": true }));
    run(setup, async |server| {
        server.open(URI, "text", "").await;
        assert_eq!(automatic(server, 2).await.as_deref(), Some("x"));
        server.settle().await;
        let create = server.server_requests.pop().expect("a request");
        assert_eq!(create["method"], "window/workDoneProgress/create");
        let token = &create["params"]["token"];
        let message = server.notification("window/logMessage").await;
        assert!(message["message"].as_str().unwrap().contains("ready"));
        let begin = server.notification("$/progress").await;
        assert_eq!(&begin["token"], token);
        assert_eq!(begin["value"]["kind"], "begin");
        assert_eq!(begin["value"]["message"], "loading the weights");
        let end = server.notification("$/progress").await;
        assert_eq!(end, json!({ "token": token, "value": { "kind": "end" } }));
    });
}

/// Loads its weights in four steps, one at each `go`, then answers.
#[derive(Clone)]
struct LoadingSlowly {
    go: std::sync::Arc<tokio::sync::Semaphore>,
}

impl Backend for LoadingSlowly {
    fn generate(&self, request: Request) -> Events {
        let go = self.go.clone();
        let wait = move |event| {
            let go = go.clone();
            async move {
                go.acquire().await.expect("open").forget();
                event
            }
        };
        Loading.generate(request).then(wait).boxed()
    }

    fn probe(&self) -> BoxFuture<'static, Result<About, Error>> {
        Loading.probe()
    }
}

#[test]
fn progress_grows_while_loading() {
    let go = std::sync::Arc::new(tokio::sync::Semaphore::new(0));
    let setup = Setup::new(LoadingSlowly { go: go.clone() })
        .capable("window", json!({ "workDoneProgress": true }));
    run(setup, async |server| {
        let at = server.open(URI, "text", "text\n$0").await;
        let id = server.invoke(&at).await;
        for (kind, percent) in [("begin", 0), ("report", 50)] {
            go.add_permits(1);
            let progress = server.notification("$/progress").await;
            assert_eq!(progress["value"]["kind"], kind, "{progress}");
            assert_eq!(progress["value"]["percentage"], percent, "{progress}");
        }
        go.add_permits(9);
        assert_eq!(server.text(id).await.as_deref(), Some("x"));
        server.settle().await;
        assert_eq!(server.server_requests.len(), 1, "one progress");
        let message = server.notification("window/logMessage").await;
        assert!(message["message"].as_str().unwrap().contains("ready"));
        let message = server.notification("$/progress").await;
        assert_eq!(message["value"]["percentage"], 100, "{message}");
        let end = server.notification("$/progress").await;
        assert_eq!(end["value"], json!({ "kind": "end" }));
    });
}

/// Loads its weights until `go`, and then has not written anything yet.
#[derive(Clone)]
struct Loaded {
    go: std::sync::Arc<tokio::sync::Semaphore>,
}

impl Loaded {
    fn wait(&self) -> impl Future<Output = ()> + Send + 'static {
        let go = self.go.clone();
        async move { go.acquire().await.expect("open").forget() }
    }
}

impl Backend for Loaded {
    fn generate(&self, _: Request) -> Events {
        let progress = Event::Progress {
            what: "loading the weights".to_owned(),
            fraction: Some(0.5),
        };
        let ready = self.wait().map(|()| Ok(Event::Ready)).into_stream();
        futures::stream::iter([Ok(progress)])
            .chain(ready)
            .chain(futures::stream::pending())
            .boxed()
    }

    fn probe(&self) -> BoxFuture<'static, Result<About, Error>> {
        self.wait().map(|()| Ok(About::default())).boxed()
    }
}

/// Whoever waits, the status says when the weights are loaded.
fn loading_ends(cancelled: bool) {
    let go = std::sync::Arc::new(tokio::sync::Semaphore::new(0));
    let setup = Setup::new(Loaded { go: go.clone() }).rich();
    run(setup, async |server| {
        let at = server.open(URI, "text", "text\n$0").await;
        let id = server.invoke(&at).await;
        let status = server.notification("convive/status").await;
        assert_eq!(status["state"], "loading", "{status}");
        if cancelled {
            server.cancel(id).await;
            server.answer(id).await;
        }
        go.add_permits(1);
        let status = server.notification("convive/status").await;
        assert_eq!(status, json!({ "state": "ready" }));
        if !cancelled {
            assert!(!server.answered(id));
            server.cancel(id).await;
            server.answer(id).await;
        }
    });
}

#[test]
fn loading_ends_before_the_first_word() {
    loading_ends(false);
}

#[test]
fn loading_ends_although_nobody_waits_any_more() {
    loading_ends(true);
}
