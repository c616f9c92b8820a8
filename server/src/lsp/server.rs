//! What the handlers share, and the list of the methods that are served.

use std::ops::Deref;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use tower_lsp::gen_lsp_types::{
    InitializeParams, InitializeResult, InitializedParams, MessageType, ShowMessageNotification,
    ShowMessageParams,
};
use tower_lsp::jsonrpc::Result;
use tower_lsp::{Client, ClientSocket, LanguageServer, LspService};

use crate::action;
use crate::complete::Completer;
use crate::document::Store;
use crate::journal::Records;
use crate::lsp::asking::Memory;
use crate::lsp::asking::trust::Trust;
use crate::lsp::capabilities::Features;
use crate::lsp::ext;
use crate::lsp::folders::Folders;
use crate::lsp::handlers;
use crate::lsp::options::{Assembly, Options};
use crate::lsp::serve::Outbox;
use crate::lsp::status::Status;
use crate::lsp::taking::{self, Taking};
use crate::lsp::work::Work;
use crate::workspace::Workspace;

/// One client's server; a clone is another handle on the same one.
#[derive(Clone)]
pub struct Server(Arc<Parts>);

/// The state of one client's server.
pub struct Parts {
    /// For requests to the client; notifications go through `outbox`, which keeps them in order with the answers.
    pub client: Client,
    pub outbox: Outbox,
    pub store: Store,
    pub workspace: Workspace,
    pub completer: Completer,
    pub options: Options,
    pub status: Arc<Status>,
    pub records: Records,
    pub folders: Folders,
    pub work: Work,
    pub actions: Arc<action::Store>,
    /// Where answers are written that are shown as documents.
    pub answers: PathBuf,
    pub memory: Memory,
    pub taking: Taking,
    pub trust: Trust,
    features: OnceLock<Features>,
}

/// The service that calls the handlers. `work` is what goes on between them.
pub fn service(
    assembly: Assembly,
    outbox: Outbox,
    work: Work,
) -> (LspService<Server>, ClientSocket) {
    let make = |client: Client| {
        let status = Status::new(client.clone(), outbox.clone());
        Server(Arc::new(Parts {
            client,
            outbox,
            store: Store::default(),
            workspace: Workspace::default(),
            completer: Completer::default(),
            records: assembly.records.clone(),
            folders: Folders::default(),
            work,
            actions: Arc::new(action::Store::new(assembly.actions.clone())),
            answers: assembly.answers.clone(),
            memory: Memory::default(),
            taking: Taking::default(),
            trust: Trust::new(assembly.trust.clone()),
            options: Options::new(assembly, status.clone()),
            status,
            features: OnceLock::new(),
        }))
    };
    LspService::build_with_lifecycle_methods(make)
        .custom_method("textDocument/didOpen", handlers::did_open)
        .custom_method("textDocument/didChange", handlers::did_change)
        .custom_method("textDocument/didSave", handlers::did_save)
        .custom_method("textDocument/didClose", handlers::did_close)
        .custom_method("textDocument/inlineCompletion", handlers::inline_completion)
        .custom_method("textDocument/completion", handlers::completion)
        .custom_method(
            "workspace/didChangeConfiguration",
            handlers::did_change_configuration,
        )
        .custom_method("textDocument/codeAction", handlers::code_action)
        .custom_method("workspace/executeCommand", handlers::execute_command)
        .custom_method(ext::ASK, handlers::ask)
        .custom_method(
            "workspace/didChangeWorkspaceFolders",
            handlers::did_change_workspace_folders,
        )
        .custom_method(
            "window/workDoneProgress/cancel",
            handlers::work_done_progress_cancel,
        )
        .finish()
}

impl Deref for Server {
    type Target = Parts;
    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl Parts {
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

impl Drop for Parts {
    fn drop(&mut self) {
        // Some editors (Helix) end a session without a word.
        taking::judge_all(self);
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
        taking::judge_all(self);
        Ok(())
    }
}
