//! How a server ends: its exit codes, and what becomes of requests under way.

use convive::model::scripted::{Scripted, Step};
use serde_json::{Value, json};

use crate::server::{TestServer, paused};

const URI: &str = "file:///work/a.rs";

async fn started(backend: &Scripted) -> TestServer {
    let mut server = TestServer::start(backend.clone());
    server.initialize(json!({}), Value::Null).await;
    server
}

#[test]
fn shutdown_and_exit_are_a_good_end() {
    paused(async {
        let mut server = started(&Scripted::default()).await;
        server.request("shutdown", Value::Null).await;
        let id = server.ask("textDocument/completion", json!({})).await;
        assert_eq!(server.error_code(id).await, -32600);
        server.notify("exit", Value::Null).await;
        assert_eq!(server.ended().await, 0);
    });
}

#[test]
fn exit_alone_is_not() {
    paused(async {
        let mut server = started(&Scripted::default()).await;
        server.notify("exit", Value::Null).await;
        assert_eq!(server.ended().await, 1);
    });
}

#[test]
fn it_ends_with_its_input() {
    paused(async {
        assert_eq!(started(&Scripted::default()).await.close().await, 1);
        let mut server = started(&Scripted::default()).await;
        server.request("shutdown", Value::Null).await;
        assert_eq!(server.close().await, 0);
        let server = TestServer::start(Scripted::default());
        assert_eq!(server.close().await, 1);
    });
}

#[test]
fn it_ends_with_its_input_although_a_request_is_under_way() {
    paused(async {
        let backend = Scripted::new([vec![Step::Hang]]);
        let mut server = started(&backend).await;
        let at = server.open(URI, "rust", "fn f() { $0 }\n").await;
        server.invoke(&at).await;
        server.settle().await;
        assert_eq!(backend.running(), 1);
        assert_eq!(server.close().await, 1);
        assert_eq!(backend.running(), 0);
    });
}

#[test]
fn a_request_under_way_at_exit_is_answered() {
    paused(async {
        let backend = Scripted::new([vec![Step::Hang]]);
        let mut server = started(&backend).await;
        let at = server.open(URI, "rust", "fn f() { $0 }\n").await;
        let id = server.invoke(&at).await;
        server.settle().await;
        server.request("shutdown", Value::Null).await;
        assert!(!server.answered(id));
        server.notify("exit", Value::Null).await;
        assert_eq!(server.error_code(id).await, -32800);
        assert_eq!(server.ended().await, 0);
    });
}

#[test]
fn an_absurd_length_ends_it() {
    paused(async {
        let mut server = started(&Scripted::default()).await;
        server
            .raw(format!("Content-Length: {}\r\n\r\n", usize::MAX))
            .await;
        assert_eq!(server.ended().await, 1);
    });
}
