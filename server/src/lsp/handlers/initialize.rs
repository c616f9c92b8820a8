//! `initialize`: agrees with the client on what both can do. Nothing is loaded and nobody is asked.

use tower_lsp::gen_lsp_types::{InitializeParams, InitializeResult, ServerInfo};
use tower_lsp::jsonrpc::Result;

use crate::config::Origin;
use crate::lsp::capabilities;
use crate::lsp::server::Server;

pub fn initialize(server: &Server, params: InitializeParams) -> Result<InitializeResult> {
    let features = capabilities::features(&params.capabilities);
    server.set_features(features);
    server
        .status
        .announce(features.extensions.status, features.progress);
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
