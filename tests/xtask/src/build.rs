//! The release build of the server with its engine.

use crate::shell::{cargo, run};
use crate::tools;

/// Builds `convive` with everything in; installs what that needs.
pub fn release() -> Result<(), String> {
    let tools = tools::ensure()?;
    run(tools.apply(&mut cargo(&["build", "--release", "--package", "convive"])))
}
