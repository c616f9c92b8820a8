//! What the server announces, and to whom.

use convive::model::scripted::Scripted;
use serde_json::{Value, json};

use crate::server::{Setup, TestServer, paused, run};

fn initialized(capabilities: Value, check: impl AsyncFnOnce(&mut TestServer, Value)) {
    paused(async {
        let mut server = TestServer::start(Scripted::saying("x"));
        let result = server.initialize(capabilities, Value::Null).await;
        server.settle().await;
        check(&mut server, result).await;
        server.end().await;
    });
}

#[test]
fn the_plain_client_gets_utf16_and_both_ways_to_complete() {
    initialized(json!({}), async |server, result| {
        let capabilities = &result["capabilities"];
        assert_eq!(capabilities["positionEncoding"], "utf-16");
        let sync = json!({ "openClose": true, "change": 2, "save": true });
        assert_eq!(capabilities["textDocumentSync"], sync);
        assert!(capabilities["inlineCompletionProvider"].is_object());
        assert!(capabilities["completionProvider"].is_object());
        assert_eq!(
            capabilities["experimental"],
            json!({ "convive": { "ask": true, "ghostText": true, "status": true } })
        );
        assert_eq!(
            capabilities["executeCommandProvider"]["commands"],
            json!([
                "convive.ask",
                "convive.regenerate",
                "convive.reword",
                "convive.alternatives",
                "convive.apply",
                "convive.cancel",
                "convive.accepted",
                "convive.last",
                "convive.rate",
            ])
        );
        assert!(capabilities["codeActionProvider"].is_object());
        assert_eq!(
            capabilities["workspace"]["workspaceFolders"],
            json!({ "supported": true, "changeNotifications": true })
        );
        assert_eq!(result["serverInfo"]["name"], "convive");
        assert!(server.server_requests.is_empty());
    });
}

#[test]
fn utf8_is_preferred() {
    let general = json!({ "general": { "positionEncodings": ["utf-16", "utf-32", "utf-8"] } });
    initialized(general, async |_, result| {
        assert_eq!(result["capabilities"]["positionEncoding"], "utf-8");
    });
}

#[test]
fn who_knows_inline_completion_is_not_offered_the_menu_too() {
    let document =
        json!({ "textDocument": { "inlineCompletion": { "dynamicRegistration": false } } });
    initialized(document, async |_, result| {
        assert!(result["capabilities"]["inlineCompletionProvider"].is_object());
        assert_eq!(result["capabilities"].get("completionProvider"), None);
    });
}

#[test]
fn inline_completion_is_registered_where_the_client_wants_that() {
    let document =
        json!({ "textDocument": { "inlineCompletion": { "dynamicRegistration": true } } });
    initialized(document, async |server, result| {
        assert_eq!(result["capabilities"].get("inlineCompletionProvider"), None);
        let methods: Vec<&Value> = server
            .server_requests
            .iter()
            .flat_map(|request| request["params"]["registrations"].as_array().unwrap())
            .map(|registration| &registration["method"])
            .collect();
        assert_eq!(methods, ["textDocument/inlineCompletion"]);
    });
}

#[test]
fn what_comes_with_initialize_in_one_write_is_not_lost() {
    paused(async {
        let mut server = TestServer::start(Scripted::saying("world"));
        let frame = |message: Value| {
            let body = message.to_string();
            format!("Content-Length: {}\r\n\r\n{body}", body.len())
        };
        let mut bytes = frame(json!({ "jsonrpc": "2.0", "id": "i", "method": "initialize",
            "params": { "processId": null, "rootUri": null, "capabilities": {} } }));
        bytes += &frame(json!({ "jsonrpc": "2.0", "method": "initialized", "params": {} }));
        bytes += &frame(
            json!({ "jsonrpc": "2.0", "method": "textDocument/didOpen", "params": {
            "textDocument": { "uri": "untitled:1", "languageId": "x", "version": 1, "text": "" } } }),
        );
        for version in 2..202 {
            let at = json!({ "line": 0, "character": version - 2 });
            bytes += &frame(
                json!({ "jsonrpc": "2.0", "method": "textDocument/didChange", "params": {
                "textDocument": { "uri": "untitled:1", "version": version },
                "contentChanges": [{ "range": { "start": at, "end": at }, "text": "a" }] } }),
            );
        }
        bytes += &frame(
            json!({ "jsonrpc": "2.0", "id": "c", "method": "textDocument/completion",
            "params": { "textDocument": { "uri": "untitled:1" }, "position": { "line": 0, "character": 200 } } }),
        );
        server.expect_answer("i");
        server.expect_answer("c");
        server.raw(bytes).await;
        server.answer("i").await;
        let answer = server.answer("c").await;
        let item = &answer["result"]["items"][0];
        assert_eq!(item["filterText"], "a".repeat(200) + "world", "{answer}");
        server.end().await;
    });
}

#[test]
fn each_request_is_answered_once_whatever_it_is() {
    run(Setup::new(Scripted::saying("x")), async |server| {
        for method in [
            "textDocument/hover",
            "$/unknown",
            "convive/nothing",
            "textDocument/didOpen",
        ] {
            let id = server.ask(method, json!({})).await;
            let code = server.error_code(id).await;
            assert!([-32601, -32600].contains(&code), "{method}: {code}");
        }
        let id = server.ask("textDocument/inlineCompletion", json!({})).await;
        assert_eq!(server.error_code(id).await, -32602);
        let id = server
            .ask("initialize", json!({ "capabilities": {} }))
            .await;
        assert_eq!(server.error_code(id).await, -32600);
        server.notify("$/unknown", json!({})).await;
        server.notify("textDocument/unknown", json!({})).await;
        server.cancel(4711).await;
    });
}

#[test]
fn nothing_is_served_before_initialize() {
    paused(async {
        let mut server = TestServer::start(Scripted::saying("x"));
        let id = server.ask("textDocument/completion", json!({})).await;
        assert_eq!(server.error_code(id).await, -32002);
        server.initialize(json!({}), Value::Null).await;
        server.end().await;
    });
}

/// VS Code does not allow a command that its extension has as well.
#[test]
fn who_asks_itself_has_its_own_commands() {
    let asks = json!({ "experimental": { "convive": { "ask": true } } });
    initialized(asks, async |_, result| {
        assert_eq!(
            result["capabilities"]["executeCommandProvider"]["commands"],
            json!([
                "convive.alternatives",
                "convive.apply",
                "convive.accepted",
                "convive.last",
                "convive.rate"
            ])
        );
    });
}
