//! A question about code: gathered, asked, streamed, and made into an edit where the action says so.

pub mod compile;
pub mod extract;
mod imports;
mod lay_out;
pub mod links;
pub mod listen;
pub mod place;
pub mod session;
pub mod test;
#[cfg(test)]
pub mod tests;
mod words;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use crate::action::{Action, AnswerKind, Check};
use crate::context::around::Around;
use crate::context::{LeftOut, Limits, Snippet};
use crate::document::Snapshot;
use crate::model::{Backend, EndReason, Error, Prompt, Purpose, Role, Usage};
use crate::prompt::purpose::{self, Told};
use crate::text::{Edit, Span, Text};
use crate::verify::Report;

pub use crate::prompt::ask::Turn;
pub use lay_out::{Laid, lay_out};

/// How to ask; plain values made from the options.
#[derive(Clone)]
pub struct Settings {
    pub backend: Arc<dyn Backend>,
    /// Its name in the options.
    pub backend_name: String,
    /// What a prompt may cost, earlier turns of the conversation included.
    pub limits: Limits,
    pub max_tokens: usize,
    pub temperature: f32,
    /// How often compiler and test output goes back to the model.
    pub repairs: usize,
    /// Whether generated tests may be built and run: the workspace is trusted.
    pub run_tests: bool,
}

/// One question.
#[derive(Clone)]
pub struct Query {
    pub action: Arc<Action>,
    pub snapshot: Snapshot,
    /// The selection, or empty at the cursor; bytes into the snapshot's text.
    pub span: Span,
    pub question: String,
    pub diagnostics: Vec<Diagnostic>,
    /// Other files worth reading: sibling tests.
    pub neighbours: Vec<Arc<Snapshot>>,
    /// Other open documents of the workspace in the same language: what is built is built with their texts.
    pub open: Vec<Snapshot>,
    /// The folder of the workspace that holds the document.
    pub root: Option<PathBuf>,
    /// The trace in the selection or document and the functions of its frames, for actions that are offered on one.
    pub trace: Vec<Snippet>,
    /// The files of these functions, for a fix.
    pub frames: Vec<Snapshot>,
    /// Earlier turns of the conversation, oldest first.
    pub earlier: Vec<Turn>,
    /// Another seed gives another answer.
    pub seed: Option<u32>,
    pub settings: Settings,
}

impl Query {
    /// The open document of a file.
    pub fn open_file(&self, path: &Path) -> Option<&Snapshot> {
        let mut open = self.open.iter();
        open.find(|one| one.path.as_deref() == Some(path))
    }

    /// The files that a build reads in another text than the disk's.
    pub fn open_files(&self) -> Vec<(PathBuf, String)> {
        let all = std::iter::once(&self.snapshot).chain(&self.open);
        let file = |one: &Snapshot| {
            Some((
                one.path.as_deref()?.to_owned(),
                one.text.as_str().to_owned(),
            ))
        };
        all.filter_map(file).collect()
    }
}

/// A diagnostic at the place, as the editor showed it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    pub span: Span,
    /// `error`, `warning`, `information`, `hint`.
    pub severity: &'static str,
    pub source: String,
    pub message: String,
}

/// What happens while a question is answered.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// What goes on, in words: loading, building the test…
    Working(String),
    /// A piece of the answer.
    Chunk(String),
    /// What was streamed so far does not count: a repaired answer begins.
    Again,
}

/// Shown as it happens.
pub type OnStep<'a> = &'a mut (dyn FnMut(Step) + Send);

/// A whole answer.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Names the request in the journal.
    pub id: String,
    /// The model's words, as streamed.
    pub text: String,
    /// What to change, where the action wants that.
    pub edit: Option<Proposal>,
    /// Why there is no edit though the action wants one, or what the user should know of it; words for the user.
    pub note: Option<String>,
    /// How the generated test fared.
    pub report: Option<Report>,
    pub usage: Usage,
    /// From the request to the model's first chunk.
    pub first_chunk: Option<Duration>,
    pub sent: Arc<Sent>,
}

/// The context and the prompt of an answer.
#[derive(Clone, Debug)]
pub struct Sent {
    pub snippets: Vec<Snippet>,
    pub left_out: Vec<LeftOut>,
    /// What the prompt tells beside the snippets.
    pub told: Vec<Told>,
    pub prompt: Prompt,
}

impl Answer {
    /// About what it takes of memory, in bytes.
    pub fn size(&self) -> usize {
        let snippets = self.sent.snippets.iter();
        let pieces = self.sent.told.iter().map(|one| one.text.len());
        let pieces: usize = pieces.chain(snippets.map(|one| one.text.len())).sum();
        let left_out = self.sent.left_out.iter().map(|one| one.snippet.text.len());
        let prompt = match &self.sent.prompt {
            Prompt::Chat(messages) => messages.iter().map(|one| one.text.len()).sum(),
            other => other.written().len(),
        };
        let output = self.report.as_ref().map_or(0, |report| report.output.len());
        self.text.len() + pieces + left_out.sum::<usize>() + prompt + output
    }
}

impl Sent {
    /// What it is for and made of, for the journal.
    pub fn purpose(&self, query: &Query) -> Purpose {
        purpose::ask(
            &query.action.id,
            &self.told,
            query.snapshot.path.as_deref(),
            (&self.snippets, &self.left_out),
            &self.prompt,
            query.settings.limits.bytes_per_token,
        )
    }

    /// The last message of the user in the prompt.
    pub fn question(&self) -> &str {
        let Prompt::Chat(messages) = &self.prompt else {
            return "";
        };
        let mut users = messages.iter().rev().filter(|one| one.role == Role::User);
        users.next().map_or("", |one| &one.text)
    }
}

/// Edits of one or more files that belong together: one undo each.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Proposal {
    pub files: Vec<FileEdit>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct FileEdit {
    pub uri: Arc<str>,
    /// The version of the open document it is for; None for a file that is not open.
    pub version: Option<i32>,
    /// The text of that version: a later one may be the same again (undone), and then takes the edit too.
    pub text: Option<Arc<Text>>,
    /// Whether the file has to be made first.
    pub create: bool,
    /// In the order of the text, not overlapping; spans of the text at that version.
    pub edits: Vec<Edit>,
}

/// Why a question has no answer.
#[derive(Clone, Debug, PartialEq)]
pub enum Failure {
    Model(Error),
    /// The action's template cannot be used: where and why.
    Action(crate::action::Problem),
    /// There is nothing to ask about: why, in words for the user.
    Nothing(String),
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failure::Model(error) => error.fmt(f),
            Failure::Action(problem) => write!(
                f,
                "{}:{}: {}",
                problem.path.display(),
                problem.line,
                problem.message
            ),
            Failure::Nothing(why) => f.write_str(why),
        }
    }
}

impl std::error::Error for Failure {}

/// Asks a model, and tells what happens as it happens. Dropping the future drops the model's stream.
///
/// # Errors
/// Why there is no answer, in words for the user.
pub async fn ask(query: Query, on: OnStep<'_>) -> Result<Answer, Failure> {
    if query.action.answer == AnswerKind::Test {
        return test::run(query, on).await;
    }
    let laid = lay_out(&query)?;
    let sent = Arc::new(laid.sent);
    let said = listen::listen(&query, &sent, on).await?;
    let mut notes: Vec<String> = laid.note.into_iter().collect();
    if said.reason == EndReason::Length {
        notes.push("The answer ended at its longest: raise ask.max_tokens for more.".to_owned());
    }
    let (mut edit, note) = placed(&query, laid.around, &said.text).await;
    notes.extend(note);
    if query.action.checks.contains(&Check::Compiles)
        && let Some(proposal) = edit.take()
    {
        let (compiled, note) = compile::check(&query, proposal, on).await;
        edit = compiled;
        notes.extend(note);
    }
    Ok(Answer {
        id: said.id,
        text: said.text,
        edit,
        note: (!notes.is_empty()).then(|| notes.join("\n")),
        report: None,
        usage: said.usage,
        first_chunk: said.first_chunk,
        sent,
    })
}

/// The edit that an answer makes, or why it makes none. Parsing takes its time, so it is done elsewhere.
async fn placed(query: &Query, around: Around, text: &str) -> (Option<Proposal>, Option<String>) {
    let (query, text) = (query.clone(), text.to_owned());
    let read_only = query.action.answer == AnswerKind::Answer;
    if read_only && query.frames.is_empty() {
        return (None, None);
    }
    let placing = tokio::task::spawn_blocking(move || match read_only {
        true => place::crash::place(&query, &text),
        false => place::place(&query, &around, &text),
    });
    match placing.await {
        Ok(Ok(placed)) => (Some(placed.proposal), placed.note),
        // An explanation need not have a fix.
        Ok(Err(_)) if read_only => (None, None),
        Ok(Err(why)) => (None, Some(format!("There is no edit: {why}."))),
        Err(_) => (
            None,
            Some("There is no edit: placing the answer failed.".to_owned()),
        ),
    }
}
