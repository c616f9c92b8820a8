//! VS Code: the plugin's own checks and package, and the real editor for the live tier, in a browser.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::{Variable, folder, node};
use crate::shell::{output, root, run, works};

/// VS Code's open-source server and web workbench, as npm has them, the Node that it runs on, and what drives a browser.
const PACKAGES: [&str; 2] = ["code-server@4.139.1", "playwright-core@1"];

/// Larger than this, a plugin is slow to install and to load.
const LARGEST_PACKAGE: u64 = 200_000;

/// Type-checks, lints, tests and bundles `editors/vscode`.
pub fn check() -> Result<(), String> {
    install()?;
    for script in ["types", "lint", "test", "build"] {
        npm(&["run", "--silent", script])?;
    }
    Ok(())
}

/// VS Code, the browser and the packaged plugin, set up where they are missing.
pub fn ensure() -> Result<Vec<Variable>, String> {
    Ok(vec![
        ("CONVIVE_VSCODE", editor()?),
        ("CONVIVE_CHROMIUM", chromium()?),
        ("CONVIVE_VSCODE_PLUGIN", plugin()?),
    ])
}

/// The plugin as people get it: packaged, and unpacked again.
fn plugin() -> Result<PathBuf, String> {
    if !root().join("editors/vscode/node_modules").is_dir() {
        install()?;
    }
    let folder = folder("vscode-plugin");
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let package = folder.join("convive.vsix");
    let shown = package.display().to_string();
    npm(&["run", "--silent", "package", "--", "--out", &shown])?;
    let size = std::fs::metadata(&package).map_or(0, |data| data.len());
    if size > LARGEST_PACKAGE {
        return Err(format!(
            "{shown} has {size} bytes, more than {LARGEST_PACKAGE}"
        ));
    }
    let words = ["-m", "zipfile", "-e", &shown];
    run(Command::new("python3").args(words).arg(&folder))?;
    Ok(folder.join("extension"))
}

/// The folder whose `node_modules` hold VS Code.
fn editor() -> Result<PathBuf, String> {
    let folder = folder("vscode");
    if is_complete(&folder) {
        return Ok(folder);
    }
    let machine = match std::env::consts::ARCH {
        "aarch64" => "arm64",
        _ => "x64",
    };
    // It needs a newer Node than many systems have.
    let node_package = format!("node-linux-{machine}@24");
    std::fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let manifest = folder.join("package.json");
    std::fs::write(&manifest, "{\"private\":true}\n")
        .map_err(|error| format!("{}: {error}", manifest.display()))?;
    let node = node::ensure()?;
    let quiet = [
        "--no-audit",
        "--no-fund",
        "--ignore-scripts",
        "--loglevel=error",
    ];
    let mut packages = node.npm();
    packages.arg("install").args(quiet).arg(node_package);
    run(packages.args(PACKAGES).current_dir(&folder))?;
    // The wrapper is of no use here, and its own dependencies are those of what it wraps.
    let mut inner = node.npm();
    inner.args(["install", "--omit=dev"]).args(quiet);
    run(inner.current_dir(folder.join("node_modules/code-server/lib/vscode")))?;
    std::fs::write(folder.join(COMPLETE), PACKAGES.join("\n"))
        .map_err(|error| error.to_string())?;
    Ok(folder)
}

/// Written when all is there.
const COMPLETE: &str = "complete";

fn is_complete(folder: &Path) -> bool {
    std::fs::read_to_string(folder.join(COMPLETE)).is_ok_and(|text| text == PACKAGES.join("\n"))
}

/// A browser that Playwright can drive.
fn chromium() -> Result<PathBuf, String> {
    if let Some(found) = find_chromium() {
        return Ok(found);
    }
    let is_root = output("id", &["-u"]).is_some_and(|id| id.trim() == "0");
    if is_root && works("apt-get", &["--version"]) {
        let mut update = Command::new("apt-get");
        if let Err(error) = run(update.args(["-qq", "update"])) {
            eprintln!("{error}; going on with the package lists that are there");
        }
        let mut install = Command::new("apt-get");
        install.args(["-qq", "install", "-y", "--no-install-recommends"]);
        install.args(["chromium", "fonts-dejavu-core"]);
        run(install.env("DEBIAN_FRONTEND", "noninteractive"))?;
    }
    find_chromium().ok_or_else(|| {
        "the tests of the VS Code plugin need Chromium: please install it (Debian: apt-get install chromium fonts-dejavu-core), or leave the live tier out with --fast".to_owned()
    })
}

fn find_chromium() -> Option<PathBuf> {
    let names = ["/usr/bin/chromium", "/usr/bin/google-chrome"].map(PathBuf::from);
    names
        .into_iter()
        .find(|path| works(path, &["--version", "--no-sandbox"]))
}

/// Installs what the plugin is built with.
fn install() -> Result<(), String> {
    npm(&[
        "ci",
        "--no-audit",
        "--no-fund",
        "--ignore-scripts",
        "--loglevel=error",
    ])
}

fn npm(arguments: &[&str]) -> Result<(), String> {
    let mut npm = node::ensure()?.npm();
    npm.args(arguments);
    run(npm.current_dir(root().join("editors/vscode")))
}
