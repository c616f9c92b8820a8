//! Emacs, for the check of the Lisp that users load: it compiles without a warning in the version that its page names.

use std::path::Path;
use std::process::Command;

use super::{debian, folder};
use crate::shell::{root, run, works};

/// Sets up Emacs where it is missing, and compiles `editors/emacs/convive.el`.
pub fn check() -> Result<(), String> {
    let folder = folder("emacs");
    let program = folder.join("bin/emacs");
    if !works(&program, &["--version"]) {
        debian::unpack("trixie", &["emacs-nox"], &folder)?;
        let real = folder.join("usr/bin/emacs-nox");
        debian::use_own_libraries(&real, &folder)?;
        debian::write_script(&program, &script(&folder, &real))?;
    }
    let compiled = folder.join("convive.elc");
    let strict = format!(
        "(setq byte-compile-error-on-warn t byte-compile-dest-file-function (lambda (_) {:?}))",
        compiled.display().to_string()
    );
    let mut emacs = Command::new(&program);
    emacs.args([
        "-Q",
        "--batch",
        "--eval",
        &strict,
        "-f",
        "batch-byte-compile",
    ]);
    run(emacs.arg(root().join("editors/emacs/convive.el")))
}

/// Starts Emacs with what belongs to it beside it, not where it would be installed.
fn script(folder: &Path, real: &Path) -> String {
    let usr = folder.join("usr").display().to_string();
    format!(
        "#!/bin/sh\nshare=$(echo {usr}/share/emacs/[0-9]*)\nlibexec=$(echo {usr}/libexec/emacs/[0-9]*/*)\n\
         export EMACSLOADPATH=$share/lisp EMACSDATA=$share/etc EMACSDOC=$share/etc EMACSPATH=$libexec\n\
         exec {} --dump-file=\"$(echo $libexec/emacs*.pdmp)\" \"$@\"\n",
        real.display()
    )
}
