//! Somebody types, sees ghost text, types on through it, takes it or pieces of it, and takes it back.

use super::{Ground, Start};
use crate::backend::Backend;
use crate::desk::Desk;

/// Types through a completion, accepts the rest and undoes exactly that.
pub fn types_through(start: Start, ground: &Ground) {
    let whole = ground.completion();
    let known = format!("\n{}{}$0{whole}", ground.indent, ground.typed);
    let backend = Backend::knows([known.as_str()]);
    let desk = Desk::scripted(&backend).with_golden(ground.folder);
    let line = ground.clear(&desk);
    let mut editor = start(&desk);
    editor.open(ground.file);
    editor.go_to(line, ground.indent.len() + 1);
    editor.type_text(ground.typed);
    if !editor.has_ghost_text() || ground.typed.is_empty() {
        editor.invoke();
    }
    editor.sees_completion(&whole, ground.mark);
    editor.type_text(ground.through);
    if !editor.has_ghost_text() {
        // A list may close at what is no word.
        editor.invoke();
    }
    editor.sees_completion(ground.rest, ground.mark);
    let so_far = format!("{}{}{}", ground.indent, ground.typed, ground.through);
    // What is only shown is not in it.
    editor.holds(&format!("\n{so_far}\n"));
    let before = editor.buffer();

    editor.accept();
    editor.holds(&format!("\n{so_far}{}\n", ground.rest));
    editor.undo();
    // Exactly the acceptance; then it is offered again.
    editor.is_again(&before);
    editor.close();
    desk.ends_empty();
}

/// How an editor takes pieces of ghost text.
pub struct Pieces {
    /// The key that takes a word.
    pub word: &'static str,
    /// What is taken of `first_part + second_part(501);` after each press of it; what a word is, is the editor's own matter.
    pub words: &'static [&'static str],
    /// The key that takes the rest of the line.
    pub line: &'static str,
}

/// Takes a completion word by word and then the rest of its line; each is one step of undo, and each is counted.
pub fn takes_pieces(start: Start, pieces: &Pieces) {
    let backend = Backend::knows(["\nlet total = $0first_part + second_part(501);"]);
    let desk = Desk::scripted(&backend);
    desk.put("src/lib.rs", "pub fn parts() {\nlet total = \n}\n");
    let mut editor = start(&desk);
    editor.open("src/lib.rs");
    editor.go_to(2, "let total = ".len() + 1);
    editor.invoke();
    for taken in pieces.words {
        editor.sees("second_part(501);");
        editor.press(pieces.word);
        editor.holds(&format!("let total = {taken}\n"));
    }
    editor.sees("second_part(501);");
    editor.press(pieces.line);
    editor.holds("let total = first_part + second_part(501);\n");
    editor.undo();
    let last = pieces.words.last().expect("a word");
    editor.holds(&format!("let total = {last}\n"));
    editor.close();
    desk.ends_empty();

    let usage = desk.usage();
    // One word is long enough to count, and what was taken back does not stay.
    assert_eq!(usage["parts"], 1, "{usage}");
    assert_eq!(usage["accepted"], 1, "taken to its end: {usage}");
    assert!(usage["undone_chars"].as_u64() > Some(0), "{usage}");
    assert_eq!(usage["kept_chars"], "first_part".len(), "{usage}");
}
