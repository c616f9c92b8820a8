//! Code at the cursor: on its line, above or below it, or below the function around.

use super::{Site, Try, repeated};
use crate::context::outline::{Kind, Outline};
use crate::text::{Edit, Span};

/// What a line ends with that goes on behind the cursor.
const GOES_ON: &[&str] = &[
    "=", "(", "[", ",", ".", "&", "|", "+", "-", "*", "/", "%", "<", ">", "!", "return", "in",
];

/// The most lines of the file that an answer may repeat at its ends.
const REPEATED: usize = 8;

/// The ways to put code at the cursor, the best first.
///
/// # Errors
/// Why there is nothing to insert.
pub fn ways(site: &Site, code: &str) -> Result<Vec<Try>, String> {
    let (code, note) = repeated::less(site, code, None)?;
    let text = site.text();
    let at = site.around.place.start;
    let line = text.line_of(at);
    let code = less_above(site, &code, line);
    let mut edits = Vec::new();
    for code in [less_below(site, &code, line), Some(code)]
        .into_iter()
        .flatten()
    {
        edits.extend(at_cursor(site, &code, at));
        edits.extend(below_function(site, &code));
    }
    if edits.is_empty() {
        return Err("code cannot stand inside of this string".to_owned());
    }
    let with_note = |edit| Try {
        edit,
        note: note.clone(),
    };
    Ok(edits.into_iter().map(with_note).collect())
}

fn at_cursor(site: &Site, code: &str, at: usize) -> Vec<Edit> {
    let text = site.text();
    let line = text.line_of(at);
    let span = text.line_span(line);
    let before = text.slice(Span::new(span.start, at.min(span.end)));
    let after = text.slice(Span::new(at.min(span.end), span.end));
    if let Some(string) = site.around.string {
        let one_line = text.line_of(string.start) == text.line_of(string.end);
        return one_line
            .then(|| below(site, code, line))
            .into_iter()
            .collect();
    }
    if let Some(comment) = site.around.comment {
        return vec![below(site, code, last_comment_line(site, comment))];
    }
    match (before.trim().is_empty(), after.trim().is_empty()) {
        (true, true) => vec![on_line(site, code, line)],
        (true, false) => vec![above(site, code, line)],
        (false, true) => {
            let goes_on = before.trim_end();
            match GOES_ON.iter().any(|end| goes_on.ends_with(end)) {
                true => vec![inline(site, code, at), below(site, code, line)],
                false => vec![below(site, code, line), inline(site, code, at)],
            }
        }
        (false, false) if code.contains('\n') => {
            vec![below(site, code, line), inline(site, code, at)]
        }
        (false, false) => vec![inline(site, code, at), below(site, code, line)],
    }
}

/// In place of a blank line.
fn on_line(site: &Site, code: &str, line: usize) -> Edit {
    let text = site.text();
    let span = text.line_span(line);
    let own = site.blanks(line);
    let base = match own.is_empty() {
        true => base_below(site, line.checked_sub(1)),
        false => own.to_owned(),
    };
    let new = spaced(site, code, &base, line.checked_sub(1), Some(line + 1));
    // The blanks that a line of a definition keeps it apart from others with are the blank line itself.
    Edit::new(span, new)
}

fn above(site: &Site, code: &str, line: usize) -> Edit {
    let start = site.text().line_span(line).start;
    let base = site.blanks(line).to_owned();
    let new = spaced(site, code, &base, line.checked_sub(1), Some(line));
    Edit::new(Span::empty(start), format!("{new}\n"))
}

fn below(site: &Site, code: &str, line: usize) -> Edit {
    let end = site.text().line_span(line).end;
    let base = base_below(site, Some(line));
    let new = spaced(site, code, &base, Some(line), Some(line + 1));
    Edit::new(Span::empty(end), format!("\n{new}"))
}

fn inline(site: &Site, code: &str, at: usize) -> Edit {
    let text = site.text();
    let line = text.line_of(at);
    let new = site.reindent(code, site.blanks(line));
    Edit::new(Span::empty(at), new.trim_start())
}

/// Definitions that cannot stand inside of the function go below it.
fn below_function(site: &Site, code: &str) -> Option<Edit> {
    let function = site.around.function?;
    let text = site.text();
    is_definition(site, code).then(|| {
        let line = text.line_of(function.start);
        let new = site.reindent(code, site.blanks(line));
        Edit::new(Span::empty(function.end), format!("\n\n{new}"))
    })
}

/// The blanks that a line below `line` starts with: those of the last line that is not blank, one level more where that opens
/// something.
fn base_below(site: &Site, line: Option<usize>) -> String {
    let text = site.text();
    let lines = (0..line.map_or(0, |line| line + 1)).rev();
    let Some(line) = lines
        .into_iter()
        .find(|line| !text.line(*line).trim().is_empty())
    else {
        return String::new();
    };
    let opens = text.line(line).trim_end().ends_with(['{', '(', '[', ':']);
    let deeper = if opens { site.indent.unit.as_str() } else { "" };
    format!("{}{deeper}", site.blanks(line))
}

/// The code at its indentation; a definition is kept apart from the lines above and below by a blank line.
fn spaced(
    site: &Site,
    code: &str,
    base: &str,
    above: Option<usize>,
    below: Option<usize>,
) -> String {
    let text = site.text();
    let new = site.reindent(code, base);
    if !is_definition(site, code) {
        return new;
    }
    let content = |line: Option<usize>| {
        let line = line.filter(|line| *line < text.line_count());
        line.map_or("", |line| text.line(line).trim())
    };
    let (above, below) = (content(above), content(below));
    let apart_above = !above.is_empty() && !above.ends_with(['{', '(']) && !site.is_leading(above);
    let apart_below = !below.is_empty() && !below.starts_with(['}', ')']);
    let blank = |needed: bool| if needed { "\n" } else { "" };
    format!("{}{new}{}", blank(apart_above), blank(apart_below))
}

/// Whether code begins with a function, type or module.
pub fn is_definition(site: &Site, code: &str) -> bool {
    let code = site.snapshot.with_text(code);
    let outline = Outline::read(&code, 0);
    let first = code.text.len() - code.text.trim_start().len();
    let mut definitions = outline.definitions.iter();
    definitions.any(|one| {
        let starts = super::whole(&code, one).start <= first;
        starts && (one.kind != Kind::Constant)
    })
}

/// The last line of a comment and of the line comments right below it.
fn last_comment_line(site: &Site, comment: Span) -> usize {
    let text = site.text();
    let mark = site.snapshot.language.map_or("//", |one| one.line_comment);
    let inside = text.slice(comment).trim_end();
    let mut last = text.line_of(comment.start + inside.len());
    if inside.starts_with(mark) {
        let goes_on = |line: &usize| text.line(*line).trim_start().starts_with(mark);
        while Some(last + 1)
            .filter(|line| *line < text.line_count())
            .is_some_and(|line| goes_on(&line))
        {
            last += 1;
        }
    }
    last
}

/// The code without the lines at its start that stand right above the cursor already.
fn less_above(site: &Site, code: &str, line: usize) -> String {
    let text = site.text();
    let lines: Vec<&str> = code.lines().collect();
    let above: Vec<&str> = (0..=line)
        .rev()
        .map(|line| text.line(line).trim())
        .filter(|line| !line.is_empty())
        .take(REPEATED)
        .collect();
    let most = above.len().min(lines.len().saturating_sub(1));
    let repeats = |count: &usize| {
        let said = lines[..*count].iter().map(|line| line.trim());
        said.eq(above[..*count].iter().rev().copied())
    };
    let count = (1..=most).rev().find(repeats).unwrap_or(0);
    lines[count..].join("\n")
}

/// The code without the lines at its end that stand right below the cursor already.
fn less_below(site: &Site, code: &str, line: usize) -> Option<String> {
    let text = site.text();
    let lines: Vec<&str> = code.lines().collect();
    let below: Vec<&str> = (line + 1..text.line_count())
        .map(|line| text.line(line).trim())
        .filter(|line| !line.is_empty())
        .take(REPEATED)
        .collect();
    let most = below.len().min(lines.len().saturating_sub(1));
    let repeats = |count: &usize| {
        let said = lines[lines.len() - count..].iter().map(|line| line.trim());
        let says = lines[lines.len() - count..]
            .iter()
            .any(|line| line.trim().len() > 2);
        // A closing bracket alone is repeated in good faith; syntax tells.
        (says || *count == 1) && said.eq(below[..*count].iter().copied())
    };
    let count = (1..=most).rev().find(repeats)?;
    Some(lines[..lines.len() - count].join("\n"))
}
