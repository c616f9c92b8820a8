//! The scenarios in Neovim, the newest version and the oldest that the plugin supports.
#![cfg(target_os = "linux")]

use live::desk::Desk;
use live::editor::Editor;
use live::editor::neovim::Neovim;
use live::scenario::typing::Pieces;

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

/// The keys that the plugin's help proposes.
const PIECES: Pieces = Pieces {
    word: "alt-Right",
    words: &["first_part", "first_part +"],
    line: "alt-Down",
};

/// Opens a file with a server that is not there, or ends at once: one message says what to do, and typing is as ever.
fn says(variable: &str, cmd: &str, message: &str) {
    let desk = Desk::new("");
    desk.put("src/lib.rs", "\n");
    let options = format!("{{ cmd = {{ {cmd} }} }}");
    let mut neovim = Neovim::start(&desk, variable, &options);
    neovim.press(":");
    neovim.type_text("edit src/lib.rs\r");
    let editor: &mut dyn Editor = &mut neovim;
    editor.waits("to be told", |screen| {
        let words: Vec<&str> = screen.split_whitespace().collect();
        words.join(" ").replace("│ ", "").contains(message)
    });
    editor.type_text("ifree to type");
    editor.holds("free to type");
    assert_eq!(editor.screen().matches(message).count(), 1);
    let messages = editor.messages().unwrap_or_default();
    assert_eq!(messages.matches(message).count(), 1, "{messages}");
    editor.close();
}

mod in_0_12 {
    #[test]
    fn takes_words_and_lines() {
        retried(|| typing::takes_pieces(super::newest, &super::PIECES));
    }

    #[test]
    fn says_that_there_is_no_server() {
        retried(|| super::says("CONVIVE_NVIM_012", "'/nowhere/convive'", "is not here"));
    }

    #[test]
    fn says_that_the_server_does_not_stay() {
        retried(|| super::says("CONVIVE_NVIM_012", "'false'", "not started again"));
    }

    live::scenarios!(super::newest);

    #[test]
    fn writes_here() {
        retried(|| asking::writes_here(super::newest, &GO, super::leave));
    }
}

mod in_0_11 {
    #[test]
    fn takes_words_and_lines() {
        retried(|| typing::takes_pieces(super::oldest, &super::PIECES));
    }

    #[test]
    fn says_that_there_is_no_server() {
        retried(|| super::says("CONVIVE_NVIM_011", "'/nowhere/convive'", "is not here"));
    }

    live::scenarios!(super::oldest);

    #[test]
    fn writes_here() {
        retried(|| asking::writes_here(super::oldest, &RUST, super::leave));
    }
}
