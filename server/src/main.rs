//! The `convive` program: the language server on stdio, and the same functions on the command line.

use std::process::ExitCode;

fn main() -> ExitCode {
    convive::cli::run()
}
