//! A person before the screen of one editor: opens files, presses keys, reads. Scenarios are written over this.

mod driver;
pub mod helix;
pub mod neovim;
pub mod terminal;
pub mod vscode;

use std::path::PathBuf;
use std::time::{Duration, Instant};

/// How long a person looks at the screen before calling it broken; generous, since CI machines are slow.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// An editor with one window, open on the project of a desk. Gestures are named for what they mean; which keys they are is the
/// editor's own matter. Dropping it ends its processes.
pub trait Editor {
    /// Its name and version.
    fn name(&self) -> String;

    /// Whether completions are shown as ghost text while one types; else they are in a list, on request.
    fn has_ghost_text(&self) -> bool {
        true
    }

    /// Opens a file, by its path in the project; it is ready when the server serves it.
    fn open(&mut self, path: &str);

    /// Puts the cursor before the character `column` of `line` (both from 1, in characters), ready to type there.
    fn go_to(&mut self, line: usize, column: usize);

    /// Presses one key: a character, `Enter`, `Tab`, `Escape`, `Backspace`, `Up`, `Down`, `Left`, `Right`, with `ctrl-`, `alt-` or
    /// `shift-` before it.
    fn press(&mut self, key: &str);

    /// Types text, key by key, where the cursor is.
    fn type_text(&mut self, text: &str);

    /// What the screen shows, a line of text for each of its lines.
    fn screen(&mut self) -> String;

    /// All that the editor has told so far, where it keeps that for who missed it.
    fn messages(&mut self) -> Option<String> {
        None
    }

    /// The text of the buffer in front, with `\n` as line end, whatever the file has.
    fn buffer(&mut self) -> String;

    /// Saves all that is not saved.
    fn save(&mut self);

    /// Asks for a completion here (ctrl-space).
    fn invoke(&mut self);

    /// Does what a person has to do after the server has died, in editors that do not start it again by themselves.
    fn start_server_again(&mut self) {}

    /// Asks for another completion than the one that is shown, and has that shown (in a list: below the first).
    fn another(&mut self) {
        self.invoke();
    }

    /// Takes the completion that is shown.
    fn accept(&mut self);

    /// Undoes one step; then ready to type again.
    fn undo(&mut self);

    /// Selects whole lines, from 1, both included.
    fn select(&mut self, first: usize, last: usize);

    /// Asks a question of one's own about the selection.
    fn ask(&mut self, question: &str);

    /// Asks a further question in the conversation that is on the screen.
    fn follow_up(&mut self, question: &str);

    /// Ends the answer that is being written.
    fn stop_answer(&mut self);

    /// Chooses an action of Convive's about the selection (else the cursor's place), by the id that `convive action list` shows.
    fn choose(&mut self, action: &str);

    /// Takes the edit that an answer offers.
    fn take_edit(&mut self);

    /// Presses a key, and gives how long it took until a text that was not there stood on the screen.
    fn times(&mut self, key: &str, text: &str) -> Duration;

    /// Closes the editor as a person does, all that is unsaved thrown away, and waits for its end.
    fn close(&mut self);

    /// Keeps what the screen shows in a file below `target/editors-failed/`, for whoever reads the failure.
    fn keep_screen(&mut self, name: &str) -> PathBuf;
}

impl dyn Editor + '_ {
    /// Waits until the screen shows a text.
    pub fn sees(&mut self, text: &str) {
        self.waits(&format!("to see {text:?}"), |screen| screen.contains(text));
    }

    /// Waits until the screen shows a completion: all of it, so `mark` in it, as ghost text; in a list its first line.
    pub fn sees_completion(&mut self, completion: &str, mark: &str) {
        let first = completion.lines().next().unwrap_or_default();
        self.sees(if self.has_ghost_text() { mark } else { first });
    }

    /// Waits until the screen shows a text no longer.
    pub fn sees_no_longer(&mut self, text: &str) {
        let what = format!("to see {text:?} go");
        self.waits(&what, |screen| !screen.contains(text));
    }

    /// Waits until what the screen shows fulfils a condition; panics with the screen when it does not.
    pub fn waits(&mut self, what: &str, mut fulfilled: impl FnMut(&str) -> bool) {
        let start = Instant::now();
        loop {
            let screen = self.screen();
            if fulfilled(&screen) {
                return;
            }
            let name = self.name();
            assert!(
                start.elapsed() < PATIENCE,
                "{name}: waited {what}; the screen:\n{screen}"
            );
            std::thread::sleep(GLANCE);
        }
    }

    /// Waits until the buffer in front holds a text.
    pub fn holds(&mut self, text: &str) {
        self.becomes(&format!("the buffer has no {text:?}"), |buffer| {
            buffer.contains(text)
        });
    }

    /// Waits until the buffer in front is this text.
    pub fn is_again(&mut self, text: &str) {
        self.becomes(&format!("the buffer is not again\n{text}\nbut"), |buffer| {
            buffer == text
        });
    }

    /// Waits until the buffer in front fulfils a condition; panics with it when it does not.
    pub fn becomes(&mut self, else_what: &str, fulfilled: impl Fn(&str) -> bool) {
        let start = Instant::now();
        loop {
            let buffer = self.buffer();
            if fulfilled(&buffer) {
                return;
            }
            let name = self.name();
            assert!(start.elapsed() < PATIENCE, "{name}: {else_what}:\n{buffer}");
            std::thread::sleep(GLANCE);
        }
    }
}

/// How often the screen is looked at.
const GLANCE: Duration = Duration::from_millis(30);
