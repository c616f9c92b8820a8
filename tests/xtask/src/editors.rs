//! The editors: the plugins' own checks, and the real programs that the live tier drives.

mod debian;
mod emacs;
mod helix;
pub mod lua;
pub mod neovim;
mod node;
pub mod vscode;

use std::path::PathBuf;

use crate::shell::target;

/// An environment variable for the live tests, and the program that it names.
pub type Variable = (&'static str, PathBuf);

/// Sets up what is missing of all editors, in `target/editors`, and gives the variables by which the tests find them.
pub fn ensure() -> Result<Vec<Variable>, String> {
    let mut variables = Vec::new();
    variables.extend(neovim::ensure()?);
    variables.extend(helix::ensure()?);
    emacs::check()?;
    variables.extend(vscode::ensure()?);
    Ok(variables)
}

/// Sets them up and says by which variables the tests find them.
pub fn show() -> Result<(), String> {
    for (name, program) in ensure()? {
        println!("export {name}={}", program.display());
    }
    Ok(())
}

/// The folder of one editor.
fn folder(name: &str) -> PathBuf {
    target().join("editors").join(name)
}
