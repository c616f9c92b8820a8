//! The server dies and comes back, the backend is away, two windows share an engine, and everything ends.

use std::time::{Duration, Instant};

use super::{Ground, Start};
use crate::backend::Backend;
use crate::desk::Desk;
use crate::editor::{Editor, PATIENCE};

/// The server is killed: it comes back and completes, and what was written is still there.
pub fn server_comes_back(start: Start, ground: &Ground) {
    let known = format!(
        "\n{}{}$0{}",
        ground.indent,
        ground.typed,
        ground.completion()
    );
    let backend = Backend::knows([known.as_str()]);
    let desk = Desk::scripted(&backend).with_golden(ground.folder);
    let line = ground.clear(&desk);
    let mut editor = start(&desk);
    editor.open(ground.file);
    editor.go_to(line, ground.indent.len() + 1);
    editor.type_text(ground.typed);
    invokes_until(&mut *editor, ground.mark);
    let written = editor.buffer();

    let killed = only(&desk);
    killed.kill();
    editor.start_server_again();
    until("another server runs", || {
        let now = desk.servers();
        now.len() == 1 && now[0].id != killed.id
    });
    editor.press("Escape");
    editor.go_to(line, ground.indent.len() + ground.typed.len() + 1);
    invokes_until(&mut *editor, ground.mark);
    assert_eq!(editor.buffer(), written);
    editor.accept();
    editor.holds(&format!("{}{}\n", ground.typed, ground.completion()));
    editor.close();
    desk.ends_empty();
}

/// The backend is away: it is said once, and typing is as ever.
pub fn backend_is_away(start: Start, ground: &Ground) {
    let backend = Backend::knows([]);
    let (options, address) = (backend.options(), backend.address());
    drop(backend);
    let desk = Desk::new(&options).with_golden(ground.folder);
    let line = ground.clear(&desk);
    let mut editor = start(&desk);
    editor.open(ground.file);
    editor.go_to(line, ground.indent.len() + 1);
    editor.type_text("first := ");
    editor.invoke();
    editor.waits("to be told", |screen| said(screen, &address) == 1);
    let words = ["second", "third", "fourth", "fifth", "sixth", "seventh"];
    for word in words {
        editor.type_text(&format!(" {word}"));
        // Long enough that each word is a request, and that a notice for it would be seen.
        for _ in 0..8 {
            std::thread::sleep(Duration::from_millis(200));
            let screen = editor.screen();
            assert!(said(&screen, &address) <= 1, "said again:\n{screen}");
        }
    }
    let written = words.join(" ");
    editor.holds(&format!("{}first :=  {written}\n", ground.indent));
    if let Some(messages) = editor.messages() {
        assert_eq!(said(&messages, &address), 1, "not once:\n{messages}");
    }
    editor.close();
    desk.ends_empty();
}

/// How often an address is on the screen, wherever a message breaks its lines.
fn said(screen: &str, address: &str) -> usize {
    let kept = |character: &char| !character.is_whitespace() && *character != '│';
    let text: String = screen.chars().filter(kept).collect();
    text.matches(address).count()
}

/// Two windows on a project complete with the real weights in one engine; when they are closed, no process is left.
pub fn windows_share_an_engine(start: Start, ground: &Ground) {
    let desk = Desk::real().with_golden(ground.folder);
    let line = ground.hollow(&desk);
    let mut windows = [start(&desk), start(&desk)];
    for editor in &mut windows {
        editor.open(ground.file);
        editor.go_to(line, ground.real_before.len() + 1);
        invokes_until(&mut **editor, ground.real);
    }
    assert_eq!(desk.servers().len(), 2);
    assert_eq!(desk.engines().len(), 1, "{:?}", desk.processes());
    let [first, second] = &mut windows;
    first.accept();
    first.holds(&format!("{}{}", ground.real_before, ground.real));
    first.close();
    second.close();
    desk.ends_empty();
    // It waits for another window for a minute, as the options say, and only then goes.
    assert_eq!(desk.engines().len(), 1, "{:?}", desk.processes());
    until("the engine has ended", || desk.processes().is_empty());
}

/// Asks for a completion, again where none came: a person does that while something starts.
fn invokes_until(editor: &mut dyn Editor, mark: &str) {
    let start = Instant::now();
    // Other lines may look like it.
    let count = |editor: &mut dyn Editor| editor.screen().matches(mark).count();
    let before = count(editor);
    // Helix drops the answer that is on its way when it is asked again while its list is open.
    let wait = Duration::from_secs(if editor.has_ghost_text() { 3 } else { 25 });
    loop {
        editor.invoke();
        let asked = Instant::now();
        while asked.elapsed() < wait {
            if count(editor) > before {
                return;
            }
            std::thread::sleep(Duration::from_millis(30));
        }
        let (name, screen) = (editor.name(), editor.screen());
        assert!(start.elapsed() < PATIENCE, "{name}: no {mark:?}:\n{screen}");
    }
}

fn only(desk: &Desk) -> crate::desk::Process {
    let mut servers = desk.servers();
    assert_eq!(servers.len(), 1, "{:?}", desk.processes());
    servers.remove(0)
}

fn until(what: &str, mut fulfilled: impl FnMut() -> bool) {
    let start = Instant::now();
    while !fulfilled() {
        assert!(
            start.elapsed() < 2 * PATIENCE,
            "it never happened that {what}"
        );
        std::thread::sleep(Duration::from_millis(50));
    }
}
