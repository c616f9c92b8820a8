//! What the handlers share, and the list of the methods that are served.

use std::sync::{Arc, OnceLock};

use tower_lsp::gen_lsp_types::{
    InitializeParams, InitializeResult, InitializedParams, MessageType, ShowMessageNotification,
    ShowMessageParams,
};
use tower_lsp::jsonrpc::Result;
use tower_lsp::{Client, ClientSocket, LanguageServer, LspService};

use crate::complete::Completer;
use crate::document::Store;
use crate::lsp::capabilities::Features;
use crate::lsp::handlers;
use crate::lsp::options::{Assembly, Options};
use crate::lsp::serve::Outbox;
use crate::lsp::status::Status;
use crate::workspace::Workspace;

/// The state of one client's server.
pub struct Server {
    /// For requests to the client; notifications go through `outbox`, which keeps them in order with the answers.
    pub client: Client,
    pub outbox: Outbox,
    pub store: Store,
    pub workspace: Workspace,
    pub completer: Completer,
    pub options: Options,
    pub status: Arc<Status>,
    features: OnceLock<Features>,
}

/// The service that calls the handlers.
pub fn service(assembly: Assembly, outbox: Outbox) -> (LspService<Server>, ClientSocket) {
    let make = |client: Client| {
        let status = Status::new(client.clone(), outbox.clone());
        Server {
            client,
            outbox,
            store: Store::default(),
            workspace: Workspace::default(),
            completer: Completer::default(),
            options: Options::new(assembly, status.clone()),
            status,
            features: OnceLock::new(),
        }
    };
    LspService::build_with_lifecycle_methods(make)
        .custom_method("textDocument/didOpen", handlers::did_open)
        .custom_method("textDocument/didChange", handlers::did_change)
        .custom_method("textDocument/didClose", handlers::did_close)
        .custom_method("textDocument/inlineCompletion", handlers::inline_completion)
        .custom_method("textDocument/completion", handlers::completion)
        .custom_method(
            "workspace/didChangeConfiguration",
            handlers::did_change_configuration,
        )
        .finish()
}

impl Server {
    /// The client's capabilities; the protocol's defaults before `initialize`.
    pub fn features(&self) -> Features {
        self.features.get().copied().unwrap_or_default()
    }

    pub fn set_features(&self, features: Features) {
        // `initialize` is served once; the framework sees to that.
        let _ = self.features.set(features);
    }

    /// Shows a message that the user should not miss.
    pub fn show(&self, kind: MessageType, message: String) {
        self.outbox
            .notify::<ShowMessageNotification>(ShowMessageParams { kind, message });
    }
}

impl LanguageServer for Server {
    async fn initialize(&self, params: InitializeParams) -> Result<InitializeResult> {
        handlers::initialize(self, params)
    }

    async fn initialized(&self, _: InitializedParams) {
        handlers::initialized(self).await;
    }

    async fn shutdown(&self) -> Result<()> {
        Ok(())
    }
}
