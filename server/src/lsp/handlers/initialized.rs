//! `initialized`: registers what the client wants registered, and asks for its options.

use serde_json::json;
use tower_lsp::gen_lsp_types::{
    DidChangeConfigurationNotification, InlineCompletionRequest, Notification, Registration,
    Request,
};

use super::did_change_configuration;
use crate::lsp::capabilities::InlineCompletion;
use crate::lsp::server::Server;
use crate::privacy::secrets::Rules;

pub async fn initialized(server: &Server) {
    // The first request would wait for them.
    tokio::task::spawn_blocking(Rules::built_in);
    let features = server.features();
    let mut registrations = Vec::new();
    let mut register = |method: String, options| {
        registrations.push(Registration {
            id: method.clone(),
            method,
            register_options: options,
        });
    };
    if features.inline_completion == InlineCompletion::Dynamic {
        // A null selector means every document that is open here.
        let options = json!({ "documentSelector": null });
        register(InlineCompletionRequest::METHOD.to_string(), Some(options));
    }
    if features.configuration_registration {
        let options = json!({ "section": "convive" });
        let method = DidChangeConfigurationNotification::METHOD.to_string();
        register(method, Some(options));
    }
    if !registrations.is_empty()
        && let Err(error) = server.client.register_capability(registrations).await
    {
        tracing::warn!("the client does not register: {error}");
    }
    did_change_configuration::pull(server).await;
}
