//! The lines of some output, without a terminal's colours, and where each stands.

use std::borrow::Cow;

use crate::text::Span;

/// All lines, with their places.
pub struct Lines<'a> {
    lines: Vec<(Cow<'a, str>, Span)>,
}

impl<'a> Lines<'a> {
    pub fn new(text: &'a str) -> Lines<'a> {
        let mut lines = Vec::new();
        let mut start = 0;
        for line in text.split_inclusive('\n') {
            let end = start + line.len();
            let content = line.trim_end_matches(['\n', '\r']);
            lines.push((without_colours(content), Span::new(start, end)));
            start = end;
        }
        Lines { lines }
    }

    pub fn len(&self) -> usize {
        self.lines.len()
    }

    /// The line of this number, from 0; empty behind the last one.
    pub fn get(&self, number: usize) -> &str {
        self.lines.get(number).map_or("", |(line, _)| line)
    }

    /// The place of the lines `from..to`.
    pub fn span(&self, from: usize, to: usize) -> Span {
        let place = |number: usize| self.lines.get(number).map(|(_, span)| *span);
        let start = place(from).map_or(0, |span| span.start);
        let end = place(to.max(from + 1) - 1).map_or(start, |span| span.end);
        Span::new(start, end)
    }

    /// The first line from `from` on of which `is` does not hold.
    pub fn after(&self, from: usize, is: impl Fn(&str) -> bool) -> usize {
        let mut at = from;
        while at < self.len() && is(self.get(at)) {
            at += 1;
        }
        at
    }
}

/// A path, a line and a column, both from 1.
pub type At<'a> = (&'a str, usize, Option<usize>);

/// `path:line` or `path:line:column` at the start of `text`, up to a blank.
pub fn place(text: &str) -> Option<At<'_>> {
    let text = text.trim_start();
    // A path may hold blanks; what follows the number does not belong to it.
    let text = text.trim_end().trim_end_matches(':');
    let (rest, last) = text.rsplit_once(':')?;
    let last: usize = last.parse().ok()?;
    match rest.rsplit_once(':') {
        Some((path, line)) if !path.is_empty() => match line.parse() {
            Ok(line) => Some((path, line, Some(last))),
            Err(_) => Some((rest, last, None)),
        },
        _ => Some((rest, last, None)),
    }
    .filter(|(path, line, _)| !path.is_empty() && *line > 0)
}

fn without_colours(line: &str) -> Cow<'_, str> {
    if !line.contains('\x1b') {
        return Cow::Borrowed(line);
    }
    let mut out = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(at) = rest.find('\x1b') {
        out.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        if let Some(sequence) = rest.strip_prefix('[') {
            let end = sequence.find(|c: char| ('\x40'..='\x7e').contains(&c));
            rest = end.map_or("", |end| &sequence[end + 1..]);
        }
    }
    out.push_str(rest);
    Cow::Owned(out)
}
