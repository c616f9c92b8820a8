//! Somebody selects a function, asks about it, sees the answer grow, stops it, asks again and asks on.

use support::fake_model::Gate;

use super::{Ground, Start};
use crate::backend::{Asked, Backend, Say};
use crate::desk::Desk;

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
