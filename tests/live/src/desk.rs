//! A person's desk: a project, a home folder of its own with Convive's options, and the processes that belong to it.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

use crate::backend::Backend;
use crate::{golden_folder, variable};

/// What one scenario stands on. When it is dropped, processes that are left of it are ended and its folders deleted.
pub struct Desk {
    folder: TempDir,
    /// An engine may outlive what used it.
    engine: bool,
    drawn: bool,
}

/// A process of a desk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Process {
    pub id: u32,
    /// The program and its arguments.
    pub words: Vec<String>,
}

impl Desk {
    /// A desk whose `convive/config.toml` says this; its project is trusted.
    pub fn new(options: &str) -> Desk {
        let desk = Desk {
            folder: tempfile::tempdir().expect("a folder"),
            engine: options.contains("kind = \"local\""),
            drawn: false,
        };
        for name in ["project", "run", "bin", "home", "config/convive"] {
            std::fs::create_dir_all(desk.folder.path().join(name)).expect("a folder");
        }
        let program = PathBuf::from(variable("CONVIVE_BIN"));
        let program = program.canonicalize().expect("the program is there");
        let link = desk.folder.path().join("bin/convive");
        std::os::unix::fs::symlink(program, link).expect("a link");
        desk.set_options(options);
        desk
    }

    /// A desk that completes and asks with a scripted backend.
    pub fn scripted(backend: &Backend) -> Desk {
        Desk::new(&backend.options())
    }

    /// A desk that completes and asks with the real weights.
    pub fn real() -> Desk {
        let weights = variable("CONVIVE_TEST_MODEL");
        assert!(Path::new(&weights).is_file(), "{weights} is not there");
        Desk::new(&format!(
            "[backend.local]\nkind = \"local\"\nmodel = {weights:?}\nidle_minutes = 1\n"
        ))
    }

    /// Has editors start another program in the place of `convive`.
    pub fn with_program(self, program: &Path) -> Desk {
        let link = self.folder.path().join("bin/convive");
        std::fs::remove_file(&link).expect("it was there");
        std::os::unix::fs::symlink(program, link).expect("a link");
        self
    }

    /// Has terminals drawn in a window.
    pub fn drawn(mut self) -> Desk {
        self.drawn = true;
        self
    }

    pub fn is_drawn(&self) -> bool {
        self.drawn
    }

    /// Other options; servers that run already do not see them.
    pub fn set_options(&self, options: &str) {
        let trust = format!("\n[privacy]\ntrust = [{:?}]\n", self.project());
        let path = self.config().join("convive/config.toml");
        std::fs::write(path, options.to_owned() + &trust).expect("written");
    }

    /// Copies a folder of `tests/golden` into the project.
    pub fn with_golden(self, name: &str) -> Desk {
        copy_folder(&golden_folder().join(name), &self.project());
        self
    }

    /// The project's folder.
    pub fn project(&self) -> PathBuf {
        // As editors resolve it.
        let folder = self.folder.path().canonicalize().expect("a folder");
        folder.join("project")
    }

    /// The folder for options of all programs (`XDG_CONFIG_HOME`).
    pub fn config(&self) -> PathBuf {
        self.folder.path().join("config")
    }

    /// The folder for what can be fetched again (`XDG_CACHE_HOME`).
    pub fn cache(&self) -> PathBuf {
        self.folder.path().join("cache")
    }

    /// A folder for sockets and the like (`XDG_RUNTIME_DIR`).
    pub fn run(&self) -> PathBuf {
        self.folder.path().join("run")
    }

    /// Writes a file of the project.
    pub fn put(&self, path: &str, text: &str) {
        let path = self.project().join(path);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, text).expect("written");
    }

    /// A file of the project as it is on disk.
    pub fn text(&self, path: &str) -> String {
        let path = self.project().join(path);
        std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    /// The variables that a program of this desk is started with, beside none of this process's own.
    pub fn environment(&self) -> Vec<(String, OsString)> {
        let folder = |name: &str| self.folder.path().join(name).into_os_string();
        let mut path = folder("bin");
        let outer = std::env::var_os("CONVIVE_TEST_PATH").or_else(|| std::env::var_os("PATH"));
        path.push(":");
        path.push(outer.unwrap_or_default());
        let mut environment = vec![
            ("PATH".to_owned(), path),
            ("LANG".to_owned(), "C.UTF-8".into()),
            ("HOME".to_owned(), folder("home")),
            ("XDG_CONFIG_HOME".to_owned(), folder("config")),
            ("XDG_RUNTIME_DIR".to_owned(), folder("run")),
            ("XDG_STATE_HOME".to_owned(), folder("state")),
            ("XDG_DATA_HOME".to_owned(), folder("data")),
            ("XDG_CACHE_HOME".to_owned(), folder("cache")),
            ("GOCACHE".to_owned(), go_cache().into_os_string()),
        ];
        let home = PathBuf::from(std::env::var_os("HOME").unwrap_or_default());
        for (name, usual) in [("CARGO_HOME", ".cargo"), ("RUSTUP_HOME", ".rustup")] {
            let folder = std::env::var_os(name).unwrap_or_else(|| home.join(usual).into());
            environment.push((name.to_owned(), folder));
        }
        environment
    }

    /// What `convive usage` has counted, all in one.
    pub fn usage(&self) -> Value {
        let mut usage = Command::new(self.folder.path().join("bin/convive"));
        usage.args(["usage", "--json", "--by", "model"]).env_clear();
        let said = usage.envs(self.environment()).output().expect("it runs");
        let rows: Vec<Value> = serde_json::from_slice(&said.stdout).expect("JSON");
        assert_eq!(rows.len(), 1, "one model: {rows:?}");
        rows[0].clone()
    }

    /// All processes that were started on this desk and still run.
    pub fn processes(&self) -> Vec<Process> {
        let mark = format!("XDG_RUNTIME_DIR={}", self.run().display());
        let entries = std::fs::read_dir("/proc").into_iter().flatten().flatten();
        let ids = entries.filter_map(|entry| entry.file_name().to_string_lossy().parse().ok());
        ids.filter(|id: &u32| words(*id, "environ").contains(&mark))
            .map(|id| Process {
                id,
                words: words(id, "cmdline"),
            })
            // What has ended and was not waited for has no words.
            .filter(|process| process.words.iter().any(|word| !word.is_empty()))
            .collect()
    }

    /// The language servers among them.
    pub fn servers(&self) -> Vec<Process> {
        let runs = |process: &Process| process.is_convive() && !process.is_engine();
        self.processes().into_iter().filter(runs).collect()
    }

    /// The engines among them.
    pub fn engines(&self) -> Vec<Process> {
        let runs = |process: &Process| process.is_convive() && process.is_engine();
        self.processes().into_iter().filter(runs).collect()
    }

    /// Panics unless all processes end within the patience of a user who has closed everything, but for the engine of a desk that
    /// has one.
    pub fn ends_empty(&self) {
        let start = Instant::now();
        loop {
            let left = self.processes();
            // The engine serves later windows too; it goes by itself after `idle_minutes`.
            let left: Vec<_> = left
                .into_iter()
                .filter(|process| !(self.engine && process.is_convive() && process.is_engine()))
                .collect();
            if left.is_empty() {
                return;
            }
            assert!(
                start.elapsed() < Duration::from_secs(30),
                "still there: {left:?}"
            );
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        for process in self.processes() {
            process.kill();
        }
    }
}

impl Process {
    fn is_convive(&self) -> bool {
        let program = self.words.first().map(Path::new);
        let name = program.and_then(Path::file_name);
        name.is_some_and(|name| name.to_string_lossy().starts_with("convive"))
    }

    fn is_engine(&self) -> bool {
        self.words.iter().any(|word| word == "engine")
    }

    /// Ends it without asking; it may have ended by itself.
    pub fn kill(&self) {
        let _ = Command::new("kill")
            .args(["-9", &self.id.to_string()])
            .stderr(std::process::Stdio::null())
            .status();
    }
}

/// The words of a file of `/proc`, none where the process has ended.
fn words(id: u32, file: &str) -> Vec<String> {
    let bytes = std::fs::read(format!("/proc/{id}/{file}")).unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes);
    text.split('\0').map(str::to_owned).collect()
}

/// Shared by all desks: else every test would compile Go's library anew.
fn go_cache() -> PathBuf {
    let folder = crate::target().join("editors/go-cache");
    std::fs::create_dir_all(&folder).expect("a folder");
    folder
}

fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("a folder") {
        let entry = entry.expect("an entry");
        let target = to.join(entry.file_name());
        if entry.file_type().expect("a type").is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).expect("copied");
        }
    }
}
