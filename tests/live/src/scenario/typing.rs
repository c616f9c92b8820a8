//! Somebody types, sees ghost text, types on through it, takes it and takes it back.

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
