//! What stands around a hole, as far as stopping and cleaning need to know it.

use std::ops::Range;

use super::lexer::{Bracket, Lexer, closer};
use crate::context::{Hole, HoleKind};
use crate::document::Snapshot;
use crate::model::Prompt;
use crate::prompt::fill::Filled;
use crate::text::Span;

/// Bytes of text on each side of the hole that are looked at.
const WINDOW: usize = 16 * 1024;

/// The surroundings of one hole in one snapshot.
#[derive(Clone, Debug)]
pub struct Around {
    pub snapshot: Snapshot,
    pub hole: Hole,
    /// Stop sequences of the prompt's format.
    pub stops: Vec<String>,
    /// Whether the model was asked in a chat, and may answer with fences and politeness.
    pub chat: bool,
    /// The cursor's line up to the cursor, and from it.
    pub line_before: String,
    pub rest: String,
    /// The last line above that is not blank.
    pub above: String,
    /// The first lines below that are not blank, at most 4.
    pub below: Vec<String>,
    /// For each open bracket around the hole, innermost first: its closing one, and whether the document lacks that.
    pub levels: Vec<(char, bool)>,
    /// Closing brackets below that nothing in the document opens.
    pub spare: Vec<char>,
    pub indent: Indent,
    pub line_end: &'static str,
    /// Reads on at the hole.
    pub lexer: Lexer,
}

/// How a file is indented.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Indent {
    /// One level.
    pub unit: String,
}

impl Indent {
    pub fn tabs(&self) -> bool {
        self.unit.starts_with('\t')
    }

    /// Columns of one level.
    pub fn columns(&self) -> usize {
        if self.tabs() { 4 } else { self.unit.len() }
    }

    /// Columns of the blanks that `line` starts with.
    pub fn width(&self, line: &str) -> usize {
        let blanks = line.chars().take_while(|c| *c == ' ' || *c == '\t');
        blanks
            .map(|c| if c == '\t' { self.columns() } else { 1 })
            .sum()
    }
}

impl Around {
    pub fn new(snapshot: &Snapshot, hole: &Hole, filled: &Filled) -> Around {
        let text = &snapshot.text;
        let offset = text.floor(hole.offset);
        let line = text.line_of(offset);
        let line_span = text.line_span(line);
        let offset_in_line = offset.min(line_span.end);
        let before = window_before(snapshot, hole, offset);
        let after = text.slice(Span::new(offset, text.floor(offset + WINDOW)));
        let indent = indent_of(snapshot, before.start, offset);
        let (levels, spare, lexer) = levels(snapshot, hole, &text[before], after, &indent);
        Around {
            stops: filled.stops.clone(),
            chat: matches!(filled.prompt, Prompt::Chat(_)),
            line_before: tail(text.slice(Span::new(line_span.start, offset_in_line))).to_owned(),
            rest: head(text.slice(Span::new(offset_in_line, line_span.end))).to_owned(),
            above: lines_near(snapshot, (0..line).rev(), 1)
                .pop()
                .unwrap_or_default(),
            below: lines_near(snapshot, line + 1..text.line_count(), 4),
            levels,
            spare,
            indent,
            line_end: line_end(snapshot, line),
            lexer,
            hole: Hole {
                offset,
                ..hole.clone()
            },
            snapshot: snapshot.clone(),
        }
    }

    /// Columns that a line of the hole is indented by at least.
    pub fn level(&self) -> usize {
        let width = self.indent.width(&self.line_before);
        let opens = self.line_before.trim_end().ends_with(['{', '(', '[', ':']);
        if opens { width + 1 } else { width }
    }

    /// Whether the cursor's line is blank up to the cursor.
    pub fn on_blank_line(&self) -> bool {
        self.line_before.trim().is_empty()
    }

    /// Whether what follows on the line is only closing brackets and punctuation.
    pub fn rest_is_closers(&self) -> bool {
        let mut characters = self.rest.chars();
        characters.all(|c| c.is_whitespace() || ")]};,\"'`".contains(c))
    }
}

fn tail(line: &str) -> &str {
    let start = line.len().saturating_sub(WINDOW);
    &line[line.ceil_char_boundary(start)..]
}

fn head(line: &str) -> &str {
    &line[..line.floor_char_boundary(WINDOW)]
}

/// From the function's start, or a line's start within the window, to the hole.
fn window_before(snapshot: &Snapshot, hole: &Hole, offset: usize) -> Range<usize> {
    let text = &snapshot.text;
    let earliest = offset.saturating_sub(WINDOW);
    let function = hole
        .function
        .map(|span| span.start)
        .filter(|start| *start <= offset);
    let start = match function {
        Some(start) if start >= earliest => start,
        _ if earliest == 0 => 0,
        _ => {
            let line = text.line_of(earliest) + 1;
            let start = text.lines().line_start(line).unwrap_or(offset);
            if start > offset {
                text.floor(earliest)
            } else {
                start
            }
        }
    };
    start..offset
}

fn lines_near(
    snapshot: &Snapshot,
    lines: impl Iterator<Item = usize>,
    count: usize,
) -> Vec<String> {
    let lines = lines.take(64).map(|line| head(snapshot.text.line(line)));
    let lines = lines.filter(|line| !line.trim().is_empty());
    lines.take(count).map(str::to_owned).collect()
}

/// The line end of the lines around the hole.
fn line_end(snapshot: &Snapshot, line: usize) -> &'static str {
    let text = &snapshot.text;
    let ends_at = |line: usize| {
        let next = text.lines().line_start(line + 1)?;
        Some(&text[text.line_span(line).end..next])
    };
    match ends_at(line).or_else(|| ends_at(line.checked_sub(1)?)) {
        Some(end) if end.ends_with("\r\n") => "\r\n",
        Some("\r") => "\r",
        _ => "\n",
    }
}

/// The file's own style near the hole; else its language's.
fn indent_of(snapshot: &Snapshot, start: usize, offset: usize) -> Indent {
    let text = &snapshot.text;
    let end = text.floor(offset + WINDOW / 4);
    let start = text.floor(start.min(offset.saturating_sub(WINDOW / 4)));
    let (mut tabs, mut spaces, mut unit, mut last) = (0, 0, usize::MAX, 0);
    for line in text.slice(Span::new(start, end)).lines() {
        let blanks = line.len() - line.trim_start_matches(' ').len();
        if line.trim().is_empty() || line[blanks..].starts_with('*') {
            continue;
        }
        tabs += usize::from(line.starts_with('\t'));
        spaces += usize::from(blanks >= 2);
        if blanks > last && blanks - last >= 2 {
            unit = unit.min(blanks - last);
        }
        last = blanks;
    }
    let fallback = snapshot.language.map_or("    ", |language| language.indent);
    let unit = match (tabs, spaces) {
        (0, 0) => fallback.to_owned(),
        (tabs, spaces) if tabs >= spaces => "\t".to_owned(),
        _ if unit <= 8 => " ".repeat(unit),
        _ if fallback.starts_with(' ') => fallback.to_owned(),
        _ => "    ".to_owned(),
    };
    Indent { unit }
}

/// The brackets open at the hole and whether each is closed below; and the lexer, ready to read what fills the hole.
fn levels(
    snapshot: &Snapshot,
    hole: &Hole,
    before: &str,
    after: &str,
    indent: &Indent,
) -> (Vec<(char, bool)>, Vec<char>, Lexer) {
    let mut lexer = Lexer::new(snapshot.language);
    let open = unclosed(before, &mut lexer, indent);
    if matches!(hole.kind, HoleKind::String | HoleKind::Comment) && lexer.in_code() {
        lexer.close_eyes();
    }
    let at_end = hole.offset + after.len() >= snapshot.text.len();
    let mut closing = unopened(after, lexer.clone(), indent)
        .into_iter()
        .peekable();
    let mut levels = Vec::new();
    for (bracket, width) in open.into_iter().rev() {
        let wanted = closer(bracket);
        let closed = match closing.peek() {
            Some((found, column)) => {
                *found == wanted && column.is_none_or(|column| width <= column)
            }
            None => !at_end,
        };
        if closed {
            closing.next();
        }
        levels.push((wanted, !closed));
    }
    // Of equal brackets on a line any may be the one that is not closed: it is the innermost that the answer will close first.
    for run in levels.chunk_by_mut(|one, other| one.0 == other.0 && one.0 != '}') {
        run.sort_by_key(|(_, missing)| !missing);
    }
    let known = is_all_before(before, snapshot, hole);
    let spare = closing.filter(|_| known).map(|(found, _)| found).collect();
    (levels, spare, lexer)
}

/// Whether `before` is all that stands before the hole, so that no bracket open at the hole can have been missed.
fn is_all_before(before: &str, snapshot: &Snapshot, hole: &Hole) -> bool {
    snapshot.text.floor(hole.offset) == before.len()
}

/// Opening brackets that `text` leaves open, outermost first, each with the indentation (columns) of its line.
fn unclosed(text: &str, lexer: &mut Lexer, indent: &Indent) -> Vec<(char, usize)> {
    let mut open: Vec<(char, usize)> = Vec::new();
    for (at, bracket) in lexer.brackets(text) {
        match bracket {
            Bracket::Open(character) => {
                let line = text[..at].rfind('\n').map_or(0, |end| end + 1);
                open.push((character, indent.width(&text[line..])));
            }
            Bracket::Close(character) => {
                if let Some(level) = open
                    .iter()
                    .rposition(|(open, _)| closer(*open) == character)
                {
                    open.truncate(level);
                }
            }
        }
    }
    open
}

/// Closing brackets that `text` has no opening ones for; those that stand first on their line with their column.
fn unopened(text: &str, mut lexer: Lexer, indent: &Indent) -> Vec<(char, Option<usize>)> {
    let mut open = Vec::new();
    let mut found = Vec::new();
    for (at, bracket) in lexer.brackets(text) {
        match bracket {
            Bracket::Open(character) => open.push(closer(character)),
            Bracket::Close(character) if open.last() == Some(&character) => {
                open.pop();
            }
            Bracket::Close(character) if open.is_empty() => {
                let line = text[..at].rfind('\n').map(|end| end + 1);
                let first = line.filter(|line| text[*line..at].trim().is_empty());
                found.push((character, first.map(|line| indent.width(&text[line..]))));
            }
            Bracket::Close(_) => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use crate::complete::tests::drawn;

    fn check(path: &str, text: &str, expected: &[(char, bool)]) {
        assert_eq!(drawn(path, text).levels, expected, "{text}");
    }

    #[test]
    fn closed_brackets_are_not_missing() {
        check(
            "a.rs",
            "fn f() {\n    g($0)\n}\n",
            &[(')', false), ('}', false)],
        );
        check(
            "a.go",
            "func f() {\n\tx := []int{$0}\n}\n",
            &[('}', false), ('}', false)],
        );
    }

    #[test]
    fn unclosed_ones_are_told_by_kind_and_by_indentation() {
        check(
            "a.rs",
            "fn f() {\n    g($0\n}\n",
            &[(')', true), ('}', false)],
        );
        check(
            "a.rs",
            "fn f() {\n    if x {$0\n}\n\nfn g() {}\n",
            &[('}', true), ('}', false)],
        );
        check("a.go", "func f() {\n\t$0", &[('}', true)]);
    }

    #[test]
    fn indentation_is_the_files_own() {
        let unit = |path: &str, text: &str| drawn(path, text).indent.unit;
        assert_eq!(unit("a.rs", "fn f() {\n  a\n$0}\n"), "  ");
        assert_eq!(unit("a.rs", "fn f() {\n\ta\n$0}\n"), "\t");
        assert_eq!(unit("a.go", "$0"), "\t");
        assert_eq!(unit("a.py", "$0"), "    ");
    }

    #[test]
    fn line_ends_are_the_files_own() {
        assert_eq!(drawn("a.rs", "a\r\n$0").line_end, "\r\n");
        assert_eq!(drawn("a.rs", "a\r$0").line_end, "\r");
        assert_eq!(drawn("a.rs", "$0\n").line_end, "\n");
        assert_eq!(drawn("a.rs", "$0").line_end, "\n");
    }
}
