//! Code that is a file of its own.

use std::path::{Component, Path, PathBuf};

use super::Placed;
use crate::ask::{FileEdit, Proposal, Query, extract};
use crate::text::{Edit, Span};

/// A new file with the answer's code: by the name that the answer gives it, in the workspace; else beside the document.
///
/// # Errors
/// Why there is none.
pub fn place(query: &Query, answer: &str) -> Result<Placed, String> {
    let snapshot = &query.snapshot;
    let code = extract::code(answer, snapshot.language, "")?;
    let Some(document) = &snapshot.path else {
        return Err("a new file needs a place: save this one first".to_owned());
    };
    let named = name(answer, &code).filter(|name| is_below(name));
    let path = match named {
        Some(name) if name.components().count() > 1 => {
            let root = query.root.as_deref().or(document.parent());
            root.unwrap_or(Path::new("/")).join(name)
        }
        Some(name) => document.with_file_name(name),
        None => beside(document),
    };
    let uri = url::Url::from_file_path(&path)
        .map_err(|()| format!("{} is no place for a file", path.display()))?;
    let mut text = code;
    text.push('\n');
    Ok(Placed {
        proposal: Proposal {
            files: vec![FileEdit {
                uri: uri.as_str().into(),
                version: None,
                text: None,
                create: true,
                edits: vec![Edit::new(Span::empty(0), text)],
            }],
        },
        note: None,
    })
}

/// The name on the fence, or in a comment on the code's first line.
fn name(answer: &str, code: &str) -> Option<PathBuf> {
    let fences = extract::fences(answer);
    let on_fence = fences.iter().find(|fence| fence.text == code);
    let first = code.lines().next().unwrap_or_default();
    let comment = first.trim_start_matches(['/', '#', '-', ' ', '*']);
    let is_comment = comment.len() < first.len();
    let words = on_fence
        .map_or("", |fence| &fence.rest)
        .split([' ', ':', '=', '"']);
    let words = words.chain(comment.split([' ', ':']).filter(|_| is_comment));
    words
        .filter(|word| word.contains('.') && Path::new(word).extension().is_some())
        .map(|word| PathBuf::from(word.trim_matches(['`', '\'', '{', '}', ','])))
        .next()
}

/// Whether a path stays below where it starts, and hides nothing.
fn is_below(path: &Path) -> bool {
    let mut parts = path.components();
    parts.all(|part| match part {
        Component::Normal(name) => !name.to_string_lossy().starts_with('.'),
        _ => false,
    })
}

/// `stock_new.go` beside `stock.go`
fn beside(document: &Path) -> PathBuf {
    let stem = document.file_stem().unwrap_or_default().to_string_lossy();
    match document.extension() {
        Some(extension) => {
            document.with_file_name(format!("{stem}_new.{}", extension.to_string_lossy()))
        }
        None => document.with_file_name(format!("{stem}_new")),
    }
}
