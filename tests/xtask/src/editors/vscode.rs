//! The plugin for VS Code: its types, lint, tests and bundle.

use super::node;
use crate::shell::{root, run};

/// Type-checks, lints, tests and bundles `editors/vscode`.
pub fn check() -> Result<(), String> {
    let node = node::ensure()?;
    let npm = |arguments: &[&str]| {
        let mut npm = node.npm();
        run(npm
            .args(arguments)
            .current_dir(root().join("editors/vscode")))
    };
    npm(&[
        "ci",
        "--no-audit",
        "--no-fund",
        "--ignore-scripts",
        "--loglevel=error",
    ])?;
    for script in ["types", "lint", "test", "build"] {
        npm(&["run", "--silent", script])?;
    }
    Ok(())
}
