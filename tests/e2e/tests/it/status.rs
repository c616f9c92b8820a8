//! The status, and who is told of failures: the one who asked, not the one who types.

use std::time::Duration;

use convive::model::Error;
use convive::model::scripted::{Scripted, Step};
use serde_json::json;

use crate::server::{Setup, TestServer, run};

pub const URI: &str = "file:///work/a.txt";

fn failing() -> Scripted {
    let error = Error::Unreachable {
        target: "http://box".to_owned(),
        reason: "nobody there".to_owned(),
    };
    let fail = vec![Step::Fail(error)];
    Scripted::new([fail.clone(), fail.clone(), fail, vec![Step::Say("x")]])
}

/// Types, and gives what the editor, which asks by itself, gets.
pub async fn automatic(server: &mut TestServer, version: i32) -> Option<String> {
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
        server.told("window/logMessage", "http://box").await;
        assert_eq!(automatic(server, 5).await.as_deref(), Some("x"));
        server.told("window/logMessage", "ready").await;
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
        server.told("window/showMessage", "nobody there").await;
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
                server.told("window/showMessage", message).await;
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
                server.told("window/showMessage", "nobody there").await;
            }
        }
    });
}

#[test]
fn a_model_that_cannot_be_made_is_a_status_too() {
    let mut setup = Setup::new(Scripted::default()).rich();
    let attempts = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let counter = attempts.clone();
    setup.connect = Box::new(move |_, _| {
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
