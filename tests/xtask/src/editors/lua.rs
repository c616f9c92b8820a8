//! The plugin for Neovim: its layout and its types.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::neovim;
use crate::shell::{cargo, output, root, run, target};

/// A tool of the Lua world that is a Rust program: its crate, version and features.
struct Tool {
    name: &'static str,
    version: &'static str,
    features: &'static [&'static str],
}

/// Lays Lua out.
const STYLUA: Tool = Tool {
    name: "stylua",
    version: "2.6.0",
    features: &["luajit"],
};

/// Checks the types of Lua's annotations.
const EMMYLUA: Tool = Tool {
    name: "emmylua_check",
    version: "0.25.1",
    features: &[],
};

/// Checks layout and types of `editors/nvim`, against Neovim's own types.
pub fn check() -> Result<(), String> {
    let plugin = root().join("editors/nvim");
    let mut layout = Command::new(ensure(&STYLUA)?);
    run(layout.arg("--check").arg(".").current_dir(&plugin))?;
    let mut types = Command::new(ensure(&EMMYLUA)?);
    // Its warnings are too many guesses about what may be nil; its errors are wrong.
    types.args(["--severity", "error", "."]);
    types.env("VIMRUNTIME", neovim::runtime()?);
    run(types.current_dir(&plugin))
}

/// The tool's program, built once; that takes minutes.
fn ensure(tool: &Tool) -> Result<PathBuf, String> {
    let folder = target().join("tools-lua");
    let program = folder.join("bin").join(tool.name);
    if !is_there(&program, tool) {
        let package = format!("{}@{}", tool.name, tool.version);
        let mut install = cargo(&["install", "--locked", "--quiet", &package, "--root"]);
        install.arg(&folder);
        for feature in tool.features {
            install.args(["--features", feature]);
        }
        run(&mut install)?;
    }
    match is_there(&program, tool) {
        true => Ok(program),
        false => Err(format!("{} does not start", program.display())),
    }
}

fn is_there(program: &Path, tool: &Tool) -> bool {
    let said = output(&program.to_string_lossy(), &["--version"]);
    said.is_some_and(|said| said.contains(tool.version))
}
