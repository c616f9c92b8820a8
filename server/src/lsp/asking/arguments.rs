//! Reads what a command was given: an object, a plain question, or both, in whatever form an editor can fill in.

use std::path::Path;

use serde_json::Value;
use tower_lsp::gen_lsp_types::{Position, Range};

use super::Asked;
use crate::lsp::convert;
use crate::lsp::ext::{Arguments, Wish};
use crate::lsp::server::Server;

/// Means the conversation that had the last answer, for those who cannot know its id.
const LAST: &str = "last";

/// Reads the arguments; a string is the question.
///
/// # Errors
/// What cannot be read, in words for the user.
pub fn read(values: Option<Vec<Value>>) -> Result<Arguments, String> {
    let mut arguments = Arguments::default();
    let mut question = None;
    for value in values.unwrap_or_default() {
        match value {
            Value::String(words) => question = Some(words),
            Value::Null => {}
            value => {
                arguments = serde_json::from_value(value)
                    .map_err(|error| format!("the arguments cannot be read: {error}"))?;
            }
        }
    }
    if question.is_some() {
        arguments.wish.question = question;
    }
    Ok(arguments)
}

/// The question that the arguments ask; where they do not say where, it is about the place whose code actions were listed last.
///
/// # Errors
/// What is missing, in words for the user.
pub fn place(server: &Server, arguments: Arguments) -> Result<Asked, String> {
    let Arguments {
        uri,
        path,
        range,
        lines,
        mut wish,
        ..
    } = arguments;
    let uri = match (uri, path) {
        (Some(uri), _) => Some(uri),
        (None, Some(path)) => Some(uri_of(server, Path::new(&path))?),
        (None, None) => None,
    };
    let range = range.or(lines.map(whole_lines));
    if wish.conversation.as_deref() == Some(LAST) {
        wish.conversation = server.memory.kept("").map(|kept| kept.conversation);
    }
    if wish.regenerate {
        // The conversation knows its place.
        let uri = uri.unwrap_or_default();
        let range = range.unwrap_or_default();
        return Ok(Asked { uri, range, wish });
    }
    if let Some(about) = uri.as_deref().and_then(|uri| follows(server, uri, &wish)) {
        wish.version = None;
        let Asked { uri, range, .. } = about;
        return Ok(Asked { uri, range, wish });
    }
    match (uri, range) {
        (Some(uri), Some(range)) => Ok(Asked { uri, range, wish }),
        (None, None) => {
            let last = server.memory.looked_at().ok_or(
                "where? List the code actions of the place first, or give `uri` and `range`",
            )?;
            wish.version = last.wish.version;
            if wish.diagnostics.is_empty() {
                wish.diagnostics = last.wish.diagnostics;
            }
            let Asked { uri, range, .. } = last;
            Ok(Asked { uri, range, wish })
        }
        _ => Err("`uri` (or `path`) and `range` (or `lines`) belong together".to_owned()),
    }
}

/// What a conversation is about, where it goes on from one of the documents that show answers.
fn follows(server: &Server, uri: &str, wish: &Wish) -> Option<Asked> {
    let path = convert::path_from_lsp(uri)?;
    let kept = server.memory.kept(wish.conversation.as_deref()?)?;
    path.starts_with(&server.answers).then_some(kept.asked)
}

/// The document that is open at a path; some editors (Helix) say `~/` for the home folder.
fn uri_of(server: &Server, path: &Path) -> Result<String, String> {
    let home = path.strip_prefix("~").ok().zip(etcetera::home_dir().ok());
    let path = &home.map_or_else(|| path.to_owned(), |(below, home)| home.join(below));
    let folders = server.folders.all();
    let mut candidates = folders.iter().map(|folder| folder.join(path));
    let open = candidates.find_map(|path| server.store.snapshot_of_path(&path));
    if let Some(open) = open {
        return Ok(open.uri.to_string());
    }
    let absolute = path.is_absolute().then(|| convert::path_to_lsp(path));
    let missing = || format!("no open document is at {}", path.display());
    absolute.flatten().ok_or_else(missing)
}

/// Both given from 1, the last one included.
fn whole_lines((first, last): (u32, u32)) -> Range {
    let (first, last) = (first.min(last), first.max(last));
    Range::new(
        Position::new(first.saturating_sub(1), 0),
        // Past the end of the line: clamped there.
        Position::new(last.saturating_sub(1), u32::MAX),
    )
}
