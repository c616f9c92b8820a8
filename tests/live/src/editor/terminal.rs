//! A terminal for editors that live in one: keys in, the screen out.

mod watch;
mod window;

use std::io::{Read, Write};
use std::num::NonZeroU16;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

pub use self::watch::Moment;
use self::watch::Watch;
use self::window::{Canvas, Window};
use super::PATIENCE;
use crate::desk::Desk;

/// A program in a terminal of its own. Dropping it ends the program; while a test fails, the last screen is kept.
pub struct Terminal {
    shown: Arc<Mutex<Shown>>,
    writer: Writer,
    child: Box<dyn Child + Send + Sync>,
    // While it is open, the program has a terminal.
    master: Box<dyn MasterPty + Send>,
    /// Where it is drawn, on a desk that wants that.
    window: Option<Mutex<Window>>,
}

/// The screen, and what is to be noted of it.
struct Shown {
    parser: vt100::Parser<Queries>,
    watch: Watch,
}

type Writer = Arc<Mutex<Box<dyn Write + Send>>>;

const ROWS: u16 = 42;
const COLUMNS: u16 = 130;

impl Terminal {
    /// Starts a program in the project's folder, with the desk's variables and no others.
    pub fn start(desk: &Desk, program: &Path, arguments: &[String]) -> Terminal {
        let size = PtySize {
            rows: ROWS,
            cols: COLUMNS,
            ..PtySize::default()
        };
        let pair = native_pty_system().openpty(size).expect("a terminal");
        let mut command = CommandBuilder::new(program);
        command.args(arguments);
        command.cwd(desk.project());
        command.env_clear();
        command.env("TERM", "xterm-256color");
        command.env("COLORTERM", "truecolor");
        for (name, value) in desk.environment() {
            command.env(name, value);
        }
        let reader = pair.master.try_clone_reader().expect("a reader");
        let writer = pair.master.take_writer().expect("a writer");
        let writer = Arc::new(Mutex::new(writer));
        let (window, canvas) = match desk.is_drawn() {
            true => Some(Window::open(desk, (ROWS, COLUMNS), writer.clone())).unzip(),
            false => (None, None),
        };
        // A window answers them itself.
        let queries = Queries {
            writer: window.is_none().then(|| writer.clone()),
        };
        let parser = vt100::Parser::new_with_callbacks(some(ROWS), some(COLUMNS), 0, queries);
        let watch = Watch::default();
        let shown = Arc::new(Mutex::new(Shown { parser, watch }));
        let screen = shown.clone();
        std::thread::spawn(move || show(reader, &screen, canvas));
        let child = pair
            .slave
            .spawn_command(command)
            .unwrap_or_else(|error| panic!("{}: {error}", program.display()));
        Terminal {
            shown,
            writer,
            child,
            master: pair.master,
            window: window.map(Mutex::new),
        }
    }

    /// The text of the screen; blanks at the ends of lines left out.
    pub fn screen(&self) -> String {
        self.shown().parser.screen().contents()
    }

    /// Presses a key, and gives how long it took until a text that was not there stood on the screen: in its window where it has one,
    /// else until the program had sent it.
    pub fn times(&self, key: &str, text: &str) -> Duration {
        assert!(!self.screen().contains(text), "{text} is there already");
        if let Some(window) = &self.window {
            let mut window = window.lock().unwrap_or_else(PoisonError::into_inner);
            return window.times(key, text);
        }
        let appeared = self.shown().watch.wait_for(text);
        let pressed = Instant::now();
        self.press(key);
        let appeared = appeared.recv_timeout(PATIENCE);
        let appeared = appeared.unwrap_or_else(|_| panic!("no {text}:\n{}", self.screen()));
        appeared - pressed
    }

    /// Makes the window smaller or larger, and begins to note each picture that the screen shows.
    pub fn film(&self, rows: u16, columns: u16) {
        let size = PtySize {
            rows,
            cols: columns,
            ..PtySize::default()
        };
        let mut shown = self.shown();
        shown.parser.set_size(some(rows), some(columns));
        self.master.resize(size).expect("another size");
        shown.watch.film();
    }

    /// What was noted so far, oldest first.
    pub fn filmed(&self) -> Vec<Moment> {
        self.shown().watch.filmed()
    }

    /// Presses a key, named as in [`super::Editor::press`].
    pub fn press(&self, key: &str) {
        self.send(&bytes(key));
    }

    /// Types text, key by key.
    pub fn type_text(&self, text: &str) {
        for character in text.chars() {
            let mut buffer = [0; 4];
            self.send(character.encode_utf8(&mut buffer).as_bytes());
            // Faster than anybody types, and not a paste.
            std::thread::sleep(Duration::from_millis(4));
        }
    }

    /// Waits for the end of the program.
    pub fn wait(&mut self) {
        let start = Instant::now();
        while self.child.try_wait().expect("a child").is_none() {
            let screen = self.screen();
            assert!(start.elapsed() < PATIENCE, "it does not end:\n{screen}");
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Keeps the screen in a file for whoever reads a failure.
    pub fn keep_screen(&self, name: &str) -> PathBuf {
        let path = crate::failed::folder().join(format!("{name}.txt"));
        std::fs::write(&path, self.screen()).expect("written");
        path
    }

    fn send(&self, bytes: &[u8]) {
        write(&self.writer, bytes);
    }

    fn shown(&self) -> MutexGuard<'_, Shown> {
        self.shown.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let name = crate::failed::name();
            eprintln!("the last screen: {}", self.keep_screen(&name).display());
        }
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Puts what the program prints onto the screen, until its end.
fn show(mut reader: Box<dyn Read + Send>, shown: &Mutex<Shown>, mut canvas: Option<Canvas>) {
    let mut bytes = [0; 65536];
    while let Ok(count) = reader.read(&mut bytes) {
        if count == 0 {
            return;
        }
        if let Some(canvas) = &mut canvas {
            canvas.draw(&bytes[..count]);
        }
        let mut shown = shown.lock().unwrap_or_else(PoisonError::into_inner);
        let Shown { parser, watch } = &mut *shown;
        parser.process(&bytes[..count]);
        watch.look(parser.screen());
    }
}

fn some(number: u16) -> NonZeroU16 {
    NonZeroU16::new(number).expect("a size")
}

fn write(writer: &Writer, bytes: &[u8]) {
    let mut writer = writer.lock().unwrap_or_else(PoisonError::into_inner);
    // The program may have ended; then the screen tells.
    let _ = writer.write_all(bytes).and_then(|()| writer.flush());
}

/// Answers what programs ask a terminal at their start, so that they need not wait for a silent one.
struct Queries {
    /// None: nobody is to answer.
    writer: Option<Writer>,
}

impl vt100::Callbacks for Queries {
    fn unhandled_csi(
        &mut self,
        screen: &mut vt100::Screen,
        first: Option<u8>,
        _: Option<u8>,
        parameters: &[&[u16]],
        last: char,
    ) {
        let Some(writer) = &self.writer else {
            return;
        };
        match (first, last, parameters) {
            (None, 'c', _) => write(writer, b"\x1b[?62;22c"),
            (None, 'n', [[5]]) => write(writer, b"\x1b[0n"),
            (None, 'n', [[6]]) => {
                let (row, column) = screen.cursor_position();
                let answer = format!("\x1b[{};{}R", row + 1, column + 1);
                write(writer, answer.as_bytes());
            }
            _ => {}
        }
    }
}

/// What a terminal sends for a key.
fn bytes(key: &str) -> Vec<u8> {
    if let Some(letter) = key.strip_prefix("ctrl-") {
        return match letter {
            "space" => vec![0],
            _ => letter.bytes().map(|byte| byte & 0x1f).collect(),
        };
    }
    if let Some(key) = key.strip_prefix("alt-") {
        return match arrow(key) {
            Some(letter) => format!("\x1b[1;3{letter}").into_bytes(),
            None => [b"\x1b".as_slice(), &bytes(key)].concat(),
        };
    }
    if key == "shift-Tab" {
        return b"\x1b[Z".to_vec();
    }
    if let Some(letter) = key.strip_prefix("shift-").and_then(arrow) {
        return format!("\x1b[1;2{letter}").into_bytes();
    }
    match key {
        "Enter" => b"\r".to_vec(),
        "Tab" => b"\t".to_vec(),
        "Escape" => b"\x1b".to_vec(),
        "Backspace" => b"\x7f".to_vec(),
        _ => match arrow(key) {
            Some(letter) => format!("\x1b[{letter}").into_bytes(),
            None => key.as_bytes().to_vec(),
        },
    }
}

fn arrow(key: &str) -> Option<char> {
    match key {
        "Up" => Some('A'),
        "Down" => Some('B'),
        "Right" => Some('C'),
        "Left" => Some('D'),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::bytes;

    #[test]
    fn keys_are_sent_as_terminals_send_them() {
        let sent = |key| String::from_utf8(bytes(key)).expect("text");
        assert_eq!(sent("ctrl-space"), "\0");
        assert_eq!(sent("ctrl-]"), "\x1d");
        assert_eq!(sent("alt-Right"), "\x1b[1;3C");
        assert_eq!(sent("alt-]"), "\x1b]");
        assert_eq!(sent("shift-Tab"), "\x1b[Z");
        assert_eq!(sent("Enter"), "\r");
        assert_eq!(sent("x"), "x");
    }
}
