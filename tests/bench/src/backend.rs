//! A model server on loopback that answers at once, or at set times, and counts what it is asked.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// What it writes, in order: how long to wait before, and the text.
pub type Script = &'static [(Duration, &'static str)];

/// One short completion, at once.
pub const AT_ONCE: Script = &[(Duration::ZERO, " + 1")];

/// A running server; it ends with the process.
pub struct Backend {
    pub url: String,
    counts: Arc<Counts>,
}

#[derive(Default)]
struct Counts {
    completions: AtomicUsize,
}

impl Backend {
    pub fn start(script: Script) -> Backend {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("an address");
        let counts = Arc::new(Counts::default());
        let shared = counts.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let counts = shared.clone();
                std::thread::spawn(move || serve(stream, script, &counts));
            }
        });
        Backend {
            url: format!("http://{address}/v1"),
            counts,
        }
    }

    /// How many completions were asked for so far.
    pub fn completions(&self) -> usize {
        self.counts.completions.load(Ordering::SeqCst)
    }

    /// A client that does nothing but ask it.
    pub fn client(&self) -> Client {
        let address = self.url.trim_start_matches("http://");
        let address = address.split('/').next().unwrap_or_default();
        let stream = TcpStream::connect(address).expect("it listens");
        stream.set_nodelay(true).expect("an option");
        Client { stream }
    }
}

/// The least that asking a backend takes: one connection that stays open, and no knowledge of HTTP.
pub struct Client {
    stream: TcpStream,
}

impl Client {
    /// From the first byte of a request with a prompt of a few kilobytes to the last of the answer.
    pub fn trip(&mut self) -> Duration {
        let body = crate::relay::params().to_string();
        let length = body.len();
        let head = format!("POST /v1/completions HTTP/1.1\r\ncontent-length: {length}\r\n\r\n");
        let start = Instant::now();
        let written = self.stream.write_all((head + &body).as_bytes());
        written.expect("it takes the request");
        let mut answer = Vec::new();
        let mut bytes = [0; 4096];
        while !answer.ends_with(b"\r\n0\r\n\r\n") {
            let count = self.stream.read(&mut bytes).expect("it answers");
            assert!(count > 0, "it answers to the end");
            answer.extend_from_slice(&bytes[..count]);
        }
        start.elapsed()
    }
}

/// Answers requests on one connection until it closes.
fn serve(stream: TcpStream, script: Script, counts: &Counts) -> Option<()> {
    stream.set_nodelay(true).ok()?;
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    loop {
        let path = read_request(&mut reader)?;
        let answered = if path.ends_with("/completions") {
            counts.completions.fetch_add(1, Ordering::SeqCst);
            complete(&stream, script)
        } else {
            let models = r#"{"object":"list","data":[{"id":"qwen2.5-coder:1.5b"}]}"#;
            respond(&stream, models)
        };
        answered.ok()?;
    }
}

/// Reads a request to its end; gives its path.
fn read_request(reader: &mut impl BufRead) -> Option<String> {
    let mut first = String::new();
    if reader.read_line(&mut first).ok()? == 0 {
        return None;
    }
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let line = line.trim().to_ascii_lowercase();
        if line.is_empty() {
            break;
        }
        if let Some(value) = line.strip_prefix("content-length:") {
            length = value.trim().parse().ok()?;
        }
    }
    reader.read_exact(&mut vec![0; length]).ok()?;
    Some(first.split_whitespace().nth(1)?.to_owned())
}

fn complete(mut stream: &TcpStream, script: Script) -> std::io::Result<()> {
    let head =
        "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n";
    let mut pending = head.to_owned();
    for (wait, text) in script {
        if !wait.is_zero() {
            stream.write_all(pending.as_bytes())?;
            pending.clear();
            std::thread::sleep(*wait);
        }
        pending.push_str(&chunk(&event(text, "null")));
    }
    pending.push_str(&chunk(&event("", "\"stop\"")));
    pending.push_str(&chunk("data: [DONE]\n\n"));
    pending.push_str("0\r\n\r\n");
    stream.write_all(pending.as_bytes())
}

fn respond(mut stream: &TcpStream, body: &str) -> std::io::Result<()> {
    let length = body.len();
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n"
    );
    stream.write_all((head + body).as_bytes())
}

fn event(text: &str, finish: &str) -> String {
    let text = serde_json::Value::from(text);
    format!(
        "data: {{\"choices\":[{{\"index\":0,\"text\":{text},\"finish_reason\":{finish}}}]}}\n\n"
    )
}

fn chunk(text: &str) -> String {
    format!("{:x}\r\n{text}\r\n", text.len())
}
