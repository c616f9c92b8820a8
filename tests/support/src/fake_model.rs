//! A model server on loopback that answers by a script of bytes, records what it was asked, and notices when it is left.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

use crate::tls;

/// One step of an answer. When the steps are over, the connection is closed.
#[derive(Clone, Debug)]
pub enum Act {
    Send(Vec<u8>),
    /// Goes on when the gate is opened.
    Wait(Gate),
    /// Says nothing until the other side closes the connection.
    AwaitClose,
}

impl Act {
    pub fn send(bytes: impl AsRef<[u8]>) -> Act {
        Act::Send(bytes.as_ref().to_vec())
    }
}

/// Holds a script until the test opens it; stays open for nobody else.
#[derive(Clone, Debug, Default)]
pub struct Gate(Arc<Notify>);

impl Gate {
    pub fn open(&self) {
        self.0.notify_one();
    }
}

/// A request as it came.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recorded {
    pub method: String,
    pub path: String,
    /// With lower-case names, in their order.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Recorded {
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(own, _)| own == name);
        found.map(|(_, value)| value.as_str())
    }

    /// The body as JSON; panics on anything else.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).expect("a body of JSON")
    }
}

/// The server. Dropping it ends it.
pub struct FakeModel {
    address: SocketAddr,
    state: Arc<State>,
    left: watch::Receiver<usize>,
    task: JoinHandle<()>,
}

/// What is answered to the request of this number (from 0).
type Answer = dyn Fn(usize, &Recorded) -> Vec<Act> + Send + Sync;

struct State {
    answer: Box<Answer>,
    requests: Mutex<Vec<Recorded>>,
    /// How many connections the other side closed while a script was not over.
    left: watch::Sender<usize>,
}

impl FakeModel {
    /// Answers the first request with the first script and so on; the last one again and again.
    pub async fn start(scripts: impl IntoIterator<Item = Vec<Act>>) -> FakeModel {
        FakeModel::start_with(scripted(scripts), None).await
    }

    /// Answers each request by what it asks.
    pub async fn start_answering(
        answer: impl Fn(&Recorded) -> Vec<Act> + Send + Sync + 'static,
    ) -> FakeModel {
        FakeModel::start_with(Box::new(move |_, request| answer(request)), None).await
    }

    /// The same behind TLS, under `names`; gives the certificate to trust as well, in PEM form.
    pub async fn start_tls(
        scripts: impl IntoIterator<Item = Vec<Act>>,
        names: &[&str],
    ) -> (FakeModel, String) {
        let (acceptor, authority) = tls::acceptor(names);
        (
            FakeModel::start_with(scripted(scripts), Some(acceptor)).await,
            authority,
        )
    }

    async fn start_with(answer: Box<Answer>, acceptor: Option<TlsAcceptor>) -> FakeModel {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let (sender, left) = watch::channel(0);
        let state = Arc::new(State {
            answer,
            requests: Mutex::default(),
            left: sender,
        });
        let task = tokio::spawn(serve(listener, acceptor, state.clone()));
        FakeModel {
            address,
            state,
            left,
            task,
        }
    }

    /// `http://127.0.0.1:PORT/v1`
    pub fn url(&self) -> String {
        format!("http://{}/v1", self.address)
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Every request so far, oldest first.
    pub fn requests(&self) -> Vec<Recorded> {
        let requests = self.state.requests.lock();
        requests.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Waits until the other side has closed `count` connections before their scripts were over.
    pub async fn left(&self, count: usize) {
        let mut left = self.left.clone();
        left.wait_for(|seen| *seen >= count)
            .await
            .expect("the server runs");
    }
}

impl Drop for FakeModel {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// The first script for the first request and so on; the last one again and again.
fn scripted(scripts: impl IntoIterator<Item = Vec<Act>>) -> Box<Answer> {
    let scripts: Vec<Vec<Act>> = scripts.into_iter().collect();
    Box::new(move |number, _| {
        let index = number.min(scripts.len().saturating_sub(1));
        scripts.get(index).cloned().unwrap_or_default()
    })
}

async fn serve(listener: TcpListener, acceptor: Option<TlsAcceptor>, state: Arc<State>) {
    let mut connections = tokio::task::JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        let (acceptor, state) = (acceptor.clone(), state.clone());
        connections.spawn(async move {
            let Some(acceptor) = acceptor else {
                return connection(stream, state).await;
            };
            // Who does not trust the certificate hangs up.
            if let Ok(stream) = acceptor.accept(stream).await {
                connection(stream, state).await;
            }
        });
    }
}

async fn connection(mut stream: impl AsyncRead + AsyncWrite + Unpin, state: Arc<State>) {
    let Some(request) = read_request(&mut stream).await else {
        return;
    };
    let script = {
        let mut requests = state
            .requests
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let script = (state.answer)(requests.len(), &request);
        requests.push(request);
        script
    };
    let (mut reader, mut writer) = tokio::io::split(stream);
    let play = async {
        for act in script {
            match act {
                Act::Send(bytes) => writer.write_all(&bytes).await?,
                Act::Wait(gate) => gate.0.notified().await,
                Act::AwaitClose => std::future::pending().await,
            }
        }
        writer.shutdown().await
    };
    let mut byte = [0];
    tokio::select! {
        biased;
        played = play => if played.is_err() { state.left.send_modify(|left| *left += 1) },
        _ = reader.read(&mut byte) => state.left.send_modify(|left| *left += 1),
    }
}

async fn read_request(stream: &mut (impl AsyncRead + Unpin)) -> Option<Recorded> {
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break end;
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    };
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let mut lines = head.lines();
    let mut words = lines.next()?.split(' ').map(str::to_owned);
    let mut request = Recorded {
        method: words.next()?,
        path: words.next()?,
        ..Recorded::default()
    };
    let split = |line: &str| {
        let (name, value) = line.split_once(':')?;
        Some((name.to_ascii_lowercase(), value.trim().to_owned()))
    };
    request.headers = lines.filter_map(split).collect();
    let length = request
        .header("content-length")
        .unwrap_or("0")
        .parse()
        .ok()?;
    let mut body = bytes.split_off(end + 4);
    while body.len() < length {
        if stream.read_buf(&mut body).await.ok()? == 0 {
            return None;
        }
    }
    request.body = body;
    Some(request)
}

/// A head without a length: the answer ends with the connection.
pub fn head(status: &str, headers: &[(&str, &str)]) -> Act {
    let mut text = format!("HTTP/1.1 {status}\r\nconnection: close\r\n");
    for (name, value) in headers {
        text += &format!("{name}: {value}\r\n");
    }
    Act::send(text + "\r\n")
}

/// The head of a stream of events.
pub fn stream_head() -> Act {
    head("200 OK", &[("content-type", "text/event-stream")])
}

/// A whole answer with a body.
pub fn answer(status: &str, content_type: &str, body: &str) -> Vec<Act> {
    let length = body.len().to_string();
    let headers = [("content-type", content_type), ("content-length", &length)];
    vec![head(status, &headers), Act::send(body)]
}

/// One chunk of a chunked body (`transfer-encoding: chunked`); an empty one ends it.
pub fn chunk(bytes: impl AsRef<[u8]>) -> Act {
    let bytes = bytes.as_ref();
    let mut framed = format!("{:x}\r\n", bytes.len()).into_bytes();
    framed.extend_from_slice(bytes);
    framed.extend_from_slice(b"\r\n");
    Act::Send(framed)
}
