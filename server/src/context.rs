//! Everything worth telling a model about one place in a document, chosen within a budget; pure.
//!
//! [`gather`] reads snapshots only: no files, no clock, no options, no errors. The same snapshots, offset and limits give the
//! same context, byte for byte. Each source of snippets is one file of this folder and one line in `SOURCES`.

pub mod around;
mod brackets;
mod budget;
mod calm;
mod enclosing;
mod hole;
mod imports;
pub mod lines;
mod near;
pub mod outline;
mod related;
mod scope;
mod siblings;
#[cfg(test)]
mod tests;

use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use crate::document::Snapshot;
use crate::text::{Span, Text};

use budget::Budget;
use outline::Outline;
use scope::Scope;

/// What a context may cost.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limits {
    /// The most tokens that snippets, prefix and suffix may have together.
    pub tokens: usize,
    /// The most tokens of text after the cursor.
    pub suffix_tokens: usize,
    /// How many bytes of source text make a token of this model, about; 3.3 for code with common vocabularies.
    pub bytes_per_token: f32,
}

/// Everything gathered for one hole, before it becomes a prompt.
#[derive(Clone, Debug)]
pub struct Context {
    pub hole: Hole,
    /// The near code before the hole. Its start moves in steps of many lines, so that a key typed does not move it.
    pub prefix: Span,
    /// The near code after the hole.
    pub suffix: Span,
    /// In the order in which they go into a prompt: the most stable first.
    pub snippets: Vec<Snippet>,
    pub left_out: Vec<LeftOut>,
}

/// The gap at the cursor.
#[derive(Clone, Debug, PartialEq)]
pub struct Hole {
    /// Bytes into the document.
    pub offset: usize,
    pub kind: HoleKind,
    /// Whether more than one line may be filled in here.
    pub shape: Shape,
    /// The innermost block (braces included) around the hole.
    pub block: Option<Span>,
    /// The function, method or test around the hole, from its docs or attributes to its end.
    pub function: Option<Span>,
    /// Whether the function begins and ends there for sure: without the line that is being written the syntax has no errors.
    pub settled: bool,
    /// Why no completion should be offered here on its own, in words for the status ("inside a comment"…).
    pub quiet: Option<&'static str>,
}

/// Where a hole is, by syntax.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HoleKind {
    /// Ordinary code in the middle of a statement or expression.
    Code,
    /// At a place where a statement of a block can begin.
    Statement,
    /// Between the parentheses of a call.
    Arguments,
    /// Between the parentheses of a definition.
    Parameters,
    /// At a place where a definition of the file or of a type can begin.
    Item,
    Import,
    String,
    Comment,
    /// Right behind the end of a finished statement (`;`, `}`).
    AfterStatement,
    /// No syntax is known.
    Unknown,
}

/// How much may be filled in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Up to the end of the line.
    Line,
    /// Up to the end of the enclosing block or the next definition.
    Block,
}

/// Which source a snippet comes from; the names that `convive context` prints. In the order of a prompt: what changes least
/// while a person types stands first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Source {
    Imports,
    /// Signatures of the file's other definitions.
    Outline,
    /// Tests beside the code.
    SiblingTest,
    /// The type or module around the hole: its header, and its fields.
    EnclosingType,
    /// Docs, signature and receiver or impl header of the function around the hole, where the prefix does not hold it already.
    EnclosingFunction,
    /// Definitions of the file that the code around the cursor refers to.
    Definition,
    /// A crash trace and the functions of its frames; gathered by `trace`, never found here.
    Trace,
}

impl Source {
    /// As `convive context` prints it.
    pub fn name(self) -> &'static str {
        match self {
            Source::Imports => "imports",
            Source::Outline => "outline",
            Source::SiblingTest => "test",
            Source::EnclosingType => "type",
            Source::EnclosingFunction => "function",
            Source::Definition => "definition",
            Source::Trace => "trace",
        }
    }
}

/// A piece of code from elsewhere.
#[derive(Clone, Debug, PartialEq)]
pub struct Snippet {
    pub source: Source,
    /// None for the document itself when it has no path.
    pub path: Option<Arc<Path>>,
    /// 1-based lines, end excluded.
    pub lines: Range<usize>,
    pub text: String,
    /// Why it is there, in words for the user: "called on line 12".
    pub reason: String,
    /// About this many tokens.
    pub tokens: usize,
}

/// A snippet that was found and not used.
#[derive(Clone, Debug, PartialEq)]
pub struct LeftOut {
    pub snippet: Snippet,
    /// "over the budget", "already in the prefix"…
    pub why: &'static str,
}

/// The sources of snippets in the order in which they may spend the budget; each file says why it stands where it does.
const SOURCES: [(Source, Find); 6] = [
    (Source::EnclosingFunction, enclosing::function),
    (Source::EnclosingType, enclosing::types),
    (Source::Definition, related::find),
    (Source::Imports, imports::find),
    (Source::SiblingTest, siblings::find),
    (Source::Outline, outline::find),
];

/// Gathers the context of the hole at `offset` (bytes). `neighbours` are other files worth reading: sibling tests.
pub fn gather(
    snapshot: &Snapshot,
    offset: usize,
    neighbours: &[Arc<Snapshot>],
    limits: Limits,
) -> Context {
    let offset = snapshot.text.floor(offset);
    let calm = calm::calm(snapshot, offset);
    let scope = match &calm {
        Some(calm) => Scope::at(snapshot, offset).steadied(Scope::at(calm, offset)),
        None => Scope::at(snapshot, offset),
    };
    let windows = near::windows(&snapshot.text, offset, limits);
    let here = Here {
        snapshot,
        hole: hole::locate(snapshot, offset, &scope),
        scope,
        focus: Span::empty(offset),
        shown: vec![
            (windows.prefix, "already in the prefix"),
            (windows.suffix, "already in the suffix"),
        ],
        outline: Outline::read(calm.as_ref().unwrap_or(snapshot), offset),
        neighbours,
    };
    let (snippets, left_out) = spend(&here, windows.left, limits, |_| true);
    Context {
        hole: here.hole,
        prefix: windows.prefix,
        suffix: windows.suffix,
        snippets,
        left_out,
    }
}

/// Spends `tokens` on the sources that are wanted.
fn spend(
    here: &Here,
    tokens: usize,
    limits: Limits,
    wanted: impl Fn(Source) -> bool,
) -> (Vec<Snippet>, Vec<LeftOut>) {
    let mut budget = Budget::new(tokens, limits.bytes_per_token);
    for (source, find) in SOURCES {
        if wanted(source) {
            budget.spend(here, source, find(here));
        }
    }
    budget.close()
}

/// Gives the pieces of one source, the most useful first.
type Find = fn(&Here) -> Vec<Piece>;

/// What the sources look at.
struct Here<'a> {
    snapshot: &'a Snapshot,
    hole: Hole,
    scope: Scope<'a>,
    /// What it is all about: empty at the hole, or a piece of code.
    focus: Span,
    /// What of the document the prompt shows anyway, and what to call that.
    shown: Vec<(Span, &'static str)>,
    outline: Outline<'a>,
    neighbours: &'a [Arc<Snapshot>],
}

impl Here<'_> {
    fn text(&self) -> &Text {
        &self.snapshot.text
    }

    /// A piece of the document itself.
    fn piece(&self, span: Span, reason: impl Into<String>) -> Piece {
        Piece {
            text: lines::excerpt(self.text(), span),
            lines: lines::numbers(self.text(), span),
            path: self.snapshot.path.clone(),
            own: Some(span),
            header: None,
            reason: reason.into(),
        }
    }
}

/// A snippet that a source would like to see in the prompt.
struct Piece {
    /// Its place, where it is in the document itself: what the prefix or suffix shows is not shown twice.
    own: Option<Span>,
    path: Option<Arc<Path>>,
    lines: Range<usize>,
    text: String,
    /// The line that opens what it is a member of, shown once above members in a row.
    header: Option<String>,
    reason: String,
}
