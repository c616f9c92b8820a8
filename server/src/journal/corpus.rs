//! Rated answers as a corpus that the user owns: exported, merged, without secrets. Merging twice changes nothing.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{Entry, Rating, scrub};
use crate::model::{Prompt, Role};
use crate::privacy::secrets::Rules;
use crate::usage::pen;

/// An answer that a person has judged.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// The hash of all the rest: the same opinion of the same answer is the same record, wherever it comes from.
    #[serde(default)]
    pub id: String,
    /// `completion`, or an action's id.
    pub what: String,
    pub model: String,
    /// The prompt, piece by piece, in its order.
    pub prompt: Vec<Piece>,
    pub answer: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rating: Option<Rating>,
    /// What the person would rather have read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub correction: Option<String>,
    /// Under which terms it may be used; empty: not said.
    #[serde(default)]
    pub licence: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Piece {
    /// As in the journal: `prefix`, `selection`, `frame`, the source of a snippet…
    pub from: String,
    /// Of a conversation's message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
    pub text: String,
}

/// Records by their ids: in one order, each once.
pub type Corpus = BTreeMap<String, Record>;

/// What became of reading a corpus.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Merged {
    pub new: usize,
    pub known: usize,
    /// Lines that are no records, from 1.
    pub unreadable: Vec<usize>,
}

/// The record of a request that was rated or corrected; None of any other. `licence`: under which terms it may be used.
pub fn record(entry: &Entry, licence: &str, rules: &Rules) -> Option<Record> {
    if entry.rating.is_none() && entry.correction.is_none() {
        return None;
    }
    let entry = scrub::entry(entry.clone(), rules);
    Some(sealed(Record {
        id: String::new(),
        prompt: pieces(&entry),
        what: entry.what,
        model: entry.model,
        answer: entry.answer,
        rating: entry.rating,
        correction: entry.correction,
        licence: licence.to_owned(),
    }))
}

/// Takes the records of a text in, one a line, without their secrets.
pub fn merge(corpus: &mut Corpus, text: &str, rules: &Rules) -> Merged {
    let mut merged = Merged::default();
    for (number, line) in text.lines().enumerate() {
        if line.trim().is_empty() {
            continue;
        }
        let Ok(record) = serde_json::from_str::<Record>(line) else {
            merged.unreadable.push(number + 1);
            continue;
        };
        let record = sealed(cleaned(record, rules));
        match corpus.insert(record.id.clone(), record) {
            None => merged.new += 1,
            Some(_) => merged.known += 1,
        }
    }
    merged
}

/// One record a line.
///
/// # Errors
/// Never, as far as is known: a record is JSON.
pub fn written(corpus: &Corpus) -> serde_json::Result<String> {
    let lines = corpus.values().map(serde_json::to_string);
    let lines: Vec<String> = lines.collect::<serde_json::Result<_>>()?;
    Ok(lines.into_iter().map(|line| line + "\n").collect())
}

/// The corpus of a file; empty where there is none.
///
/// # Errors
/// What the system says of a file that is there.
pub fn read(path: &Path, rules: &Rules) -> std::io::Result<Corpus> {
    let mut corpus = Corpus::new();
    match std::fs::read_to_string(path) {
        Ok(text) => drop(merge(&mut corpus, &text, rules)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    Ok(corpus)
}

/// Adds the records that the file does not have yet.
///
/// # Errors
/// What the system says.
pub fn add(path: &Path, more: &Corpus, rules: &Rules) -> std::io::Result<()> {
    let known = read(path, rules)?;
    for (_, record) in more.iter().filter(|(id, _)| !known.contains_key(*id)) {
        pen::append(path, &serde_json::to_string(record)?)?;
    }
    Ok(())
}

/// The parts of the prompt with the message that each stands in.
fn pieces(entry: &Entry) -> Vec<Piece> {
    let written = entry.prompt.written();
    let role_at = |offset: usize| {
        let Prompt::Chat(messages) = &entry.prompt else {
            return None;
        };
        let mut end = 0;
        let holds = |message: &&crate::model::Message| {
            end += message.text.len();
            offset < end
        };
        messages.iter().find(holds).map(|message| message.role)
    };
    let parts = entry.parts.iter().map(|part| Piece {
        from: part.from.clone(),
        role: role_at(part.range.start),
        text: written
            .get(part.range.clone())
            .unwrap_or_default()
            .to_owned(),
    });
    parts.collect()
}

fn cleaned(mut record: Record, rules: &Rules) -> Record {
    let clean = |text: &str| scrub::text(text, rules);
    for piece in &mut record.prompt {
        piece.text = clean(&piece.text);
    }
    record.answer = clean(&record.answer);
    record.correction = record.correction.as_deref().map(clean);
    record
}

fn sealed(mut record: Record) -> Record {
    record.id.clear();
    let bytes = serde_json::to_vec(&record).unwrap_or_default();
    let hash = Sha256::digest(bytes);
    record.id = hash
        .iter()
        .take(16)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    record
}

#[cfg(test)]
mod tests;
