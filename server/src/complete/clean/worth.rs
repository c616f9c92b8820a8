//! Drops answers that say nothing new.

use super::Draft;
use crate::complete::around::Around;
use crate::context::HoleKind;

/// Words with which a statement begins that no other of its block can follow.
const LEAVING: [&str; 3] = ["return", "break", "continue"];

/// Lines at the beginning of a file among which an import is looked for.
const IMPORT_LINES: usize = 200;

pub fn clean(draft: &mut Draft, around: &Around) -> Result<(), &'static str> {
    let text = draft.text.trim();
    let first = text.lines().next().unwrap_or_default();
    let line = format!("{}{first}", around.line_before);
    let line = line.trim();
    let telling = line.len() > 3 && line.contains(char::is_alphanumeric);
    let whole = around.rest.trim().is_empty();
    if telling
        && whole
        && around
            .below
            .first()
            .is_some_and(|below| below.trim() == line)
    {
        return Err("equals the next line");
    }
    let one_line = !text.contains('\n');
    if telling && whole && one_line && around.above.trim() == line {
        return Err("repeats the line above");
    }
    let fresh = whole && one_line && around.on_blank_line();
    let width = around.indent.width(&around.line_before);
    if fresh && !text.ends_with(['{', '(', '[']) && around.stands_below(text, width) {
        return Err("repeats what follows");
    }
    let leaves = text.split(|c: char| !c.is_alphanumeric()).next();
    if around.amid && leaves.is_some_and(|word| LEAVING.contains(&word)) {
        return Err("nothing after it would run");
    }
    if around.hole.kind == HoleKind::Import && is_imported(line, around) {
        return Err("imported already");
    }
    if repeats_below(text, around) {
        return Err("repeats what follows");
    }
    Ok(())
}

/// Whether a line of the file says the same; imports stand near its beginning.
fn is_imported(line: &str, around: &Around) -> bool {
    let text = around.snapshot.text.as_str();
    let mut lines = text.lines().take(IMPORT_LINES).map(str::trim);
    lines.any(|other| other == line)
}

/// Whether all lines of the answer stand below the hole in this order.
fn repeats_below(text: &str, around: &Around) -> bool {
    let mut said = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .take(3)
        .peekable();
    if !around.on_blank_line() && text.lines().count() < 2 {
        return false;
    }
    let telling = text.contains(char::is_alphanumeric);
    let mut below = around.below.iter().map(|line| line.trim());
    telling && said.peek().is_some() && said.all(|line| below.next() == Some(line))
}
