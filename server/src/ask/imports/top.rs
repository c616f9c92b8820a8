//! What stands above the first import: comments, docs and attributes of the whole file or module.

use crate::text::Text;

/// Where the code of a text begins (bytes): behind blanks and comments.
pub fn code(text: &Text) -> usize {
    let mut at = 0;
    loop {
        at += blanks(&text[at..]);
        match comment(&text[at..]) {
            Some(length) => at += length,
            None => return at,
        }
    }
}

/// Where that ends what is said of a whole file, or of the module whose inside begins at `from` (bytes): inner docs and
/// attributes, and a comment that a blank line ends. None where nothing is.
pub fn end(text: &Text, from: usize) -> Option<usize> {
    let (mut at, mut end, mut said) = (from, None, None);
    loop {
        let start = at + blanks(&text[at..]);
        if text.line_of(start) > text.line_of(at) + 1 {
            end = end.max(said);
        }
        let rest = &text[start..];
        if let Some(length) = inner(rest) {
            at = start + length;
            end = Some(at);
        } else if let Some(length) = comment(rest).filter(|_| !is_doc(rest)) {
            at = start + length;
            said = Some(at);
        } else {
            return end;
        }
    }
}

fn blanks(text: &str) -> usize {
    text.len() - text.trim_start().len()
}

/// The length of a comment that a text begins with.
fn comment(text: &str) -> Option<usize> {
    if text.starts_with("/*") {
        return Some(text.find("*/").map_or(text.len(), |at| at + 2));
    }
    text.starts_with("//").then(|| line(text))
}

/// The length of docs or an attribute of what is around.
fn inner(text: &str) -> Option<usize> {
    if text.starts_with("//!") || text.starts_with("/*!") {
        return comment(text);
    }
    if !text.starts_with("#![") {
        return text.starts_with("#!").then(|| line(text));
    }
    let mut depth = 0_usize;
    for (at, character) in text.char_indices() {
        match character {
            '[' => depth += 1,
            ']' if depth == 1 => return Some(at + 1),
            ']' => depth -= 1,
            _ => {}
        }
    }
    None
}

/// Whether a comment belongs to what is below it.
fn is_doc(text: &str) -> bool {
    text.starts_with("///") || text.starts_with("/**")
}

fn line(text: &str) -> usize {
    text.find(['\n', '\r']).unwrap_or(text.len())
}
