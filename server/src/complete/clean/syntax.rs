//! Sees to it that what is shown adds no syntax error: closes what is open, else cuts, else drops.

use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use tree_sitter::{InputEdit, ParseOptions, ParseState, Parser, Point, Tree};

use super::Draft;
use super::brackets::missing_closers;
use crate::complete::around::Around;
use crate::document::Snapshot;
use crate::text::Span;

/// How long all parses for one answer may take together: never reached but by pathological texts and stalled machines.
const TIME: Duration = Duration::from_millis(500);

/// Bytes of text that may be parsed anew for one answer, about; more forms of it are tried in smaller files.
const WORK: usize = 1024 * 1024;

/// How many forms of an answer are tried that may mend an error, where one is known that leaves it.
const BETTER: usize = 8;

pub fn clean(draft: &mut Draft, around: &Around) -> Result<(), &'static str> {
    let Some(check) = Check::new(&around.snapshot) else {
        return clean_by_brackets(draft, around);
    };
    let answer = draft.text.clone();
    let mut acceptable = None;
    for (number, text) in candidates(&answer, around).enumerate() {
        if acceptable.is_some() && number > BETTER {
            break;
        }
        let span = Span::new(around.hole.offset, around.hole.offset + draft.replaces);
        match check.errors_with(span, &text) {
            None if number == 0 => return clean_by_brackets(draft, around),
            None => break,
            // The hole itself was an error, and is none any more; or there was none before and there is none now.
            Some(errors) if errors < check.errors.max(1) => {
                draft.text = text;
                return Ok(());
            }
            Some(errors) if errors <= check.errors => {
                acceptable.get_or_insert(text);
            }
            Some(_) => {}
        }
    }
    draft.text = acceptable.ok_or("adds a syntax error")?;
    Ok(())
}

/// The number of syntax errors in a snapshot, now: error and missing nodes. None where its syntax is not known, or not wholly.
pub fn errors(snapshot: &Snapshot) -> Option<usize> {
    Check::new(snapshot).map(|check| check.errors)
}

/// Whether the snapshot has more syntax errors with `text` in place of `span`; None where that cannot be told.
pub fn adds_error(snapshot: &Snapshot, span: Span, text: &str) -> Option<bool> {
    let check = Check::new(snapshot)?;
    Some(check.errors_with(span, text)? > check.errors)
}

/// Without a tree, brackets must at least be closed.
fn clean_by_brackets(draft: &mut Draft, around: &Around) -> Result<(), &'static str> {
    draft.text.push_str(&missing_closers(&draft.text, around));
    Ok(())
}

/// The answer, closed; then shorter and shorter parts of it: whole lines, then (of one line) up to where brackets are balanced.
fn candidates(text: &str, around: &Around) -> impl Iterator<Item = String> {
    let lines = text.rmatch_indices('\n').map(|(at, _)| at);
    let first = text.find('\n').unwrap_or(text.len());
    let inside = text[..first].rmatch_indices(['.', ',', ' ', ')', ';']);
    let inside = inside.map(|(at, found)| if found == ")" { at + 1 } else { at });
    // Less than half a line is not what the model meant.
    let inside = inside.filter(move |end| end * 2 >= first);
    let tries = (WORK / around.snapshot.text.len().max(1)).clamp(2, 16);
    let ends = [text.len()]
        .into_iter()
        .chain(lines)
        .chain(inside)
        .take(tries);
    ends.flat_map(move |end| {
        let part = text[..end].trim_end();
        let closers = missing_closers(part, around);
        let closed = (!closers.is_empty()).then(|| format!("{part}{closers}"));
        [Some(part.to_owned()), closed]
    })
    .flatten()
    .filter(|part| !part.trim().is_empty())
}

/// A fresh tree of a snapshot, to try edits on.
struct Check<'a> {
    snapshot: &'a Snapshot,
    tree: Tree,
    errors: usize,
    deadline: Instant,
}

impl Check<'_> {
    fn new(snapshot: &Snapshot) -> Option<Check<'_>> {
        let syntax = snapshot.syntax.as_ref()?;
        if syntax.window != Span::new(0, snapshot.text.len()) {
            return None;
        }
        let deadline = Instant::now() + TIME;
        let tree = match syntax.fresh {
            true => syntax.tree.clone(),
            false => parse(snapshot, &syntax.tree, &[&snapshot.text], deadline)?,
        };
        let errors = count_errors(&tree);
        Some(Check {
            snapshot,
            tree,
            errors,
            deadline,
        })
    }

    /// The number of errors with `text` in place of `span`.
    fn errors_with(&self, span: Span, text: &str) -> Option<usize> {
        let old = self.snapshot.text.as_str();
        let mut tree = self.tree.clone();
        let start = point(self.snapshot, span.start);
        tree.edit(&InputEdit {
            start_byte: span.start,
            old_end_byte: span.end,
            new_end_byte: span.start + text.len(),
            start_position: start,
            old_end_position: point(self.snapshot, span.end),
            new_end_position: advanced(start, text),
        });
        let parts = [old.get(..span.start)?, text, old.get(span.end..)?];
        let tree = parse(self.snapshot, &tree, &parts, self.deadline)?;
        Some(count_errors(&tree))
    }
}

/// Parses the text that `parts` make together; None where it takes too long.
fn parse(snapshot: &Snapshot, old: &Tree, parts: &[&str], deadline: Instant) -> Option<Tree> {
    let mut parser = Parser::new();
    parser.set_language(&snapshot.language?.grammar()).ok()?;
    let mut late = |_: &ParseState| match Instant::now() > deadline {
        true => ControlFlow::Break(()),
        false => ControlFlow::Continue(()),
    };
    let mut read = |mut offset: usize, _: Point| -> &[u8] {
        for part in parts {
            match part.as_bytes().get(offset..) {
                Some(bytes) if !bytes.is_empty() => return bytes,
                _ => offset -= part.len().min(offset),
            }
        }
        &[]
    };
    let options = ParseOptions::new().progress_callback(&mut late);
    parser.parse_with_options(&mut read, Some(old), Some(options))
}

/// Error and missing nodes.
fn count_errors(tree: &Tree) -> usize {
    let mut cursor = tree.walk();
    let mut count = 0;
    loop {
        let node = cursor.node();
        count += usize::from(node.is_error() || node.is_missing());
        if node.has_error() && cursor.goto_first_child() {
            continue;
        }
        while !cursor.goto_next_sibling() {
            if !cursor.goto_parent() {
                return count;
            }
        }
    }
}

/// Row and byte column. (Rows count a lone CR too, which the grammar does not; only bytes decide what is parsed anew.)
fn point(snapshot: &Snapshot, offset: usize) -> Point {
    let lines = snapshot.text.lines();
    let line = lines.line_of(offset);
    Point::new(line, offset - lines.line_start(line).unwrap_or(0))
}

fn advanced(start: Point, text: &str) -> Point {
    match text.rfind('\n') {
        Some(last) => Point::new(
            start.row + text.matches('\n').count(),
            text.len() - last - 1,
        ),
        None => Point::new(start.row, start.column + text.len()),
    }
}
