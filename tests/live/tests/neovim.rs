//! The scenarios in Neovim, the newest version and the oldest that the plugin supports.
#![cfg(target_os = "linux")]

use live::desk::Desk;
use live::editor::Editor;
use live::editor::neovim::Neovim;

fn newest(desk: &Desk) -> Box<dyn Editor> {
    Box::new(Neovim::start(desk, "CONVIVE_NVIM_012", ""))
}

fn oldest(desk: &Desk) -> Box<dyn Editor> {
    Box::new(Neovim::start(desk, "CONVIVE_NVIM_011", ""))
}

/// Leaves a change that is shown in the code, by the key for that.
fn leave(editor: &mut dyn Editor) {
    editor.type_text("\\cn");
}

mod in_0_12 {
    live::scenarios!(super::newest);

    #[test]
    fn writes_here() {
        retried(|| asking::writes_here(super::newest, &GO, super::leave));
    }
}

mod in_0_11 {
    live::scenarios!(super::oldest);

    #[test]
    fn writes_here() {
        retried(|| asking::writes_here(super::oldest, &RUST, super::leave));
    }
}
