//! Somebody does not like a completion and asks for another one.

use super::{Ground, Start};
use crate::backend::{Backend, Say};
use crate::desk::Desk;

/// Asks, asks for another, and takes that.
pub fn shows_another(start: Start, ground: &Ground) {
    let (binds, ends) = ground.binds;
    let before = format!("\n{}{binds}", ground.indent);
    let backend = Backend::start(move |asked| {
        let here = !asked.is_chat() && asked.prefix().ends_with(&before);
        let said = match asked.seed() {
            None => "firstIdea(401)",
            Some(seed) if seed % 2 == 0 => "secondIdea(402)",
            Some(_) => "thirdIdea(403)",
        };
        let said = here.then(|| Say::Text(said.to_owned() + ends));
        said.into_iter().collect()
    });
    let desk = Desk::scripted(&backend).with_golden(ground.folder);
    let line = ground.clear(&desk);
    let mut editor = start(&desk);
    editor.open(ground.file);
    editor.go_to(line, ground.indent.len() + 1);
    editor.type_text(binds);
    if !editor.has_ghost_text() {
        editor.invoke();
    }
    editor.sees("firstIdea(401)");
    editor.another();
    editor.waits("to see another", |screen| {
        screen.contains("secondIdea(402)") || screen.contains("thirdIdea(403)")
    });
    if !editor.has_ghost_text() {
        // Past the first of the list.
        editor.press("Tab");
    }
    editor.accept();
    editor.becomes("the buffer has neither", |buffer| {
        let ideas = ["secondIdea(402)", "thirdIdea(403)"];
        let lines = ideas.map(|idea| format!("{binds}{idea}{ends}\n"));
        lines.iter().any(|line| buffer.contains(line))
    });
    editor.close();
    desk.ends_empty();
}
