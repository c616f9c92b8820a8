//! Helix in a terminal, with the very files that users paste.

mod log;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use self::log::Log;
use super::terminal::Terminal;
use super::{Editor, PATIENCE};
use crate::desk::Desk;

/// A running Helix.
pub struct Helix {
    terminal: Terminal,
    log: Log,
    name: String,
    project: PathBuf,
    /// The keys of `config.toml` for questions work: not in 25.01.
    has_keys: bool,
}

/// What Helix needs after Escape: a key that follows at once is taken as one with alt.
const PAUSE: Duration = Duration::from_millis(60);

/// Where answers lie, in the line that tells the file.
const ANSWERS: &str = "/convive/answers/";

/// The titles of the code actions, by the ids of the actions.
const TITLES: [(&str, &str); 8] = [
    ("explain", "Explain this code"),
    ("document", "Write the doc comment"),
    ("test", "Write a unit test that runs"),
    ("review", "Find problems in this code"),
    ("fix", "Fix this problem"),
    ("ask", "Ask about this place…"),
    ("write", "Write code here…"),
    ("shelve", "Say how to shelve it"),
];

impl Helix {
    /// Starts the newest Helix.
    pub fn newest(desk: &Desk) -> Helix {
        Helix::start(desk, "CONVIVE_HELIX")
    }

    /// Starts Helix 25.01, which has no commands with arguments and no menus of servers.
    pub fn older(desk: &Desk) -> Helix {
        Helix::start(desk, "CONVIVE_HELIX_25_01")
    }

    fn start(desk: &Desk, variable: &str) -> Helix {
        let program = PathBuf::from(crate::variable(variable));
        paste(&desk.config().join("helix"));
        let log = Log::new(desk);
        let arguments = ["-v".to_owned(), "--log".to_owned(), log.path()];
        let project = desk.project();
        let helix = Helix {
            terminal: Terminal::start(desk, &program, &arguments),
            log,
            name: format!("Helix of {variable}"),
            project,
            has_keys: variable == "CONVIVE_HELIX",
        };
        helix.wait("its first screen", |screen| screen.contains(" NOR "));
        helix
    }

    /// The terminal that it runs in.
    pub fn terminal(&self) -> &Terminal {
        &self.terminal
    }

    fn wait(&self, what: &str, mut fulfilled: impl FnMut(&str) -> bool) {
        let start = Instant::now();
        loop {
            let screen = self.terminal.screen();
            if fulfilled(&screen) {
                return;
            }
            let late = start.elapsed() > PATIENCE;
            assert!(
                !late,
                "{}: waited for {what}; the screen:\n{screen}",
                self.name
            );
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Back to normal mode, whatever is open.
    fn normal(&self) {
        let start = Instant::now();
        loop {
            self.terminal.press("Escape");
            std::thread::sleep(PAUSE);
            let screen = self.terminal.screen();
            if status(&screen).is_some_and(|line| line.starts_with(" NOR ")) {
                return;
            }
            assert!(
                start.elapsed() < PATIENCE,
                "{}: no normal mode:\n{screen}",
                self.name
            );
        }
    }

    /// Goes back from an answer to the code.
    fn to_code(&self) {
        self.normal();
        let is_answer = |screen: &str| status(screen).is_some_and(|line| line.contains(ANSWERS));
        if is_answer(&self.terminal.screen()) {
            self.terminal.type_text("ga");
            self.wait("the code", |screen| !is_answer(screen));
        }
    }

    fn command(&self, command: &str) {
        self.normal();
        self.terminal.type_text(&format!(":{command}\r"));
    }

    /// The keys that go to a place; what is in front of it may have characters that Helix counts in its own way.
    fn go(&self, line: usize, column: usize) {
        let text = self.front().replace("\r\n", "\n");
        let text = text.split('\n').nth(line - 1).unwrap_or_default();
        let after = text.chars().count().saturating_sub(column - 1);
        self.terminal.type_text(&format!("{line}gg"));
        if after == 0 {
            return self.terminal.press("A");
        }
        let back = "h".repeat(after - 1);
        self.terminal.type_text(&format!("gl{back}i"));
    }

    /// The text in front, once all keys have been taken.
    fn front(&self) -> String {
        let start = Instant::now();
        while self.log.grows() && start.elapsed() < Duration::from_secs(2) {}
        let screen = self.terminal.screen();
        let name = status(&screen)
            .and_then(|line| line.split_whitespace().find(|word| word.contains('.')));
        let name = name.unwrap_or_else(|| panic!("{}: no file in front:\n{screen}", self.name));
        let path = self.project.join(name);
        let text = self.log.text(&path);
        text.unwrap_or_else(|| panic!("{}: {} is not open", self.name, path.display()))
    }
}

impl Editor for Helix {
    fn name(&self) -> String {
        self.name.clone()
    }

    fn has_ghost_text(&self) -> bool {
        false
    }

    fn open(&mut self, path: &str) {
        self.command(&format!("open {path}"));
        self.wait(path, |screen| {
            status(screen).is_some_and(|line| line.contains(path))
        });
        let (log, path) = (&self.log, self.project.join(path));
        self.wait("the server to know it", |_| log.text(&path).is_some());
    }

    fn go_to(&mut self, line: usize, column: usize) {
        self.normal();
        self.go(line, column);
        self.wait("insert mode", |screen| screen.contains(" INS "));
    }

    fn press(&mut self, key: &str) {
        self.terminal.press(key);
    }

    fn type_text(&mut self, text: &str) {
        self.terminal.type_text(text);
    }

    fn screen(&mut self) -> String {
        self.terminal.screen()
    }

    fn buffer(&mut self) -> String {
        let text = self.front().replace("\r\n", "\n");
        text.strip_suffix('\n').unwrap_or(&text).to_owned() + "\n"
    }

    fn save(&mut self) {
        self.command("write-all!");
        self.wait("all to be saved", |screen| {
            status(screen).is_some_and(|line| !line.contains("[+]"))
        });
    }

    fn invoke(&mut self) {
        self.terminal.press("ctrl-space");
    }

    fn another(&mut self) {
        self.terminal.press("ctrl-c");
        self.terminal.press("ctrl-space");
    }

    fn start_server_again(&mut self) {
        self.normal();
        self.terminal.type_text(":lsp-restart\r");
    }

    fn accept(&mut self) {
        self.terminal.press("Tab");
        self.terminal.press("Enter");
    }

    fn undo(&mut self) {
        self.normal();
        self.terminal.type_text("ua");
        self.wait("insert mode", |screen| screen.contains(" INS "));
    }

    fn select(&mut self, first: usize, last: usize) {
        self.to_code();
        let count = last + 1 - first;
        self.terminal.type_text(&format!("{first}gg{count}x"));
    }

    fn ask(&mut self, question: &str) {
        assert!(self.has_keys, "{} has no way to type a question", self.name);
        self.terminal.press("ctrl-q");
        <dyn Editor>::sees(self, "\"question\":\"");
        self.terminal.type_text(&format!("{question}\r"));
    }

    fn follow_up(&mut self, question: &str) {
        self.terminal.press("alt-q");
        <dyn Editor>::sees(self, "\"question\":\"");
        self.terminal.type_text(&format!("{question}\r"));
    }

    fn stop_answer(&mut self) {
        match self.has_keys {
            true => self.terminal.type_text(" qc"),
            false => self.command("lsp-workspace-command convive.cancel"),
        }
    }

    fn choose(&mut self, action: &str) {
        self.terminal.type_text(" a");
        <dyn Editor>::sees(self, "Ask about this place");
        let title = TITLES.iter().find(|(id, _)| *id == action);
        let (_, wanted) = title.unwrap_or_else(|| panic!("no title for {action}"));
        let screen = self.terminal.screen();
        let listed = screen
            .lines()
            .filter(|line| TITLES.iter().any(|(_, title)| line.contains(title)));
        let at = listed.clone().position(|line| line.contains(wanted));
        let at = at.unwrap_or_else(|| panic!("{wanted} is not offered:\n{screen}"));
        for _ in 0..at {
            self.terminal.press("Down");
        }
        self.terminal.press("Enter");
    }

    fn take_edit(&mut self) {
        self.terminal.press("Enter");
    }

    fn times(&mut self, key: &str, text: &str) -> Duration {
        self.terminal.times(key, text)
    }

    fn close(&mut self) {
        self.command("quit-all!");
        self.terminal.wait();
    }

    fn keep_screen(&mut self, name: &str) -> PathBuf {
        self.terminal.keep_screen(name)
    }
}

/// The line that tells the mode and the file.
fn status(screen: &str) -> Option<&str> {
    let modes = [" NOR ", " INS ", " SEL "];
    let mut lines = screen.lines().rev();
    lines.find(|line| modes.iter().any(|mode| line.starts_with(mode)))
}

/// Pastes the files as their page says, into an empty folder. The other language servers are left out: they may be installed or not.
fn paste(folder: &Path) {
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../editors/helix");
    std::fs::create_dir_all(folder).expect("a folder");
    for name in ["languages.toml", "config.toml"] {
        let mut text = std::fs::read_to_string(from.join(name)).expect("the file to paste");
        for other in ["rust-analyzer", "gopls", "marksman"] {
            text = text.replace(&format!("\"{other}\", "), "");
        }
        std::fs::write(folder.join(name), text).expect("written");
    }
}
