//! Films of people at work in the real editors, and what they do in them.

mod gif;
mod svg;

use std::path::Path;
use std::time::Duration;

use serde_json::json;
use support::fake_model::Gate;

use crate::backend::{Asked, Backend, Say};
use crate::desk::Desk;
use crate::editor::Editor;
use crate::editor::helix::Helix;
use crate::editor::neovim::Neovim;
use crate::editor::terminal::Moment;
use crate::editor::vscode::VsCode;
use crate::scenario::GO;

const ROWS: u16 = 40;
const COLUMNS: u16 = 110;

/// How long a model needs for a word.
const WORD: Duration = Duration::from_millis(70);
/// How long a person looks at what is new.
const LOOK: Duration = Duration::from_millis(1500);

/// What the person asks, and what the scripted model says.
const QUESTION: &str = "When does this fail?";
const ANSWER: &str = "It fails in two ways, and leaves the stock as it was in both:\n\n\
    - `ErrUnknownSKU`, when no shelf holds the article,\n\
    - `ErrInsufficientStock`, when fewer than `quantity` pieces are free.\n\n\
    The lock is given back in each case, by `defer`.";

/// What the person has written; the model writes the lines below.
const ORDER: &str = "find the shelf, or say what could not be sold";

/// The lines of the golden file that the person writes, with two completions: what is typed, and what comes.
const TYPED: &str = "shelf, err := ";
const LINE: &str = "inv.shelf(sku)";
const BLOCK: &str = "if err != nil {\n\t\treturn fmt.Errorf(\"sell %s: %w\", sku, err)\n\t}";

/// Films all editors, or those named, into a folder.
pub fn all(folder: &Path, wanted: &[String]) {
    let is_wanted = |name: &str| wanted.is_empty() || wanted.iter().any(|word| word == name);
    if is_wanted("neovim") {
        let (backend, desk) = desk();
        let mut neovim = Neovim::start(&desk, "CONVIVE_NVIM_012", "");
        neovim.open(GO.file);
        neovim.terminal().film(ROWS, COLUMNS);
        work(&desk, &mut neovim);
        write(folder, "neovim", &desk, &neovim.terminal().filmed());
        neovim.close();
        drop(backend);
    }
    if is_wanted("write") {
        let (backend, desk) = desk();
        let mut neovim = Neovim::start(&desk, "CONVIVE_NVIM_012", "");
        neovim.open(GO.file);
        neovim.terminal().film(24, COLUMNS);
        write_here(&desk, &mut neovim);
        let mut filmed = neovim.terminal().filmed();
        // The picture at the end stands for all.
        let last = filmed.split_off(filmed.len() - 1);
        write(folder, "write", &desk, &last);
        neovim.close();
        drop(backend);
    }
    if is_wanted("vscode") {
        in_vscode(folder);
    }
    if is_wanted("helix") {
        let (backend, desk) = desk();
        let mut helix = Helix::newest(&desk);
        helix.open(GO.file);
        helix.terminal().film(ROWS, COLUMNS);
        work(&desk, &mut helix);
        write(folder, "helix", &desk, &helix.terminal().filmed());
        helix.close();
        drop(backend);
    }
}

/// Code is completed and asked about.
fn in_vscode(folder: &Path) {
    let (backend, desk) = desk();
    // Nothing that blinks, and room for the code.
    let settings = json!({
        "editor.cursorBlinking": "solid",
        "editor.minimap.enabled": false,
        "workbench.activityBar.location": "hidden",
    });
    let mut vscode = VsCode::start(&desk, settings);
    vscode.act(json!({ "do": "size", "width": 900, "height": 680 }));
    vscode.open(GO.file);
    vscode.press("ctrl-b");
    let text = desk.text(GO.file);
    let at = text.find(GO.above).expect("the line above") + GO.above.len();
    let line = text[..at].matches('\n').count() + 1;
    vscode.go_to(line, GO.indent.len() + 1);
    // The answer will stand below.
    for _ in 0..9 {
        vscode.press("ctrl-Down");
    }
    let pictures = desk.run().join("film");
    vscode.act(json!({ "do": "film", "folder": pictures }));
    look(2);
    complete(&mut vscode, TYPED, LINE);
    complete(&mut vscode, "\n", BLOCK);
    for _ in 0..6 {
        vscode.press("shift-Up");
        std::thread::sleep(WORD);
    }
    vscode.press("shift-Home");
    look(1);
    vscode.ask(QUESTION);
    <dyn Editor>::sees(&mut vscode, "in each case, by");
    look(3);
    vscode.act(json!({ "do": "filmed" }));
    let path = folder.join("vscode.gif");
    std::fs::write(&path, gif::draw(&pictures)).expect("written");
    println!("{}", path.display());
    vscode.close();
    drop(backend);
}

/// The scripted model and a project with a line to write.
fn desk() -> (Backend, Desk) {
    let tick = Gate::default();
    let clock = tick.clone();
    // It ends with the program.
    std::thread::spawn(move || {
        loop {
            std::thread::sleep(WORD);
            clock.open();
        }
    });
    let backend = Backend::start(move |asked| answer(asked, &tick));
    let desk = Desk::scripted(&backend).with_golden(GO.folder);
    let written = format!("{}\t{TYPED}{LINE}\n\t{BLOCK}\n", GO.above);
    let text = desk.text(GO.file);
    assert!(text.contains(&written), "the golden file has it");
    desk.put(
        GO.file,
        &text.replace(&written, &format!("{}\t\n", GO.above)),
    );
    (backend, desk)
}

fn answer(asked: &Asked, tick: &Gate) -> Vec<Say> {
    if asked.is_chat() {
        let question = asked.question();
        if question.contains(ORDER) {
            let code = format!("```go\n{TYPED}{LINE}\n{}\n```", BLOCK.replace("\n\t", "\n"));
            return slowly(&code, tick);
        }
        let is_question = question.contains(QUESTION);
        return slowly(if is_question { ANSWER } else { GO.test }, tick);
    }
    let prefix = asked.prefix();
    let written = prefix.rsplit(GO.above).next().unwrap_or_default();
    if written.ends_with(TYPED) {
        slowly(LINE, tick)
    } else if written.ends_with(&format!("{TYPED}{LINE}\n\t")) {
        slowly(BLOCK, tick)
    } else {
        Vec::new()
    }
}

/// Word by word.
fn slowly(text: &str, tick: &Gate) -> Vec<Say> {
    let words = text.split_inclusive([' ', '.', '(']);
    words
        .flat_map(|word| [Say::Wait(tick.clone()), Say::Text(word.to_owned())])
        .collect()
}

/// What is done in each editor: code is completed, a function asked about, a unit test written and run.
fn work(desk: &Desk, editor: &mut dyn Editor) {
    let text = desk.text(GO.file);
    let at = text.find(GO.above).expect("the line above") + GO.above.len();
    let line = text[..at].matches('\n').count() + 1;
    editor.go_to(line, GO.indent.len() + 1);
    look(1);
    complete(editor, TYPED, LINE);
    complete(editor, "\n", BLOCK);

    let first = text[..at].rfind("\nfunc ").expect("a function");
    let first = text[..=first].matches('\n').count() + 1;
    editor.select(first, line + 4);
    look(1);
    editor.ask(QUESTION);
    editor.sees("in each case, by");
    look(3);

    if !editor.has_ghost_text() {
        // The answer is a document of its own.
        editor.open(GO.file);
    }
    let (first, last) = GO.function(&text);
    editor.select(first, last);
    look(1);
    editor.choose("test");
    editor.sees("kills");
    look(3);
    editor.take_edit();
    look(3);
}

/// Has code written on the empty line, and looks at the change where it is shown, in the code.
fn write_here(desk: &Desk, editor: &mut dyn Editor) {
    let text = desk.text(GO.file);
    let at = text.find(GO.above).expect("the line above") + GO.above.len();
    let line = text[..at].matches('\n').count() + 1;
    editor.go_to(line, GO.indent.len() + 1);
    editor.press("Escape");
    editor.choose(&format!("write {ORDER}"));
    editor.sees("The change is shown in the code.");
    editor.sees(LINE);
    look(2);
}

/// Types (a line's end is Enter), sees the completion, and takes it.
fn complete(editor: &mut dyn Editor, typed: &str, completion: &str) {
    for character in typed.chars() {
        match character {
            '\n' => editor.press("Enter"),
            character => editor.type_text(&character.to_string()),
        }
        std::thread::sleep(WORD);
    }
    if !editor.has_ghost_text() {
        editor.invoke();
    }
    let last = completion.lines().last().expect("a line").trim();
    match last.len() > 3 {
        true => editor.sees(last),
        false => look(1),
    }
    look(1);
    editor.accept();
    look(1);
}

fn look(times: u32) {
    std::thread::sleep(LOOK * times / 2);
}

fn write(folder: &Path, name: &str, desk: &Desk, moments: &[Moment]) {
    let root = desk.run().display().to_string();
    let root = root.trim_end_matches("/run");
    let drawn = svg::draw(moments);
    // Where the desk stands is nobody's business.
    let drawn = drawn.replace(&format!("{root}/cache"), "~/.cache");
    assert!(!drawn.contains(root), "a path of this machine");
    let path = folder.join(format!("{name}.svg"));
    std::fs::write(&path, drawn).expect("written");
    println!("{}", path.display());
}
