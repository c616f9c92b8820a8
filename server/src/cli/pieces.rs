//! The pieces of a context as a person reads them: source lines, what each is, its tokens, why it is there or was left out.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;

use super::out::Style;
use super::place::short;
use crate::complete::{Query, Sent};
use crate::context::{HoleKind, Shape, Snippet};
use crate::prompt::fill::{From, Layout};
use crate::text::Span;

/// One piece of a context.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    pub what: &'static str,
    /// None: the document itself, without a file.
    pub path: Option<String>,
    /// From 1, end excluded.
    pub lines: Range<usize>,
    /// About.
    pub tokens: usize,
    pub reason: String,
    pub text: String,
}

/// What is sent, and what is not, both in order.
pub struct Pieces {
    pub sent: Vec<Row>,
    /// The reason says why not.
    pub left_out: Vec<Row>,
}

/// The pieces of what is sent for a query.
pub fn pieces(query: &Query, sent: &Sent) -> Pieces {
    let context = &sent.context;
    let used = |index| {
        let mut parts = sent.filled.parts.iter();
        parts.any(|part| part.from == From::Snippet(index))
    };
    let near = [
        (
            "prefix",
            context.prefix,
            "the code before the cursor",
            From::Prefix,
        ),
        (
            "suffix",
            context.suffix,
            "the code after the cursor",
            From::Suffix,
        ),
    ];
    let mut pieces = Pieces {
        sent: Vec::new(),
        left_out: Vec::new(),
    };
    for (index, snippet) in context.snippets.iter().enumerate() {
        match used(index) {
            true => pieces.sent.push(row(snippet, &snippet.reason)),
            false => pieces
                .left_out
                .push(row(snippet, "of no use to a model without FIM")),
        }
    }
    for (what, span, reason, from) in near {
        let there = sent.filled.parts.iter().any(|part| part.from == from);
        if there {
            pieces.sent.push(near_row(query, what, span, reason));
        }
    }
    let left_out = context.left_out.iter();
    pieces
        .left_out
        .extend(left_out.map(|left| row(&left.snippet, left.why)));
    pieces
}

fn row(snippet: &Snippet, reason: &str) -> Row {
    Row {
        what: snippet.source.name(),
        path: snippet.path.as_deref().map(short),
        lines: snippet.lines.clone(),
        tokens: snippet.tokens,
        reason: reason.to_owned(),
        text: snippet.text.clone(),
    }
}

fn near_row(query: &Query, what: &'static str, span: Span, reason: &str) -> Row {
    let text = &query.snapshot.text;
    Row {
        what,
        path: query.snapshot.path.as_deref().map(short),
        lines: text.line_of(span.start) + 1..text.line_of(span.end) + 2,
        tokens: tokens(query, span.len()),
        reason: reason.to_owned(),
        text: text.slice(span).to_owned(),
    }
}

/// About how many tokens so many bytes are.
pub fn tokens(query: &Query, bytes: usize) -> usize {
    (bytes as f32 / query.settings.limits.bytes_per_token).ceil() as usize
}

/// One line for each piece: lines, what, tokens, why.
pub fn table(rows: &[Row], document: Option<&Path>, style: Style) -> Vec<String> {
    let own = document.map(short);
    rows.iter()
        .map(|row| {
            let last = row.lines.end.saturating_sub(1);
            let lines = match row.lines.start == last {
                true => format!("line {last}"),
                false => format!("lines {}–{last}", row.lines.start),
            };
            let place = match &row.path {
                Some(path) if row.path != own => format!(", {lines} of {path}"),
                _ => String::new(),
            };
            let lines = if place.is_empty() {
                lines
            } else {
                String::new()
            };
            let tokens = format!("{:>5} tokens", row.tokens);
            format!(
                "{lines:<14}{} {}  {}{place}",
                style.bold(&format!("{:<11}", row.what)),
                style.dim(&tokens),
                row.reason
            )
        })
        .collect()
}

/// What was left out, in one line: how many pieces for each reason.
pub fn summary(left_out: &[Row]) -> Option<String> {
    let mut reasons: BTreeMap<&str, usize> = BTreeMap::new();
    for row in left_out {
        *reasons.entry(&row.reason).or_default() += 1;
    }
    let counts = reasons.iter().map(|(why, count)| format!("{count} {why}"));
    let counts: Vec<String> = counts.collect();
    (!counts.is_empty()).then(|| format!("left out: {}", counts.join(", ")))
}

/// Where a hole is, in words.
pub fn kind(kind: HoleKind) -> &'static str {
    match kind {
        HoleKind::Code => "code",
        HoleKind::Statement => "statement",
        HoleKind::Arguments => "arguments of a call",
        HoleKind::Parameters => "parameters",
        HoleKind::Item => "definition",
        HoleKind::Import => "import",
        HoleKind::String => "string",
        HoleKind::Comment => "comment",
        HoleKind::AfterStatement => "after a statement",
        HoleKind::Unknown => "no syntax known",
    }
}

/// How much may be filled in, in words.
pub fn shape(shape: Shape) -> &'static str {
    match shape {
        Shape::Line => "line",
        Shape::Block => "block",
    }
}

/// How the prompt is laid out, in words.
pub fn layout(layout: Layout) -> &'static str {
    match layout {
        Layout::Fim(format) => format.name,
        Layout::Insert => "suffix (the server lays it out)",
        Layout::LeftToRight { .. } => "left to right",
        Layout::Chat => "chat",
    }
}
