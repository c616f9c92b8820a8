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
    editor.waits("to be told", |screen| notice(screen).contains(message));
    editor.type_text("ifree to type");
    editor.holds("free to type");
    assert_eq!(editor.screen().matches(message).count(), 1);
    let messages = editor.messages().unwrap_or_default();
    assert_eq!(messages.matches(message).count(), 1, "{messages}");
    editor.close();
}

/// The weights are not there: what is said names the command that fetches them, and that command does.
fn fetches_weights(variable: &str) {
    let desk = Desk::new("[backend.local]\nkind = \"local\"\nmodel = \"smollm2-135m\"\n");
    desk.put("src/lib.rs", "pub fn parts() {\n\n}\n");
    let mut editor: Box<dyn Editor> = Box::new(Neovim::start(&desk, variable, ""));
    editor.open("src/lib.rs");
    editor.go_to(2, 1);
    editor.type_text("let total = ");
    let message = "the weights of smollm2-135m are not on this machine; fetch them with \
        `convive model pull smollm2-135m`. `:Convive install` does it.";
    editor.waits("to be told", |screen| notice(screen).contains(message));
    editor.press("Escape");
    editor.type_text(":Convive install\r");
    editor.sees("smollm2-135m is complete and verified");
    editor.sees("Convive: the weights are here");
    editor.close();
    desk.ends_empty();
}

/// While the engine loads the weights, what Neovim says of its servers says so.
fn says_that_it_loads(variable: &str) {
    let desk = Desk::real();
    desk.put("src/lib.rs", "pub fn parts() {\n\n}\n");
    let mut neovim = Neovim::start(&desk, variable, "");
    // Neovim tells each news once; the line keeps them on the screen.
    let news = "autocmd LspProgress * let now = v:lua.vim.lsp.status()";
    let line = "set laststatus=2 statusline=%{get(g:,'kept','')}";
    neovim.type_text(&format!(
        ":{news} | if now =~ 'loading' | let kept = now | endif\r"
    ));
    neovim.type_text(&format!(":{line}\r"));
    let editor: &mut dyn Editor = &mut neovim;
    editor.open("src/lib.rs");
    editor.go_to(2, 1);
    editor.type_text("let total = ");
    editor.sees("%: convive: loading the weights");
    editor.close();
    desk.ends_empty();
}

/// What the notice on the screen says: its frame stands beside the code, and it breaks lines.
fn notice(screen: &str) -> String {
    let lines = screen.lines().filter_map(|line| line.split('│').nth(1));
    let words: Vec<&str> = lines.flat_map(str::split_whitespace).collect();
    words.join(" ")
}

mod in_0_12 {
    #[test]
    fn fetches_missing_weights() {
        retried(|| super::fetches_weights("CONVIVE_NVIM_012"));
    }

    #[test]
    fn says_that_it_loads() {
        retried(|| super::says_that_it_loads("CONVIVE_NVIM_012"));
    }

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
    fn says_that_it_loads() {
        retried(|| super::says_that_it_loads("CONVIVE_NVIM_011"));
    }

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
