//! The README's pictures: what the program prints in a terminal, drawn as SVGs.

mod scripted;
mod svg;

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use crate::shell::{convive, root};
use crate::{build, demo, go, weights};

/// Runs the program on the golden sources and writes `editors/*.svg`.
pub fn draw() -> Result<(), String> {
    build::release()?;
    weights::ensure()?;
    let stage = Stage::new()?;
    let place = demo::first_place()?;
    stage.write("completion", &stage.completion(&place)?)?;
    stage.write("sent", &stage.shown(&["last"])?)?;
    let answer = stage.shown(&["action", "run", "explain", "stock/stock.go:31-36"])?;
    stage.write("explain", &wrapped(&answer))?;
    stage.write("crash", &stage.crash()?)?;
    stage.write("test", &stage.test("stock/stock.go")?)
}

/// A folder for what the pictures need: options of their own, a copy of the golden Go module.
struct Stage {
    folder: PathBuf,
    path: String,
}

impl Stage {
    fn new() -> Result<Stage, String> {
        // Not below `target`, which is ignored: nothing of an ignored file is sent to a server.
        let folder = std::env::temp_dir().join("convive-pictures");
        let _ = std::fs::remove_dir_all(&folder);
        let stage = Stage {
            folder,
            path: go::ensure()?,
        };
        for name in ["go.mod", "stock/stock.go", "stock/stock_test.go"] {
            stage.copy("tests/golden/go", name)?;
        }
        for name in ["go.mod", "stock/stock.go", "stock/stock_test.go"] {
            stage.copy("tests/golden/crashes/go", &format!("crashes/{name}"))?;
        }
        let trusted = stage.folder.display();
        stage.options(&format!(
            "[privacy]\ntrust = ['{trusted}']\n[ask]\nmax_tokens = 48\n[journal]\nkeep = true\n"
        ))?;
        Ok(stage)
    }

    /// Copies a file of the repository; a first part `crashes/` of its name is only the copy's.
    fn copy(&self, from: &str, name: &str) -> Result<(), String> {
        let source = root().join(from).join(name.trim_start_matches("crashes/"));
        let copy = self.folder.join(name);
        let failed = |error: std::io::Error| format!("{}: {error}", source.display());
        std::fs::create_dir_all(copy.parent().unwrap_or(&self.folder)).map_err(failed)?;
        std::fs::copy(&source, copy).map_err(failed).map(drop)
    }

    fn options(&self, text: &str) -> Result<(), String> {
        std::fs::write(self.folder.join("config.toml"), text).map_err(|error| error.to_string())
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(convive());
        command.args(arguments).current_dir(&self.folder);
        command.env("CLICOLOR_FORCE", "1").env("PATH", &self.path);
        command.env("CONVIVE_CONFIG", self.folder.join("config.toml"));
        command.env("CONVIVE_STATE", self.folder.join("state"));
        command
    }

    /// What a command prints, below the line that a person would type.
    fn shown(&self, arguments: &[&str]) -> Result<String, String> {
        let typed = format!("\x1b[2m$ convive {}\x1b[0m\n", arguments.join(" "));
        let output = self.command(arguments).output();
        let output = output.map_err(|error| error.to_string())?;
        Ok(typed + &printed(&output)? + &told(&output))
    }

    /// What `convive complete` prints at a place of the checkout.
    fn completion(&self, place: &str) -> Result<String, String> {
        let mut command = self.command(&["complete", "--explain", place]);
        let output = command.current_dir(root()).output();
        printed(&output.map_err(|error| error.to_string())?)
    }

    /// A test that panics, and what `convive trace` finds in it without a model.
    fn crash(&self) -> Result<String, String> {
        let mut test = Command::new("go");
        test.args(["test", "-run", "Share", "./stock"])
            .env("PATH", &self.path);
        test.current_dir(self.folder.join("crashes"));
        let failed = test.output().map_err(|error| error.to_string())?;
        let mut trace = self.command(&["trace", "--no-model"]);
        trace.current_dir(self.folder.join("crashes"));
        let mut trace = trace
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| error.to_string())?;
        if let Some(mut stdin) = trace.stdin.take() {
            stdin
                .write_all(&[failed.stdout, failed.stderr].concat())
                .map_err(|error| error.to_string())?;
        }
        let output = trace
            .wait_with_output()
            .map_err(|error| error.to_string())?;
        let typed = "\x1b[2m$ go test ./stock 2>&1 | convive trace\x1b[0m\n";
        Ok(typed.to_owned() + &printed(&output)?)
    }

    /// A unit test, really built and run; the model's words are written down here, since the default model writes none that build.
    fn test(&self, source: &str) -> Result<String, String> {
        let url = scripted::serve(scripted::TEST)?;
        let trusted = self.folder.display();
        self.options(&format!(
            "[privacy]\ntrust = ['{trusted}']\n[completion]\nbackend = 'box'\n\
             [backend.box]\nkind = 'openai'\nmodel = 'scripted'\nendpoint = 'chat'\nurl = '{url}'\n"
        ))?;
        let line = line_of(&self.folder.join(source), scripted::TESTED)?;
        self.shown(&["action", "run", "test", &format!("{source}:{line}")])
    }

    /// Where Go is on this machine, which is nobody's business.
    fn go_root(&self) -> Result<String, String> {
        let mut go = Command::new("go");
        let output = go.args(["env", "GOROOT"]).env("PATH", &self.path).output();
        let root = printed(&output.map_err(|error| error.to_string())?)?;
        Ok(root.trim().to_owned())
    }

    fn write(&self, name: &str, printed: &str) -> Result<(), String> {
        let path = root().join(format!("editors/{name}.svg"));
        let shown = self.folder.display().to_string();
        let printed = printed
            .replace('\t', "    ")
            .replace(&format!("{shown}/"), "");
        let printed = printed.replace(&self.go_root()?, "/usr/local/go");
        std::fs::write(&path, svg::svg(&without_links(&printed)))
            .map_err(|error| format!("{}: {error}", path.display()))?;
        println!("{}", path.display());
        Ok(())
    }
}

/// Long lines as a terminal of 100 columns breaks them, but between words.
fn wrapped(printed: &str) -> String {
    let mut text = String::new();
    for line in printed.lines() {
        let mut column = 0;
        for word in line.split_inclusive(' ') {
            if column + word.len() > 100 {
                text.push('\n');
                column = 0;
            }
            text += word;
            column += word.len();
        }
        text.push('\n');
    }
    text
}

/// A picture has no links (`ESC ] 8 ; ; URL ESC \\`).
fn without_links(printed: &str) -> String {
    let mut pieces = printed.split("\x1b]8;;");
    let mut text = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        text += piece.split_once("\x1b\\").map_or(piece, |(_, shown)| shown);
    }
    text
}

fn printed(output: &Output) -> Result<String, String> {
    match output.status.success() {
        true => Ok(String::from_utf8_lossy(&output.stdout).into_owned()),
        false => Err(String::from_utf8_lossy(&output.stderr).into_owned()),
    }
}

/// What the program says beside its output.
fn told(output: &Output) -> String {
    let text = String::from_utf8_lossy(&output.stderr);
    text.lines()
        .map(|line| format!("\x1b[2m{line}\x1b[0m\n"))
        .collect()
}

fn line_of(path: &std::path::Path, words: &str) -> Result<usize, String> {
    let text = std::fs::read_to_string(path).map_err(|error| error.to_string())?;
    let line = text.lines().position(|line| line.contains(words));
    line.map(|line| line + 1)
        .ok_or_else(|| format!("no {words}"))
}
