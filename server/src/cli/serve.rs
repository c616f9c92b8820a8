//! `convive serve`: the language server on stdin and stdout.

use std::process::ExitCode;

use super::Global;

/// Serves until the editor ends it; gives the exit code.
///
/// # Errors
/// Where the server cannot start.
pub fn run(_global: &Global) -> anyhow::Result<ExitCode> {
    anyhow::bail!("the language server is not connected yet")
}
