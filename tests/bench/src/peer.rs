//! A child process that speaks framed JSON on its standard streams, driven without threads so that only it is measured.

use std::io::{BufReader, BufWriter};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::{Value, json};
use support::stdio::{read_message, write_message};

use crate::Subject;
use crate::source::Sample;

/// A running child. Dropping it ends it.
pub struct Peer {
    child: Child,
    stdin: BufWriter<ChildStdin>,
    stdout: BufReader<ChildStdout>,
    next_id: i64,
}

impl Peer {
    pub fn start(command: &mut Command) -> Peer {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let stdin = child.stdin.take().expect("a pipe");
        let stdout = child.stdout.take().expect("a pipe");
        Peer {
            child,
            stdin: BufWriter::with_capacity(1 << 16, stdin),
            stdout: BufReader::new(stdout),
            next_id: 0,
        }
    }

    /// Starts the server, without the user's own options.
    pub fn server(subject: &Subject, home: &std::path::Path) -> Peer {
        let mut command = Command::new(&subject.program);
        command
            .env("XDG_CONFIG_HOME", home)
            .env("HOME", home)
            .env("CONVIVE_LOG", "error");
        Peer::start(&mut command)
    }

    /// Starts the server and introduces a client that knows inline completion and our extensions, with the backend at `url`.
    pub fn initialized(subject: &Subject, home: &std::path::Path, url: &str) -> Peer {
        let mut peer = Peer::server(subject, home);
        peer.initialize(json!({
            "completion": { "backend": "box", "debounce_ms": 0 },
            "backend": { "box": { "kind": "openai", "url": url, "model": "qwen2.5-coder:1.5b" } },
        }));
        peer
    }

    pub fn initialize(&mut self, options: Value) {
        self.request(
            "initialize",
            json!({
                "processId": std::process::id(),
                "rootUri": null,
                "capabilities": {
                    "general": { "positionEncodings": ["utf-8", "utf-16"] },
                    "textDocument": { "inlineCompletion": {} },
                    "experimental": { "convive": { "ghostText": true } },
                },
                "initializationOptions": options,
            }),
        );
        self.notify("initialized", json!({}));
    }

    pub fn open(&mut self, uri: &str, language_id: &str, text: &str) {
        self.notify(
            "textDocument/didOpen",
            json!({ "textDocument": { "uri": uri, "languageId": language_id, "version": 1, "text": text } }),
        );
    }

    pub fn close(&mut self, uri: &str) {
        self.notify(
            "textDocument/didClose",
            json!({ "textDocument": { "uri": uri } }),
        );
    }

    /// Inserts `text` at a place.
    pub fn insert(&mut self, uri: &str, version: usize, place: (usize, usize), text: &str) {
        let position = json!({ "line": place.0, "character": place.1 });
        self.notify(
            "textDocument/didChange",
            json!({
                "textDocument": { "uri": uri, "version": version },
                "contentChanges": [{ "range": { "start": position, "end": position }, "text": text }],
            }),
        );
    }

    /// Inserts the line in which the sample is typed; gives the place where its name ends.
    pub fn insert_typed(&mut self, uri: &str, sample: &Sample, line: usize) -> (usize, usize) {
        let (before, behind) = sample.typed;
        self.insert(uri, 2, (line, 0), &format!("{before}{behind}"));
        (line, before.len())
    }

    /// Asks for an inline completion; gives its id.
    pub fn ask_completion(&mut self, uri: &str, place: (usize, usize), token: &str) -> i64 {
        self.ask(
            "textDocument/inlineCompletion",
            json!({
                "textDocument": { "uri": uri },
                "position": { "line": place.0, "character": place.1 },
                "context": { "triggerKind": 1 },
                "partialResultToken": token,
            }),
        )
    }

    /// The text of the first completion; panics when there is none.
    pub fn completion(&mut self, uri: &str, place: (usize, usize)) -> String {
        let id = self.ask_completion(uri, place, "growth");
        let answer = self.answer(id);
        let items = answer["result"].get("items").unwrap_or(&answer["result"]);
        match items[0]["insertText"].as_str() {
            Some(text) => text.to_owned(),
            None => panic!("no completion at {place:?}: {answer}"),
        }
    }

    pub fn notify(&mut self, method: &str, params: Value) {
        self.send(&json!({ "jsonrpc": "2.0", "method": method, "params": params }));
    }

    pub fn ask(&mut self, method: &str, params: Value) -> i64 {
        self.next_id += 1;
        let id = self.next_id;
        self.send(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }));
        id
    }

    pub fn request(&mut self, method: &str, params: Value) -> Value {
        let id = self.ask(method, params);
        self.answer(id)
    }

    /// Waits for the answer to `id`; other messages are answered or passed over.
    pub fn answer(&mut self, id: i64) -> Value {
        loop {
            let message = self.receive();
            if message.get("method").is_none() && message["id"] == id {
                assert!(message.get("error").is_none(), "{message}");
                return message;
            }
        }
    }

    /// The next message; requests of the child are answered with null.
    pub fn receive(&mut self) -> Value {
        let message = read_message(&mut self.stdout).expect("the child answers");
        if message.get("method").is_some() && message.get("id").is_some() {
            let items = message["params"]["items"].as_array().map_or(0, Vec::len);
            let result = match items {
                0 => Value::Null,
                items => json!(vec![Value::Null; items]),
            };
            self.send(&json!({ "jsonrpc": "2.0", "id": message["id"], "result": result }));
        }
        message
    }

    /// The memory it holds, in bytes.
    pub fn memory(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()));
        let status = status.unwrap_or_default();
        let line = status.lines().find(|line| line.starts_with("VmRSS:"));
        let kilobytes = line.and_then(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok());
        kilobytes.unwrap_or(0) * 1024
    }

    fn send(&mut self, message: &Value) {
        write_message(&mut self.stdin, message).expect("the child reads");
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
