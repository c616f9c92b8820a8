//! Text that grows while the model writes: by notifications where the client takes them, else by the next request.

use std::time::Duration;

use convive::model::scripted::{Scripted, Step};
use serde_json::{Value, json};

use crate::server::{Setup, TestServer, run, with_kind};

const URI: &str = "file:///work/a.rs";

fn slowly() -> Scripted {
    let second = Duration::from_secs(1);
    Scripted::new([vec![
        Step::Wait(second),
        Step::Say("let a"),
        Step::Wait(second),
        Step::Say(" = 1;\n    let b = 2;"),
        Step::Wait(second),
        Step::Say("\n    let c = 3;"),
    ]])
}

async fn ask(server: &mut TestServer, token: Value) -> i64 {
    let at = server.open(URI, "rust", "fn f() {\n    $0\n}\n").await;
    let mut params = with_kind(&at, 1);
    params["partialResultToken"] = token;
    server.ask("textDocument/inlineCompletion", params).await
}

#[test]
fn ghost_text_grows_for_those_who_draw_it() {
    run(Setup::new(slowly()).rich(), async |server| {
        let id = ask(server, json!("t")).await;
        let first = server.notification("convive/ghostText").await;
        let here = json!({ "line": 1, "character": 4 });
        assert_eq!(first["token"], "t");
        assert_eq!(first["insertText"], "let a");
        assert_eq!(first["range"], json!({ "start": here, "end": here }));
        assert_eq!(first["done"], false);
        assert!(!server.answered(id));
        let next = server.notification("convive/ghostText").await;
        assert_eq!(next["insertText"], "let a = 1;\n    let b = 2;");
        assert_eq!(next["done"], false);
        // The last comes with the answer, which says the same.
        let whole = "let a = 1;\n    let b = 2;\n    let c = 3;";
        assert_eq!(server.text(id).await.as_deref(), Some(whole));
        server.settle().await;
    });
}

#[test]
fn who_did_not_announce_it_gets_no_growth() {
    run(Setup::new(slowly()), async |server| {
        let id = ask(server, json!(7)).await;
        assert_eq!(server.text(id).await.as_deref(), Some("let a = 1;"));
    });
}

#[test]
fn the_first_line_is_answered_at_once_and_the_rest_comes_with_the_next_request() {
    let backend = slowly();
    run(Setup::new(backend.clone()), async |server| {
        let at = server.open(URI, "rust", "fn f() {\n    $0\n}\n").await;
        let start = tokio::time::Instant::now();
        let id = server.invoke(&at).await;
        assert_eq!(server.text(id).await.as_deref(), Some("let a = 1;"));
        assert!(
            start.elapsed() < Duration::from_millis(2500),
            "{:?}",
            start.elapsed()
        );
        tokio::time::advance(Duration::from_secs(5)).await;
        server.settle().await;
        let id = server.invoke(&at).await;
        let whole = "let a = 1;\n    let b = 2;\n    let c = 3;";
        assert_eq!(server.text(id).await.as_deref(), Some(whole));
        assert_eq!(backend.requests().len(), 1);
    });
}

#[test]
fn a_cancelled_request_grows_no_more() {
    run(Setup::new(slowly()).rich(), async |server| {
        let id = ask(server, json!("t")).await;
        server.notification("convive/ghostText").await;
        server.cancel(id).await;
        assert_eq!(server.error_code(id).await, -32800);
        // What comes later would be left unread.
        server.settle().await;
    });
}
