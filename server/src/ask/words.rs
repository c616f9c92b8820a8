//! What the templates of actions are told of a query: the words that they may name; pure.

use std::fmt::Write;

use super::{Diagnostic, Query};
use crate::action::{AnswerKind, Need, Words};
use crate::context::around::{Around, cut};
use crate::context::{Snippet, Source};
use crate::document::Snapshot;
use crate::prompt::names::Names;

/// The most diagnostics that are told, and bytes of one.
const MOST_DIAGNOSTICS: usize = 20;
const MOST_MESSAGE: usize = 1000;

/// The share of the budget that a crash may have, and that one function of it may have, in percent.
const TRACE_SHARE: usize = 75;
const FRAME_SHARE: usize = 40;

/// The share of it below which no more functions of a crash are told, in percent.
const LEAST_SHARE: usize = 5;

pub fn words(query: &Query, around: &Around) -> Words {
    let snapshot = &query.snapshot;
    let joined = |source: Source| {
        let snippets = around.snippets.iter();
        let texts = snippets.filter(|snippet| snippet.source == source);
        let texts: Vec<&str> = texts.map(|snippet| snippet.text.as_str()).collect();
        texts.join("\n\n")
    };
    let function = match around.function_text.is_empty() {
        true => joined(Source::EnclosingFunction),
        false => around.function_text.clone(),
    };
    let wants = |need: Need| query.action.needs.contains(&need);
    let trace: Vec<String> = trace(query).into_iter().map(|one| one.text).collect();
    Words {
        language: match snapshot.language {
            Some(language) => language.name.to_owned(),
            None => snapshot.language_id.to_string(),
        },
        path: path(query),
        question: wish(query, around, &query.question),
        selection: around.focus_text.clone(),
        selected: match around.place.is_empty() {
            true => String::new(),
            false => around.focus_text.clone(),
        },
        before: unix(snapshot.text.slice(around.before)),
        after: unix(snapshot.text.slice(around.after)),
        function,
        function_name: around.function_name.clone().unwrap_or_default(),
        imports: joined(Source::Imports),
        outline: joined(Source::Outline),
        tests: joined(Source::SiblingTest),
        enclosing_type: joined(Source::EnclosingType),
        definitions: joined(Source::Definition),
        diagnostics: match wants(Need::Diagnostics) {
            true => diagnostics(snapshot, &query.diagnostics),
            false => String::new(),
        },
        trace: trace.join("\n\n"),
    }
}

/// What to write: the question, else the comment that the cursor is in or right below.
pub fn wish(query: &Query, around: &Around, question: &str) -> String {
    let writes = query.action.answer == AnswerKind::Insert
        && query.action.needs.contains(&Need::Near)
        && around.place.is_empty();
    let Some(language) = query
        .snapshot
        .language
        .filter(|_| writes && question.trim().is_empty())
    else {
        return question.to_owned();
    };
    let text = &query.snapshot.text;
    let comment = |line: usize| {
        let content = text.line(line).trim().strip_prefix(language.line_comment)?;
        Some(content.trim_start_matches(['/', '!']).trim())
    };
    let here = text.line_of(around.place.start);
    let last = match comment(here) {
        Some(_) => here,
        None => here.saturating_sub(1),
    };
    let mut lines: Vec<&str> = (0..=last).rev().map_while(comment).collect();
    lines.reverse();
    lines.join(" ").trim().to_owned()
}

/// The pieces of the trace within a budget: each is cut around the line that it is about, the outermost calls go first.
pub fn trace(query: &Query) -> Vec<Snippet> {
    if !query.action.needs.contains(&Need::Trace) {
        return Vec::new();
    }
    let limits = query.settings.limits;
    let bytes = |share: usize| {
        let tokens = (limits.tokens * share / 100) as f32;
        (tokens * limits.bytes_per_token) as usize
    };
    let mut left = bytes(TRACE_SHARE);
    let mut kept = Vec::new();
    for snippet in &query.trace {
        // The end of a function says little.
        if left < bytes(LEAST_SHARE) {
            break;
        }
        let mut lines = snippet.text.lines();
        let here = lines
            .position(|line| line.ends_with("<- here"))
            .unwrap_or(0);
        let (text, _) = cut(&snippet.text, here, bytes(FRAME_SHARE).min(left));
        left = left.saturating_sub(text.len());
        let tokens = (text.len() as f32 / limits.bytes_per_token.max(0.1)).ceil() as usize;
        kept.push(Snippet {
            text,
            tokens,
            ..snippet.clone()
        });
    }
    kept
}

fn unix(text: &str) -> String {
    text.replace("\r\n", "\n")
}

/// Relative to the workspace where it is in one; else by folder and name, so that nothing of the user's machine is told.
fn path(query: &Query) -> String {
    let (path, root) = (&query.snapshot.path, &query.root);
    let below = match (path, root) {
        (Some(path), Some(root)) => path.strip_prefix(root).ok(),
        _ => None,
    };
    match below {
        Some(below) => below.to_string_lossy().replace('\\', "/"),
        None => Names::of(&query.snapshot).path,
    }
}

/// Each with the line of code that it is about, since the code in a prompt has no line numbers.
fn diagnostics(snapshot: &Snapshot, diagnostics: &[Diagnostic]) -> String {
    let text = &snapshot.text;
    let mut out = String::new();
    for one in diagnostics.iter().take(MOST_DIAGNOSTICS) {
        let start = text.floor(one.span.start);
        let line = text.line_of(start);
        let before = &text[text.line_span(line).start..start];
        let column = before.chars().count() + 1;
        let (severity, message) = (one.severity, one.message.trim());
        let message = &message[..message.floor_char_boundary(MOST_MESSAGE)];
        let _ = writeln!(out, "{}:{column}: {severity}: {message}", line + 1);
        let _ = writeln!(out, "    {}", text.line(line).trim());
    }
    out.truncate(out.trim_end().len());
    out
}
