//! `initialize`: agrees with the client on what both can do. Nothing is loaded and nobody is asked.

use std::path::PathBuf;

use tower_lsp::gen_lsp_types::{InitializeParams, InitializeResult, ServerInfo, WorkspaceFolders};
use tower_lsp::jsonrpc::Result;

use crate::config::Origin;
use crate::lsp::capabilities;
use crate::lsp::convert;
use crate::lsp::server::Server;

pub fn initialize(server: &Server, params: InitializeParams) -> Result<InitializeResult> {
    let features = capabilities::features(&params.capabilities);
    server.set_features(features);
    server
        .status
        .announce(features.extensions.status, features.progress);
    server.folders.set(folders(&params));
    if let Some(values) = params.initialization_options {
        server.options.set(Origin::Initialization, values);
    }
    Ok(InitializeResult {
        capabilities: capabilities::announce(&features),
        server_info: Some(ServerInfo {
            name: "convive".to_owned(),
            version: Some(env!("CARGO_PKG_VERSION").to_owned()),
        }),
    })
}

/// The folders that are open; older clients name one.
#[expect(
    deprecated,
    reason = "clients that know no workspace folders name their root so"
)]
fn folders(params: &InitializeParams) -> Vec<PathBuf> {
    let listed = &params.workspace_folders_initialize_params.workspace_folders;
    let uris: Vec<&str> = match listed {
        Some(WorkspaceFolders::WorkspaceFolderList(folders)) => {
            folders.iter().map(|folder| folder.uri.as_ref()).collect()
        }
        _ => params.root_uri.iter().map(AsRef::as_ref).collect(),
    };
    uris.into_iter()
        .filter_map(convert::path_from_lsp)
        .collect()
}
