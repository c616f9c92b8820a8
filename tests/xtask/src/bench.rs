//! The measurements: builds the server, gets the weights and the editors, and runs the bench program.

use crate::shell::{cargo, convive, run};
use crate::{build, editors, go, tools, weights};

/// Runs all measurements, or those named.
pub fn measure(names: &[&str]) -> Result<(), String> {
    build::release()?;
    let weights = weights::ensure()?;
    let mut bench = cargo(&["run", "--release", "--quiet", "--package", "bench", "--"]);
    bench
        .args(names)
        .env("PATH", go::ensure()?)
        .env("CONVIVE_BIN", convive())
        .env("CONVIVE_TEST_MODEL", weights);
    if cfg!(target_os = "linux") && (names.is_empty() || names.contains(&"editors")) {
        bench.envs(editors::ensure()?);
    }
    run(tools::ensure()?.apply(&mut bench))
}
