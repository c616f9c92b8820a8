//! What becomes of answers, noted in the journal: shown and rated; the reasons for none; and what was sent, to be seen again.

use std::path::PathBuf;

use serde_json::{Value, json};
use tower_lsp::gen_lsp_types::MessageType;

use crate::ask;
use crate::complete::{Outcome, Verdict};
use crate::document::Snapshot;
use crate::journal::{Note, page, place};
use crate::lsp::asking::document::Document;
use crate::lsp::ext::{Reason, WhichEntry};
use crate::lsp::server::Server;
use crate::lsp::taking;

/// Notes what became of a completion, and tells the status why there is none.
pub fn completed(server: &Server, outcome: &Outcome, snapshot: &Snapshot) {
    if let (Some(id), Some(note)) = (&outcome.id, Note::of(outcome)) {
        server.records.journal.note(id, note);
    }
    for tried in &outcome.tried {
        if let Some(note) = Note::tried(tried) {
            server.records.journal.note(&tried.id, note);
        }
    }
    let document = snapshot.path.as_deref().map(PathBuf::from);
    match (&outcome.verdict, &outcome.completion) {
        (_, Some(_)) => server.status.suggested(),
        (Verdict::Quiet(why), _) => idle(server, Reason::Place, why, document),
        // What an answer without text is called by the rules.
        (Verdict::Filtered("blank") | Verdict::Generated | Verdict::TypedThrough, _) => {
            let why = "the model had nothing to say here";
            idle(server, Reason::Empty, why, document);
        }
        (Verdict::Filtered(rule), _) => {
            let why = format!("the model's answer was dropped by the rule `{rule}`");
            idle(server, Reason::Filtered, &why, document);
        }
        // A failure is a state of its own.
        (Verdict::Failed(_) | Verdict::Superseded, _) => {}
    }
}

/// Tells the client and the journal why there is no suggestion, where that is news.
pub fn idle(server: &Server, reason: Reason, why: &str, document: Option<PathBuf>) {
    server.status.idle(reason, why);
    server.records.journal.idle(why, document);
}

/// Notes the answer to a question.
pub fn answered(server: &Server, answer: &ask::Answer) {
    let note = Note::answered(&answer.text, answer.note.as_deref());
    server.records.journal.note(&answer.id, note);
    taking::answered(server, answer);
}

/// `convive.last`: a request of this session as JSON and as a page; shown as a document to clients that have no place for it.
pub async fn last(server: &Server, which: WhichEntry) -> Value {
    let entries = server.records.journal.entries();
    let found = match &which.id {
        Some(id) => entries.into_iter().find(|entry| entry.id == *id),
        None => entries.into_iter().rev().nth(which.back),
    };
    let Some(entry) = found else {
        let message = "Convive: nothing was sent to a model in this session yet";
        server.show(MessageType::Info, message.to_owned());
        return Value::Null;
    };
    // Finding the workspace looks at the disk.
    let settle = move || {
        let mut entry = entry;
        place::settle(&mut entry);
        entry
    };
    let Ok(entry) = tokio::task::spawn_blocking(settle).await else {
        return Value::Null;
    };
    let page = page::markdown(&entry, &page::time(entry.time));
    if !server.features().extensions.ask {
        let (server, page) = (server.clone(), page.clone());
        server.clone().work.start(async move {
            drop(Document::open(&server, "last request", page).await);
        });
    }
    json!({ "entry": entry, "markdown": page })
}

/// `convive.rate`: what the user thinks of an answer; of the last one where none is named.
pub fn rate(server: &Server, which: WhichEntry) {
    let journal = &server.records.journal;
    let last = || journal.entries().pop().map(|entry| entry.id);
    let id = which.id.or_else(last).unwrap_or_default();
    let Some(rating) = which.rating else {
        let message = "Convive: rate it \"good\" or \"bad\"";
        return server.show(MessageType::Error, message.to_owned());
    };
    let correction = which.correction;
    let message = match journal.note(&id, Note::Rated { rating, correction }) {
        false => {
            "Convive: that answer is not remembered any more; `convive rate` knows all that are kept on disk"
        }
        true if journal.is_kept() => return,
        true => {
            "Convive: noted until the editor closes. Set keep = true under [journal] in your options to keep your ratings"
        }
    };
    server.show(MessageType::Info, message.to_owned());
}
