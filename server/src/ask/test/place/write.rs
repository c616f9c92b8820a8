//! Writes items as the file at the place would: its indentation, other names.

use super::super::items::{Item, Source};
use crate::text::Span;

/// The style of a file.
pub struct Style {
    /// One level of indentation.
    pub unit: String,
}

impl Style {
    /// The style of a text; `unit` where it does not show one.
    pub fn of(text: &str, unit: &str) -> Style {
        Style {
            unit: level(text).unwrap_or_else(|| unit.to_owned()),
        }
    }
}

/// The items with a blank line between them, lines ended by LF, indented by `depth` levels; no line end at the end.
pub fn items(
    code: &Source,
    items: &[Item],
    renamed: &[(String, String)],
    style: &Style,
    depth: usize,
) -> String {
    let from = level(code.text).unwrap_or_else(|| style.unit.clone());
    let written: Vec<String> = items
        .iter()
        .map(|item| {
            let line = code.text.line_span(code.text.line_of(item.span.start));
            let before = code.text.slice(Span::new(line.start, item.span.start));
            let base = levels(indent(before), &from).0;
            let (text, literals) = with_names(code, item.span, renamed);
            let put = |levels: usize| style.unit.repeat(depth + levels.saturating_sub(base));
            indented(&text, &literals, &from, base, put)
        })
        .collect();
    written.join("\n\n")
}

/// One level of indentation as a text shows it: a tab, or the fewest blanks that a line begins with.
fn level(text: &str) -> Option<String> {
    let mut fewest: Option<usize> = None;
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        if line.starts_with('\t') {
            return Some("\t".to_owned());
        }
        let blanks = line.len() - line.trim_start_matches(' ').len();
        // One blank is the alignment of a comment.
        if blanks >= 2 {
            fewest = Some(fewest.map_or(blanks, |fewest| fewest.min(blanks)));
        }
    }
    fewest.map(|count| " ".repeat(count.min(8)))
}

/// The text of an item with other names, and where its literals are in it then.
fn with_names(code: &Source, span: Span, renamed: &[(String, String)]) -> (String, Vec<Span>) {
    let words = code.placing("word").filter(|word| span.contains(*word));
    let mut changes: Vec<(Span, &str)> = words
        .filter_map(|word| {
            let old = code.text.slice(word);
            let (_, new) = renamed.iter().find(|(known, _)| known == old)?;
            Some((word, new.as_str()))
        })
        .collect();
    changes.sort_by_key(|(word, _)| *word);
    changes.dedup();
    let moved = |offset: usize| {
        let before = changes.iter().filter(|(word, _)| word.end <= offset);
        before.fold(offset - span.start, |at, (word, new)| {
            at + new.len() - word.len()
        })
    };
    let literals = code.placing("literal").filter(|one| span.contains(*one));
    let literals = literals.map(|one| Span::new(moved(one.start), moved(one.end)));
    let literals = literals.collect();
    let mut text = code.text.slice(span).to_owned();
    for (word, new) in changes.iter().rev() {
        text.replace_range(word.start - span.start..word.end - span.start, new);
    }
    (text, literals)
}

/// The text with `put(levels)` in place of its indentation; lines that begin in a literal stay as they are. The first line has
/// none in the text and `base` levels in the answer.
fn indented(
    text: &str,
    literals: &[Span],
    from: &str,
    base: usize,
    put: impl Fn(usize) -> String,
) -> String {
    let mut out = String::new();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let is_literal = literals.iter().any(|one| one.start < at && at < one.end);
        let content = &line[indent(line).len()..];
        let (levels, rest) = match at {
            0 => (base, 0),
            _ => levels(indent(line), from),
        };
        at += line.len();
        if is_literal {
            out.push_str(line);
        } else if content.trim().is_empty() {
            out.push_str(content);
        } else {
            out.push_str(&put(levels));
            out.push_str(&" ".repeat(rest));
            out.push_str(content);
        }
    }
    out
}

fn indent(line: &str) -> &str {
    &line[..line.len() - line.trim_start_matches([' ', '\t']).len()]
}

/// How many levels an indentation has, and how many blanks more.
fn levels(indent: &str, unit: &str) -> (usize, usize) {
    let tabs = indent.matches('\t').count();
    let blanks = indent.len() - tabs;
    match unit {
        "\t" => (tabs, blanks),
        unit => (tabs + blanks / unit.len(), blanks % unit.len()),
    }
}
