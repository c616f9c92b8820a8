//! The floor of what people feel: a language server that answers the same completion at once, and knows nothing of text.

use std::io::{BufReader, BufWriter, Write};

use serde_json::{Value, json};
use support::stdio::{read_message, write_message};

/// What it always says.
pub const TEXT: &str = "mark(7);";

/// Serves an editor on standard input and output until its input ends. The word `invoked`: only requests by hand are answered.
pub fn run(words: &[String]) {
    if words.iter().any(|word| word == "--version") {
        // A reader that is gone wants no answer.
        return std::io::stdout()
            .write_all(b"convive 1.0.0\n")
            .unwrap_or_default();
    }
    let invoked = words.iter().any(|word| word == "invoked");
    let mut stdin = BufReader::new(std::io::stdin());
    let mut stdout = BufWriter::new(std::io::stdout());
    while let Some(message) = read_message(&mut stdin) {
        let (Some(method), Some(id)) = (message["method"].as_str(), message.get("id")) else {
            continue;
        };
        let result = answer(method, &message["params"], invoked);
        let answer = json!({ "jsonrpc": "2.0", "id": id, "result": result });
        if write_message(&mut stdout, &answer).is_err() {
            return;
        }
    }
}

fn answer(method: &str, params: &Value, invoked: bool) -> Value {
    let at = &params["position"];
    let range = json!({ "start": at, "end": at });
    match method {
        "initialize" => json!({
            "capabilities": {
                "textDocumentSync": { "openClose": true, "change": 2 },
                "inlineCompletionProvider": {},
                "completionProvider": {},
            },
        }),
        "textDocument/inlineCompletion" if invoked && params["context"]["triggerKind"] != 1 => {
            json!({ "items": [] })
        }
        "textDocument/inlineCompletion" => {
            json!({ "items": [{ "insertText": TEXT, "range": range }] })
        }
        // The fields that Convive's items have.
        "textDocument/completion" => json!({
            "isIncomplete": false,
            "items": [{
                "label": TEXT,
                "kind": 1,
                "sortText": "00",
                "filterText": TEXT,
                "textEdit": { "range": range, "newText": TEXT },
            }],
        }),
        _ => Value::Null,
    }
}
