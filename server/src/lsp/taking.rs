//! What the user takes of what is shown, as the documents tell it, and how much of that he keeps: for the journal and the ledger.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde_json::json;
use tokio::time::Instant;
use tower_lsp::gen_lsp_types::Command;

use crate::ask::{self, FileEdit, Proposal};
use crate::complete::Completion;
use crate::document::Snapshot;
use crate::journal::{Note, place};
use crate::lsp::completing;
use crate::lsp::ext::ACCEPTED;
use crate::lsp::server::{Parts, Server};
use crate::text::Text;
use crate::usage::acceptance::{Acceptance, Accepted, Choice, Edited, Event, Offer};
use crate::usage::site::{Mark, Site};
use crate::usage::{Count, Line, characters, kept};

/// A saved document is asked for what was kept of an accepted text when that is so old.
const AGE: Duration = Duration::from_secs(30);

/// What was shown and accepted in this session.
#[derive(Default)]
pub struct Taking {
    acceptance: Mutex<Acceptance>,
}

impl Taking {
    fn with<R>(&self, act: impl FnOnce(&mut Acceptance) -> R) -> R {
        let acceptance = self.acceptance.lock();
        act(&mut acceptance.unwrap_or_else(PoisonError::into_inner))
    }
}

/// A list of completions is shown from now on.
pub fn shown(server: &Server, answer: &completing::Answer) {
    let choices = answer.choices.iter().filter_map(|choice| {
        let id = choice.id.as_deref()?;
        Some(self::choice(&answer.snapshot, &choice.completion, id))
    });
    show(server, choices.collect());
}

/// So much of a completion is shown while the model writes.
pub fn growing(server: &Server, snapshot: &Snapshot, completion: &Completion, id: &Arc<str>) {
    if !completion.text.is_empty() {
        show(server, vec![choice(snapshot, completion, id)]);
    }
}

/// The command by which clients say that a completion was accepted.
pub fn command(choice: &completing::Choice) -> Option<Command> {
    let id = choice.id.as_deref()?;
    Some(Command {
        title: "Accepted".to_owned(),
        command: ACCEPTED.to_owned(),
        arguments: Some(vec![json!({ "id": id })]),
        ..Command::default()
    })
}

/// The answer to a question is shown, and its edit offered where it has one.
pub fn answered(server: &Server, answer: &ask::Answer) {
    let edit = answer.edit.as_ref();
    let edit = edit.and_then(|proposal| {
        let first = proposal.files.first()?;
        let edits = proposal.files.iter().flat_map(|file| &file.edits);
        let texts: Vec<&str> = edits.map(|edit| edit.new_text.as_str()).collect();
        let line = |text: Arc<Text>| {
            let edit = first.edits.first();
            edit.map_or(0, |edit| text.line_of(text.floor(edit.span.start)))
        };
        let offer = Offer {
            id: answer.id.clone(),
            uri: first.uri.to_string(),
            text: texts.join("\n"),
            line: text_of(server, first).map_or(0, line),
        };
        Some((offer, edited(server, proposal)))
    });
    let new = |acceptance: &mut Acceptance| acceptance.answer(&answer.id, edit);
    if server.taking.with(new) {
        count_shown(server, &answer.id);
    }
}

/// The client says that the user took what this request gave.
pub fn confirmed(server: &Server, id: &str) {
    let event = server.taking.with(|acceptance| acceptance.confirm(id));
    event.into_iter().for_each(|event| note(server, event));
}

/// A document has changed, or was opened.
pub fn changed(server: &Server, uri: &str) {
    // A snapshot of a long text costs time at each key.
    let watched = server.taking.with(|acceptance| acceptance.watches(uri));
    let Some(snapshot) = watched.then(|| server.store.snapshot(uri)).flatten() else {
        return;
    };
    let told = |acceptance: &mut Acceptance| acceptance.changed(uri, &snapshot.text);
    let events = server.taking.with(told);
    events.into_iter().for_each(|event| note(server, event));
}

/// A document was closed: judges what was taken there.
pub fn closed(server: &Server, uri: &str) {
    judge(server, uri, true);
    server.taking.with(|acceptance| acceptance.close(uri));
}

/// Looks how much of what was accepted in a document still stands there: all of it where `whole`, else what is old enough.
pub fn judge(server: &Server, uri: &str, whole: bool) {
    let age = if whole { Duration::ZERO } else { AGE };
    let now = Instant::now();
    let due = server
        .taking
        .with(|acceptance| acceptance.due(Some(uri), age, now));
    let Some(snapshot) = server.store.snapshot(uri).filter(|_| !due.is_empty()) else {
        return;
    };
    for accepted in due {
        judge_one(server, accepted, snapshot.clone());
    }
}

/// The same for all documents: the session ends.
pub fn judge_all(server: &Parts) {
    let due = |acceptance: &mut Acceptance| acceptance.due(None, Duration::ZERO, Instant::now());
    for accepted in server.taking.with(due) {
        if let Some(snapshot) = server.store.snapshot(&accepted.offer.uri) {
            judge_one(server, accepted, snapshot);
        }
    }
}

fn choice(snapshot: &Snapshot, completion: &Completion, id: &str) -> Choice {
    let span = completion.span;
    Choice {
        offer: Offer {
            id: id.to_owned(),
            uri: snapshot.uri.to_string(),
            text: completion.text.clone(),
            line: snapshot.text.line_of(span.start),
        },
        site: Site::new(&snapshot.text, span.start, span.end),
    }
}

fn show(server: &Server, choices: Vec<Choice>) {
    let Some(first) = choices.first().map(|choice| choice.offer.clone()) else {
        return;
    };
    let Some(snapshot) = server.store.snapshot(&first.uri) else {
        return;
    };
    let new = |acceptance: &mut Acceptance| acceptance.show(choices, &snapshot.text);
    if server.taking.with(new) {
        count_shown(server, &first.id);
    }
}

/// What a proposal makes of the files whose text is known here.
fn edited(server: &Server, proposal: &Proposal) -> Vec<Edited> {
    let files = proposal.files.iter().filter_map(|file| {
        let before = text_of(server, file)?;
        let mut text = (*before).clone();
        for edit in file.edits.iter().rev() {
            text.apply(edit);
        }
        Some(Edited {
            uri: file.uri.to_string(),
            before: (!file.create).then(|| Mark::of(&before)),
            after: Mark::of(&text),
        })
    });
    files.collect()
}

fn text_of(server: &Server, file: &FileEdit) -> Option<Arc<Text>> {
    match server.store.snapshot(&file.uri) {
        Some(open) => Some(open.text).filter(|_| !file.create),
        None => file.create.then(Arc::default),
    }
}

fn note(server: &Server, event: Event) {
    let count = |text: &str| Count {
        accepted_characters: characters(text),
        ..Count::default()
    };
    match event {
        Event::Whole(offer) => {
            let count = Count {
                accepted: 1,
                ..count(&offer.text)
            };
            take(server, offer, Note::Accepted, count);
        }
        Event::Part(offer) => {
            let count = Count {
                parts: 1,
                ..count(&offer.text)
            };
            let note = Note::Part(count.accepted_characters);
            take(server, offer, note, count);
        }
        Event::Undone {
            id,
            characters,
            unjudged,
        } => {
            server.records.journal.note(&id, Note::Undone(characters));
            let count = Count {
                undone_characters: characters,
                judged_characters: if unjudged { characters } else { 0 },
                ..Count::default()
            };
            add(server, &id, count);
        }
    }
}

fn take(server: &Server, offer: Offer, note: Note, count: Count) {
    server.records.journal.note(&offer.id, note);
    add(server, &offer.id, count);
    let key = server.records.journal.key(&offer.id).unwrap_or_default().0;
    let keep = |acceptance: &mut Acceptance| acceptance.keep(offer, key, Instant::now());
    server.taking.with(keep);
}

fn count_shown(server: &Server, id: &str) {
    let count = Count {
        shown: 1,
        ..Count::default()
    };
    add(server, id, count);
}

fn add(server: &Server, id: &str, count: Count) {
    let (key, document) = server.records.journal.key(id).unwrap_or_default();
    let line = Line { key, count };
    let ledger = &server.records.ledger;
    ledger.add(line, move |line| in_workspace(line, document));
}

/// On the pen's thread: a long text takes a while.
fn judge_one(server: &Parts, accepted: Accepted, snapshot: Snapshot) {
    let Accepted { offer, key, .. } = accepted;
    if !offer.text.contains(char::is_alphanumeric) {
        // A bracket that stands somewhere is no proof.
        return;
    }
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
