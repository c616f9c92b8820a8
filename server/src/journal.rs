//! What was sent and what came back: the last requests in memory, all of them on the user's disk where he switched that on.

mod book;
mod carry;
pub mod corpus;
pub mod disk;
pub mod page;
pub mod place;
mod recorded;
pub mod scrub;

use std::path::PathBuf;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::complete::{Outcome, Tried, Verdict};
use crate::model::purpose::Part;
use crate::model::{Prompt, Sampling};
use crate::privacy::rules::Source;
use crate::usage::pen::Pen;
use crate::usage::{Budget, Key, Ledger};

pub use book::{Journal, Keep};
pub use recorded::{Names, Recorded};

/// What is noted of a request: the journal and the ledger, and the thread that writes both.
#[derive(Clone)]
pub struct Records {
    pub journal: Arc<Journal>,
    pub ledger: Arc<Ledger>,
    pen: Pen,
}

/// One request to a model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// Ten letters.
    pub id: String,
    /// When it was sent, in milliseconds since 1970.
    pub time: i64,
    /// `completion`, or the id of an action.
    pub what: String,
    /// The folder that the document belongs to; unknown until [`place::settle`] has looked for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub workspace: Option<PathBuf>,
    /// Relative to the workspace where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<PathBuf>,
    /// By its name in the options.
    pub backend: String,
    pub model: String,
    /// As the backend got it, when secrets had been taken out.
    pub prompt: Prompt,
    pub sampling: Sampling,
    /// What each stretch of the prompt is, without gaps.
    pub parts: Vec<Part>,
    #[serde(default)]
    pub left_out: Vec<Part>,
    /// As the model wrote it.
    pub answer: String,
    pub ending: Ending,
    pub figures: Figures,
    /// As it was shown, the longest that was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shown: Option<String>,
    /// What became of it, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verdict: Option<String>,
    /// To its end.
    #[serde(default)]
    pub accepted: bool,
    /// The characters of words and lines that were accepted before the end.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub in_parts: u64,
    /// The characters that were accepted and taken back at once.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub undone: u64,
    /// The characters of what was accepted that stood in the document later.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kept: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rating: Option<Rating>,
    /// What the user would rather have read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub correction: Option<String>,
}

/// How a generation ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// The model still writes.
    Running,
    /// The model ended by itself.
    Finished,
    /// At a stop sequence.
    Stop,
    /// At the most tokens, or at the end of the window.
    Length,
    /// Nobody needed more: the hole was filled, or the request was superseded or cancelled.
    Enough,
    /// Why.
    Failed(String),
}

/// What a request cost; tokens as the backend says, where it does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Figures {
    pub prompt_tokens: Option<usize>,
    pub cached_tokens: Option<usize>,
    pub generated_tokens: Option<usize>,
    pub prompt_ms: Option<u64>,
    pub generation_ms: Option<u64>,
    pub first_chunk_ms: Option<u64>,
    pub total_ms: u64,
}

/// What became of an answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Note {
    Shown {
        text: Option<String>,
        verdict: String,
    },
    Accepted,
    /// A word or a line was accepted: characters.
    Part(u64),
    /// Taken back: characters.
    Undone(u64),
    /// Of one of the accepted texts: characters.
    Kept(u64),
    Rated {
        rating: Rating,
        correction: Option<String>,
    },
}

/// What the user thinks of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rating {
    Good,
    Bad,
}

impl Records {
    /// Journal and ledger below `folder`; None: in memory only.
    pub fn new(folder: Option<PathBuf>) -> Records {
        let pen = Pen::default();
        let below = |name: &str| folder.as_ref().map(|folder| folder.join(name));
        Records {
            journal: Arc::new(Journal::new(below("journal"), pen.clone())),
            ledger: Arc::new(Ledger::new(below("usage"), pen.clone())),
            pen,
        }
    }

    /// Does what the options say from now on.
    pub fn set(&self, keep: Option<Keep>, rules: Source, budget: Budget) {
        self.journal.set_keep(keep, rules);
        self.ledger.set_budget(budget);
    }

    /// Waits until everything is on the disk; blocks the thread that calls it.
    pub fn flush(&self) {
        self.pen.flush();
    }
}

impl Entry {
    /// What its figures are summed up by.
    pub fn key(&self) -> Key {
        let workspace = self.workspace.as_deref();
        Key {
            action: self.what.clone(),
            backend: self.backend.clone(),
            model: self.model.clone(),
            workspace: workspace.map_or(String::new(), |folder| folder.display().to_string()),
        }
    }

    /// About what it takes of memory, in bytes.
    fn size(&self) -> usize {
        let parts = self.parts.len() + self.left_out.len();
        self.prompt.written().len() + self.answer.len() + parts * 200 + 500
    }

    /// Takes a note in; false where it says nothing new.
    fn take(&mut self, note: &Note) -> bool {
        let before = self.clone();
        match note.clone() {
            Note::Shown { text, verdict } => {
                let longer = text.as_ref().map(String::len) > self.shown.as_ref().map(String::len);
                if longer {
                    self.shown = text;
                }
                if longer || self.verdict.is_none() {
                    self.verdict = Some(verdict);
                }
            }
            Note::Accepted => self.accepted = true,
            Note::Part(characters) => self.in_parts += characters,
            Note::Undone(characters) => self.undone += characters,
            Note::Kept(characters) => *self.kept.get_or_insert(0) += characters,
            Note::Rated { rating, correction } => {
                self.rating = Some(rating);
                self.correction = correction.or(self.correction.take());
            }
        }
        *self != before
    }
}

impl Note {
    /// That a question was answered, and what the user was told beside the answer.
    pub fn answered(text: &str, remark: Option<&str>) -> Note {
        let remark = remark.map_or(String::new(), |remark| format!(": {remark}"));
        Note::Shown {
            text: Some(text.to_owned()),
            verdict: format!("shown{remark}"),
        }
    }

    /// What became of a completion; None where no model was asked for it.
    pub fn of(outcome: &Outcome) -> Option<Note> {
        let text = outcome.completion.as_ref();
        Some(Note::Shown {
            text: text.map(|completion| completion.text.clone()),
            verdict: in_words(&outcome.verdict)?,
        })
    }

    /// What became of a generation that was to give another completion.
    pub fn tried(tried: &Tried) -> Option<Note> {
        let verdict = in_words(&tried.verdict)?;
        Some(Note::Shown {
            text: tried.text.clone(),
            verdict: match tried.text {
                Some(_) => "shown as another choice, since more were asked for".to_owned(),
                None => verdict,
            },
        })
    }
}

fn is_zero(number: &u64) -> bool {
    *number == 0
}

fn in_words(verdict: &Verdict) -> Option<String> {
    match verdict {
        Verdict::Generated | Verdict::TypedThrough => Some("shown".to_owned()),
        Verdict::Filtered(rule) => Some(format!("not shown: dropped by the rule `{rule}`")),
        Verdict::Failed(error) => Some(format!("not shown: {error}")),
        Verdict::Superseded | Verdict::Quiet(_) => None,
    }
}

#[cfg(test)]
mod tests;
