//! Frames and bodies that are wrong, and handlers that break down: each costs itself and nothing else.

use convive::lsp::Connect;
use convive::model::scripted::Scripted;
use futures::FutureExt;
use serde_json::{Value, json};

use crate::server::{Setup, TestServer, run, run_saying, settings};

const URI: &str = "file:///work/a.rs";

/// Sends bytes that are no message; expects errors with these ids and codes, and service as before after them.
fn check(bytes: impl AsRef<[u8]>, errors: &[(Value, i64)]) {
    run_saying("1;", async |server| {
        for (id, _) in errors {
            server.expect_answer(id.clone());
        }
        server.raw(bytes.as_ref()).await;
        let at = server
            .open(URI, "rust", "fn f() {\n    let x = $0\n}\n")
            .await;
        let request = server.invoke(&at).await;
        assert_eq!(server.text(request).await.as_deref(), Some("1;"));
        for (id, code) in errors {
            assert_eq!(server.error_code(id.clone()).await, *code);
        }
    });
}

fn frame(body: &str) -> String {
    format!("Content-Length: {}\r\n\r\n{body}", body.len())
}

#[test]
fn bodies_that_are_no_json() {
    let parse_error = [(Value::Null, -32700)];
    for body in ["", "{", "nonsense", "{\"a\":}", &"[".repeat(5000)] {
        check(frame(body), &parse_error);
    }
    check(b"Content-Length: 4\r\n\r\n\"\xff\xfe\"", &parse_error);
}

#[test]
fn bodies_that_are_no_message() {
    let refused = [(Value::Null, -32600)];
    for body in ["{}", "17", "null", "\"text\"", "[]", r#"{"jsonrpc":"2.0"}"#] {
        check(frame(body), &refused);
    }
    check(
        frame(r#"{"jsonrpc":"1.0","id":77,"method":"shutdown"}"#),
        &[(json!(77), -32600)],
    );
    check(
        frame(
            r#"[{"jsonrpc":"2.0","id":71,"method":"a"},{"jsonrpc":"2.0","id":"x","method":"b"}]"#,
        ),
        &[(json!(71), -32600), (json!("x"), -32600)],
    );
}

#[test]
fn the_error_carries_the_id_where_there_is_one() {
    check(
        frame(r#"{"jsonrpc":"2.0","id":78,"method":"textDocument/hover"} and more"#),
        &[(json!(78), -32700)],
    );
}

#[test]
fn frames_that_are_none() {
    let parse_error = [(Value::Null, -32700)];
    check("Content-Length: much\r\n\r\n{}", &parse_error);
    check("Content-Length: -1\r\n\r\n", &parse_error);
    check("Content-Type: text\r\n\r\n{}", &parse_error);
    check("GET / HTTP/1.1\r\nHost: x\r\n\r\n", &parse_error);
    // The length is too short, then too long.
    check(
        "Content-Length: 5\r\n\r\n{\"jsonrpc\":\"2.0\"}",
        &parse_error,
    );
}

#[test]
fn a_length_too_long_costs_one_message() {
    run_saying("1;", async |server| {
        server.expect_answer(Value::Null);
        let at = server
            .open(URI, "rust", "fn f() {\n    let x = $0\n}\n")
            .await;
        server
            .raw("Content-Length: 40\r\n\r\n{\"jsonrpc\":\"2.0\"}")
            .await;
        let request = server.invoke(&at).await;
        assert_eq!(server.text(request).await.as_deref(), Some("1;"));
        assert_eq!(server.error_code(Value::Null).await, -32700);
    });
}

#[test]
fn odd_but_harmless_frames() {
    run_saying("x", async |server| {
        let body =
            json!({ "jsonrpc": "2.0", "id": 90, "method": "textDocument/hover" }).to_string();
        for header in [
            format!("content-length: {}\n\n", body.len()),
            format!(
                "X: y\r\nCONTENT-LENGTH:{}\r\nContent-Type: a; charset=utf-7\r\n\r\n",
                body.len()
            ),
            format!("\r\n\r\nContent-Length: {}  \r\n\r\n", body.len()),
        ] {
            server.expect_answer(90);
            server.raw(format!("{header}{body}")).await;
            assert_eq!(server.error_code(90).await, -32601);
        }
    });
}

#[test]
fn a_frame_that_is_too_large_is_read_over() {
    run_saying("1;", async |server| {
        server.expect_answer(Value::Null);
        let size = 300 << 20;
        server.raw(format!("Content-Length: {size}\r\n\r\n")).await;
        let part = vec![b' '; 1 << 20];
        for _ in 0..300 {
            server.raw(&part).await;
        }
        assert_eq!(server.error_code(Value::Null).await, -32700);
        let at = server
            .open(URI, "rust", "fn f() {\n    let x = $0\n}\n")
            .await;
        let request = server.invoke(&at).await;
        assert_eq!(server.text(request).await.as_deref(), Some("1;"));
    });
}

/// Connects to a model that answers, after a first attempt that panics.
fn panicking_once() -> Connect {
    let first = std::sync::atomic::AtomicBool::new(true);
    Box::new(move |config, _| {
        let panics = first.swap(false, std::sync::atomic::Ordering::SeqCst);
        async move {
            tokio::task::yield_now().await;
            assert!(!panics, "a panic that the test wants");
            Ok(settings(
                &config,
                std::sync::Arc::new(Scripted::saying("1;")),
            ))
        }
        .boxed()
    })
}

async fn invoke_under(server: &mut TestServer, id: &Value, at: &Value) {
    let mut params = at.clone();
    params["context"] = json!({ "triggerKind": 1 });
    server.expect_answer(id.clone());
    let message = json!({ "jsonrpc": "2.0", "id": id, "method": "textDocument/inlineCompletion", "params": params });
    server.raw(frame(&message.to_string())).await;
}

/// Ids of all kinds: strings, and numbers that do not fit into 32 bits.
fn ids() -> [Value; 5] {
    [
        json!(5),
        json!("5"),
        json!(-1),
        json!(1_i64 << 31),
        json!(i64::MAX),
    ]
}

#[test]
fn a_panic_in_a_handler_is_an_error_answer_and_its_id_is_free_again() {
    for id in ids() {
        let mut setup = Setup::new(Scripted::saying("x"));
        setup.connect = panicking_once();
        run(setup, async |server| {
            let at = server
                .open(URI, "rust", "fn f() {\n    let x = $0\n}\n")
                .await;
            invoke_under(server, &id, &at).await;
            let answer = server.answer(id.clone()).await;
            assert_eq!(answer["error"]["code"], -32603, "{answer}");
            invoke_under(server, &id, &at).await;
            let answer = server.answer(id.clone()).await;
            assert_eq!(answer["result"]["items"][0]["insertText"], "1;", "{answer}");
        });
    }
}

#[test]
fn every_id_can_be_cancelled() {
    for id in ids() {
        let backend = Scripted::new([vec![convive::model::scripted::Step::Hang]]);
        run(Setup::new(backend), async |server| {
            let at = server.open(URI, "rust", "fn f() { $0 }\n").await;
            invoke_under(server, &id, &at).await;
            // Nobody asked under this id.
            server.notify("$/cancelRequest", json!({ "id": 1 })).await;
            server.settle().await;
            server.notify("$/cancelRequest", json!({ "id": id })).await;
            assert_eq!(server.error_code(id.clone()).await, -32800);
        });
    }
}

#[test]
fn an_id_that_is_in_use_is_refused() {
    let backend = Scripted::new([vec![convive::model::scripted::Step::Hang]]);
    run(Setup::new(backend), async |server| {
        let at = server.open(URI, "rust", "fn f() { $0 }\n").await;
        let id = server.invoke(&at).await;
        let same = json!({ "jsonrpc": "2.0", "id": id, "method": "textDocument/completion", "params": at });
        server.raw(frame(&same.to_string())).await;
        assert_eq!(server.error_code(id).await, -32600);
        server.expect_answer(id);
        server.cancel(id).await;
        assert_eq!(server.error_code(id).await, -32800);
    });
}
