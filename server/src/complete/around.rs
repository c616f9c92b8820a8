//! What stands around a hole, as far as stopping and cleaning need to know it.

mod brackets;

use std::ops::Range;
use std::sync::OnceLock;
use std::time::Duration;

use tree_sitter::Tree;

use super::lexer::Lexer;
use crate::context::Hole;
use crate::document::Snapshot;
use crate::model::Prompt;
use crate::prompt::fill::Filled;
use crate::text::{Edit, Span};

use brackets::{Brackets, brackets};

/// Bytes of text on each side of the hole that are looked at.
const WINDOW: usize = 16 * 1024;

/// Answers are judged on the thread that serves everything else: reached by pathological texts and stalled machines only.
const PATIENCE: Duration = Duration::from_millis(20);

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
    /// The first lines below that are not blank, at most 5.
    pub below: Vec<String>,
    /// Whether the next line goes on with the block around the hole.
    pub amid: bool,
    /// For each open bracket around the hole, innermost first: its closing one, and whether the document lacks that.
    pub levels: Vec<(char, bool)>,
    /// Closing brackets behind the hole that nothing in the document opens.
    pub spare: Vec<char>,
    /// Whether the string around the hole ends on the rest of the line.
    pub ends_string: bool,
    pub indent: Indent,
    pub line_end: &'static str,
    /// Reads on at the hole.
    pub lexer: Lexer,
    /// How long judging one answer by its syntax may take.
    pub patience: Duration,
    /// The tree of the text, made when it is needed.
    pub tree: OnceLock<Option<Tree>>,
    /// The tree of the function around the hole by itself, likewise.
    pub function: OnceLock<Option<Tree>>,
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
        let line_before = tail(text.slice(Span::new(line_span.start, offset_in_line)));
        let rest = head(text.slice(Span::new(offset_in_line, line_span.end)));
        let Brackets {
            levels,
            spare,
            ends_string,
            lexer,
        } = brackets(snapshot, hole, &text[before], after, &indent);
        let below = lines_near(snapshot, line + 1..text.line_count(), 5);
        let next = snapshot.text.lines().line_start(line + 1);
        let next = next.map_or("", |_| text.line(line + 1));
        Around {
            amid: rest.trim().is_empty() && goes_on(line_before, next, &indent),
            stops: filled.stops.clone(),
            chat: matches!(filled.prompt, Prompt::Chat(_)),
            line_before: line_before.to_owned(),
            rest: rest.to_owned(),
            above: lines_near(snapshot, (0..line).rev(), 1)
                .pop()
                .unwrap_or_default(),
            below,
            levels,
            spare,
            ends_string,
            patience: PATIENCE,
            tree: OnceLock::new(),
            function: OnceLock::new(),
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

    /// Whether `line` (no blanks around it), indented by `width` columns, stands a few lines below in the same block.
    pub fn stands_below(&self, line: &str, width: usize) -> bool {
        let mut block = self
            .below
            .iter()
            .take_while(|below| self.indent.width(below) >= width);
        let statement = line.len() > 8 && line.starts_with(|c: char| c.is_alphanumeric());
        statement && block.any(|below| self.indent.width(below) == width && below.trim() == line)
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

/// Edits with the line ends of their places, whatever ends the lines of their new texts.
pub fn ended(snapshot: &Snapshot, mut edits: Vec<Edit>) -> Vec<Edit> {
    for edit in &mut edits {
        let end = line_end(snapshot, snapshot.text.line_of(edit.span.start));
        let unix = edit.new_text.replace("\r\n", "\n").replace('\r', "\n");
        edit.new_text = unix.replace('\n', end);
    }
    edits
}

/// The line end of the lines around a line (0-based).
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

/// The file's own style near `start..offset`; else its language's.
pub fn indent_of(snapshot: &Snapshot, start: usize, offset: usize) -> Indent {
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

/// Whether the line `next` belongs to the same block as the blank line that the cursor is on.
fn goes_on(line_before: &str, next: &str, indent: &Indent) -> bool {
    let line = next.trim();
    let same = indent.width(next) == indent.width(line_before);
    line_before.trim().is_empty() && same && !line.is_empty() && !line.starts_with([')', ']', '}'])
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
