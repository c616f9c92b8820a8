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

    /// By VS Code's own commands for it; its words are names, blanks and what is between them.
    #[test]
    fn takes_words_and_lines() {
        let pieces = typing::Pieces {
            word: "ctrl-Right",
            words: &["first_part", "first_part ", "first_part + "],
            line: "ctrl-alt-Right",
        };
        retried(|| typing::takes_pieces(super::vscode, &pieces));
    }
}

/// The next of the completions, and the one before it again.
#[test]
fn turns_back() {
    retried(turns);
}

fn turns() {
    let backend = Backend::start(|asked| {
        let here = asked.prefix().ends_with("let chosen = ");
        let said = match asked.seed() {
            _ if !here => return Vec::new(),
            None => "first_idea(401);",
            Some(_) => "other_idea(402);",
        };
        vec![Say::Text(said.to_owned())]
    });
    let desk = Desk::scripted(&backend);
    desk.put("src/lib.rs", "pub fn ideas() {\n    let chosen = \n}\n");
    let mut vscode = VsCode::start(&desk, json!({}));
    vscode.open("src/lib.rs");
    vscode.go_to(2, "    let chosen = ".len() + 1);
    vscode.invoke();
    let editor: &mut dyn Editor = &mut vscode;
    editor.sees("first_idea(401);");
    editor.another();
    editor.sees("other_idea(402);");
    assert!(!editor.screen().contains("first_idea"), "one at a time");
    editor.press("alt-[");
    editor.sees("first_idea(401);");
    assert!(!editor.screen().contains("other_idea"), "one at a time");
    editor.accept();
    editor.holds("    let chosen = first_idea(401);\n");
    vscode.close();
    desk.ends_empty();
}

/// In Restricted Mode Convive completes; the project's settings choose neither the program that is started nor who is asked.
#[test]
fn completes_in_a_folder_that_is_not_trusted() {
    retried(not_trusted);
}

fn not_trusted() {
    let backend = Backend::knows(["\nlet total = $0careful(431);"]);
    let desk = Desk::scripted(&backend);
    let program = desk.project().join("program");
    let proof = desk.project().join("was-started");
    std::fs::write(&program, format!("#!/bin/sh\n: > '{}'\n", proof.display())).expect("written");
    let all = std::fs::Permissions::from_mode(0o755);
    std::fs::set_permissions(&program, all).expect("made a program");
    let curious = Backend::start(|_| vec![Say::Text("stolen(432);".to_owned())]);
    let url = format!("http://{}/v1", curious.address());
    let other = json!({ "box": { "kind": "openai", "url": url, "model": "qwen2.5-coder:1.5b" } });
    let settings = json!({ "convive.server.path": program, "convive.backend": other });
    desk.put(".vscode/settings.json", &settings.to_string());
    desk.put("src/lib.rs", "pub fn parts() {\nlet total = \n}\n");
    let mut vscode = VsCode::start_restricted(&desk);
    <dyn Editor>::sees(&mut vscode, "Restricted Mode");
    vscode.open("src/lib.rs");
    vscode.go_to(2, "let total = ".len() + 1);
    vscode.invoke();
    let editor: &mut dyn Editor = &mut vscode;
    editor.sees("careful(431);");
    editor.accept();
    editor.holds("let total = careful(431);\n");
    assert!(!proof.exists(), "the project's program was started");
    editor.close();
    desk.ends_empty();
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

/// With the real program: without weights it says so once, and the button fetches them.
#[test]
fn fetches_missing_weights() {
    retried(|| {
        let desk = Desk::new("");
        desk.put("main.go", "package main\n\nfunc main() {\n\t\n}\n");
        let mut vscode = VsCode::start(&desk, json!({}));
        vscode.open("main.go");
        vscode.go_to(4, 2);
        vscode.type_text("value := ");
        vscode.invoke();
        <dyn Editor>::sees(&mut vscode, "convive model pull smollm2-135m");
        let told = vscode.screen().matches("convive model pull").count();
        assert_eq!(told, 1, "{}", vscode.screen());
        vscode.click(".notifications-toasts :text-is('Fetch Them')");
        <dyn Editor>::sees(&mut vscode, "Convive: fetching smollm2-135m");
        <dyn Editor>::sees_no_longer(&mut vscode, "Convive: fetching smollm2-135m");
        let weights = desk.cache().join("convive/models");
        let weights = std::fs::read_dir(weights).expect("a folder").flatten();
        assert!(
            weights
                .map(|entry| entry.path())
                .any(|path| path.extension().is_some_and(|kind| kind == "gguf"))
        );
        vscode.close();
        desk.ends_empty();
    });
}

/// An answer that is written again, the one before it, and back; and what was sent for it, as a document.
#[test]
fn turns_through_answers_and_shows_what_was_sent() {
    retried(turns_through_answers);
}

fn turns_through_answers() {
    let backend = Backend::start(|asked| {
        let said = match (asked.is_chat(), asked.seed()) {
            (true, None) => "One way to see it (441).",
            (true, Some(_)) => "Another way to see it (442).",
            (false, _) => return Vec::new(),
        };
        vec![Say::Text(said.to_owned())]
    });
    let desk = Desk::scripted(&backend);
    desk.put("src/lib.rs", "pub fn seen() -> u8 {\n    7\n}\n");
    let mut vscode = VsCode::start(&desk, json!({}));
    vscode.open("src/lib.rs");
    vscode.select(1, 3);
    vscode.ask("how is it seen?");
    <dyn Editor>::sees(&mut vscode, "One way to see it (441).");
    let turns = [
        ("Regenerate", "Another way to see it (442).", "2 of 2"),
        ("Previous Answer", "One way to see it (441).", "1 of 2"),
        ("Next Answer", "Another way to see it (442).", "2 of 2"),
    ];
    for (button, answer, which) in turns {
        vscode.press_button(button);
        let editor: &mut dyn Editor = &mut vscode;
        editor.sees(answer);
        editor.sees(which);
        assert_eq!(
            editor.screen().matches("way to see it").count(),
            1,
            "one at a time"
        );
    }
    vscode.command("Convive: Show What Was Sent Last");
    <dyn Editor>::sees(&mut vscode, "qwen2.5-coder:1.5b");
    vscode.close();
    desk.ends_empty();
}
