//! `workspace/didChangeWorkspaceFolders`.

use std::path::PathBuf;

use tower_lsp::gen_lsp_types::{DidChangeWorkspaceFoldersParams, WorkspaceFolder};

use crate::lsp::convert;
use crate::lsp::server::Server;

pub async fn did_change_workspace_folders(
    server: &Server,
    params: DidChangeWorkspaceFoldersParams,
) {
    let event = params.event;
    server
        .folders
        .change(&paths(&event.removed), paths(&event.added));
}

fn paths(folders: &[WorkspaceFolder]) -> Vec<PathBuf> {
    let uris = folders.iter().map(|folder| folder.uri.as_ref());
    uris.filter_map(convert::path_from_lsp).collect()
}
