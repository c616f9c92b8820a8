//! The floor of the overhead: a child process that does one HTTP round trip per message, with the server's own
//! HTTP library, and knows nothing of text.

use std::io::{BufReader, BufWriter};

use serde_json::{Value, json};
use support::stdio::{read_message, write_message};

/// Posts each message's `params` to `url` as a streamed completion and answers with the body, until its input ends.
pub fn run(url: &str) {
    // The HTTP client wants one even where nothing is encrypted.
    rustls::crypto::ring::default_provider()
        .install_default()
        .expect("the first provider");
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let http = reqwest::Client::builder()
        .no_proxy()
        .build()
        .expect("a client");
    let mut stdin = BufReader::new(std::io::stdin());
    let mut stdout = BufWriter::new(std::io::stdout());
    let url = format!("{url}/completions");
    while let Some(mut message) = read_message(&mut stdin) {
        let request = http.post(&url).json(&message["params"].take());
        let body = runtime.block_on(async { request.send().await?.text().await });
        let answer = json!({ "id": message["id"], "result": body.unwrap_or_default() });
        if write_message(&mut stdout, &answer).is_err() {
            return;
        }
    }
}

/// What the server sends to the backend, about: a prompt of a few kilobytes.
pub fn params() -> Value {
    json!({
        "model": "qwen2.5-coder:1.5b",
        "prompt": "let lowered = total * (1.0 - share);\n".repeat(100),
        "max_tokens": 96,
        "temperature": 0,
        "stream": true,
    })
}
