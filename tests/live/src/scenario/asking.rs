//! Somebody selects a function, asks about it, sees the answer grow, stops it, asks again and asks on.

use support::fake_model::Gate;

use super::{Ground, Start};
use crate::backend::{Asked, Backend, Say};
use crate::desk::Desk;
use crate::editor::Editor;

const FIRST: &str = "What is it for?";
const SECOND: &str = "What can fail?";
const THIRD: &str = "Why is that so?";

/// Asks, stops half-way, asks again, follows up.
pub fn asks(start: Start, ground: &Ground) {
    let (grows, never) = (Gate::default(), Gate::default());
    let gates = [grows.clone(), never];
    let backend = Backend::start(move |asked| answer(asked, &gates));
    let desk = Desk::scripted(&backend).with_golden(ground.folder);
    let before = desk.text(ground.file);
    let (first, last) = ground.function(&before);
    let mut editor = start(&desk);
    editor.open(ground.file);

    editor.select(first, last);
    editor.ask(FIRST);
    editor.sees("It begins here");
    assert!(!editor.screen().contains("and goes on"), "bit by bit");
    grows.open();
    editor.sees("and goes on");
    assert!(!editor.screen().contains("never seen"));
    editor.stop_answer();
    // The connection is closed: the model works no longer.
    backend.left(1);

    editor.select(first, last);
    editor.ask(SECOND);
    editor.sees("The second answer, whole.");
    editor.follow_up(THIRD);
    editor.sees("The third, after the second.");
    assert_eq!(desk.text(ground.file), before, "nothing was changed");
    editor.close();
    desk.ends_empty();
}

fn answer(asked: &Asked, [grows, never]: &[Gate; 2]) -> Vec<Say> {
    let text = |text: &str| Say::Text(text.to_owned());
    if !asked.is_chat() {
        return Vec::new();
    }
    let question = asked.question();
    if question.contains(THIRD) {
        // It stands in one conversation with what came before.
        let earlier = asked.messages().concat();
        return match earlier.contains("The second answer") && earlier.contains(SECOND) {
            true => vec![text("The third, "), text("after the second.")],
            false => vec![text("Alone.")],
        };
    }
    if question.contains(SECOND) {
        return vec![text("The second "), text("answer, whole.")];
    }
    vec![
        text("It begins here "),
        Say::Wait(grows.clone()),
        text("and goes on "),
        Say::Wait(never.clone()),
        text("to an end never seen."),
    ]
}

const OWN_ACTION: &str = "---
id: shelve
title: Say how to shelve it
offered: [selection, function]
answer: answer
system: You are brief.
---
Where does this belong (417)?

{{ selection | fenced(language) }}
";

/// Has a function explained and documented, and asks what he has written himself into a file of his.
pub fn chooses_actions(start: Start) {
    const DOC: &str = "/// Adds one (452).";
    let backend = Backend::start(|asked| {
        let question = asked.question();
        let said = match asked.is_chat() {
            false => return Vec::new(),
            true if question.contains("belong (417)?") => "On the third shelf (453).".to_owned(),
            true if question.contains("Write the doc comment") => format!("```\n{DOC}\n```"),
            true if question.contains("Explain this code") => "It counts (451).".to_owned(),
            true => "Something else was asked.".to_owned(),
        };
        vec![Say::Text(said)]
    });
    let desk = Desk::scripted(&backend);
    let actions = desk.config().join("convive/actions");
    std::fs::create_dir_all(&actions).expect("a folder");
    std::fs::write(actions.join("shelve.md"), OWN_ACTION).expect("written");
    let before = "pub fn shelve(books: u32) -> u32 {\n    books + 1\n}\n";
    desk.put("src/lib.rs", before);
    let mut editor = start(&desk);
    editor.open("src/lib.rs");
    editor.select(1, 3);
    editor.choose("explain");
    editor.sees("It counts (451).");
    editor.select(1, 3);
    editor.choose("shelve");
    editor.sees("On the third shelf (453).");
    editor.select(1, 3);
    editor.choose("document");
    editor.sees(DOC);
    // The others write it into the code at once.
    if editor.has_ghost_text() {
        editor.take_edit();
    }
    editor.is_again(&format!("{DOC}\n{before}"));
    editor.close();
    desk.ends_empty();
}

/// Has code written, where the editor shows it in the code before it is taken: leaves it, asks anew, takes it, undoes it in one step.
pub fn writes_here(start: Start, ground: &Ground, leave: impl Fn(&mut dyn Editor)) {
    const MARK: &str = "// Written here (501).";
    let backend = Backend::start(|asked| {
        let code = format!("```\n{MARK}\n```");
        let answer = asked.is_chat().then_some(Say::Text(code));
        answer.into_iter().collect()
    });
    let desk = Desk::scripted(&backend).with_golden(ground.folder);
    let line = ground.clear(&desk);
    let mut editor = start(&desk);
    editor.open(ground.file);
    let before = editor.buffer();
    for take in [false, true] {
        editor.go_to(line, ground.indent.len() + 1);
        editor.press("Escape");
        editor.choose("write say where");
        editor.sees(MARK);
        editor.sees("The change is shown in the code.");
        assert_eq!(editor.screen().matches(MARK).count(), 1, "shown once");
        assert_eq!(editor.buffer(), before, "and only shown");
        if !take {
            leave(&mut *editor);
            editor.sees_no_longer(MARK);
        }
    }
    editor.take_edit();
    editor.holds(MARK);
    editor.undo();
    editor.is_again(&before);
    editor.close();
    desk.ends_empty();
}
