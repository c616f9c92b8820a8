//! Latency as people feel it: from a key to the completion on the screen of a real editor.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use live::desk::Desk;
use live::editor::Editor;
use live::editor::helix::Helix;
use live::editor::neovim::Neovim;
use live::editor::vscode::VsCode;
use serde_json::json;
use tempfile::TempDir;

use crate::Subject;
use crate::backend::{Backend, Script};
use crate::constant::TEXT;
use crate::source::RUST;
use crate::table::{milliseconds, quantile, ratio, table};

/// Rounds that are measured, after some that are not. Where frames are waited for, a key falls anywhere between two of them.
const ROUNDS: usize = 20;
const ROUNDS_WITH_FRAMES: usize = 100;
const WARM_UP: usize = 3;
/// How often VS Code is started, and the most that it may wait for the plugin then.
const STARTS: usize = 7;
const START: Duration = Duration::from_millis(20);
/// The most that a key may take with Convive, as a multiple of the same editor with the constant server.
const LIMIT: f64 = 1.3;
/// How long an editor and its server have for what typing sets off before the next key.
const REST: Duration = Duration::from_millis(200);
/// The backend says what the constant server does.
const SCRIPT: Script = &[(Duration::ZERO, TEXT)];
const FILE: &str = "src/shop.rs";
/// What somebody types behind.
const BEFORE: &str = "        let lowered = lowered + ";
/// The longest line (characters) that terminals show in one, with a completion.
const LONGEST: usize = 100;

/// The variable that says where an editor is, its name, and what opens it on a desk.
type Kind = (&'static str, &'static str, fn(&Desk) -> Box<dyn Editor>);

const KINDS: &[Kind] = &[
    ("CONVIVE_NVIM_012", "Neovim 0.12", |desk| {
        Box::new(Neovim::start(desk, "CONVIVE_NVIM_012", ""))
    }),
    ("CONVIVE_NVIM_011", "Neovim 0.11", |desk| {
        Box::new(Neovim::start(desk, "CONVIVE_NVIM_011", ""))
    }),
    ("CONVIVE_HELIX", "Helix", |desk| {
        Box::new(Helix::newest(desk))
    }),
    ("CONVIVE_VSCODE", "VS Code", |desk| {
        Box::new(VsCode::start(desk, json!({})))
    }),
];

/// Where the time ends.
#[derive(Clone, Copy, PartialEq)]
enum End {
    /// The page of VS Code has changed.
    Page,
    /// The program has sent the text to its terminal.
    Sent,
    /// A terminal's window has changed.
    Drawn,
}

impl End {
    fn name(self) -> &'static str {
        match self {
            End::Page => "in the page",
            End::Sent => "sent to the terminal",
            End::Drawn => "in the terminal's window",
        }
    }

    fn rounds(self) -> usize {
        match self {
            End::Drawn => ROUNDS_WITH_FRAMES,
            End::Page | End::Sent => ROUNDS,
        }
    }

    fn of(kind: &Kind) -> &'static [End] {
        match kind.0 {
            "CONVIVE_VSCODE" => &[End::Page],
            _ => &[End::Sent, End::Drawn],
        }
    }
}

/// How a completion is asked for.
#[derive(Clone, Copy, PartialEq)]
enum Way {
    /// ctrl-space.
    Invoked,
    /// By typing.
    Typed,
}

impl Way {
    fn name(self) -> &'static str {
        match self {
            Way::Invoked => "ctrl-space",
            Way::Typed => "a character",
        }
    }

    /// The server's option.
    fn option(self) -> &'static str {
        match self {
            Way::Invoked => "invoked",
            Way::Typed => "automatic",
        }
    }
}

pub fn measure(subject: &Subject) -> String {
    let mut rows = Vec::new();
    for kind in KINDS {
        for way in [Way::Invoked, Way::Typed] {
            let ends = End::of(kind).iter();
            rows.extend(ends.filter_map(|end| row(subject, kind, way, *end)));
        }
    }
    let mut page = table(
        "From a key to the completion on the screen",
        &[
            "editor",
            "key",
            "the text is",
            "constant p50",
            "Convive p50",
            "backend's part",
            "ratio",
        ],
        &rows,
    );
    page.push_str(NOTES);
    page.push_str(&start_up(subject));
    page
}

/// What VS Code says of how long it waited for the plugin at its start.
fn start_up(subject: &Subject) -> String {
    let row = match std::env::var_os("CONVIVE_VSCODE") {
        None => "CONVIVE_VSCODE is not set".to_owned(),
        Some(_) => {
            let mut times: Vec<Duration> = (0..STARTS).map(|_| activation(subject)).collect();
            let time = quantile(&mut times, 0.5);
            let verdict = if time <= START { "" } else { " **over**" };
            format!(
                "{} (≤ {}){verdict}",
                milliseconds(time),
                milliseconds(START)
            )
        }
    };
    let head = ["p50 of so many starts", "waited for Convive's plugin"];
    let rows = [vec![STARTS.to_string(), row]];
    format!(
        "\n{}",
        table("What the plugin adds to the start of VS Code", &head, &rows)
    )
}

fn activation(subject: &Subject) -> Duration {
    let backend = Backend::start(SCRIPT);
    let desk = convive(subject, &backend.url, Way::Invoked);
    let mut vscode = VsCode::start(&desk, json!({}));
    let time = vscode.activation();
    vscode.close();
    time
}

const NOTES: &str = "
Both columns are the same editor and plugin, in turns, in a window each: once with `convive` and a backend that answers at once, once with a
server that answers a constant and does nothing else. *in the page*: of VS Code, in Chromium. *in the terminal's window*: xterm.js in
Chromium; both draw 60 frames a second, as screens do. *sent to the terminal*: the program has printed the text, which nobody sees yet;
what the server takes more than nothing shows best there, so it stands beside without a limit. The ratio is without the backend's part:
what a client that does nothing else needs to ask the same backend over HTTP and read its answer, in the same rounds and as long idle
before. *a character*: what was typed asks by itself. Convive has `debounce_ms = 0` there, since the constant server does not
wait either; with the usual 75 ms the text comes so much later, by design. What an editor itself waits before it asks is in both columns.
";

/// Measures an editor in both surroundings; nothing where it has no such completions.
fn row(subject: &Subject, kind: &Kind, way: Way, end: End) -> Option<Vec<String>> {
    let (variable, name, start) = kind;
    let mut row = [name, way.name(), end.name()].map(str::to_owned).to_vec();
    if std::env::var_os(variable).is_none() {
        row.push(format!("{variable} is not set"));
        return Some(row);
    }
    let seen = |desk: Desk| match end {
        End::Drawn => desk.drawn(),
        End::Page | End::Sent => desk,
    };
    let backend = Backend::start(SCRIPT);
    let mut convive = Window::open(seen(convive(subject, &backend.url, way)), *start);
    if way == Way::Typed && !convive.editor.has_ghost_text() {
        return None;
    }
    let scripts = tempfile::tempdir().expect("a folder");
    let mut constant = Window::open(seen(constant(&scripts, way)), *start);
    let mut client = backend.client();
    let (mut floors, mut times, mut parts) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..WARM_UP + end.rounds() {
        let floor = constant.round(way);
        // As long idle as the server will be.
        std::thread::sleep(REST);
        let part = client.trip();
        let asked = backend.completions();
        let time = convive.round(way);
        assert!(
            backend.completions() > asked,
            "the backend is asked each time"
        );
        if round >= WARM_UP {
            floors.push(floor);
            times.push(time);
            parts.push(part);
        }
    }
    constant.editor.close();
    convive.editor.close();
    let [floor, time, part] = [&mut floors, &mut times, &mut parts].map(|all| quantile(all, 0.5));
    row.extend([floor, time, part].map(milliseconds));
    let time = time.saturating_sub(part);
    row.push(match end {
        End::Sent => format!("{:.2}×", time.as_secs_f64() / floor.as_secs_f64()),
        End::Page | End::Drawn => ratio(time, floor, LIMIT),
    });
    Some(row)
}

/// A desk where Convive completes with the backend.
fn convive(subject: &Subject, url: &str, way: Way) -> Desk {
    let trigger = way.option();
    let desk = Desk::new(&format!(
        "[completion]\nbackend = \"box\"\ndebounce_ms = 0\ntrigger = {trigger:?}\n\
         [backend.box]\nkind = \"openai\"\nurl = {url:?}\nmodel = \"qwen2.5-coder:1.5b\"\n"
    ));
    desk.with_program(
        &subject
            .program
            .canonicalize()
            .expect("the program is there"),
    )
}

/// A desk where the constant server answers.
fn constant(scripts: &TempDir, way: Way) -> Desk {
    let program = std::env::current_exe().expect("this program");
    let words = format!("constant {}", way.option());
    Desk::new("").with_program(&script(scripts.path(), &program, &words))
}

/// A program that starts another one with words before its own.
fn script(folder: &Path, program: &Path, words: &str) -> PathBuf {
    let path = folder.join("server");
    let text = format!("#!/bin/sh\nexec '{}' {words} \"$@\"\n", program.display());
    std::fs::write(&path, text).expect("written");
    let mode = std::fs::Permissions::from_mode(0o755);
    std::fs::set_permissions(&path, mode).expect("executable");
    path
}

/// An editor in which somebody types long sums.
struct Window {
    editor: Box<dyn Editor>,
    line: String,
    /// What is summed up.
    name: char,
    // Behind the editor, which runs on it.
    _desk: Desk,
}

impl Window {
    fn open(desk: Desk, start: fn(&Desk) -> Box<dyn Editor>) -> Window {
        let source = RUST.source(20_000);
        let number = RUST.line(&source);
        let before = BEFORE.to_owned();
        let mut lines: Vec<&str> = source.lines().collect();
        lines.insert(number, &before);
        desk.put(FILE, &(lines.join("\n") + "\n"));
        let mut editor = start(&desk);
        editor.open(FILE);
        editor.go_to(number + 1, before.len() + 1);
        // The file is parsed and its neighbours are read, and the screen rests.
        std::thread::sleep(10 * REST);
        Window {
            editor,
            line: before,
            name: 'a',
            _desk: desk,
        }
    }

    /// From a key to the completion on the screen.
    fn round(&mut self, way: Way) -> Duration {
        if self.line.len() > LONGEST {
            self.begin_anew();
        }
        let (name, sum) = (self.name.to_string(), format!("{}+", self.name));
        self.line += &sum;
        let wanted = match self.editor.has_ghost_text() {
            true => format!("{}{TEXT}", self.line),
            false => TEXT.to_owned(),
        };
        let key = match way {
            Way::Invoked => {
                self.editor.type_text(&sum);
                "ctrl-space"
            }
            Way::Typed => {
                self.editor.type_text(&name);
                "+"
            }
        };
        if way == Way::Invoked {
            self.editor.sees_no_longer(TEXT);
        }
        std::thread::sleep(REST);
        self.editor.times(key, &wanted)
    }

    /// Takes the sum away, and begins one of another name, whose completions nobody remembers.
    fn begin_anew(&mut self) {
        let sum = self.line.split_off(BEFORE.len());
        for _ in sum.chars() {
            self.editor.press("Backspace");
            std::thread::sleep(Duration::from_millis(4));
        }
        self.name = char::from(self.name as u8 + 1);
        std::thread::sleep(10 * REST);
    }
}
