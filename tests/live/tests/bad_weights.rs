//! Damaged, foreign and hostile weights through the real engine process: each is refused with a reason, none ends the server.
#![cfg(target_os = "linux")]

use std::path::{Path, PathBuf};
use std::time::Duration;

use convive::model::local::{Local, Settings};
use convive::model::{Backend, Error, Event, Piece, Prompt, Request, Sampling};
use futures::StreamExt;

fn variable(name: &str) -> PathBuf {
    let value = std::env::var_os(name);
    PathBuf::from(value.unwrap_or_else(|| panic!("{name} is not set: run `cargo xtask test`")))
}

fn settings(folder: &Path, model: PathBuf) -> Settings {
    Settings {
        program: variable("CONVIVE_BIN"),
        cache: folder.join("cache"),
        sockets: folder.join("run"),
        idle_exit: Duration::from_secs(1),
        ..Settings::new(model)
    }
}

/// The first event that is not progress: a chunk of an answer, or why there is none.
async fn first(backend: &Local) -> Result<String, Error> {
    let request = Request {
        prompt: Prompt::Raw {
            pieces: vec![Piece::Text("fn main() {".into())],
            heal: 0,
        },
        sampling: Sampling {
            max_tokens: 4,
            temperature: 0.0,
            seed: None,
            stops: Vec::new(),
        },
        cache_key: String::new(),
        purpose: Default::default(),
    };
    let mut events = backend.generate(request);
    while let Some(event) = events.next().await {
        match event? {
            Event::Chunk(chunk) => return Ok(chunk.text),
            Event::End(_) => return Ok(String::new()),
            Event::Progress { .. } | Event::Ready | Event::Read(_) => {}
        }
    }
    panic!("no end");
}

/// Where the value of a metadata key begins: behind its name and the number of its type.
fn value_of(bytes: &[u8], key: &str) -> usize {
    let mut name = (key.len() as u64).to_le_bytes().to_vec();
    name.extend_from_slice(key.as_bytes());
    let found = bytes.windows(name.len()).position(|window| window == name);
    found.unwrap_or_else(|| panic!("no {key}")) + name.len() + 4
}

fn number(key: &'static str, value: u32) -> impl Fn(&mut Vec<u8>) {
    move |bytes| {
        let at = value_of(bytes, key);
        bytes[at..at + 4].copy_from_slice(&value.to_le_bytes());
    }
}

/// Overwrites the beginning of a text with one of the same length.
fn text(key: &'static str, value: &'static str) -> impl Fn(&mut Vec<u8>) {
    move |bytes| {
        let at = value_of(bytes, key) + 8;
        bytes[at..at + value.len()].copy_from_slice(value.as_bytes());
    }
}

fn cut(share: f64) -> impl Fn(&mut Vec<u8>) {
    move |bytes| bytes.truncate((bytes.len() as f64 * share) as usize)
}

fn start(value: &'static [u8]) -> impl Fn(&mut Vec<u8>) {
    move |bytes| bytes[..value.len()].copy_from_slice(value)
}

fn at(offset: usize, value: u64) -> impl Fn(&mut Vec<u8>) {
    move |bytes| bytes[offset..offset + 8].copy_from_slice(&value.to_le_bytes())
}

fn only(value: &'static [u8]) -> impl Fn(&mut Vec<u8>) {
    move |bytes| *bytes = value.to_vec()
}

type Change = (&'static str, Box<dyn Fn(&mut Vec<u8>)>);

/// What is done to the good weights, by name.
fn changes() -> Vec<Change> {
    fn change(name: &'static str, change: impl Fn(&mut Vec<u8>) + 'static) -> Change {
        (name, Box::new(change))
    }
    vec![
        change("empty", only(b"")),
        change("four bytes", only(b"GGUF")),
        change(
            "a web page",
            only(b"<!DOCTYPE html><html><body>404 not found</body></html>"),
        ),
        change("garbage", only(&[0xa5; 5000])),
        change("cut in the header", cut(0.00001)),
        change("cut in the vocabulary", cut(0.005)),
        change("cut in half", cut(0.5)),
        change("the last byte missing", |bytes| {
            bytes.pop();
        }),
        change("version 1", start(b"GGUF\x01\0\0\0")),
        change("version 99", start(b"GGUF\x63\0\0\0")),
        change("big-endian", start(b"GGUF\0\0\0\x03")),
        change("no tensors", at(8, 0)),
        change("countless tensors", at(8, u64::MAX)),
        change("one tensor more", at(8, 273)),
        change("countless keys", at(16, u64::MAX)),
        change("one key less", at(16, 20)),
        change("endless key", at(24, u64::MAX)),
        change("empty key", at(24, 0)),
        change("no layers", number("llama.block_count", 0)),
        change("a billion layers", number("llama.block_count", 1 << 30)),
        change("one layer more", number("llama.block_count", 31)),
        change("one layer less", number("llama.block_count", 29)),
        change("odd width", number("llama.embedding_length", 577)),
        change("no width", number("llama.embedding_length", 0)),
        change("no heads", number("llama.attention.head_count", 0)),
        change("seven heads", number("llama.attention.head_count", 7)),
        change("no KV heads", number("llama.attention.head_count_kv", 0)),
        change(
            "a billion KV heads",
            number("llama.attention.head_count_kv", 1 << 30),
        ),
        change("no feed-forward", number("llama.feed_forward_length", 0)),
        change("odd rotation", number("llama.rope.dimension_count", 7)),
        change(
            "unknown architecture",
            text("general.architecture", "lxmax"),
        ),
        change(
            "another architecture",
            text("general.architecture", "qwen2"),
        ),
        change("unknown tokenizer", text("tokenizer.ggml.model", "gptx")),
        change(
            "unknown word splitter",
            text("tokenizer.ggml.pre", "smoxxx"),
        ),
        change(
            "beginning outside of the vocabulary",
            number("tokenizer.ggml.bos_token_id", 1 << 20),
        ),
        change(
            "end outside of the vocabulary",
            number("tokenizer.ggml.eos_token_id", 49_152),
        ),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_weights_never_end_the_server() {
    let good = std::fs::read(variable("CONVIVE_TEST_MODEL")).expect("weights");
    let folder = tempfile::tempdir().expect("a folder");
    let mut wrong = Vec::new();
    for (name, change) in changes() {
        let mut bytes = good.clone();
        change(&mut bytes);
        let path = folder.path().join("bad.gguf");
        std::fs::write(&path, bytes).expect("room");
        let backend = Local::new(settings(folder.path(), path));
        match first(&backend).await {
            Err(Error::Unavailable { message }) => println!("{name}: {message}"),
            other => wrong.push(format!("{name}: {other:?}")),
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    let backend = Local::new(settings(folder.path(), variable("CONVIVE_TEST_MODEL")));
    assert!(!first(&backend).await.expect("an answer").is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn folders_and_missing_files_are_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    for model in [folder.path().to_owned(), folder.path().join("none.gguf")] {
        let refused = first(&Local::new(settings(folder.path(), model))).await;
        assert!(
            matches!(refused, Err(Error::Unavailable { .. })),
            "{refused:?}"
        );
    }
}
