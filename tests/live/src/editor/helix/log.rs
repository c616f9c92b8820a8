//! The texts of Helix's buffers, by what its log says that it told the server: Helix cannot be asked for them.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::Value;

use crate::desk::Desk;

/// The log of one window, read on from where it was read last.
pub struct Log {
    path: PathBuf,
}

/// Marks the messages to Convive.
const SENT: &str = "convive -> ";

/// How long nothing is written when there is nothing to write.
const QUIET: Duration = Duration::from_millis(120);

/// Numbers the windows of a process.
static NUMBER: AtomicUsize = AtomicUsize::new(0);

impl Log {
    pub fn new(desk: &Desk) -> Log {
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        Log {
            path: desk.run().join(format!("helix-{number}.log")),
        }
    }

    pub fn path(&self) -> String {
        self.path.display().to_string()
    }

    /// Whether something is written within a short time.
    pub fn grows(&self) -> bool {
        let length = || std::fs::metadata(&self.path).map_or(0, |file| file.len());
        let before = length();
        std::thread::sleep(QUIET);
        length() != before
    }

    /// The text of an open file.
    pub fn text(&self, path: &Path) -> Option<String> {
        let log = std::fs::read_to_string(&self.path).unwrap_or_default();
        let messages = log.lines().filter_map(|line| line.split_once(SENT));
        let messages = messages.filter_map(|(_, json)| serde_json::from_str::<Value>(json).ok());
        let mut texts = HashMap::new();
        for message in messages {
            take(&mut texts, &message);
        }
        texts.remove(&format!("file://{}", path.display()))
    }
}

/// Follows what a message says of a document.
fn take(texts: &mut HashMap<String, String>, message: &Value) {
    let document = &message["params"]["textDocument"];
    let uri = document["uri"].as_str().unwrap_or_default();
    match message["method"].as_str() {
        Some("textDocument/didOpen") => {
            let text = document["text"].as_str().unwrap_or_default();
            texts.insert(uri.to_owned(), text.to_owned());
        }
        Some("textDocument/didChange") => {
            let text = texts.get_mut(uri).expect("a change of an open document");
            let changes = message["params"]["contentChanges"].as_array();
            for change in changes.into_iter().flatten() {
                apply(text, change);
            }
        }
        Some("textDocument/didClose") => drop(texts.remove(uri)),
        _ => {}
    }
}

fn apply(text: &mut String, change: &Value) {
    let new = change["text"].as_str().expect("a text");
    match change["range"].is_object() {
        true => {
            let range = &change["range"];
            let (start, end) = (offset(text, &range["start"]), offset(text, &range["end"]));
            text.replace_range(start..end, new);
        }
        false => *text = new.to_owned(),
    }
}

/// Bytes into the text; Helix and Convive agree on columns in bytes.
fn offset(text: &str, position: &Value) -> usize {
    let number = |name: &str| position[name].as_u64().expect("a number") as usize;
    let lines = text.split_inclusive('\n').take(number("line"));
    lines.map(str::len).sum::<usize>() + number("character")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn changes_are_followed() {
        let mut texts = HashMap::new();
        let document = json!({ "uri": "file:///a", "text": "one\nzwei\n" });
        let open =
            json!({ "method": "textDocument/didOpen", "params": { "textDocument": document } });
        let at = |line: u32, character: u32| json!({ "line": line, "character": character });
        let change = json!({ "range": { "start": at(1, 0), "end": at(1, 4) }, "text": "two" });
        let change = json!({ "method": "textDocument/didChange", "params": { "textDocument": document, "contentChanges": [change] } });
        take(&mut texts, &open);
        take(&mut texts, &change);
        assert_eq!(texts["file:///a"], "one\ntwo\n");
    }
}
