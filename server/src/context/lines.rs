//! Spans made of whole lines, and their text as a snippet shows it.

use std::ops::Range;

use crate::text::{Span, Text};

/// How many lines of docs and attributes belong to one definition at most.
const MOST_LEADING: usize = 40;

/// `span` from the docs and attributes on the lines above it.
pub fn with_leading(text: &Text, span: Span, leading: &[&str]) -> Span {
    let mut line = text.line_of(span.start);
    let mut start = span.start;
    for _ in 0..MOST_LEADING {
        let Some(above) = line.checked_sub(1) else {
            break;
        };
        let content = text.line(above).trim_start();
        if !leading.iter().any(|mark| content.starts_with(mark)) {
            break;
        }
        line = above;
        start = text.line_span(above).end - content.len();
    }
    Span::new(start, span.end)
}

/// The text of a span as a snippet: less the indentation of its first line, LF between lines, no blanks at the end.
pub fn excerpt(text: &Text, span: Span) -> String {
    let first = text.line_span(text.line_of(span.start));
    let before = text.slice(Span::new(first.start, span.start));
    let indent = &before[..before.len() - before.trim_start().len()];
    let mut out = String::with_capacity(span.len());
    for line in text.slice(span).trim_end().split('\n') {
        if !out.is_empty() {
            out.push('\n');
        }
        let line = line.strip_suffix('\r').unwrap_or(line);
        out.push_str(line.strip_prefix(indent).unwrap_or(line));
    }
    out
}

/// The 1-based lines of a span, end excluded.
pub fn numbers(text: &Text, span: Span) -> Range<usize> {
    let last = span.end.max(span.start + 1) - 1;
    text.line_of(span.start) + 1..text.line_of(last.min(text.len())) + 2
}
