//! A terminal's window: xterm.js in Chromium, which draws in frames; keys that are pressed there go to the program.

use std::net::{TcpListener, TcpStream};
use std::time::Duration;

use serde_json::json;
use tungstenite::protocol::Role;
use tungstenite::{Message, WebSocket};

use super::{Writer, write};
use crate::desk::Desk;
use crate::editor::driver::Driver;

/// The window of a terminal. Dropping it closes it.
pub struct Window {
    driver: Driver,
}

/// What is drawn on in a window.
pub struct Canvas {
    socket: WebSocket<TcpStream>,
}

impl Window {
    /// Opens a window of so many rows and columns; what is typed in it goes to `writer`.
    pub fn open(desk: &Desk, (rows, columns): (u16, u16), writer: Writer) -> (Window, Canvas) {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("an address");
        let given = json!({
            "data": desk.run().join(format!("terminal-{}", address.port())),
            "rows": rows,
            "columns": columns,
            "url": format!("ws://{address}"),
        });
        let connecting = std::thread::spawn(move || {
            let (stream, _) = listener.accept().expect("a connection");
            stream.set_nodelay(true).expect("an option");
            tungstenite::accept(stream).expect("a WebSocket")
        });
        let mut driver = Driver::start(desk, "terminal.mjs", given);
        let started = driver.act(&json!({ "do": "start" }));
        started.unwrap_or_else(|error| panic!("the window of the terminal: {error}"));
        let typed = connecting.join().expect("it connects");
        let stream = typed.get_ref().try_clone().expect("a second handle");
        std::thread::spawn(move || type_on(typed, &writer));
        let socket = WebSocket::from_raw_socket(stream, Role::Server, None);
        (Window { driver }, Canvas { socket })
    }

    /// Presses a key, and gives how long it took until a text was drawn.
    pub fn times(&mut self, key: &str, text: &str) -> Duration {
        let took = self
            .driver
            .act(&json!({ "do": "times", "key": key, "text": text }));
        let took = took.unwrap_or_else(|error| panic!("the window of the terminal: {error}"));
        Duration::from_secs_f64(took.as_f64().expect("a time") / 1e3)
    }
}

impl Canvas {
    /// Draws what the program prints.
    pub fn draw(&mut self, bytes: &[u8]) {
        // The window may be closed before the program has ended.
        let _ = self.socket.send(Message::binary(bytes.to_vec()));
    }
}

/// Sends on what is typed in the window, until it is closed.
fn type_on(mut socket: WebSocket<TcpStream>, writer: &Writer) {
    while let Ok(message) = socket.read() {
        if message.is_text() || message.is_binary() {
            write(writer, &message.into_data());
        }
    }
}
