//! The README's recordings: people at work in real editors.

use crate::shell::{cargo, convive, root, run};
use crate::{build, editors, go, tools};

/// Films all editors, or those named, and writes `editors/*.svg` and `editors/vscode.gif`.
pub fn film(names: &[&str]) -> Result<(), String> {
    build::release()?;
    let mut record = cargo(&[
        "run",
        "--release",
        "--quiet",
        "--package",
        "live",
        "--bin",
        "record",
        "--",
    ]);
    record
        .arg(root().join("editors"))
        .args(names)
        .env("CONVIVE_BIN", convive())
        .env("CONVIVE_TEST_PATH", go::ensure()?)
        .envs(editors::ensure()?);
    run(tools::ensure()?.apply(&mut record))
}
