//! `textDocument/didChange`: edits in message order. A change that cannot be read or placed drops the document: a wrong text is
//! worse than none.

use serde::Deserialize;
use serde_json::Value;
use tower_lsp::gen_lsp_types::{Position, Range, VersionedTextDocumentIdentifier};

use crate::document::{Change, Place};
use crate::lsp::completing;
use crate::lsp::server::Server;
use crate::lsp::taking;

/// The protocol's parameters. The generated type takes a change with a broken range for one of the whole document.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Changed {
    text_document: VersionedTextDocumentIdentifier,
    content_changes: Vec<ContentChange>,
}

#[derive(Deserialize)]
struct ContentChange {
    range: Option<Range>,
    text: String,
}

pub async fn did_change(server: &Server, params: Value) {
    let uri = params["textDocument"]["uri"].as_str().map(str::to_owned);
    if let Some(uri) = &uri {
        completing::changes(server, uri);
    }
    let placed = match serde_json::from_value::<Changed>(params) {
        Ok(changed) => server.store.change(
            changed.text_document.text_document_identifier.uri.as_ref(),
            changed.text_document.version,
            changed.content_changes.into_iter().map(change_from_lsp),
            server.features().encoding,
        ),
        Err(error) => {
            tracing::warn!("a change cannot be read: {error}");
            false
        }
    };
    match (placed, uri) {
        (true, Some(uri)) => taking::changed(server, &uri),
        (false, Some(uri)) => super::did_close::forget(server, &uri),
        (_, None) => {}
    }
}

fn change_from_lsp(change: ContentChange) -> Change {
    Change {
        range: change
            .range
            .map(|range| (place(range.start), place(range.end))),
        new_text: change.text,
    }
}

fn place(position: Position) -> Place {
    Place {
        line: position.line as usize,
        column: position.character as usize,
    }
}
