//! Actions: questions with fixed words, each a readable Markdown file, ours and the user's alike.
//!
//! A file is front matter, the fields of [`Action`], and a template; [`WORDS`] is all that a template may name. A new built-in
//! action is one file in `action/built_in/` and one line in `BUILT_IN`.

mod built_in;
mod depth;
mod front;
mod names;
mod offer;
mod read;
mod store;
mod template;
#[cfg(test)]
mod tests;
mod words;

use std::path::{Path, PathBuf};

use crate::context::Source;

pub use built_in::BUILT_IN;
pub use offer::{Offer, offered};
pub use store::{Actions, FOLDER, Store, has_actions};
pub use template::{Template, fenced, render};
pub use words::{WORDS, Word};

/// One action, as its file says it.
#[derive(Clone, Debug, PartialEq)]
pub struct Action {
    /// Unique among the actions that are in use: `explain`.
    pub id: String,
    /// As a menu shows it: `Explain this code`.
    pub title: String,
    /// Names of the languages it is for; empty: all.
    pub languages: Vec<String>,
    /// Where it is offered.
    pub offered: Vec<Offered>,
    /// The protocol's kind of code action: `quickfix`, `refactor.rewrite`; empty: none.
    pub kind: String,
    /// What it wants of the context.
    pub needs: Vec<Need>,
    /// The name of a backend; never from a workspace's file.
    pub backend: Option<String>,
    pub temperature: Option<f32>,
    pub max_tokens: Option<usize>,
    pub answer: AnswerKind,
    pub checks: Vec<Check>,
    /// The instructions, may be empty, and the question.
    pub system: Template,
    pub body: Template,
    pub origin: Origin,
}

impl Action {
    /// Reads an action's file and tries its templates.
    ///
    /// # Errors
    /// All that is wrong with it, each with its line; the file then counts for nothing.
    pub fn parse(text: &str, origin: Origin) -> Result<Action, Vec<Problem>> {
        read::read(text, origin)
    }

    /// A good file with comments, for `convive action new`.
    pub fn example(id: &str) -> String {
        include_str!("action/new.md").replace("NAME", id)
    }

    /// Whether an action may be called so.
    pub fn is_id(id: &str) -> bool {
        read::is_id(id)
    }

    /// The file it is from; for a built-in action a name that says so.
    pub fn path(&self) -> PathBuf {
        self.origin.path(&self.id)
    }
}

/// Where an action is offered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Offered {
    Always,
    /// Something is selected.
    Selection,
    /// The cursor is in a function.
    Function,
    /// There is a diagnostic.
    Diagnostic,
    /// The document or selection holds a crash trace.
    Trace,
}

/// A part of the context that a template may name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// A source of snippets, by the name that `convive context` prints.
    Snippets(Source),
    /// The near code before and after.
    Near,
    Diagnostics,
    Trace,
}

/// What becomes of the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AnswerKind {
    /// It is read.
    Answer,
    /// Its code goes in at the cursor or instead of the selection; for an action that needs no near code, above the function.
    Insert,
    /// Its code takes the place of the selection or of the function at the cursor.
    Replace,
    /// Its code is a test, placed among its siblings.
    Test,
    /// Its code is a new file.
    File,
}

/// What the answer must pass before it is offered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Check {
    Parses,
    Compiles,
    TestRuns,
}

/// Where an action's file is from; a later one takes the place of an earlier one with the same id.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    BuiltIn,
    /// The user's folder.
    User(PathBuf),
    /// `.convive/actions/` of a trusted workspace; marked so in every menu.
    Workspace(PathBuf),
}

impl Origin {
    /// The file of the action `id`.
    fn path(&self, id: &str) -> PathBuf {
        match self {
            Origin::BuiltIn => Path::new("built_in").join(format!("{id}.md")),
            Origin::User(path) | Origin::Workspace(path) => path.clone(),
        }
    }
}

/// Something wrong with an action's file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    pub path: PathBuf,
    /// From 1.
    pub line: usize,
    /// What is wrong, and the names that exist.
    pub message: String,
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}: {}", self.path.display(), self.line, self.message)
    }
}

/// What a template may name; a name that it uses and that is not here is an error of the action's file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Words {
    /// `Go`, `Rust`, or the client's name for it.
    pub language: String,
    /// Relative to the workspace where it is in one.
    pub path: String,
    /// What the user typed; empty where nothing was.
    pub question: String,
    /// What is selected, or the function at the cursor where nothing is.
    pub selection: String,
    /// What is selected; empty where nothing is.
    pub selected: String,
    /// Near code before and after the selection or cursor.
    pub before: String,
    pub after: String,
    /// The function around, with docs and signature.
    pub function: String,
    pub function_name: String,
    /// Snippets by source, joined.
    pub imports: String,
    pub outline: String,
    pub tests: String,
    pub enclosing_type: String,
    pub definitions: String,
    /// One a line: `12:5: error: mismatched types`.
    pub diagnostics: String,
    pub trace: String,
}
