//! The local engine against llama.cpp's own server: the same weights, the same threads, the same text, turn by turn.

mod typing;

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use convive::model::local::{Local, Settings};
use convive::model::{Backend, Event, Piece, Prompt, Request, Sampling, Usage};
use futures::StreamExt;
use serde_json::{Value, json};

use crate::Subject;

/// Text to read: some thousand tokens of Rust.
const TEXT: &str = include_str!("../../../server/engine/src/gguf.rs");
const ROUNDS: usize = 4;

/// Tokens per second of prompt and answer, and keys typed per second; or why they could not be measured.
pub fn measure(subject: &Subject) -> String {
    let measured = tokio::runtime::Runtime::new()
        .map_err(|error| error.to_string())
        .and_then(|runtime| runtime.block_on(compare(subject)));
    measured.unwrap_or_else(|error| format!("local engine: not measured: {error}\n"))
}

async fn compare(subject: &Subject) -> Result<String, String> {
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let mut settings = Settings::new(variable("CONVIVE_TEST_MODEL")?);
    settings.program = subject.program.clone();
    settings.sockets = folder.path().join("run");
    // Longer than any turn of the other side: an engine that just started reads its weights from the disk.
    settings.idle_exit = Duration::from_secs(60);
    let ours = Local::new(settings);
    let about = ours.probe().await.map_err(|error| error.to_string())?;
    let detail = |name: &str| {
        let found = about.details.iter().find(|(own, _)| own == name);
        found.map(|(_, value)| value.clone()).unwrap_or_default()
    };
    let peer = match std::env::var_os("LLAMA_SERVER") {
        Some(program) => {
            Some(Peer::start(program.into(), &detail("weights"), &detail("threads")).await?)
        }
        None => None,
    };
    let mut table = format!(
        "### Local engine, {} with {} thread(s), best of {ROUNDS} turns\n\n\
         | | Convive | llama.cpp's server | ratio |\n|---|---|---|---|\n",
        about.model,
        detail("threads")
    );
    for bytes in [1600, 5000] {
        speeds(&mut table, &ours, peer.as_ref(), &TEXT[..bytes]).await?;
        key(&mut table, &ours, peer.as_ref(), bytes).await?;
    }
    if peer.is_none() {
        table.push_str("\nllama.cpp's server was not there: set `LLAMA_SERVER` to the program.\n");
    }
    drop(peer);
    typing::measure(&mut table, &ours).await?;
    Ok(table)
}

/// Reading a cold prompt, and writing 48 tokens behind it.
async fn speeds(
    table: &mut String,
    ours: &Local,
    peer: Option<&Peer>,
    text: &str,
) -> Result<(), String> {
    let (mut own, mut other) = (Best::default(), Best::default());
    let mut tokens = 0;
    for round in 0..ROUNDS {
        // Another first line each time: nothing of the prompt is kept from before.
        let text = format!("// {}\n{text}", "x".repeat(round + 1));
        let usage = complete(ours, &text, 48).await?;
        tokens = usage.prompt_tokens.unwrap_or(0);
        let cached = usage.cached_tokens.unwrap_or(0);
        own.take(
            rate(
                usage.prompt_tokens.map(|all| all - cached),
                usage.prompt_time,
            ),
            rate(usage.generated_tokens, usage.generation_time),
        );
        if let Some(peer) = peer {
            let timings = peer.complete(&text, 48, false).await?["timings"].clone();
            let number = |name: &str| timings[name].as_f64().unwrap_or(0.0);
            let there = number("prompt_n") as usize;
            if there != tokens {
                return Err(format!("not the same: {tokens} tokens here, {there} there"));
            }
            other.take(number("prompt_per_second"), number("predicted_per_second"));
        }
    }
    row(
        table,
        &format!("prompt of {tokens} tokens, tokens/s"),
        own.prompt,
        other.prompt,
    );
    row(
        table,
        &format!("answer behind {tokens} tokens, tokens/s"),
        own.answer,
        other.answer,
    );
    Ok(())
}

/// A key typed behind a warm prompt: from the request to the first token, measured by the client.
async fn key(
    table: &mut String,
    ours: &Local,
    peer: Option<&Peer>,
    bytes: usize,
) -> Result<(), String> {
    let (mut own, mut other) = (0.0_f64, 0.0_f64);
    for step in 0..ROUNDS * 2 {
        let text = &TEXT[..bytes + step];
        let start = Instant::now();
        complete(ours, text, 1).await?;
        let took = 1.0 / start.elapsed().as_secs_f64();
        own = if step == 0 { 0.0 } else { own.max(took) };
        if let Some(peer) = peer {
            let start = Instant::now();
            peer.complete(text, 1, true).await?;
            let took = 1.0 / start.elapsed().as_secs_f64();
            other = if step == 0 { 0.0 } else { other.max(took) };
        }
    }
    row(
        table,
        &format!("keys behind {bytes} bytes, answers/s at the client"),
        own,
        other,
    );
    Ok(())
}

fn row(table: &mut String, what: &str, own: f64, other: f64) {
    let (peer, ratio) = if other > 0.0 {
        (format!("{other:.1}"), format!("{:.2}", own / other))
    } else {
        ("–".to_owned(), "–".to_owned())
    };
    table.push_str(&format!("| {what} | {own:.1} | {peer} | {ratio} |\n"));
}

#[derive(Default)]
struct Best {
    prompt: f64,
    answer: f64,
}

impl Best {
    fn take(&mut self, prompt: f64, answer: f64) {
        self.prompt = self.prompt.max(prompt);
        self.answer = self.answer.max(answer);
    }
}

fn rate(tokens: Option<usize>, time: Option<Duration>) -> f64 {
    match (tokens, time) {
        (Some(tokens), Some(time)) if !time.is_zero() => tokens as f64 / time.as_secs_f64(),
        _ => 0.0,
    }
}

async fn complete(ours: &Local, text: &str, max_tokens: usize) -> Result<Usage, String> {
    let prompt = Prompt::Raw {
        pieces: vec![Piece::Text(text.to_owned())],
        heal: 0,
    };
    ask(ours, prompt, max_tokens, "bench").await
}

async fn ask(
    ours: &Local,
    prompt: Prompt,
    max_tokens: usize,
    document: &str,
) -> Result<Usage, String> {
    let mut events = ours.generate(Request {
        prompt,
        sampling: Sampling {
            max_tokens,
            temperature: 0.0,
            seed: None,
            stops: Vec::new(),
        },
        cache_key: document.to_owned(),
        purpose: Default::default(),
    });
    while let Some(event) = events.next().await {
        if let Event::End(end) = event.map_err(|error| error.to_string())? {
            return Ok(end.usage);
        }
    }
    Err("the engine gave no end".to_owned())
}

/// llama.cpp's server as a process; ended when dropped.
struct Peer {
    child: Child,
    url: String,
    client: reqwest::Client,
}

impl Peer {
    async fn start(program: PathBuf, weights: &str, threads: &str) -> Result<Peer, String> {
        let port = free_port().map_err(|error| error.to_string())?;
        let child = Command::new(&program)
            .args([
                "-m", weights, "-t", threads, "-tb", threads, "-c", "4096", "-np", "1",
            ])
            .args(["--no-ui", "--offline", "--host", "127.0.0.1", "--port"])
            .arg(port.to_string())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| format!("{}: {error}", program.display()))?;
        // The HTTP client wants one, although nothing here is encrypted; another may be there already.
        let _provider = rustls::crypto::ring::default_provider().install_default();
        let peer = Peer {
            child,
            url: format!("http://127.0.0.1:{port}"),
            client: reqwest::Client::new(),
        };
        for _ in 0..600 {
            let health = peer.client.get(format!("{}/health", peer.url)).send().await;
            if health.is_ok_and(|answer| answer.status().is_success()) {
                return Ok(peer);
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        Err(format!("{} did not start", program.display()))
    }

    async fn complete(&self, text: &str, tokens: usize, cache: bool) -> Result<Value, String> {
        let body = json!({
            "prompt": text, "n_predict": tokens, "temperature": 0.0, "cache_prompt": cache,
        });
        let failed = |error: reqwest::Error| error.to_string();
        let request = self.client.post(format!("{}/completion", self.url));
        let answer = request.json(&body).send().await.map_err(failed)?;
        answer.json().await.map_err(failed)
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        let _ended = self.child.kill();
        let _waited = self.child.wait();
    }
}

fn free_port() -> std::io::Result<u16> {
    let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
    Ok(listener.local_addr()?.port())
}

fn variable(name: &str) -> Result<PathBuf, String> {
    let value = std::env::var_os(name);
    value
        .map(PathBuf::from)
        .ok_or_else(|| format!("{name} is not set: run `cargo xtask bench`"))
}
