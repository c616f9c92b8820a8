//! `workspace/didChangeConfiguration`: reads the options anew, from the files and by asking the client where it answers that.

use serde_json::Value;
use tower_lsp::gen_lsp_types::{ConfigurationItem, DidChangeConfigurationParams, MessageType};

use crate::config::Origin;
use crate::lsp::server::Server;

pub async fn did_change_configuration(server: &Server, params: DidChangeConfigurationParams) {
    server.options.read_files();
    if !server.features().configuration {
        // Null says only that something has changed.
        take(server, params.settings.get("convive").cloned());
    }
    pull(server).await;
}

/// Asks the client for its options, where it answers that, and shows the problems of all options.
pub async fn pull(server: &Server) {
    if server.features().configuration {
        let item = ConfigurationItem {
            scope_uri: None,
            section: Some("convive".to_owned()),
        };
        match server.client.configuration(vec![item]).await {
            Ok(values) => take(server, values.into_iter().next()),
            Err(error) => tracing::warn!("the client does not tell its options: {error}"),
        }
    }
    if let Some(message) = server.options.problems_to_show() {
        server.show(MessageType::Warning, message);
    }
}

fn take(server: &Server, values: Option<Value>) {
    if let Some(values) = values {
        server.options.set(Origin::Workspace, values);
    }
}
