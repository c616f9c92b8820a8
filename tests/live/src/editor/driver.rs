//! A script that drives a page in Chromium: one JSON object a line in, one back.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::{Value, json};

use crate::desk::Desk;
use crate::variable;

/// A running script of `tests/live/vscode`. Dropping it closes the page and ends its processes.
pub struct Driver {
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
}

impl Driver {
    /// Starts a script; `given` is for it, beside where the editor and Chromium are.
    pub fn start(desk: &Desk, script: &str, mut given: Value) -> Driver {
        let editor = PathBuf::from(variable("CONVIVE_VSCODE"));
        given["editor"] = json!(editor);
        given["chromium"] = json!(variable("CONVIVE_CHROMIUM"));
        let node = format!("node-linux-{}/bin/node", machine());
        let mut command = Command::new(editor.join("node_modules").join(node));
        command.arg(folder().join(script)).arg(given.to_string());
        command.env_clear().envs(desk.environment());
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().expect("the driver starts");
        Driver {
            input: child.stdin.take(),
            output: BufReader::new(child.stdout.take().expect("a pipe")),
            child,
        }
    }

    /// Does one thing of the script's; its result.
    pub fn act(&mut self, action: &Value) -> Result<Value, String> {
        let input = self.input.as_mut().ok_or("it is closed")?;
        writeln!(input, "{action}").map_err(|error| error.to_string())?;
        let mut line = String::new();
        let read = self.output.read_line(&mut line);
        read.map_err(|error| error.to_string())?;
        let mut answer: Value = serde_json::from_str(&line).map_err(|_| "the driver has ended")?;
        match answer["error"].as_str() {
            Some(error) => Err(error.to_owned()),
            None => Ok(answer["ok"].take()),
        }
    }

    pub fn is_open(&self) -> bool {
        self.input.is_some()
    }

    /// Closes everything, and waits for the end.
    pub fn end(&mut self) {
        // The script closes everything when its input ends.
        self.input = None;
        self.child.wait().expect("the driver ends");
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        if self.is_open() {
            self.end();
        }
    }
}

/// Where the scripts are.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("vscode")
}

/// This machine, as npm names it.
fn machine() -> &'static str {
    match std::env::consts::ARCH {
        "aarch64" => "arm64",
        _ => "x64",
    }
}
