//! Where the cursor is, how much may be filled in there, and whether to offer it unasked.

use super::brackets;
use super::scope::{BlockKind, Scope};
use super::{Hole, HoleKind, Shape, lines};
use crate::document::Snapshot;
use crate::text::{Span, Text};

/// How many lines up an enclosing function is looked for without syntax.
const LINES_UP: usize = 300;

/// Describes the hole at `offset` (bytes, on a character boundary).
pub fn locate(snapshot: &Snapshot, offset: usize, scope: &Scope) -> Hole {
    let text = &snapshot.text;
    let line = text.line_span(text.line_of(offset));
    let before = text.slice(Span::new(line.start, offset));
    let after = text.slice(Span::new(offset, line.end));
    let kind = kind(snapshot, offset, scope, before, after);
    Hole {
        offset,
        kind,
        shape: shape(kind, before, after),
        block: block(snapshot, offset, scope),
        function: function(snapshot, offset, scope),
        settled: scope.settled,
        quiet: quiet(kind, before, after),
    }
}

fn kind(snapshot: &Snapshot, offset: usize, scope: &Scope, before: &str, after: &str) -> HoleKind {
    let Some(language) = snapshot.language else {
        return HoleKind::Unknown;
    };
    if scope.import.is_some() {
        return HoleKind::Import;
    }
    if scope.comment.is_some() {
        return HoleKind::Comment;
    }
    if scope.string.is_some() {
        return HoleKind::String;
    }
    let text = &snapshot.text;
    let start = offset - before.len();
    let open = match scope.certain {
        true => brackets::Open::default(),
        false => brackets::open(text, start..offset, Some(language.line_comment)),
    };
    if open.comment.is_some() {
        return HoleKind::Comment;
    }
    if open.string.is_some() {
        return HoleKind::String;
    }
    if before.trim_end().ends_with([';', '}']) && after.trim().is_empty() {
        return HoleKind::AfterStatement;
    }
    if let Some(kind) = open_list(text, &open.brackets, before, language.function_word) {
        return kind;
    }
    by_syntax(snapshot, scope, before, after)
}

/// In a list that this line opens, read off its characters.
fn open_list(text: &str, open: &[usize], before: &str, function_word: &str) -> Option<HoleKind> {
    let &bracket = open.last()?;
    let caller = text[..bracket].chars().next_back();
    if text.as_bytes()[bracket] != b'(' || !caller.is_some_and(|c| is_word(c) || c == '!') {
        return None;
    }
    let defines = before
        .split(|c| !is_word(c))
        .any(|word| word == function_word);
    Some(match defines {
        true => HoleKind::Parameters,
        false => HoleKind::Arguments,
    })
}

fn by_syntax(snapshot: &Snapshot, scope: &Scope, before: &str, after: &str) -> HoleKind {
    let start = |span: Option<Span>| span.map_or(0, |span| span.start + 1);
    let block = start(scope.block.map(|(span, _)| span));
    let (arguments, parameters) = (start(scope.arguments), start(scope.parameters));
    if parameters > block.max(arguments) {
        return HoleKind::Parameters;
    }
    if arguments > block {
        return HoleKind::Arguments;
    }
    let blank = before.trim().is_empty() && !after.starts_with(is_word);
    let opens = before.trim_end().ends_with('{');
    match scope.block {
        Some((_, BlockKind::Statements)) if blank || opens => HoleKind::Statement,
        Some((_, BlockKind::Items)) if blank || opens => HoleKind::Item,
        None if snapshot.syntax.is_none() => HoleKind::Unknown,
        None if blank => HoleKind::Item,
        _ => HoleKind::Code,
    }
}

fn shape(kind: HoleKind, before: &str, after: &str) -> Shape {
    let blank = before.trim().is_empty();
    // Behind `::` a name follows; behind a lone colon (`case x:`) a block does.
    let ended = before.trim_end();
    let opens = ended.ends_with('{') || (ended.ends_with(':') && !ended.ends_with("::"));
    let flat = matches!(
        kind,
        HoleKind::Comment | HoleKind::String | HoleKind::Import
    );
    match after.trim().is_empty() && (blank || opens) && !flat {
        true => Shape::Block,
        false => Shape::Line,
    }
}

fn quiet(kind: HoleKind, before: &str, after: &str) -> Option<&'static str> {
    let in_word = before.ends_with(is_word) && after.starts_with(is_word);
    if in_word {
        return Some("in the middle of a word");
    }
    let prose = matches!(kind, HoleKind::Comment | HoleKind::String);
    let ended = before.trim_end().ends_with([';', '}']) && after.trim().is_empty();
    (ended && !prose).then_some("behind a finished statement")
}

fn block(snapshot: &Snapshot, offset: usize, scope: &Scope) -> Option<Span> {
    match scope.block {
        Some((span, _)) if scope.certain => Some(span),
        found => {
            let comment = snapshot.language.map(|language| language.line_comment);
            let braces = brackets::braces_around(&snapshot.text, offset, comment).map(Span::from);
            let found = found.map(|(span, _)| span);
            match (found, braces) {
                (Some(found), Some(braces)) if found.start > braces.start => Some(found),
                (found, braces) => braces.or(found),
            }
        }
    }
}

fn function(snapshot: &Snapshot, offset: usize, scope: &Scope) -> Option<Span> {
    let language = snapshot.language?;
    let text = &snapshot.text;
    let span = match scope.function {
        Some(function) => function.span,
        None if scope.certain => return None,
        None => function_by_indent(text, offset, language.function_word)?,
    };
    Some(lines::with_leading(text, span, language.leading_lines))
}

/// A function around `offset` by indentation: up to the nearest line with less indentation that defines one, down to the first
/// line that has no more of it.
fn function_by_indent(text: &Text, offset: usize, word: &str) -> Option<Span> {
    let here = text.line_of(offset);
    let depth = |line: usize| {
        let line = text.line(line);
        (!line.trim().is_empty()).then(|| line.len() - line.trim_start().len())
    };
    let mut least = depth(here).unwrap_or(usize::MAX);
    for line in (here.saturating_sub(LINES_UP)..here).rev() {
        let Some(indent) = depth(line).filter(|indent| *indent < least) else {
            continue;
        };
        let content = text.line(line);
        if content.split(|c| !is_word(c)).any(|part| part == word) {
            let ends = |line: &usize| depth(*line).is_some_and(|other| other <= indent);
            let last = (here + 1..text.line_count().min(here + LINES_UP)).find(ends);
            let end = match last {
                Some(last) if text.line(last).trim_start().starts_with('}') => {
                    text.line_span(last).end
                }
                Some(last) => text.line_span(last - 1).end,
                None => text.len(),
            };
            return Some(Span::new(text.line_span(line).start + indent, end));
        }
        least = indent;
    }
    None
}

/// Whether a character can be part of a name.
pub fn is_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}
