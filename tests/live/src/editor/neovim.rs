//! Neovim in a terminal, with Convive's plugin set up as its README says.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use super::terminal::Terminal;
use super::{Editor, PATIENCE};
use crate::desk::Desk;

/// A running Neovim.
pub struct Neovim {
    program: PathBuf,
    /// By which the buffer's text is read.
    socket: PathBuf,
    terminal: Terminal,
    name: String,
}

/// Numbers the windows of a process, for their sockets.
static NUMBER: AtomicUsize = AtomicUsize::new(0);

impl Neovim {
    /// Starts the Neovim that an environment variable names, with options of the plugin in Lua (`{}`).
    pub fn start(desk: &Desk, variable: &str, options: &str) -> Neovim {
        let program = PathBuf::from(crate::variable(variable));
        write_init(desk, options);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let socket = desk.run().join(format!("nvim-{number}"));
        let listen = ["--listen".to_owned(), socket.display().to_string()];
        let terminal = Terminal::start(desk, &program, &listen);
        let neovim = Neovim {
            program,
            socket,
            terminal,
            name: format!("Neovim of {variable}"),
        };
        neovim.until("1", "1");
        neovim
    }

    /// The terminal that it runs in.
    pub fn terminal(&self) -> &Terminal {
        &self.terminal
    }

    /// The value of a Vim expression, as text.
    pub fn evaluate(&self, expression: &str) -> Result<String, String> {
        let mut command = Command::new(&self.program);
        command.arg("--server").arg(&self.socket);
        command.arg("--remote-expr").arg(expression);
        let output = command.output().map_err(|error| error.to_string())?;
        let text = |bytes: Vec<u8>| {
            let text = String::from_utf8_lossy(&bytes).into_owned();
            text.strip_suffix('\n').map(str::to_owned).unwrap_or(text)
        };
        match output.status.success() {
            true => Ok(text(output.stdout)),
            false => Err(text(output.stderr)),
        }
    }

    /// Waits until an expression has a value.
    fn until(&self, expression: &str, value: &str) {
        let start = Instant::now();
        loop {
            let now = self.evaluate(expression);
            if now.as_deref() == Ok(value) {
                return;
            }
            let screen = self.terminal.screen();
            assert!(
                start.elapsed() < PATIENCE,
                "{}: {expression} is {now:?}, not {value}; the screen:\n{screen}",
                self.name
            );
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// A command of the command line, from any mode.
    fn command(&self, command: &str) {
        self.normal();
        self.terminal.type_text(&format!(":{command}\r"));
    }

    /// Back to Normal mode.
    fn normal(&self) {
        self.terminal.press("Escape");
        self.until("mode()", "n");
    }

    /// The cursor goes back from an answer to the code.
    fn to_code(&self) {
        self.normal();
        if self.evaluate("&filetype").as_deref() == Ok("markdown") {
            self.terminal.press("ctrl-w");
            self.terminal.press("p");
            self.until("&filetype != 'markdown'", "1");
        }
    }

    /// The cursor goes to the window with the answer.
    fn to_answer(&self) {
        self.normal();
        if self.evaluate("&filetype").as_deref() != Ok("markdown") {
            self.terminal.press("ctrl-w");
            self.terminal.press("w");
        }
        self.until("&filetype", "markdown");
    }
}

impl Editor for Neovim {
    fn name(&self) -> String {
        self.name.clone()
    }

    fn open(&mut self, path: &str) {
        self.command(&format!("edit {path}"));
        self.until("expand('%:.')", path);
        let served = "luaeval('#vim.tbl_filter(function(c) return c.initialized end, vim.lsp.get_clients({ name = \"convive\", bufnr = 0 }))')";
        self.until(served, "1");
    }

    fn go_to(&mut self, line: usize, column: usize) {
        self.normal();
        let text = self.evaluate(&format!("getline({line})"));
        let text = text.unwrap_or_default();
        // Vim counts some emoji of several characters as one; bytes are bytes.
        let at = text.char_indices().nth(column - 1);
        let byte = at.map_or(text.len(), |(at, _)| at) + 1;
        let jump = format!(":call cursor({line}, {byte})\r");
        self.terminal.type_text(&jump);
        self.until("line('.')", &line.to_string());
        // Behind the last character Insert mode begins by another key.
        self.terminal.press(if at.is_none() { "A" } else { "i" });
        self.until("mode()", "i");
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

    fn messages(&mut self) -> Option<String> {
        let messages = self.evaluate("execute('messages')");
        Some(messages.unwrap_or_else(|error| panic!("{}: {error}", self.name)))
    }

    fn buffer(&mut self) -> String {
        let lines = self.evaluate("join(getline(1, '$'), \"\\n\")");
        lines.unwrap_or_else(|error| panic!("{}: {error}", self.name)) + "\n"
    }

    fn save(&mut self) {
        self.command("wall");
        self.until("len(getbufinfo({'bufmodified': 1}))", "0");
    }

    fn invoke(&mut self) {
        self.terminal.press("ctrl-space");
    }

    fn accept(&mut self) {
        self.terminal.press("Tab");
    }

    fn undo(&mut self) {
        self.normal();
        self.terminal.press("u");
        self.terminal.press("a");
        self.until("mode()", "i");
    }

    fn select(&mut self, first: usize, last: usize) {
        self.to_code();
        self.terminal.type_text(&format!(":{first}\rV{last}G"));
        self.until("mode() . line('v') . line('.')", &format!("V{first}{last}"));
    }

    fn ask(&mut self, question: &str) {
        self.terminal.type_text("\\ca");
        <dyn Editor>::sees(self, "Ask:");
        self.terminal.type_text(&format!("{question}\r"));
    }

    fn follow_up(&mut self, question: &str) {
        self.to_answer();
        self.terminal.press("f");
        <dyn Editor>::sees(self, "Follow up:");
        self.terminal.type_text(&format!("{question}\r"));
    }

    fn stop_answer(&mut self) {
        self.to_answer();
        self.terminal.press("ctrl-c");
    }

    fn choose(&mut self, action: &str) {
        self.terminal.type_text(&format!(":Convive {action}\r"));
    }

    fn take_edit(&mut self) {
        self.to_answer();
        self.terminal.press("a");
    }

    fn times(&mut self, key: &str, text: &str) -> Duration {
        self.terminal.times(key, text)
    }

    fn close(&mut self) {
        // A prompt or an answer may be open.
        self.terminal.press("Escape");
        self.terminal.press("Escape");
        self.terminal.type_text(":qall!\r");
        self.terminal.wait();
    }

    fn keep_screen(&mut self, name: &str) -> PathBuf {
        self.terminal.keep_screen(name)
    }
}

/// The user's `init.lua`.
fn write_init(desk: &Desk, options: &str) {
    let plugin = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../editors/nvim");
    let plugin = plugin.canonicalize().expect("the plugin");
    let folder = desk.config().join("nvim");
    std::fs::create_dir_all(&folder).expect("a folder");
    let init = format!(
        "vim.o.swapfile = false\nvim.opt.runtimepath:append({:?})\nrequire(\"convive\").setup({options})\n",
        plugin.display().to_string()
    );
    std::fs::write(folder.join("init.lua"), init).expect("written");
}
