//! The names that a front matter may use for its values; each table is the only place where they are written.

use super::{AnswerKind, Check, Need, Offered};
use crate::context::Source;

pub const OFFERED: &[(&str, Offered)] = &[
    ("always", Offered::Always),
    ("selection", Offered::Selection),
    ("function", Offered::Function),
    ("diagnostic", Offered::Diagnostic),
    ("trace", Offered::Trace),
];

/// The sources by the names that `convive context` prints, and what else a question may need.
pub const NEEDS: &[(&str, Need)] = &[
    ("imports", Need::Snippets(Source::Imports)),
    ("outline", Need::Snippets(Source::Outline)),
    ("test", Need::Snippets(Source::SiblingTest)),
    ("type", Need::Snippets(Source::EnclosingType)),
    ("function", Need::Snippets(Source::EnclosingFunction)),
    ("definition", Need::Snippets(Source::Definition)),
    ("near", Need::Near),
    ("diagnostics", Need::Diagnostics),
    ("trace", Need::Trace),
];

pub const ANSWERS: &[(&str, AnswerKind)] = &[
    ("answer", AnswerKind::Answer),
    ("insert", AnswerKind::Insert),
    ("replace", AnswerKind::Replace),
    ("test", AnswerKind::Test),
    ("file", AnswerKind::File),
];

pub const CHECKS: &[(&str, Check)] = &[
    ("parses", Check::Parses),
    ("compiles", Check::Compiles),
    ("test-runs", Check::TestRuns),
];

/// The protocol's kinds of code actions that Convive's may be of, or below: `refactor.rewrite.mine`.
pub const KINDS: &[&str] = &[
    "quickfix",
    "refactor",
    "refactor.extract",
    "refactor.inline",
    "refactor.rewrite",
    "source",
];

/// The value of a name.
///
/// # Errors
/// That there is no such name, and which there are.
pub fn find<T: Copy>(names: &[(&str, T)], name: &str) -> Result<T, String> {
    let known = names.iter().find(|(known, _)| *known == name);
    known.map(|(_, value)| *value).ok_or_else(|| {
        let all: Vec<&str> = names.iter().map(|(name, _)| *name).collect();
        unknown(name, &all)
    })
}

/// The name of a value.
pub fn of<T: PartialEq>(names: &[(&'static str, T)], value: &T) -> &'static str {
    let known = names.iter().find(|(_, known)| known == value);
    known.map_or("", |(name, _)| name)
}

/// That there is no such name, and which there are.
pub fn unknown(name: &str, names: &[&str]) -> String {
    format!("there is no `{name}`, only {}", names.join(", "))
}
