//! The scenarios in VS Code.
#![cfg(target_os = "linux")]

use std::os::unix::fs::PermissionsExt;

use live::backend::{Backend, Say};
use live::desk::Desk;
use live::editor::Editor;
use live::editor::vscode::VsCode;
use live::failed::retried;
use serde_json::json;
use support::fake_model::Gate;

fn vscode(desk: &Desk) -> Box<dyn Editor> {
    Box::new(VsCode::start(desk, json!({})))
}

mod in_a_browser {
    live::scenarios!(super::vscode);
}

/// What only VS Code could get wrong: it has no call that makes a text grow.
#[test]
fn grows_in_every_frame_and_goes_on_escape() {
    retried(grows);
}

fn grows() {
    let gates: [Gate; 3] = Default::default();
    let held = gates.clone();
    let backend = Backend::start(move |asked| {
        let pieces = ["if ready {", "\n\t\tstep(411)", "\n\t\tstep(412)"];
        let wait = |gate: &Gate| Say::Wait(gate.clone());
        let said = pieces.iter().zip(&held).flat_map(|(text, gate)| {
            let text = Say::Text((*text).to_owned());
            [text, wait(gate)]
        });
        let here = asked.prefix().ends_with("ready := true\n\t");
        said.take_while(|_| here).collect()
    });
    let desk = Desk::scripted(&backend);
    let before = "package odd\n\nfunc grow() {\n\tready := true\n\t\n}\n";
    desk.put("grow.go", before);
    let mut vscode = VsCode::start(&desk, json!({}));
    {
        let editor: &mut dyn Editor = &mut vscode;
        editor.open("grow.go");
        editor.go_to(5, 2);
        editor.invoke();
        editor.sees("if ready {");
    }
    vscode.act(json!({ "do": "watch", "text": "if ready {" }));
    for (gate, text) in gates.iter().zip(["step(411)", "step(412)"]) {
        gate.open();
        <dyn Editor>::sees(&mut vscode, text);
    }
    let watched = vscode.act(json!({ "do": "watched" }));
    assert!(watched["frames"].as_u64() > Some(0), "{watched}");
    assert_eq!(watched["without"], 0, "it flickers: {watched}");
    let state = vscode.act(json!({ "do": "state" }));
    assert_eq!((&state["line"], &state["column"]), (&json!(5), &json!(2)));
    assert_eq!(state["text"], before, "nothing is written by itself");

    vscode.press("Escape");
    <dyn Editor>::sees_no_longer(&mut vscode, "if ready {");
    // The model works no longer, so that the text cannot come back.
    backend.left(1);
    vscode.close();
    desk.ends_empty();
}

#[test]
fn says_what_is_wrong_with_the_server() {
    retried(wrong_servers);
}

fn wrong_servers() {
    let desk = Desk::new("");
    let program = desk.project().join("convive");
    let put = |says: &str, serves: &str| {
        let script =
            format!("#!/bin/sh\n[ \"$1\" = --version ] && {{ echo '{says}'; exit; }}\n{serves}\n");
        std::fs::write(&program, script).expect("written");
        let all = std::fs::Permissions::from_mode(0o755);
        std::fs::set_permissions(&program, all).expect("made a program");
    };
    let mut vscode = VsCode::start(&desk, json!({ "convive.server.path": program }));
    <dyn Editor>::sees(&mut vscode, "is not there");
    <dyn Editor>::sees(&mut vscode, "Choose the Program…");
    put("something 1.0", "exit 1");
    vscode.click(".notifications-toasts :text-is('Try Again')");
    <dyn Editor>::sees(&mut vscode, "is not Convive's server");
    put("convive 0.0.9", "exit 1");
    vscode.click(".notifications-toasts :text-is('Try Again')");
    <dyn Editor>::sees(&mut vscode, "needs 0.1.0 or newer");
    put("convive 0.1.0", "exit 1");
    vscode.click(".notifications-toasts :text-is('Try Again')");
    <dyn Editor>::sees(&mut vscode, "ended at its start");
    <dyn Editor>::sees(&mut vscode, "Show the Log");
    vscode.close();
    desk.ends_empty();
}

/// With the real program: without weights it says so once, with the button that fetches them.
#[test]
fn offers_to_fetch_missing_weights() {
    retried(|| {
        let desk = Desk::new("");
        desk.put("main.go", "package main\n\nfunc main() {\n\t\n}\n");
        let mut vscode = VsCode::start(&desk, json!({}));
        vscode.open("main.go");
        vscode.go_to(4, 2);
        vscode.type_text("value := ");
        vscode.invoke();
        <dyn Editor>::sees(&mut vscode, "convive model pull smollm2-135m");
        <dyn Editor>::sees(&mut vscode, "Fetch Them");
        let told = vscode.screen().matches("convive model pull").count();
        assert_eq!(told, 1, "{}", vscode.screen());
        vscode.close();
        desk.ends_empty();
    });
}
