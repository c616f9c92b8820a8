//! Small programs that really crash: the right frame of each is found, without a model.

use std::path::{Path, PathBuf};
use std::process::Command;

use convive::trace::{self, Roots};

/// Checks that the first frame in the user's own code is the line marked `// crash` (or `// failure`) of `file`.
fn check(folder: &Path, output: &str, file: &str, mark: &str) {
    let traces = trace::parse(output);
    assert!(!traces.is_empty(), "no trace in:\n{output}");
    let roots = Roots::new([folder.to_owned()]);
    let path = folder.join(file).canonicalize().expect("the file");
    let text = std::fs::read_to_string(&path).expect("its text");
    let marked = |line: &str| line.ends_with(&format!("// {mark}"));
    let line = text.lines().position(marked).expect("a mark") + 1;
    let first = traces.iter().map(|trace| trace::locate(trace, &roots));
    let first: Vec<(PathBuf, usize)> = first
        .filter_map(|places| Some((places.first()?.path.clone(), places.first()?.frame.line)))
        .collect();
    assert!(
        first.contains(&(path.clone(), line)),
        "{file}:{line} is not among {first:?} of:\n{output}"
    );
    // The first trace of a program is the one that ended it.
    if mark == "crash" && traces.len() == 1 {
        assert_eq!(first[0], (path, line));
    }
}

fn golden(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../tests/golden/crashes")
        .join(name)
}

fn output(command: &mut Command) -> String {
    let output = command.output().expect("it starts");
    let text = [output.stdout, output.stderr].concat();
    String::from_utf8_lossy(&text).into_owned()
}

fn go(arguments: &[&str]) -> String {
    let mut command = Command::new("go");
    command.current_dir(golden("go")).args(arguments);
    let there = Command::new("go").arg("version").output().is_ok();
    assert!(
        there,
        "these tests need Go on the PATH; `cargo xtask test` fetches it"
    );
    output(command.env("GOFLAGS", "").env("GOTOOLCHAIN", "local"))
}

#[test]
fn go_programs() {
    for name in [
        "index",
        "nilmap",
        "goroutine",
        "sorting",
        "deadlock",
        "repeat",
    ] {
        let said = go(&["run", &format!("./{name}")]);
        check(&golden("go"), &said, &format!("{name}/main.go"), "crash");
    }
}

#[test]
fn a_go_program_with_a_race() {
    let said = go(&["run", "-race", "./race"]);
    check(&golden("go"), &said, "race/main.go", "crash");
}

#[test]
fn go_tests() {
    let said = go(&["test", "./stock"]);
    check(&golden("go"), &said, "stock/stock.go", "crash");
    check(&golden("go"), &said, "stock/stock_test.go", "failure");
}

/// A folder for what cargo builds, in the target folder of this build.
fn cargo(arguments: &[&str], backtrace: &str) -> String {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("crashes");
    let mut command = Command::new(env!("CARGO"));
    command.current_dir(golden("rust")).args(arguments);
    command
        .env("CARGO_TARGET_DIR", target)
        .env("RUST_BACKTRACE", backtrace);
    output(command.env_remove("RUSTFLAGS"))
}

#[test]
fn rust_programs() {
    let files = [
        ("unwrap", "src/bin/unwrap.rs"),
        ("library", "src/shelf.rs"),
        ("borrow", "src/bin/borrow.rs"),
        ("thread", "src/bin/thread.rs"),
    ];
    for (name, file) in files {
        for backtrace in ["0", "1"] {
            let said = cargo(&["run", "--quiet", "--bin", name], backtrace);
            check(&golden("rust"), &said, file, "crash");
        }
    }
    // Where the library itself panics, only a backtrace tells who called it.
    let said = cargo(&["run", "--quiet", "--bin", "capacity"], "1");
    check(&golden("rust"), &said, "src/bin/capacity.rs", "crash");
}

#[test]
fn rust_tests() {
    for backtrace in ["0", "1"] {
        let said = cargo(&["test", "--quiet", "--lib"], backtrace);
        check(&golden("rust"), &said, "src/lib.rs", "crash");
        check(&golden("rust"), &said, "src/lib.rs", "failure");
    }
}
