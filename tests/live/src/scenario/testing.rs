//! Somebody has a unit test written, sees that it was run and how, takes it and saves it; on disk it builds and passes.

use std::process::Command;

use super::{Ground, Start};
use crate::backend::{Backend, Say};
use crate::desk::Desk;

/// Makes a unit test for the ground's function.
pub fn makes_a_test(start: Start, ground: &Ground) {
    let test = ground.test;
    let backend = Backend::start(move |asked| {
        let answer = asked.is_chat().then(|| Say::Text(test.to_owned()));
        answer.into_iter().collect()
    });
    let desk = Desk::scripted(&backend).with_golden(ground.folder);
    if ground.folder == "go" {
        // Whoever works on a project has built it before; with a cold cache Go builds its library, for minutes on a slow machine.
        run_tests(&desk, ground);
    }
    let (first, last) = ground.function(&desk.text(ground.file));
    let mut editor = start(&desk);
    editor.open(ground.file);
    editor.select(first, last);
    editor.choose("test");
    editor.sees("builds · passes");
    editor.sees("kills");
    let untouched = desk.text(ground.tests);
    assert!(!untouched.contains(ground.test_name), "only offered");
    editor.take_edit();
    editor.save();
    editor.close();
    desk.ends_empty();
    passes(&desk, ground);
}

/// The test that was saved is among those that the project's own command runs, and all pass.
fn passes(desk: &Desk, ground: &Ground) {
    let said = run_tests(desk, ground);
    assert!(said.contains(ground.test_name), "{said}");
}

/// What the project's own command says; all tests have to pass.
fn run_tests(desk: &Desk, ground: &Ground) -> String {
    let mut words = ground.run_tests.split(' ');
    let mut command = Command::new(words.next().expect("a program"));
    command.args(words).current_dir(desk.project());
    command.envs(desk.environment());
    let output = command.output().expect("the toolchain starts");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}{errors}");
    said
}
