//! The ledger: tokens in and out, seconds of computing, what was accepted and kept; and the daily budget.
//!
//! Numbers only, no text: a line for each request in a file for each day, so that several servers may write at once. Lines are
//! summed up when their day is over.

pub mod acceptance;
mod kept;
mod ledger;
pub mod pen;
pub mod site;
mod sums;

use serde::{Deserialize, Serialize};

pub use kept::{characters, kept};
pub use ledger::{Budget, Ledger};
pub use sums::{By, Row, read, rows};

/// What was counted, and for what.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Line {
    #[serde(flatten)]
    pub key: Key,
    #[serde(flatten)]
    pub count: Count,
}

/// What figures are summed up by, beside the day.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(default)]
pub struct Key {
    /// `completion`, or an action's id.
    pub action: String,
    pub backend: String,
    pub model: String,
    /// The folder; empty where there is none.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub workspace: String,
}

/// The figures of one request or of many.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Count {
    #[serde(skip_serializing_if = "is_zero")]
    pub requests: u64,
    /// Tokens of prompts.
    #[serde(rename = "in", skip_serializing_if = "is_zero")]
    pub tokens_in: u64,
    /// Those of them that the backend remembered.
    #[serde(skip_serializing_if = "is_zero")]
    pub cached: u64,
    /// Tokens of answers.
    #[serde(rename = "out", skip_serializing_if = "is_zero")]
    pub tokens_out: u64,
    /// Requests for which the backend did not say all of it, so that tokens are estimated from bytes.
    #[serde(skip_serializing_if = "is_zero")]
    pub about: u64,
    /// Thousandths of a second that the model worked.
    #[serde(rename = "ms", skip_serializing_if = "is_zero")]
    pub milliseconds: u64,
    /// Answers that were shown; several for one place count once.
    #[serde(skip_serializing_if = "is_zero")]
    pub shown: u64,
    /// Answers that were accepted to their end.
    #[serde(skip_serializing_if = "is_zero")]
    pub accepted: u64,
    /// Words and lines that were accepted before the end.
    #[serde(skip_serializing_if = "is_zero")]
    pub parts: u64,
    /// The characters of both.
    #[serde(rename = "accepted_chars", skip_serializing_if = "is_zero")]
    pub accepted_characters: u64,
    /// Those of them that were taken back at once, by undo or by deleting them.
    #[serde(rename = "undone_chars", skip_serializing_if = "is_zero")]
    pub undone_characters: u64,
    /// The characters of accepted answers that were looked for later, and those of them that still stood.
    #[serde(rename = "judged_chars", skip_serializing_if = "is_zero")]
    pub judged_characters: u64,
    #[serde(rename = "kept_chars", skip_serializing_if = "is_zero")]
    pub kept_characters: u64,
}

impl Count {
    /// What a budget counts: tokens that were read anew or written.
    pub fn spent_tokens(&self) -> u64 {
        self.tokens_in.saturating_sub(self.cached) + self.tokens_out
    }
}

impl std::ops::AddAssign for Count {
    fn add_assign(&mut self, other: Count) {
        self.requests += other.requests;
        self.tokens_in += other.tokens_in;
        self.cached += other.cached;
        self.tokens_out += other.tokens_out;
        self.about += other.about;
        self.milliseconds += other.milliseconds;
        self.shown += other.shown;
        self.accepted += other.accepted;
        self.parts += other.parts;
        self.accepted_characters += other.accepted_characters;
        self.undone_characters += other.undone_characters;
        self.judged_characters += other.judged_characters;
        self.kept_characters += other.kept_characters;
    }
}

fn is_zero(number: &u64) -> bool {
    *number == 0
}

#[cfg(test)]
mod tests;
