//! The environment of what is run here: a list of names that may pass, so that no key of the user's does.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// What compilers and linkers need to find themselves, and how the user has set them up.
const PASS: &[&str] = &[
    "PATH",
    "LANG",
    "LC_ALL",
    "LC_CTYPE",
    "TZ",
    "CC",
    "CXX",
    "AR",
    "PKG_CONFIG_PATH",
    "LD_LIBRARY_PATH",
    "DYLD_LIBRARY_PATH",
    "LIBRARY_PATH",
    "CPATH",
    "SDKROOT",
    "DEVELOPER_DIR",
    "MACOSX_DEPLOYMENT_TARGET",
    "GOROOT",
    "GOFLAGS",
    "GOTOOLCHAIN",
    "GOEXPERIMENT",
    "GOWORK",
    "CGO_ENABLED",
    "CGO_CFLAGS",
    "CGO_LDFLAGS",
    "RUSTUP_HOME",
    "RUSTUP_TOOLCHAIN",
    "RUSTFLAGS",
    "CARGO_HOME",
    "CARGO_ENCODED_RUSTFLAGS",
    // Windows cannot start a program without these.
    "SystemRoot",
    "SystemDrive",
    "ComSpec",
    "PATHEXT",
    "ProgramFiles",
    "ProgramFiles(x86)",
    "ProgramData",
    "INCLUDE",
    "LIB",
    "LIBPATH",
    "VSINSTALLDIR",
    "VCINSTALLDIR",
];

pub type Environment = Vec<(OsString, OsString)>;

/// The names that may pass, with a home and a folder for temporary files below `scratch`.
///
/// # Errors
/// Where these cannot be made.
pub fn scrubbed(scratch: &Path) -> std::io::Result<Environment> {
    let home = scratch.join("home");
    let temporary = scratch.join("tmp");
    std::fs::create_dir_all(&home)?;
    std::fs::create_dir_all(&temporary)?;
    let passing = PASS
        .iter()
        .filter_map(|name| Some((OsString::from(name), std::env::var_os(name)?)));
    let mut environment: Environment = passing.collect();
    for name in ["HOME", "USERPROFILE"] {
        set(&mut environment, name, &home);
    }
    for name in ["TMPDIR", "TEMP", "TMP"] {
        set(&mut environment, name, &temporary);
    }
    Ok(environment)
}

/// Sets one name.
pub fn set(environment: &mut Environment, name: &str, value: impl Into<OsString>) {
    environment.retain(|(known, _)| known != name);
    environment.push((name.into(), value.into()));
}

/// The program of this name that PATH finds.
pub fn find(program: &str) -> Option<PathBuf> {
    let name = format!("{program}{}", std::env::consts::EXE_SUFFIX);
    let path = std::env::var_os("PATH")?;
    let candidates = std::env::split_paths(&path)
        .filter(|folder| folder.is_absolute())
        .map(|folder| folder.join(&name));
    candidates.into_iter().find(|path| path.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_on_the_list_pass() {
        let scratch = tempfile::tempdir().expect("a folder");
        let environment = scrubbed(scratch.path()).expect("folders");
        let made = ["HOME", "USERPROFILE", "TMPDIR", "TEMP", "TMP"];
        for (name, value) in &environment {
            let name = name.to_str().expect("a name");
            assert!(PASS.contains(&name) || made.contains(&name), "{name}");
            if made.contains(&name) {
                assert!(Path::new(value).starts_with(scratch.path()), "{name}");
            }
        }
        assert!(
            !PASS
                .iter()
                .any(|name| name.contains("TOKEN") || name.contains("KEY"))
        );
    }

    #[test]
    fn a_program_is_found_by_path() {
        assert!(find("cargo").is_some_and(|path| path.is_absolute()));
        assert_eq!(find("no-such-program-anywhere"), None);
    }
}
