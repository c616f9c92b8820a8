//! VS Code in a browser, with Convive's plugin as it is packaged; a script (`tests/live/vscode/drive.mjs`) presses the keys.

use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::{Value, json};

use super::Editor;
use super::driver::{self, Driver};
use crate::desk::Desk;
use crate::variable;

/// A running VS Code. Dropping it ends its processes; while a test fails, a picture is kept.
pub struct VsCode {
    driver: Driver,
    /// What was asked last, by which its thread is known.
    question: String,
}

/// Numbers the windows of a process, for their folders.
static NUMBER: AtomicUsize = AtomicUsize::new(0);

/// The thread's button, or the one in the title of a diff, that can be seen.
const ACCEPT: &str = "[aria-label^='Accept']:visible";

impl VsCode {
    /// Opens the desk's project, with these settings of the user's (a JSON object).
    pub fn start(desk: &Desk, settings: Value) -> VsCode {
        VsCode::starting(desk, json!({ "do": "start", "settings": settings }))
    }

    /// Opens the desk's project in Restricted Mode: in a browser that is what happens until somebody trusts it.
    pub fn start_restricted(desk: &Desk) -> VsCode {
        VsCode::starting(desk, json!({ "do": "start", "trust": true }))
    }

    fn starting(desk: &Desk, how: Value) -> VsCode {
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let given = json!({
            "folder": desk.project(),
            "extensions": [variable("CONVIVE_VSCODE_PLUGIN"), driver::folder().join("inside")],
            "data": desk.run().join(format!("vscode-{number}")),
        });
        let mut vscode = VsCode {
            driver: Driver::start(desk, "drive.mjs", given),
            question: String::new(),
        };
        vscode.act(how);
        vscode
    }

    /// Does one thing of the driver's; its result.
    pub fn act(&mut self, action: Value) -> Value {
        let answer = self.driver.act(&action);
        answer.unwrap_or_else(|error| panic!("VS Code: {action}: {error}"))
    }

    /// A command by its title, from the palette.
    pub fn command(&mut self, title: &str) {
        self.act(json!({ "do": "command", "title": title }));
    }

    /// Clicks on the first element that a selector of Playwright's finds.
    pub fn click(&mut self, selector: &str) {
        self.act(json!({ "do": "click", "selector": selector }));
    }

    /// Presses a button of the last question's thread.
    pub fn press_button(&mut self, name: &str) {
        let button = self.in_thread(&format!("[aria-label^='{name}']"));
        self.click(&button);
    }

    /// How long the editor waited for the plugin when it was started, as it says itself.
    pub fn activation(&mut self) -> Duration {
        self.command("Developer: Show Running Extensions");
        let row = ".runtime-extensions-editor .monaco-list-row:has(.name:text-is('Convive'))";
        let cell = format!("{row} .activation-time");
        self.act(json!({ "do": "until", "selector": cell }));
        let said = self.act(json!({ "do": "html", "selector": cell }));
        let said = said.as_str().unwrap_or_default();
        let number = said.split("Activation: ").nth(1);
        let number = number.and_then(|rest| rest.split("ms").next()?.parse().ok());
        Duration::from_millis(number.unwrap_or_else(|| panic!("no time in {said}")))
    }

    fn fill(&mut self, text: &str) {
        self.act(json!({ "do": "fill", "text": text }));
    }

    /// Something in the thread of the last question.
    fn in_thread(&self, selector: &str) -> String {
        let question = json!(self.question);
        format!(".review-widget:has-text({question}) {selector}")
    }
}

impl Editor for VsCode {
    fn name(&self) -> String {
        "VS Code".to_owned()
    }

    fn open(&mut self, path: &str) {
        self.act(json!({ "do": "open", "path": path }));
    }

    fn go_to(&mut self, line: usize, column: usize) {
        self.act(json!({ "do": "go_to", "line": line, "column": column }));
    }

    fn press(&mut self, key: &str) {
        self.act(json!({ "do": "press", "key": key }));
    }

    fn type_text(&mut self, text: &str) {
        self.act(json!({ "do": "type", "text": text }));
    }

    fn screen(&mut self) -> String {
        let screen = self.act(json!({ "do": "screen" }));
        screen.as_str().unwrap_or_default().to_owned()
    }

    fn buffer(&mut self) -> String {
        let state = self.act(json!({ "do": "state" }));
        let text = state["text"].as_str().unwrap_or_default();
        let mut text = text.replace("\r\n", "\n");
        if !text.ends_with('\n') {
            text.push('\n');
        }
        text
    }

    fn save(&mut self) {
        self.command("File: Save All Files");
        self.act(json!({ "do": "saved" }));
    }

    fn invoke(&mut self) {
        self.press("ctrl-space");
    }

    fn another(&mut self) {
        self.press("alt-]");
    }

    fn accept(&mut self) {
        self.press("Tab");
    }

    fn undo(&mut self) {
        self.press("ctrl-z");
    }

    fn select(&mut self, first: usize, last: usize) {
        self.go_to(first, 1);
        for _ in first..last {
            self.press("shift-Down");
        }
        self.press("shift-End");
    }

    fn ask(&mut self, question: &str) {
        question.clone_into(&mut self.question);
        self.press("ctrl-alt-a");
        self.fill(question);
    }

    fn follow_up(&mut self, question: &str) {
        let box_of_it = self.in_thread(".comment-form .monaco-editor");
        self.click(&box_of_it);
        self.type_text(question);
        self.press("ctrl-Enter");
    }

    fn stop_answer(&mut self) {
        self.press_button("Stop");
    }

    fn choose(&mut self, action: &str) {
        self.command("Convive: Ask or Do Something Here");
        self.fill(action);
    }

    fn take_edit(&mut self) {
        self.click(ACCEPT);
        self.act(json!({ "do": "gone", "selector": ACCEPT }));
    }

    fn times(&mut self, key: &str, text: &str) -> Duration {
        let took = self.act(json!({ "do": "times", "key": key, "text": text }));
        let milliseconds = took.as_f64().expect("a time");
        Duration::from_secs_f64(milliseconds / 1e3)
    }

    fn close(&mut self) {
        self.driver.end();
    }

    fn keep_screen(&mut self, name: &str) -> PathBuf {
        let path = crate::failed::folder().join(format!("{name}.png"));
        self.act(json!({ "do": "picture", "file": path }));
        path
    }
}

impl Drop for VsCode {
    fn drop(&mut self) {
        if !self.driver.is_open() || !std::thread::panicking() {
            return;
        }
        let name = crate::failed::name();
        let path = crate::failed::folder().join(format!("{name}.png"));
        let kept = self.driver.act(&json!({ "do": "picture", "file": path }));
        match kept {
            Ok(_) => eprintln!("the last screen: {}", path.display()),
            Err(error) => eprintln!("no picture of the last screen: {error}"),
        }
    }
}
