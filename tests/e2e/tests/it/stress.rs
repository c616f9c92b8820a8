//! Random edits with requests and cancels in between: every prompt holds the text of its version, every request is answered once.

use std::time::Duration;

use convive::model::Prompt;
use convive::model::scripted::{Scripted, Step};
use convive::text::{Edit, Encoding, Span, Text};
use serde_json::{Value, json};

use crate::server::{Setup, TestServer, run};

const URI: &str = "file:///work/a.rs";
const PIECES: &[&str] = &[
    "x",
    "fn f() {\n",
    "}\r\n",
    "🙂",
    "é",
    "\r",
    "\n",
    "\u{2028}",
    "let a = \"",
    ";",
    "    ",
    "// note\n",
    "(",
    ")",
    "e\u{301}",
    "",
];

/// The client's side: its text, and what it sends.
struct Client {
    text: Text,
    version: i32,
    encoding: Encoding,
    random: u64,
}

impl Client {
    fn below(&mut self, limit: usize) -> usize {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        (self.random % limit as u64) as usize
    }

    fn position(&self, offset: usize) -> Value {
        let lines = self.text.lines();
        let (line, column) = lines.line_and_column(&self.text, offset, self.encoding);
        json!({ "line": line, "character": column })
    }

    /// A character boundary that has a position of its own: not between the two characters of a line end.
    fn offset(&mut self) -> usize {
        let length = self.text.len();
        let mut offset = self.below(length + 1);
        loop {
            let inside = self.text[..self.text.floor(offset)].ends_with('\r')
                && self.text[self.text.floor(offset)..].starts_with('\n');
            if self.text.is_char_boundary(offset) && !inside {
                return offset;
            }
            offset -= 1;
        }
    }

    async fn edit(&mut self, server: &mut TestServer) {
        let (one, other) = (self.offset(), self.offset());
        // Mostly small edits, so that the text grows.
        let near = |at: usize, text: &Text| text.floor(at.min(one.min(other) + 12));
        let start = one.min(other);
        let mut end = near(one.max(other), &self.text).max(start);
        if self.text[..end].ends_with('\r') && self.text[end..].starts_with('\n') {
            end += 1;
        }
        let choice = self.below(PIECES.len());
        let piece = PIECES[choice];
        let range = json!({ "start": self.position(start), "end": self.position(end) });
        self.version += 1;
        let changes = json!([{ "range": range, "text": piece }]);
        server.changes(URI, self.version, changes).await;
        self.text.apply(&Edit::new(Span::new(start, end), piece));
    }

    /// Asks for a completion; gives the id and the text before and after the cursor.
    async fn ask(&mut self, server: &mut TestServer) -> (i64, [String; 2]) {
        let at = self.offset();
        let place = json!({ "textDocument": { "uri": URI }, "position": self.position(at) });
        let id = server.invoke(&place).await;
        let (before, after) = self.text.split_at(at);
        (id, [before.to_owned(), after.to_owned()])
    }
}

/// Waits until the server has read all that was sent to it.
async fn reached(server: &mut TestServer) {
    let probe = server.ask("$/probe", Value::Null).await;
    server.answer(probe).await;
}

/// Whether the end of the prompt's prefix and the start of its suffix are the text around the cursor.
fn is_prompt_for(prompt: &Prompt, [before, after]: &[String; 2]) -> bool {
    let Prompt::Insert { prefix, suffix } = prompt else {
        panic!("{prompt:?}");
    };
    let blanks = [' ', '\t'];
    let plain = |text: &str| text.trim_end_matches(blanks).to_owned();
    // The prompt holds the whole text here, and perhaps snippets before it.
    plain(prefix).ends_with(&plain(before)) && plain(suffix).starts_with(plain(after).as_str())
}

fn stress(name: &str, encoding: Encoding, seed: u64) {
    let script = vec![
        Step::Wait(Duration::from_millis(50)),
        Step::Say("§"),
        Step::Hang,
    ];
    let backend = Scripted::new([script]);
    let setup = Setup::new(backend.clone()).capable("general.positionEncodings", json!([name]));
    run(setup, async |server| {
        let mut client = Client {
            text: Text::new(""),
            version: 1,
            encoding,
            random: seed,
        };
        server.open(URI, "rust", "").await;
        let mut checked = 0;
        let mut ids = Vec::new();
        for _ in 0..500 {
            client.edit(server).await;
            match client.below(4) {
                0 => {
                    reached(server).await;
                    let before = backend.requests().len();
                    let (id, around) = client.ask(server).await;
                    reached(server).await;
                    tokio::time::sleep(Duration::from_millis(5)).await;
                    for request in &backend.requests()[before..] {
                        assert!(
                            is_prompt_for(&request.prompt, &around),
                            "{around:?}: {:?}",
                            request.prompt
                        );
                        checked += 1;
                    }
                    ids.push(id);
                }
                1 => {
                    let (id, _) = client.ask(server).await;
                    ids.push(id);
                    server.cancel(id).await;
                }
                _ => {}
            }
        }
        server.settle().await;
        // One that was cancelled early leaves the request before it running.
        for id in &ids {
            if !server.answered(*id) {
                server.cancel(*id).await;
            }
        }
        let (mut cancelled, mut answered) = (0, 0);
        for id in &ids {
            match server.answer(*id).await.get("error") {
                Some(error) => {
                    assert_eq!(error["code"], -32800);
                    cancelled += 1;
                }
                None => answered += 1,
            }
        }
        assert!(
            checked > 60 && cancelled > 60 && answered > 60,
            "{checked} {cancelled} {answered}"
        );
        server.settle().await;
        assert_eq!(backend.running(), 0);
    });
}

#[test]
fn utf8() {
    stress("utf-8", Encoding::Utf8, 0x9e37_79b9_7f4a_7c15);
}

#[test]
fn utf16() {
    stress("utf-16", Encoding::Utf16, 0xd1b5_4a32_d192_ed03);
}

#[test]
fn utf32() {
    stress("utf-32", Encoding::Utf32, 0x2545_f491_4f6c_dd1d);
}
