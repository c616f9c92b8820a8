//! Helix for the live tier: the newest and an older one, both from Debian.

use std::path::{Path, PathBuf};

use super::{Variable, debian, folder};
use crate::shell::output;

/// Both versions, set up where they are missing.
pub fn ensure() -> Result<Vec<Variable>, String> {
    Ok(vec![
        ("CONVIVE_HELIX", from("sid", "helix", "25.07")?),
        (
            "CONVIVE_HELIX_25_01",
            from("trixie", "helix-25.01", "25.01")?,
        ),
    ])
}

/// The Helix of a suite, `oldest` or newer.
fn from(suite: &str, name: &str, oldest: &str) -> Result<PathBuf, String> {
    let folder = folder(name);
    let program = folder.join("bin/hx");
    if version(&program).is_none() {
        debian::unpack(suite, &["hx"], &folder)?;
        let real = folder.join("usr/lib/hx/hx");
        debian::use_own_libraries(&real, &folder)?;
        let runtime = folder.join("usr/lib/hx/runtime");
        let script = format!(
            "#!/bin/sh\nexport HELIX_RUNTIME={}\nexec {} \"$@\"\n",
            runtime.display(),
            real.display()
        );
        debian::write_script(&program, &script)?;
    }
    match version(&program) {
        Some(version) if version.as_str() >= oldest => Ok(program),
        Some(version) => Err(format!(
            "Helix of Debian's {suite} is {version}, not {oldest}"
        )),
        None => Err(format!("{} does not start", program.display())),
    }
}

/// The version of a Helix that can be started: `25.07.1` of `helix 25.07.1`.
fn version(program: &Path) -> Option<String> {
    let printed = output(&program.to_string_lossy(), &["--version"])?;
    let (_, version) = printed.trim().split_once(' ')?;
    Some(version.split(' ').next()?.to_owned())
}
