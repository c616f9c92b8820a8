//! The editor behind the client: documents that take edits, or refuse those for another version; in UTF-8 columns.

use std::collections::HashMap;

use convive::text::{Edit, Encoding, Span, Text};
use serde_json::{Value, json};

/// What the user sees.
#[derive(Default)]
pub struct Editor {
    documents: HashMap<String, Document>,
    /// What was shown by the server's wish, oldest first.
    pub shown: Vec<String>,
    /// Every edit that was applied.
    pub applied: Vec<Value>,
}

struct Document {
    version: Option<i64>,
    text: Text,
}

impl Editor {
    pub fn open(&mut self, uri: &str, text: &str) {
        let text = Text::new(text);
        let version = Some(1);
        self.documents
            .insert(uri.to_owned(), Document { version, text });
    }

    pub fn set_version(&mut self, uri: &str, version: i32) {
        if let Some(document) = self.documents.get_mut(uri) {
            document.version = Some(version.into());
        }
    }

    pub fn text(&self, uri: &str) -> &str {
        let document = self.documents.get(uri);
        &document.unwrap_or_else(|| panic!("{uri} is not open")).text
    }

    /// The text of the document that was shown last.
    pub fn shown_text(&self) -> &str {
        self.text(self.shown.last().expect("a document was shown"))
    }

    /// `window/showDocument`: reads the file.
    pub fn show(&mut self, params: &Value) -> Value {
        let uri = params["uri"].as_str().expect("a uri").to_owned();
        let path = uri.strip_prefix("file://").expect("a file");
        let text = std::fs::read_to_string(path).expect("it is there");
        let text = Text::new(text);
        let version = None;
        self.documents
            .insert(uri.clone(), Document { version, text });
        self.shown.push(uri);
        json!({ "success": true })
    }

    /// `workspace/applyEdit`: all of it or nothing.
    pub fn apply(&mut self, params: &Value) -> Value {
        let edit = &params["edit"];
        let Some(changes) = edit["documentChanges"].as_array() else {
            for (uri, edits) in edit["changes"].as_object().expect("changes") {
                self.edit(uri, edits);
            }
            self.applied.push(params.clone());
            return json!({ "applied": true });
        };
        let fits = |change: &Value| {
            let uri = change["textDocument"]["uri"].as_str().unwrap_or_default();
            let version = change["textDocument"]["version"].as_i64();
            let open = self.documents.get(uri);
            version.is_none() || open.is_some_and(|open| open.version == version)
        };
        if !changes.iter().all(fits) {
            return json!({ "applied": false, "failureReason": "another version" });
        }
        for change in changes {
            if change["kind"] == "create" {
                let uri = change["uri"].as_str().expect("a uri");
                assert!(!self.documents.contains_key(uri), "{uri} is there already");
                self.open(uri, "");
            } else {
                let uri = change["textDocument"]["uri"].as_str().expect("a uri");
                self.edit(uri, &change["edits"]);
            }
        }
        self.applied.push(params.clone());
        json!({ "applied": true })
    }

    fn edit(&mut self, uri: &str, edits: &Value) {
        let document = self.documents.get_mut(uri);
        let text = &mut document.unwrap_or_else(|| panic!("{uri} is not open")).text;
        let edits = edits.as_array().expect("edits").iter();
        let mut edits: Vec<Edit> = edits.map(|edit| from_lsp(text, edit)).collect();
        edits.sort_by_key(|edit| std::cmp::Reverse(edit.span.start));
        for edit in edits {
            text.apply(&edit);
        }
    }
}

fn from_lsp(text: &Text, edit: &Value) -> Edit {
    let [start, end] = ["start", "end"].map(|end| {
        let place = &edit["range"][end];
        let [line, column] =
            ["line", "character"].map(|part| place[part].as_u64().expect("a number"));
        text.lines()
            .offset(text, line as usize, column as usize, Encoding::Utf8)
    });
    let new_text = edit["newText"].as_str().expect("a text");
    Edit::new(Span::new(start, end), new_text)
}
