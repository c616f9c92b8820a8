//! What an editor tells and asks while a person types: documents opened and changed, completions asked for.

use serde_json::{Value, json};

use crate::server::TestServer;

impl TestServer {
    /// Opens a document at version 1. `drawing` may hold the cursor as `$0`; gives the place of it for requests, in UTF-8.
    pub async fn open(&mut self, uri: &str, language: &str, drawing: &str) -> Value {
        let at = drawing.find("$0").unwrap_or(drawing.len());
        let text = drawing.replacen("$0", "", 1);
        self.editor.open(uri, &text);
        let document = json!({ "uri": uri, "languageId": language, "version": 1, "text": text });
        self.notify("textDocument/didOpen", json!({ "textDocument": document }))
            .await;
        place(uri, &text, at)
    }

    /// Replaces a range of lines and columns.
    pub async fn change(&mut self, uri: &str, version: i32, range: [[u32; 2]; 2], text: &str) {
        let [start, end] = range.map(|[line, column]| json!({ "line": line, "character": column }));
        let change = json!({ "range": { "start": start, "end": end }, "text": text });
        self.changes(uri, version, json!([change])).await;
    }

    pub async fn changes(&mut self, uri: &str, version: i32, changes: Value) {
        self.editor.set_version(uri, version);
        let document = json!({ "uri": uri, "version": version });
        let params = json!({ "textDocument": document, "contentChanges": changes });
        self.notify("textDocument/didChange", params).await;
    }

    /// Asks for an inline completion as the user does; gives the request's id.
    pub async fn invoke(&mut self, place: &Value) -> i64 {
        self.ask("textDocument/inlineCompletion", with_kind(place, 1))
            .await
    }

    /// Asks for an inline completion as the editor does after a key; gives the request's id.
    pub async fn automatic(&mut self, place: &Value) -> i64 {
        self.ask("textDocument/inlineCompletion", with_kind(place, 2))
            .await
    }

    /// The texts of all items of an answer.
    pub async fn texts(&mut self, id: i64) -> Vec<String> {
        let answer = self.answer(id).await;
        let items = answer["result"]["items"].as_array();
        let items = items.unwrap_or_else(|| panic!("no list: {answer}"));
        let text = |item: &Value| item["insertText"].as_str().map(str::to_owned);
        let texts = items.iter().map(text);
        texts
            .map(|text| text.unwrap_or_else(|| panic!("{answer}")))
            .collect()
    }

    /// The text of the only item of an answer; none for an empty list.
    pub async fn text(&mut self, id: i64) -> Option<String> {
        let mut texts = self.texts(id).await;
        assert!(texts.len() <= 1, "{texts:?}");
        texts.pop()
    }

    /// The next notification must be of this method, and its message hold these words.
    pub async fn told(&mut self, method: &str, words: &str) {
        let told = self.notification(method).await;
        let message = told["message"].as_str().unwrap_or_default();
        assert!(message.contains(words), "{words:?} in {told}");
    }
}

/// The parameters that name a place: the byte offset `at` of `text`, in UTF-8 columns.
pub fn place(uri: &str, text: &str, at: usize) -> Value {
    let text = convive::text::Text::new(text);
    let encoding = convive::text::Encoding::Utf8;
    let (line, column) = text.lines().line_and_column(&text, at, encoding);
    json!({ "textDocument": { "uri": uri }, "position": { "line": line, "character": column } })
}

pub fn with_kind(place: &Value, kind: u8) -> Value {
    let mut params = place.clone();
    params["context"] = json!({ "triggerKind": kind });
    params
}
