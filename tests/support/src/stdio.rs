//! A small language client that drives a real server process over its standard input and output.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// How long a server may be silent before a test calls it hung.
const PATIENCE: Duration = Duration::from_secs(120);

/// A running server. Dropping it kills the process.
pub struct StdioClient {
    child: Child,
    stdin: Option<ChildStdin>,
    messages: Receiver<Value>,
    /// Notifications that arrived while an answer was awaited, oldest first.
    pub notifications: VecDeque<Value>,
    next_id: i64,
}

impl StdioClient {
    /// Starts a server; its standard error is this process's.
    pub fn start(command: &mut Command) -> StdioClient {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the server starts");
        let stdout = child.stdout.take().expect("a pipe");
        let (sender, messages) = channel();
        std::thread::spawn(move || {
            let mut reader = BufReader::new(stdout);
            while let Some(message) = read_message(&mut reader) {
                if sender.send(message).is_err() {
                    break;
                }
            }
        });
        let stdin = child.stdin.take();
        StdioClient {
            child,
            stdin,
            messages,
            notifications: VecDeque::new(),
            next_id: 0,
        }
    }

    /// Sends `initialize` and `initialized` without a folder; gives the result of the first.
    pub fn initialize(&mut self, capabilities: Value, options: Value) -> Value {
        self.initialize_in(Value::Null, capabilities, options)
    }

    /// The same for a folder, by its URI.
    pub fn initialize_in(
        &mut self,
        root: impl Into<Value>,
        capabilities: Value,
        options: Value,
    ) -> Value {
        let result = self.request(
            "initialize",
            json!({ "processId": std::process::id(), "rootUri": root.into(), "capabilities": capabilities, "initializationOptions": options }),
        );
        self.notify("initialized", json!({}));
        result
    }

    /// Opens a document at version 1.
    pub fn open(&mut self, uri: &str, language_id: &str, text: &str) {
        self.notify(
            "textDocument/didOpen",
            json!({ "textDocument": { "uri": uri, "languageId": language_id, "version": 1, "text": text } }),
        );
    }

    pub fn notify(&mut self, method: &str, params: Value) {
        self.send(&json!({ "jsonrpc": "2.0", "method": method, "params": params }));
    }

    /// Sends a request without waiting; gives its id.
    pub fn ask(&mut self, method: &str, params: Value) -> i64 {
        self.next_id += 1;
        self.send(
            &json!({ "jsonrpc": "2.0", "id": self.next_id, "method": method, "params": params }),
        );
        self.next_id
    }

    /// Sends a request and waits for its result; panics on an error answer.
    pub fn request(&mut self, method: &str, params: Value) -> Value {
        let id = self.ask(method, params);
        let mut answer = self.answer(id);
        assert!(answer.get("error").is_none(), "{method}: {answer}");
        answer["result"].take()
    }

    /// Waits for the answer (result or error) to the request `id`.
    pub fn answer(&mut self, id: i64) -> Value {
        loop {
            let message = self
                .receive()
                .unwrap_or_else(|| panic!("no answer to request {id}"));
            if message.get("method").is_none() && message["id"] == id {
                return message;
            }
            self.take(message);
        }
    }

    /// Waits for the next notification of `method`, old ones first.
    pub fn notification(&mut self, method: &str) -> Value {
        loop {
            if let Some(at) = self
                .notifications
                .iter()
                .position(|message| message["method"] == method)
            {
                return self.notifications.remove(at).expect("it is there")["params"].take();
            }
            let message = self.receive().unwrap_or_else(|| panic!("no {method}"));
            self.take(message);
        }
    }

    /// `shutdown`, `exit`, and the end of the process.
    pub fn shut_down(mut self) -> ExitStatus {
        self.request("shutdown", Value::Null);
        self.notify("exit", Value::Null);
        self.wait()
    }

    /// Closes the server's standard input and waits for its end.
    pub fn close_stdin(mut self) -> ExitStatus {
        self.stdin = None;
        self.wait()
    }

    pub fn process_id(&self) -> u32 {
        self.child.id()
    }

    /// Waits for the server to end; panics when it does not within the patience.
    pub fn wait(&mut self) -> ExitStatus {
        let start = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().expect("a child") {
                return status;
            }
            assert!(start.elapsed() < PATIENCE, "the server does not end");
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    /// Writes bytes as they are, frames or not.
    pub fn send_bytes(&mut self, bytes: &[u8]) {
        let stdin = self.stdin.as_mut().expect("an open input");
        stdin
            .write_all(bytes)
            .and_then(|()| stdin.flush())
            .expect("the server reads");
    }

    fn send(&mut self, message: &Value) {
        let stdin = self.stdin.as_mut().expect("an open input");
        write_message(stdin, message).expect("the server reads");
    }

    fn receive(&mut self) -> Option<Value> {
        match self.messages.recv_timeout(PATIENCE) {
            Ok(message) => Some(message),
            Err(RecvTimeoutError::Disconnected) => None,
            Err(RecvTimeoutError::Timeout) => panic!("the server is silent"),
        }
    }

    /// Keeps a notification; answers a request of the server's as a plain editor does.
    fn take(&mut self, message: Value) {
        let Some(id) = message.get("id") else {
            self.notifications.push_back(message);
            return;
        };
        if message.get("method").is_some() {
            let items = message["params"]["items"].as_array().map_or(0, Vec::len);
            let result = match message["method"].as_str() {
                Some("workspace/configuration") => json!(vec![Value::Null; items]),
                _ => Value::Null,
            };
            self.send(&json!({ "jsonrpc": "2.0", "id": id, "result": result }));
        }
    }
}

impl Drop for StdioClient {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Reads one framed message; None at the end.
pub fn read_message(reader: &mut impl BufRead) -> Option<Value> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).ok()? == 0 {
            return None;
        }
        let line = line.trim();
        if line.is_empty() {
            break;
        }
        if let Some(value) = line.strip_prefix("Content-Length:") {
            length = value.trim().parse().ok()?;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    serde_json::from_slice(&body).ok()
}

/// Writes one framed message.
pub fn write_message(writer: &mut impl Write, message: &Value) -> std::io::Result<()> {
    let body = message.to_string();
    // In one piece: a pipe is written to at once.
    let framed = format!("Content-Length: {}\r\n\r\n{body}", body.len());
    writer.write_all(framed.as_bytes())?;
    writer.flush()
}
