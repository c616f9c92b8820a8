//! Questions to the real weights, through the program as an editor starts it: an explanation streams, a test is attempted and what
//! came of it is told.

use live::{Live, golden};
use serde_json::{Value, json};
use support::stdio::StdioClient;

/// A client of a server for a folder with the golden Go module, which the user trusts.
fn client(live: &Live) -> (StdioClient, String, String) {
    let folder = live.surroundings.path().join("module");
    let copied = folder.join("stock");
    std::fs::create_dir_all(&copied).expect("a folder");
    let (source, text) = golden("go/stock/stock.go");
    let module = source.ancestors().nth(2).expect("the module");
    for name in ["go.mod", "stock/stock.go", "stock/stock_test.go"] {
        std::fs::copy(module.join(name), folder.join(name)).expect("copied");
    }
    let options = live.surroundings.path().join("convive");
    std::fs::create_dir_all(&options).expect("a folder");
    let trust = format!(
        "[privacy]\ntrust = [{:?}]\n[ask]\nmax_tokens = 160\nrepairs = 1\n",
        folder
    );
    std::fs::write(options.join("config.toml"), trust).expect("written");
    let mut client = StdioClient::start(&mut live.command(&["serve"]));
    let uri = format!("file://{}", folder.display());
    let capabilities = json!({
        "general": { "positionEncodings": ["utf-8"] },
        "workspace": { "workspaceEdit": { "documentChanges": true, "resourceOperations": ["create"] } },
        "experimental": { "convive": { "status": true, "ask": true } },
    });
    client.initialize_in(uri.as_str(), capabilities, Value::Null);
    let file = format!("{uri}/stock/stock.go");
    client.open(&file, "go", &text);
    (client, file, text)
}

/// The parameters of a question about the function whose name this is.
fn about(file: &str, text: &str, function: &str, action: &str) -> Value {
    let head = format!("{function}(");
    let line = text
        .lines()
        .position(|line| line.starts_with("func ") && line.contains(&head))
        .expect("the function is there");
    let at = json!({ "line": line + 1, "character": 1 });
    json!({
        "textDocument": { "uri": file },
        "range": { "start": at, "end": at },
        "action": action,
        "partialResultToken": action,
    })
}

fn chunks(client: &StdioClient, token: &str) -> usize {
    let notifications = client.notifications.iter();
    notifications
        .filter(|message| message["method"] == "$/progress" && message["params"]["token"] == token)
        .filter(|message| message["params"]["value"]["kind"] == "chunk")
        .count()
}

#[test]
fn an_explanation_streams() {
    let live = Live::new();
    let (mut client, file, text) = client(&live);
    let answer = client.request("convive/ask", about(&file, &text, "Sell", "explain"));
    let words = answer["text"].as_str().expect("an answer").trim();
    println!("explained: {}", words.lines().next().unwrap_or_default());
    assert!(words.split_whitespace().count() > 5, "{answer}");
    assert!(chunks(&client, "explain") > 5, "it came bit by bit");
    assert!(
        !answer["context"].as_array().expect("pieces").is_empty(),
        "{answer}"
    );
    assert!(client.shut_down().success());
}

#[test]
fn a_test_is_attempted_and_honestly_reported() {
    let live = Live::new();
    let (mut client, file, text) = client(&live);
    let before = golden("go/stock/stock_test.go").1;
    let answer = client.request("convive/ask", about(&file, &text, "Sell", "test"));
    let report = &answer["report"];
    let note = answer["note"].as_str().unwrap_or_default();
    println!("test: {} {note}", report["words"].as_str().unwrap_or("-"));
    match report["builds"].as_bool() {
        // What builds may be taken; what does not is never offered.
        Some(true) => assert!(answer["edit"].is_object(), "{answer}"),
        Some(false) => assert!(answer["edit"].is_null() && !note.is_empty(), "{answer}"),
        None => assert!(answer["edit"].is_null() && !note.is_empty(), "{answer}"),
    }
    if report["isTest"] == true {
        assert!(report["killed"].as_u64() > Some(0), "{answer}");
    }
    let after = live.surroundings.path().join("module/stock/stock_test.go");
    let after = std::fs::read_to_string(after).expect("still there");
    assert_eq!(after, before, "nothing was written");
    assert!(client.shut_down().success());
}
