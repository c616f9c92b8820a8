//! Sees to it that what is shown adds no syntax error: closes what is open, else cuts, else drops.

use std::cell::OnceCell;
use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use tree_sitter::{InputEdit, ParseOptions, ParseState, Parser, Point, Tree};

use super::Draft;
use super::brackets::{missing_around, missing_closers};
use crate::complete::around::Around;
use crate::document::{Snapshot, Syntax};
use crate::language::Language;
use crate::text::Span;

/// How long counting errors may take, where nobody waits.
const TIME: Duration = Duration::from_secs(10);

/// Texts up to this many bytes are parsed as fast as a function of theirs.
const SMALL: usize = 8 * 1024;

/// Bytes of the longest text that is parsed with each form of an answer: in one of 1 MB a parse takes 4 ms and more.
const WHOLE: usize = 512 * 1024;

/// Bytes of the longest text that is parsed here where its tree is not there yet.
const UNPARSED: usize = 64 * 1024;

/// Bytes of the longest text with errors that is parsed as a whole: how a tree is mended round errors depends on the tree before.
const WITH_ERRORS: usize = 32 * 1024;

/// Bytes of text that may be parsed for one answer, about; more forms of it are tried in smaller texts.
const WORK: usize = 256 * 1024;

/// How many forms of an answer are tried that may mend an error, where one is known that leaves it.
const BETTER: usize = 8;

pub fn clean(draft: &mut Draft, around: &Around) -> Result<(), &'static str> {
    let offset = around.hole.offset;
    let span = Span::new(offset, offset + draft.replaces);
    let deadline = Instant::now() + around.patience;
    let judge = Judge::new(around, deadline);
    let tries = (WORK / judge.size().max(1)).clamp(2, 16);
    let answer = draft.text.clone();
    let mut acceptable = None;
    for (number, text) in candidates(&answer, around, tries).enumerate() {
        if acceptable.is_some() && number > BETTER {
            break;
        }
        match judge.judge(span, &text) {
            None if number == 0 => return clean_by_brackets(draft, around),
            None => break,
            Some(Judgement::Fits) => {
                draft.text = text;
                return Ok(());
            }
            Some(Judgement::Same) => {
                acceptable.get_or_insert(text);
            }
            Some(Judgement::Worse) => {}
        }
    }
    draft.text = acceptable.ok_or("adds a syntax error")?;
    Ok(())
}

/// Makes the tree of the function around the hole, for who has time before the first answer.
pub fn prepare(around: &Around) {
    Probe::function(around, Instant::now() + around.patience);
}

/// The number of syntax errors in a snapshot, now: error and missing nodes. None where its syntax is not known, or not wholly.
pub fn errors(snapshot: &Snapshot) -> Option<usize> {
    Some(count_errors(&tree(snapshot, Instant::now() + TIME)?))
}

/// Whether the snapshot has more syntax errors with `text` in place of `span`; None where that cannot be told.
pub fn adds_error(snapshot: &Snapshot, span: Span, text: &str) -> Option<bool> {
    let deadline = Instant::now() + TIME;
    let probe = Probe::whole(snapshot, tree(snapshot, deadline)?, deadline)?;
    Some(probe.judge(span, text)? == Judgement::Worse)
}

/// Without a tree, brackets must at least be closed.
fn clean_by_brackets(draft: &mut Draft, around: &Around) -> Result<(), &'static str> {
    draft.text.push_str(&missing_closers(&draft.text, around));
    Ok(())
}

/// The answer, closed; then shorter and shorter parts of it: whole lines, then (of one line) up to where brackets are balanced.
fn candidates(text: &str, around: &Around, tries: usize) -> impl Iterator<Item = String> {
    let lines = text.rmatch_indices('\n').map(|(at, _)| at);
    let first = text.find('\n').unwrap_or(text.len());
    let inside = text[..first].rmatch_indices(['.', ',', ' ', ')', ';']);
    let inside = inside.map(|(at, found)| if found == ")" { at + 1 } else { at });
    // Less than half a line is not what the model meant.
    let inside = inside.filter(move |end| end * 2 >= first);
    let ends = [text.len()]
        .into_iter()
        .chain(lines)
        .chain(inside)
        .take(tries);
    ends.flat_map(move |end| {
        let part = text[..end].trim_end();
        let closers = missing_closers(part, around);
        let closed = (!closers.is_empty()).then(|| format!("{part}{closers}"));
        let outer = match end == text.len() {
            true => missing_around(part, around),
            false => String::new(),
        };
        let finished = (!outer.is_empty()).then(|| format!("{part}{closers}{outer}"));
        [Some(part.to_owned()), closed, finished]
    })
    .flatten()
    .filter(|part| !part.trim().is_empty())
}

/// What a text in place of another does to the syntax errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Judgement {
    /// There are none, or fewer than before: the hole itself was one.
    Fits,
    /// As many as before, which may be elsewhere.
    Same,
    Worse,
}

/// Judges the forms of an answer: by the function alone where that says as much as the whole text, and costs less.
struct Judge<'a> {
    around: &'a Around,
    function: Option<Probe<'a>>,
    /// Whether the function says as much whatever comes of it; else only where it has no error.
    suffices: bool,
    whole: OnceCell<Option<Probe<'a>>>,
    deadline: Instant,
}

impl<'a> Judge<'a> {
    fn new(around: &'a Around, deadline: Instant) -> Judge<'a> {
        let snapshot = &around.snapshot;
        let length = snapshot.text.len();
        let syntax = snapshot.syntax.as_ref();
        let broken = syntax.is_none_or(|syntax| syntax.tree.root_node().has_error());
        let function = Probe::function(around, deadline);
        // With errors a function may end elsewhere than it seems, and how a tree is mended depends on what is around them.
        let sound = |function: &Probe| !broken && function.errors == 0;
        let suffices = function.as_ref().is_some_and(sound) || length > UNPARSED;
        Judge {
            around,
            suffices: suffices && syntax.is_some() && function.is_some(),
            function: function.filter(|_| suffices || around.hole.settled),
            whole: OnceCell::new(),
            deadline,
        }
    }

    /// Bytes that are parsed for each form, where that is not one without errors.
    fn size(&self) -> usize {
        match &self.function {
            Some(function) if self.suffices => function.text.len(),
            _ => self.around.snapshot.text.len(),
        }
    }

    /// None where it takes too long, or the span is not inside.
    fn judge(&self, span: Span, text: &str) -> Option<Judgement> {
        if let Some(function) = &self.function {
            if self.suffices {
                return function.judge(span, text);
            }
            if function.errors_with(span, text) == Some(0) {
                return Some(Judgement::Fits);
            }
        }
        self.whole()?.judge(span, text)
    }

    fn whole(&self) -> Option<&Probe<'a>> {
        let around = self.around;
        let make = || {
            if around.snapshot.text.len() > WHOLE {
                return None;
            }
            let make = || tree(&around.snapshot, self.deadline);
            let tree = around.tree.get_or_init(make).clone()?;
            Probe::whole(&around.snapshot, tree, self.deadline)
        };
        self.whole.get_or_init(make).as_ref()
    }
}

/// A text with its tree, to try edits on.
struct Probe<'a> {
    language: &'static Language,
    text: &'a str,
    /// Where the text starts in the document (bytes).
    start: usize,
    tree: Tree,
    errors: usize,
    /// Whether it is not all of the document.
    part: bool,
    deadline: Instant,
}

impl<'a> Probe<'a> {
    fn whole(snapshot: &'a Snapshot, tree: Tree, deadline: Instant) -> Option<Probe<'a>> {
        Some(Probe {
            language: snapshot.language?,
            text: snapshot.text.as_str(),
            start: 0,
            errors: count_errors(&tree),
            tree,
            part: false,
            deadline,
        })
    }

    /// The function around the hole by itself, in a text that takes longer.
    fn function(around: &'a Around, deadline: Instant) -> Option<Probe<'a>> {
        let snapshot = &around.snapshot;
        let language = snapshot.language.filter(|_| snapshot.text.len() > SMALL)?;
        let span = around.hole.function?;
        let text = snapshot.text.get(span.range())?;
        let make = || parse(language, None, &[text], deadline);
        let tree = around.function.get_or_init(make).clone()?;
        Some(Probe {
            language,
            text,
            start: span.start,
            errors: count_errors(&tree),
            tree,
            part: true,
            deadline,
        })
    }

    /// None where it takes too long, or the span is not inside.
    fn judge(&self, span: Span, text: &str) -> Option<Judgement> {
        Some(match self.errors_with(span, text)? {
            0 => Judgement::Fits,
            errors if errors < self.errors => Judgement::Fits,
            errors if errors == self.errors => Judgement::Same,
            _ => Judgement::Worse,
        })
    }

    /// How many errors there are with a text in the place of `span`; more than any number where it falls to pieces.
    fn errors_with(&self, span: Span, text: &str) -> Option<usize> {
        let start = span.start.checked_sub(self.start)?;
        let end = span.end.checked_sub(self.start)?;
        let (before, after) = (self.text.get(..start)?, self.text.get(end..)?);
        let parts = [before, text, after];
        let parse = |old: Option<&Tree>| parse(self.language, old, &parts, self.deadline);
        let after = parse(Some(&self.edited(start, end, text)?))?;
        // Grammars bear statements at the top of a file, so a part may not fall into more pieces than it was.
        let pieces = |tree: &Tree| tree.root_node().named_child_count();
        if self.part && pieces(&after) > pieces(&self.tree) {
            return Some(usize::MAX);
        }
        let errors = count_errors(&after);
        if self.errors > 0 && errors <= self.errors && self.text.len() <= WITH_ERRORS {
            return Some(count_errors(&parse(None)?));
        }
        Some(errors)
    }

    /// The tree, told that `text` comes in place of `start..end`.
    fn edited(&self, start: usize, end: usize, text: &str) -> Option<Tree> {
        let before = self.text.get(..start)?;
        let mut tree = self.tree.clone();
        let start_position = advanced(Point::new(0, 0), before);
        tree.edit(&InputEdit {
            start_byte: start,
            old_end_byte: end,
            new_end_byte: start + text.len(),
            start_position,
            old_end_position: advanced(start_position, self.text.get(start..end)?),
            new_end_position: advanced(start_position, text),
        });
        Some(tree)
    }
}

/// The tree of the whole text, as a fresh parse gives it; None where that takes too long.
fn tree(snapshot: &Snapshot, deadline: Instant) -> Option<Tree> {
    let text = snapshot.text.as_str();
    let whole = |syntax: &&Syntax| syntax.window == Span::new(0, text.len());
    let syntax = snapshot.syntax.as_ref().filter(whole);
    let usable = |syntax: &&Syntax| {
        syntax.fresh && (text.len() > WITH_ERRORS || !syntax.tree.root_node().has_error())
    };
    if let Some(syntax) = syntax.filter(usable) {
        return Some(syntax.tree.clone());
    }
    let old = syntax.filter(|_| text.len() > WITH_ERRORS);
    if old.is_none() && text.len() > UNPARSED {
        return None;
    }
    let old = old.map(|syntax| &syntax.tree);
    parse(snapshot.language?, old, &[text], deadline)
}

/// Parses the text that `parts` make together; None where it takes too long.
fn parse(
    language: &Language,
    old: Option<&Tree>,
    parts: &[&str],
    deadline: Instant,
) -> Option<Tree> {
    let mut parser = Parser::new();
    parser.set_language(&language.grammar()).ok()?;
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
    parser.parse_with_options(&mut read, old, Some(options))
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

/// Row and byte column behind `text`, as the grammar's library counts: only `\n` ends a row.
fn advanced(start: Point, text: &str) -> Point {
    let bytes = text.as_bytes();
    match memchr::memrchr(b'\n', bytes) {
        Some(last) => {
            let rows = memchr::memchr_iter(b'\n', bytes).count();
            Point::new(start.row + rows, text.len() - last - 1)
        }
        None => Point::new(start.row, start.column + text.len()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::complete::tests::drawn;

    /// What is left of an answer that is a syntax error between two functions of a file of about `bytes`.
    fn check(bytes: usize) -> Result<String, &'static str> {
        let item = "fn f() {\n    g(1);\n}\n\n";
        let items = item.repeat(bytes / item.len());
        let around = drawn("a.rs", &format!("{items}$0\n\n{item}"));
        let mut draft = Draft {
            text: "fn fn {".to_owned(),
            replaces: 0,
        };
        clean(&mut draft, &around).map(|()| draft.text)
    }

    #[test]
    fn outside_of_functions_a_large_file_is_not_parsed_for_an_answer() {
        assert!(check(WHOLE / 2).is_err());
        assert_eq!(check(WHOLE + 1000).as_deref(), Ok("fn fn {\n}"));
    }
}
