//! A server and its client in one process, over a pipe in memory, with a scripted model and a clock that stands still.

use std::collections::{HashMap, HashSet, VecDeque};
use std::future::Future;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use convive::journal::Records;
use convive::lsp::{Assembly, Connect, ConnectAsk, ReadFiles};
use convive::model::Backend;
use convive::model::scripted::Scripted;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, DuplexStream, split};
use tokio::task::JoinHandle;

use crate::editor::Editor;
pub use crate::setup::*;
pub use crate::typing::{place, with_kind};

/// How long the server may be silent; the clock jumps when everybody waits, so this takes no time.
const PATIENCE: Duration = Duration::from_secs(600);

/// The client's side of a running server.
pub struct TestServer {
    input: Option<tokio::io::WriteHalf<DuplexStream>>,
    output: BufReader<tokio::io::ReadHalf<DuplexStream>>,
    serving: JoinHandle<i32>,
    next_id: i64,
    /// Requests without an answer yet.
    asked: HashSet<String>,
    answers: HashMap<String, Value>,
    notifications: VecDeque<Value>,
    /// What the client answers to `workspace/configuration`.
    pub settings: Value,
    /// Requests of the server, oldest first.
    pub server_requests: Vec<Value>,
    /// What the client answers to requests of a method, in order: a result, or the code of an error. Without one, null or what
    /// its editor says.
    replies: HashMap<&'static str, VecDeque<Result<Value, i64>>>,
    pub editor: Editor,
    /// The folder of all that the server keeps on disk.
    pub home: tempfile::TempDir,
    /// The folders that were written into the user's options as trusted.
    pub trusted: Arc<Mutex<Vec<PathBuf>>>,
}

/// Starts and initializes a server, runs a test's body with it, and shuts it down. Fails on a message that the body has not
/// read, a request that was not answered, and a bad end.
pub fn run(setup: Setup, body: impl AsyncFnOnce(&mut TestServer)) {
    paused(async {
        let mut server = setup.start().await;
        body(&mut server).await;
        server.end().await;
    });
}

/// The same with a model that gives this text to everybody.
pub fn run_saying(text: &'static str, body: impl AsyncFnOnce(&mut TestServer)) {
    run(Setup::new(Scripted::saying(text)), body);
}

/// Runs on one thread, with time standing still but for jumps to the next timer when everybody waits.
pub fn paused(body: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .start_paused(true)
        .build()
        .expect("a runtime");
    runtime.block_on(body);
}

impl Setup {
    /// Starts and initializes a server.
    pub async fn start(self) -> TestServer {
        let mut server =
            TestServer::start_with(self.files, self.connect, self.connect_ask, self.records);
        let root = self.root.as_deref();
        server
            .initialize_in(root, self.capabilities, self.options)
            .await;
        server
    }
}

impl TestServer {
    pub fn start(backend: impl Backend + Clone + 'static) -> TestServer {
        let connect = connect(backend.clone());
        TestServer::start_with(
            Box::new(Default::default),
            connect,
            connect_ask(backend),
            Records::new(None),
        )
    }

    fn start_with(
        files: ReadFiles,
        connect: Connect,
        connect_ask: ConnectAsk,
        records: Records,
    ) -> TestServer {
        let (near, far) = tokio::io::duplex(1 << 16);
        let (input, output) = split(far);
        let home = tempfile::tempdir().expect("a folder");
        let trusted: Arc<Mutex<Vec<PathBuf>>> = Arc::default();
        let list = trusted.clone();
        let assembly = Assembly {
            files,
            connect,
            connect_ask,
            records,
            trust: Arc::new(move |folder| {
                list.lock().expect("the list").push(folder.to_owned());
                Ok(())
            }),
            actions: home.path().join("actions"),
            answers: home.path().join("answers"),
        };
        let near = split(near);
        TestServer {
            input: Some(output),
            output: BufReader::new(input),
            serving: tokio::spawn(convive::lsp::serve(near.0, near.1, assembly)),
            next_id: 0,
            asked: HashSet::new(),
            answers: HashMap::new(),
            notifications: VecDeque::new(),
            settings: Value::Null,
            server_requests: Vec::new(),
            replies: HashMap::new(),
            editor: Editor::default(),
            home,
            trusted,
        }
    }

    /// `initialize` and `initialized`; gives the result of the first.
    pub async fn initialize(&mut self, capabilities: Value, options: Value) -> Value {
        self.initialize_in(None, capabilities, options).await
    }

    /// The same with an open folder.
    async fn initialize_in(
        &mut self,
        root: Option<&Path>,
        capabilities: Value,
        options: Value,
    ) -> Value {
        let root = root.map(|root| format!("file://{}", root.display()));
        let params = json!({
            "processId": null, "rootUri": root,
            "capabilities": capabilities, "initializationOptions": options,
        });
        let result = self.request("initialize", params).await;
        self.notify("initialized", json!({})).await;
        result
    }

    pub async fn notify(&mut self, method: &str, params: Value) {
        self.send(&json!({ "jsonrpc": "2.0", "method": method, "params": params }))
            .await;
    }

    pub async fn cancel(&mut self, id: i64) {
        self.notify("$/cancelRequest", json!({ "id": id })).await;
    }

    /// Sends a request; gives its id.
    pub async fn ask(&mut self, method: &str, params: Value) -> i64 {
        self.next_id += 1;
        let id = self.next_id;
        self.asked.insert(json!(id).to_string());
        self.send(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }))
            .await;
        id
    }

    /// Sends a request and gives its result; fails on an error.
    pub async fn request(&mut self, method: &str, params: Value) -> Value {
        let id = self.ask(method, params).await;
        let mut answer = self.answer(id).await;
        assert!(answer.get("error").is_none(), "{method}: {answer}");
        answer["result"].take()
    }

    /// The whole answer to a request.
    pub async fn answer(&mut self, id: impl Into<Value>) -> Value {
        let id = id.into().to_string();
        loop {
            if let Some(answer) = self.answers.remove(&id) {
                return answer;
            }
            let message = self.receive().await;
            let message = message.unwrap_or_else(|| panic!("no answer to request {id}"));
            self.sort(message).await;
        }
    }

    /// The code of the error that answers a request.
    pub async fn error_code(&mut self, id: impl Into<Value>) -> i64 {
        let answer = self.answer(id).await;
        answer["error"]["code"]
            .as_i64()
            .unwrap_or_else(|| panic!("no error: {answer}"))
    }

    /// The parameters of the next notification, which must be of this method.
    pub async fn notification(&mut self, method: &str) -> Value {
        loop {
            if let Some(mut message) = self.notifications.pop_front() {
                assert_eq!(message["method"], method, "{message}");
                return message["params"].take();
            }
            let message = self.receive().await;
            let message = message.unwrap_or_else(|| panic!("no {method}"));
            self.sort(message).await;
        }
    }

    /// Takes the notifications of a method that came so far, wherever they are among others.
    pub fn take_notifications(&mut self, method: &str) -> Vec<Value> {
        let all = std::mem::take(&mut self.notifications);
        let (taken, left) = all
            .into_iter()
            .partition(|message| message["method"] == method);
        self.notifications = left;
        Vec::from(taken)
    }

    /// Expects an answer that the test did not ask for by [`TestServer::ask`].
    pub fn expect_answer(&mut self, id: impl Into<Value>) {
        self.asked.insert(id.into().to_string());
    }

    /// Lets the server do everything it can do without anything new: gives what it sends by itself meanwhile.
    pub async fn settle(&mut self) {
        while let Ok(Some(message)) =
            tokio::time::timeout(Duration::from_secs(30), read(&mut self.output)).await
        {
            self.sort(message).await;
        }
    }

    /// Whether a request has been answered by now.
    pub fn answered(&self, id: i64) -> bool {
        self.answers.contains_key(&json!(id).to_string())
    }

    /// Writes bytes as they are.
    pub async fn raw(&mut self, bytes: impl AsRef<[u8]>) {
        let input = self.input.as_mut().expect("an open input");
        // A server that has ended does not read.
        let _ = input.write_all(bytes.as_ref()).await;
    }

    /// Closes the server's input and gives its exit code.
    pub async fn close(mut self) -> i32 {
        let input = self.input.take().expect("an open input");
        let mut whole = self.output.into_inner().unsplit(input);
        whole.shutdown().await.expect("an open pipe");
        let ended = tokio::time::timeout(Duration::from_secs(5), self.serving).await;
        ended.expect("it ends").expect("no panic")
    }

    /// The exit code of a server that ends by itself.
    pub async fn ended(self) -> i32 {
        self.serving.await.expect("no panic")
    }

    /// Shuts down, and fails where something is left.
    pub async fn end(mut self) {
        self.settle().await;
        let unread: Vec<_> = self
            .notifications
            .iter()
            .chain(self.answers.values())
            .collect();
        assert!(unread.is_empty(), "not read: {unread:#?}");
        assert!(self.asked.is_empty(), "not answered: {:?}", self.asked);
        assert_eq!(self.request("shutdown", Value::Null).await, Value::Null);
        self.notify("exit", Value::Null).await;
        assert_eq!(self.ended().await, 0);
    }

    async fn send(&mut self, message: &Value) {
        let body = message.to_string();
        self.raw(format!("Content-Length: {}\r\n\r\n{body}", body.len()))
            .await;
    }

    /// Says what the client answers to the next request of this method: a result, or the code of an error.
    pub fn will_reply(&mut self, method: &'static str, reply: Result<Value, i64>) {
        self.replies.entry(method).or_default().push_back(reply);
    }

    fn reply(&mut self, request: &Value) -> Result<Value, i64> {
        let method = request["method"].as_str().expect("a method");
        if let Some(reply) = self.replies.get_mut(method).and_then(VecDeque::pop_front) {
            return reply;
        }
        let params = &request["params"];
        Ok(match method {
            "workspace/configuration" => {
                let items = params["items"].as_array().map_or(0, Vec::len);
                json!(vec![self.settings.clone(); items])
            }
            "workspace/applyEdit" => self.editor.apply(params),
            "window/showDocument" => self.editor.show(params),
            _ => Value::Null,
        })
    }

    async fn receive(&mut self) -> Option<Value> {
        let message = tokio::time::timeout(PATIENCE, read(&mut self.output)).await;
        message.expect("the server is silent")
    }

    async fn sort(&mut self, message: Value) {
        match (message.get("id").cloned(), message.get("method").is_some()) {
            (Some(id), true) => {
                let answer = match self.reply(&message) {
                    Ok(result) => json!({ "jsonrpc": "2.0", "id": id, "result": result }),
                    Err(code) => {
                        let error = json!({ "code": code, "message": "refused" });
                        json!({ "jsonrpc": "2.0", "id": id, "error": error })
                    }
                };
                self.server_requests.push(message);
                self.send(&answer).await;
            }
            (Some(id), false) => {
                let id = id.to_string();
                assert!(self.asked.remove(&id), "nobody asked: {message}");
                self.answers.insert(id, message);
            }
            (None, _) => self.notifications.push_back(message),
        }
    }
}

async fn read(output: &mut BufReader<tokio::io::ReadHalf<DuplexStream>>) -> Option<Value> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        if output.read_line(&mut line).await.ok()? == 0 {
            return None;
        }
        match line.trim().strip_prefix("Content-Length: ") {
            Some(value) => length = value.parse().ok()?,
            None if line.trim().is_empty() => break,
            None => panic!("a strange header: {line}"),
        }
    }
    let mut body = vec![0; length];
    output.read_exact(&mut body).await.ok()?;
    Some(serde_json::from_slice(&body).expect("JSON"))
}
