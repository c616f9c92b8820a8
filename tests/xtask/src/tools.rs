//! What the C++ part of the build needs – a compiler, cmake, libclang – found, or installed where that works.

use std::fmt;
use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::shell::{output, run, target, works};

/// The tools that a build will use, and the environment it needs for that.
#[derive(Debug)]
pub struct Tools {
    notes: Vec<String>,
    environment: Vec<(&'static str, String)>,
}

impl Tools {
    /// Gives a command the environment in which it finds the tools.
    pub fn apply<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        for (name, value) in &self.environment {
            command.env(name, value);
        }
        command
    }
}

impl fmt::Display for Tools {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.notes.join("\n"))
    }
}

/// Finds the tools; installs what is missing, with the system's packages where this user may, else as wheels in a private folder.
pub fn ensure() -> Result<Tools, String> {
    let missing = missing();
    if missing.is_empty() {
        return Ok(Tools {
            notes: vec!["c++ compiler, cmake and libclang: as installed".to_owned()],
            environment: Vec::new(),
        });
    }
    eprintln!(
        "The engine (llama.cpp) is compiled from source; this machine lacks {}.",
        join(&missing, |tool| tool.name)
    );
    if let Some(install) = apt_get(&missing) {
        let packages = join(&missing, |tool| tool.packages);
        if agreed(&format!("Install {packages} with apt-get?"))? {
            return install_packages(install);
        }
    }
    if missing.iter().any(|tool| tool.name == COMPILER.name) {
        return Err(by_hand());
    }
    wheels()
}

/// Runs `apt-get install …` and looks again.
fn install_packages(mut install: Command) -> Result<Tools, String> {
    // A machine that never looked has no package lists; where this fails, an old list is better than none.
    let mut update = Command::new(install.get_program());
    update.args(install.get_args().take_while(|word| *word != "install"));
    if let Err(error) = run(update.arg("update")) {
        eprintln!("{error}; going on with the package lists that are there");
    }
    run(&mut install)?;
    let still = missing();
    if !still.is_empty() {
        let names = join(&still, |tool| tool.name);
        return Err(format!(
            "apt-get has run, and {names} cannot be found still. {}",
            by_hand()
        ));
    }
    Ok(Tools {
        notes: vec!["c++ compiler, cmake and libclang: installed with apt-get".to_owned()],
        environment: Vec::new(),
    })
}

struct Tool {
    name: &'static str,
    packages: &'static str,
    found: fn() -> bool,
}

const COMPILER: Tool = Tool {
    name: "a C++ compiler",
    packages: "g++ make",
    found: has_compiler,
};
const CMAKE: Tool = Tool {
    name: "cmake",
    packages: "cmake make",
    found: || works("cmake", &["--version"]),
};
const LIBCLANG: Tool = Tool {
    name: "libclang",
    packages: "libclang-dev",
    found: has_libclang,
};

fn missing() -> Vec<Tool> {
    [COMPILER, CMAKE, LIBCLANG]
        .into_iter()
        .filter(|tool| !(tool.found)())
        .collect()
}

fn join(tools: &[Tool], of: fn(&Tool) -> &'static str) -> String {
    tools.iter().map(of).collect::<Vec<_>>().join(" ")
}

fn by_hand() -> String {
    let how = match std::env::consts::OS {
        "macos" => "xcode-select --install && brew install cmake",
        "windows" => "install Visual Studio Build Tools with C++, CMake and LLVM",
        _ => {
            "install g++, make, cmake and libclang with your system's packages (Debian, Ubuntu: apt-get install g++ make cmake libclang-dev; \
              Fedora: dnf install gcc-c++ make cmake clang-devel; Arch: pacman -S gcc make cmake clang)"
        }
    };
    format!("Please do this by hand, then start again: {how}")
}

fn has_compiler() -> bool {
    if cfg!(windows) {
        return true; // cargo itself links with it
    }
    std::env::var("CXX").is_ok_and(|compiler| works(compiler, &["--version"]))
        || ["c++", "g++", "clang++"]
            .iter()
            .any(|compiler| works(compiler, &["--version"]))
}

fn has_libclang() -> bool {
    if std::env::var_os("LIBCLANG_PATH").is_some() {
        return true;
    }
    let config = output("llvm-config", &["--libdir"]).map(PathBuf::from);
    let mut folders: Vec<PathBuf> = config.into_iter().collect();
    folders.extend(
        [
            "/usr/lib64",
            "/usr/lib",
            "/usr/local/lib",
            "/opt/homebrew/opt/llvm/lib",
        ]
        .map(PathBuf::from),
    );
    folders.extend(["/Library/Developer/CommandLineTools/usr/lib"].map(PathBuf::from));
    folders.extend([r"C:\Program Files\LLVM\bin"].map(PathBuf::from));
    let debian = std::fs::read_dir("/usr/lib")
        .into_iter()
        .flatten()
        .flatten();
    folders.extend(
        debian
            .filter(|entry| entry.file_name().to_string_lossy().starts_with("llvm-"))
            .map(|entry| entry.path().join("lib")),
    );
    let multiarch = format!("/usr/lib/{}-linux-gnu", std::env::consts::ARCH);
    folders.push(PathBuf::from(multiarch));
    folders.iter().any(|folder| holds_libclang(folder))
}

fn holds_libclang(folder: &Path) -> bool {
    let names = std::fs::read_dir(folder).into_iter().flatten().flatten();
    names
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .any(|name| is_libclang(&name))
}

/// Whether a file of this name is libclang. LLVM's packages bring `libclang-cpp` without it: another library, which the build cannot use.
fn is_libclang(name: &str) -> bool {
    let library = name.starts_with("libclang.so")
        || name.starts_with("libclang-")
            && name.contains(".so")
            && !name.starts_with("libclang-cpp");
    library || name == "libclang.dylib" || name == "libclang.dll"
}

/// `apt-get install …`, where this user may run it.
fn apt_get(missing: &[Tool]) -> Option<Command> {
    if !works("apt-get", &["--version"]) {
        return None;
    }
    let mut command = if output("id", &["-u"]).is_some_and(|id| id.trim() == "0") {
        Command::new("apt-get")
    } else if works("sudo", &["-n", "true"])
        || works("sudo", &["--version"]) && std::io::stdin().is_terminal()
    {
        let mut command = Command::new("sudo");
        command.arg("apt-get");
        command
    } else {
        return None;
    };
    command
        .args(["install", "-y", "--no-install-recommends"])
        .args(missing.iter().flat_map(|tool| tool.packages.split(' ')));
    command.env("DEBIAN_FRONTEND", "noninteractive");
    Some(command)
}

/// Asks on a terminal; without one, the call itself was the wish.
fn agreed(question: &str) -> Result<bool, String> {
    if !std::io::stdin().is_terminal() {
        return Ok(true);
    }
    eprint!("{question} [Y/n] ");
    std::io::stderr()
        .flush()
        .map_err(|error| error.to_string())?;
    let mut answer = String::new();
    std::io::stdin()
        .read_line(&mut answer)
        .map_err(|error| error.to_string())?;
    Ok(!answer.trim().to_lowercase().starts_with('n'))
}

/// cmake, ninja and libclang as Python wheels in a private virtual environment; needs no root.
fn wheels() -> Result<Tools, String> {
    let folder = target().join("tools");
    let bin = folder.join(if cfg!(windows) { "Scripts" } else { "bin" });
    if !bin.join("cmake").exists() || find_libclang(&folder).is_none() {
        if !agreed("Put cmake, ninja and libclang into target/tools (Python wheels, about 60 MB)?")?
        {
            return Err(by_hand());
        }
        install_wheels(&folder, &bin)?;
    }
    let libclang = find_libclang(&folder).ok_or("the libclang wheel holds no library")?;
    let path = std::env::var("PATH").unwrap_or_default();
    let include = output("cc", &["-print-file-name=include"]).unwrap_or_default();
    Ok(Tools {
        notes: vec![format!(
            "cmake, ninja and libclang: wheels in {}",
            folder.display()
        )],
        environment: vec![
            (
                "PATH",
                format!(
                    "{}{}{path}",
                    bin.display(),
                    if cfg!(windows) { ";" } else { ":" }
                ),
            ),
            ("LIBCLANG_PATH", libclang.display().to_string()),
            // The wheel has no compiler headers of its own (stddef.h, stdbool.h): the C compiler's will do.
            (
                "BINDGEN_EXTRA_CLANG_ARGS",
                format!("-isystem {}", include.trim()),
            ),
            ("CMAKE_GENERATOR", "Ninja".to_owned()),
        ],
    })
}

fn install_wheels(folder: &Path, bin: &Path) -> Result<(), String> {
    const WHEELS: [&str; 3] = ["cmake", "ninja", "libclang"];
    let python = ["python3", "python"]
        .into_iter()
        .find(|python| works(python, &["-c", "import venv, ensurepip"]));
    if let Some(python) = python {
        run(Command::new(python).args(["-m", "venv"]).arg(folder))?;
        return run(Command::new(bin.join("python"))
            .args(["-m", "pip", "install", "--quiet"])
            .args(WHEELS));
    }
    if works("uv", &["--version"]) {
        run(Command::new("uv").arg("venv").arg(folder))?;
        return run(Command::new("uv")
            .args(["pip", "install", "--python"])
            .arg(bin.join("python"))
            .args(WHEELS));
    }
    Err(by_hand())
}

fn find_libclang(folder: &Path) -> Option<PathBuf> {
    let mut open = vec![folder.to_path_buf()];
    while let Some(folder) = open.pop() {
        if folder.ends_with("clang/native") && holds_libclang(&folder) {
            return Some(folder);
        }
        let entries = std::fs::read_dir(&folder).into_iter().flatten().flatten();
        open.extend(
            entries
                .map(|entry| entry.path())
                .filter(|path| path.is_dir() && !path.is_symlink()),
        );
    }
    None
}

#[cfg(test)]
mod tests {
    use super::is_libclang;

    #[test]
    fn llvm_without_clang_is_not_taken_for_libclang() {
        for name in [
            "libclang.so",
            "libclang.so.1",
            "libclang-14.so",
            "libclang-14.so.14.0.6",
            "libclang.dylib",
            "libclang.dll",
        ] {
            assert!(is_libclang(name), "{name}");
        }
        for name in [
            "libclang-cpp.so",
            "libclang-cpp.so.14",
            "libclang-cpp14.so",
            "libclang_rt.so",
            "libclangAST.a",
        ] {
            assert!(!is_libclang(name), "{name}");
        }
    }
}
