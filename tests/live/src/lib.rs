//! What the live tests share: the real program with the real weights, holes in the golden sources, and people before real editors.

pub mod backend;
#[cfg(target_os = "linux")]
pub mod desk;
#[cfg(target_os = "linux")]
pub mod editor;
pub mod failed;
pub mod hole;
#[cfg(target_os = "linux")]
pub mod record;
#[cfg(target_os = "linux")]
pub mod scenario;

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};
use support::stdio::StdioClient;
use tempfile::TempDir;

/// The program under test, in surroundings of its own: no options of the user's, a private engine, the shared weights.
pub struct Live {
    program: PathBuf,
    /// Holds the engine's socket and the options.
    pub surroundings: TempDir,
}

impl Live {
    /// Panics when the environment does not name the program and the weights: a live test never passes without them.
    pub fn new() -> Live {
        let program = PathBuf::from(variable("CONVIVE_BIN"));
        let weights = PathBuf::from(variable("CONVIVE_TEST_MODEL"));
        assert!(program.is_file(), "{} is not there", program.display());
        assert!(weights.is_file(), "{} is not there", weights.display());
        let surroundings = tempfile::tempdir().expect("a folder");
        Live {
            program,
            surroundings,
        }
    }

    /// The program with `arguments`.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        command.args(arguments);
        command.env("XDG_CONFIG_HOME", self.surroundings.path());
        command.env("XDG_RUNTIME_DIR", self.surroundings.path());
        command.env("XDG_STATE_HOME", self.surroundings.path());
        if let Some(path) = std::env::var_os("CONVIVE_TEST_PATH") {
            // With Go on it.
            command.env("PATH", path);
        }
        command
    }

    /// The server on stdio, initialized as an editor that draws growing ghost text and shows the status.
    pub fn server(&self) -> StdioClient {
        let mut client = StdioClient::start(&mut self.command(&["serve"]));
        let capabilities = json!({
            "general": { "positionEncodings": ["utf-8"] },
            "textDocument": { "inlineCompletion": {} },
            "experimental": { "convive": { "ghostText": true, "status": true } },
        });
        client.initialize(capabilities, Value::Null);
        client
    }
}

impl Default for Live {
    fn default() -> Live {
        Live::new()
    }
}

/// The golden sources: the Go and the Rust file that tests complete in.
pub fn golden(relative: &str) -> (PathBuf, String) {
    let path = golden_folder().join(relative);
    let path = path
        .canonicalize()
        .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let text = std::fs::read_to_string(&path).expect("a text");
    (path, text)
}

/// The folder of the golden sources.
pub fn golden_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../golden")
}

/// Cargo's target folder.
pub fn target() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let root = root.canonicalize().expect("the checkout");
    match std::env::var_os("CARGO_TARGET_DIR") {
        Some(folder) => root.join(folder),
        None => root.join("target"),
    }
}

/// The processes that run an engine for these surroundings.
pub fn engines(surroundings: &Path) -> Vec<u32> {
    let mark = format!("XDG_RUNTIME_DIR={}", surroundings.display());
    let processes = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    let numbers =
        processes.filter_map(|entry| entry.file_name().to_string_lossy().parse::<u32>().ok());
    numbers
        .filter(|number| {
            let read =
                |name: &str| std::fs::read(format!("/proc/{number}/{name}")).unwrap_or_default();
            let words = |bytes: Vec<u8>| {
                String::from_utf8_lossy(&bytes)
                    .split('\0')
                    .map(str::to_owned)
                    .collect::<Vec<_>>()
            };
            words(read("cmdline")).iter().any(|word| word == "engine")
                && words(read("environ")).contains(&mark)
        })
        .collect()
}

/// A variable that `cargo xtask test` sets.
pub fn variable(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| panic!("{name} is not set: run `cargo xtask test`"))
}
