//! Code that belongs above what a question is about: mostly its doc comment, in place of the old one.

use super::{Site, insert, repeated};
use crate::text::{Edit, Span};

/// The edit that puts code above the focus. A doc comment takes the place of the one that is there; attributes and directives stay.
///
/// # Errors
/// That there is no comment in the code.
pub fn above(site: &Site, code: &str) -> Result<Edit, String> {
    let text = site.text();
    let focus = site.around.focus;
    let definitions = site.outline.definitions.iter();
    let mut target = definitions.map(|one| (site.whole(one), one.span.start, one.name));
    let target = target.rfind(|(whole, ..)| whole.start == focus.start || whole.contains(focus));
    let (start, definition, name) = match target {
        Some((whole, definition, name)) if whole.start <= focus.start => {
            (whole.start, definition, name)
        }
        _ => (focus.start, focus.start, ""),
    };
    let line = text.line_of(start);
    let base = site.blanks(line);
    let own = own_lines(site, code);
    let only_leading = code.lines().all(|line| site.is_leading(line));
    if own.is_empty() && !only_leading && repeats(site, code, name) {
        return Err("the answer holds no comment".to_owned());
    }
    if own.is_empty() || !repeats(site, code, name) {
        // Something else than docs: all of it stands above.
        let (code, _) = repeated::less(site, code, None)?;
        let new = site.reindent(&code, base);
        let at = text.line_span(line).start;
        let apart = if insert::is_definition(site, &code) {
            "\n"
        } else {
            ""
        };
        return Ok(Edit::new(Span::empty(at), format!("{new}\n{apart}")));
    }
    let own: Vec<String> = own.iter().map(|line| as_doc(site, line)).collect();
    let mut new = site.reindent(&own.join("\n"), base);
    let from = text.line_span(line).start;
    let last = text.line_of(definition);
    for kept in (line..last).map(|line| text.line(line)) {
        if !is_comment(site, kept) || is_directive(kept) {
            new.push('\n');
            new.push_str(kept);
        }
    }
    let to = text.line_span(last).start;
    Ok(Edit::new(Span::new(from, to), format!("{new}\n")))
}

/// The leading lines of code, up to the definition where the model repeats it.
fn own_lines<'a>(site: &Site, code: &'a str) -> Vec<&'a str> {
    let lines = code.lines().skip_while(|line| line.trim().is_empty());
    lines
        .take_while(|line| site.is_leading(line) && !line.trim().is_empty())
        .filter(|line| is_comment(site, line))
        .collect()
}

/// Whether what follows the leading lines of code is nothing, or says the definition of this name again.
fn repeats(site: &Site, code: &str, name: &str) -> bool {
    let first = code.lines().find(|line| !site.is_leading(line));
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    first
        .is_none_or(|line| !name.is_empty() && line.split(|c| !is_word(c)).any(|word| word == name))
}

fn is_comment(site: &Site, line: &str) -> bool {
    let mark = site.snapshot.language.map_or("//", |one| one.line_comment);
    line.trim_start().starts_with(mark)
}

/// `//go:noinline`, `//nolint:all`: no docs, though comments.
fn is_directive(line: &str) -> bool {
    let content = line.trim_start().trim_start_matches('/');
    let word = content.len()
        - content
            .trim_start_matches(|c: char| c.is_ascii_lowercase())
            .len();
    word > 0 && content[word..].starts_with(':')
}

/// A line of a comment as a line of a doc comment.
fn as_doc(site: &Site, line: &str) -> String {
    let Some(language) = site.snapshot.language else {
        return line.to_owned();
    };
    let content = line.trim_start();
    if content.starts_with(language.doc_comment) {
        return line.to_owned();
    }
    let rest = content
        .trim_start_matches(language.line_comment)
        .trim_start_matches('!');
    format!("{}{rest}", language.doc_comment)
}
