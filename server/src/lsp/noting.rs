//! What becomes of answers, noted in the journal and the ledger: shown, accepted, kept, rated; and the reasons for none.

use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::Instant;
use tower_lsp::gen_lsp_types::{Command, MessageType};

use crate::ask;
use crate::complete::{Outcome, Verdict};
use crate::document::Snapshot;
use crate::journal::{Entry, Note, page, place};
use crate::lsp::asking::document::Document;
use crate::lsp::completing::{Answer, Choice};
use crate::lsp::ext::{ACCEPTED, Reason, WhichEntry};
use crate::lsp::server::Server;
use crate::usage::acceptance::{Acceptance, Accepted, Offer};
use crate::usage::{Count, Line, characters, kept};

/// A saved document is asked for what was kept of an accepted text when that is so old.
const AGE: Duration = Duration::from_secs(30);

/// What was offered and accepted in this session.
#[derive(Default)]
pub struct Noting {
    acceptance: Mutex<Acceptance>,
}

impl Noting {
    fn with<R>(&self, act: impl FnOnce(&mut Acceptance) -> R) -> R {
        let acceptance = self.acceptance.lock();
        act(&mut acceptance.unwrap_or_else(PoisonError::into_inner))
    }
}

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
}

/// Remembers a completion that is offered; gives the command by which clients say that it was accepted.
pub fn offered(server: &Server, answer: &Answer, choice: &Choice) -> Option<Command> {
    let id = choice.id.as_deref()?;
    let start = choice.completion.span.start;
    let offer = Offer {
        id: id.to_owned(),
        uri: answer.snapshot.uri.to_string(),
        text: choice.completion.text.clone(),
        line: answer.snapshot.text.line_of(start),
    };
    server.noting.with(|acceptance| acceptance.offer(offer));
    Some(Command {
        title: "Accepted".to_owned(),
        command: ACCEPTED.to_owned(),
        arguments: Some(vec![json!({ "id": id })]),
        ..Command::default()
    })
}

/// The client took what this request gave.
pub fn accepted(server: &Server, id: &str) {
    let journal = &server.records.journal;
    let entry = journal.find(id);
    let key = entry.as_ref().map(Entry::key).unwrap_or_default();
    let now = Instant::now();
    let taken = |acceptance: &mut Acceptance| acceptance.accept(id, key.clone(), now);
    let Some(offer) = server.noting.with(taken) else {
        return;
    };
    journal.note(id, Note::Accepted);
    let count = Count {
        accepted: 1,
        accepted_characters: characters(&offer.text),
        ..Count::default()
    };
    let document = entry.and_then(|entry| entry.document);
    let line = Line { key, count };
    server
        .records
        .ledger
        .add(line, move |line| in_workspace(line, document));
}

/// Looks how much of what was accepted in a document still stands there: all of it where `whole`, else what is old enough.
pub fn judge(server: &Server, uri: &str, whole: bool) {
    let age = if whole { Duration::ZERO } else { AGE };
    let now = Instant::now();
    let due = server
        .noting
        .with(|acceptance| acceptance.due(Some(uri), age, now));
    let Some(snapshot) = server.store.snapshot(uri).filter(|_| !due.is_empty()) else {
        return;
    };
    for accepted in due {
        judge_one(server, accepted, snapshot.clone());
    }
}

/// The same for all documents: the session ends.
pub fn judge_all(server: &Server) {
    let due = |acceptance: &mut Acceptance| acceptance.due(None, Duration::ZERO, Instant::now());
    for accepted in server.noting.with(due) {
        if let Some(snapshot) = server.store.snapshot(&accepted.offer.uri) {
            judge_one(server, accepted, snapshot);
        }
    }
}

/// On the pen's thread: a long text takes a while.
fn judge_one(server: &Server, accepted: Accepted, snapshot: Snapshot) {
    let Accepted { offer, key, .. } = accepted;
    let journal = server.records.journal.clone();
    let line = Line {
        key,
        count: Count::default(),
    };
    server.records.ledger.add(line, move |line| {
        let stands = kept(&offer.text, &snapshot.text, offer.line);
        line.count.judged_characters = characters(&offer.text);
        line.count.kept_characters = stands;
        journal.note(&offer.id, Note::Kept(stands));
        in_workspace(line, snapshot.path.as_deref().map(PathBuf::from));
    });
}

fn in_workspace(line: &mut Line, document: Option<PathBuf>) {
    let folder = document.as_deref().and_then(place::workspace);
    line.key.workspace = folder.map_or(String::new(), |at| at.display().to_string());
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
