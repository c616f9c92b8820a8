//! The program on stdio as an editor starts it: how it begins and how it ends.

use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};
use support::stdio::StdioClient;

/// The server, in surroundings of its own.
struct Server {
    client: StdioClient,
    _surroundings: tempfile::TempDir,
}

fn start(arguments: &[&str]) -> Server {
    let surroundings = tempfile::tempdir().expect("a folder");
    let mut command = Command::new(env!("CARGO_BIN_EXE_convive"));
    command
        .args(arguments)
        .env("XDG_CONFIG_HOME", surroundings.path())
        .env("XDG_RUNTIME_DIR", surroundings.path())
        .env("CONVIVE_CACHE", surroundings.path())
        .env_remove("CONVIVE_CONFIG")
        .stderr(Stdio::null());
    Server {
        client: StdioClient::start(&mut command),
        _surroundings: surroundings,
    }
}

fn initialized(arguments: &[&str], process: u32) -> Server {
    let mut server = start(arguments);
    server.client.request(
        "initialize",
        json!({ "processId": process, "rootUri": null, "capabilities": {} }),
    );
    server.client.notify("initialized", json!({}));
    server
}

#[test]
fn serves_with_and_without_its_name_and_ends_well() {
    for arguments in [&[][..], &["serve"], &["--stdio"]] {
        let server = initialized(arguments, std::process::id());
        assert_eq!(server.client.shut_down().code(), Some(0), "{arguments:?}");
    }
}

#[test]
fn exit_without_shutdown_is_code_1() {
    let mut server = initialized(&[], std::process::id());
    server.client.notify("exit", Value::Null);
    assert_eq!(server.client.wait().code(), Some(1));
}

#[test]
fn it_ends_when_its_input_does() {
    let server = initialized(&[], std::process::id());
    assert_eq!(server.client.close_stdin().code(), Some(1));
    assert_eq!(start(&[]).client.close_stdin().code(), Some(1));
}

/// Stands for the editor's process; ended when dropped.
struct Editor(Child);

impl Drop for Editor {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn it_ends_with_the_editors_process_although_its_input_stays_open() {
    // Reads an input that stays open, and so lives until it is killed.
    let command = Command::new(env!("CARGO_BIN_EXE_convive"))
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    let editor = Editor(command.unwrap());
    let mut server = initialized(&[], editor.0.id());
    // It serves while the editor lives: what ends below has not ended before.
    let id = server.client.ask("textDocument/hover", json!({}));
    assert_eq!(server.client.answer(id)["error"]["code"], -32601);
    drop(editor);
    assert_eq!(server.client.wait().code(), Some(1));
}

#[test]
fn stdout_carries_nothing_but_the_protocol() {
    let mut server = initialized(&[], std::process::id());
    server
        .client
        .send_bytes(b"Content-Length: nonsense\r\n\r\n");
    let answer = server.client.ask("textDocument/hover", json!({}));
    assert_eq!(server.client.answer(answer)["error"]["code"], -32601);
    assert_eq!(server.client.shut_down().code(), Some(0));
}
