//! Loading a model: not before it is needed, told as it goes on, and over when it is.

use convive::model::scripted::Scripted;
use convive::model::{About, Backend, Chunk, End, Error, Event, Events, Request};
use futures::future::BoxFuture;
use futures::{FutureExt, StreamExt};
use serde_json::json;

use crate::server::{Setup, run};
use crate::status::{URI, automatic};

#[test]
fn nothing_is_loaded_before_it_is_needed() {
    let mut setup = Setup::new(Scripted::default());
    setup.connect = Box::new(|_, _| panic!("nobody asked for a completion"));
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
            server.told("window/logMessage", word).await;
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
        server.told("window/logMessage", "ready").await;
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
