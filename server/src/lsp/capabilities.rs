//! What the client can do, and what the server then says it can do.

use serde_json::{Value, json};
use tower_lsp::gen_lsp_types::{
    ClientCapabilities, CodeActionOptions, CompletionOptions, ExecuteCommandOptions,
    InlineCompletionOptions, ResourceOperationKind, ServerCapabilities, TextDocumentSyncKind,
    TextDocumentSyncOptions, WorkspaceClientCapabilities, WorkspaceFoldersServerCapabilities,
    WorkspaceOptions,
};

use crate::lsp::convert;
use crate::lsp::ext::{self, Extensions};
use crate::text::Encoding;

/// The client's capabilities that matter here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Features {
    pub encoding: Encoding,
    pub inline_completion: InlineCompletion,
    /// Whether it answers `workspace/configuration`.
    pub configuration: bool,
    /// Whether it sends `workspace/didChangeConfiguration` only to those who register for it.
    pub configuration_registration: bool,
    /// Whether it shows progress that the server starts.
    pub progress: bool,
    /// Whether its `textDocument/codeAction` takes more than commands.
    pub action_literals: bool,
    pub show_document: bool,
    /// Whether it renders Markdown.
    pub markdown: bool,
    pub edits: Edits,
    pub extensions: Extensions,
}

/// How the client learns of inline completion.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum InlineCompletion {
    /// It does not know it: it gets the same through `textDocument/completion`.
    #[default]
    Unknown,
    /// From the answer to `initialize`.
    Static,
    /// By registration after `initialized`.
    Dynamic,
}

/// How the client takes edits that the server makes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Edits {
    /// Whether it answers `workspace/applyEdit`.
    pub apply: bool,
    /// Whether it knows edits for a version of a document.
    pub versioned: bool,
    /// Whether it makes new files.
    pub create: bool,
}

/// Reads the client's capabilities.
pub fn features(client: &ClientCapabilities) -> Features {
    let general = client.general.as_ref();
    let offered = general.and_then(|general| general.position_encodings.as_deref());
    let document = client.text_document.as_ref();
    let inline = document.and_then(|document| document.inline_completion.as_ref());
    let workspace = client.workspace.as_ref();
    let window = client.window.as_ref();
    let experimental = client.experimental.as_ref();
    let extensions = experimental.and_then(|value| value.get("convive")).cloned();
    Features {
        encoding: convert::encoding_from_lsp(offered.unwrap_or_default()),
        inline_completion: match inline.map(|inline| inline.dynamic_registration) {
            None => InlineCompletion::Unknown,
            Some(Some(true)) => InlineCompletion::Dynamic,
            Some(_) => InlineCompletion::Static,
        },
        configuration: workspace.and_then(|workspace| workspace.configuration) == Some(true),
        configuration_registration: workspace
            .and_then(|workspace| workspace.did_change_configuration.as_ref())
            .and_then(|changes| changes.dynamic_registration)
            == Some(true),
        progress: window.and_then(|window| window.work_done_progress) == Some(true),
        action_literals: document
            .and_then(|document| document.code_action.as_ref())
            .is_some_and(|actions| actions.code_action_literal_support.is_some()),
        show_document: window
            .and_then(|window| window.show_document.as_ref())
            .is_some_and(|show| show.support),
        markdown: general.is_some_and(|general| general.markdown.is_some()),
        edits: edits(workspace),
        extensions: extensions
            .and_then(|value| serde_json::from_value(value).ok())
            .unwrap_or_default(),
    }
}

/// Neovim takes versioned edits and does not say so; that it makes files it says.
fn edits(workspace: Option<&WorkspaceClientCapabilities>) -> Edits {
    let apply = workspace.and_then(|workspace| workspace.apply_edit) == Some(true);
    let edit = workspace.and_then(|workspace| workspace.workspace_edit.as_ref());
    let operations = edit.and_then(|edit| edit.resource_operations.as_deref());
    let create = operations.is_some_and(|all| all.contains(&ResourceOperationKind::Create));
    let versioned = create || edit.and_then(|edit| edit.document_changes) == Some(true);
    Edits {
        apply,
        versioned,
        create,
    }
}

/// The answer to `initialize`. A client that knows inline completion is not offered `textDocument/completion` as well: it would
/// ask for both at every key, and each would end the other.
pub fn announce(features: &Features) -> ServerCapabilities {
    let inline = match features.inline_completion {
        InlineCompletion::Unknown | InlineCompletion::Static => {
            Some(InlineCompletionOptions::default().into())
        }
        InlineCompletion::Dynamic => None,
    };
    let completion = match features.inline_completion {
        InlineCompletion::Unknown => Some(CompletionOptions::default()),
        InlineCompletion::Static | InlineCompletion::Dynamic => None,
    };
    ServerCapabilities {
        position_encoding: Some(convert::encoding_to_lsp(features.encoding)),
        text_document_sync: Some(
            TextDocumentSyncOptions {
                open_close: Some(true),
                change: Some(TextDocumentSyncKind::Incremental),
                save: Some(true.into()),
                ..TextDocumentSyncOptions::default()
            }
            .into(),
        ),
        inline_completion_provider: inline,
        completion_provider: completion,
        code_action_provider: Some(CodeActionOptions::default().into()),
        execute_command_provider: Some(ExecuteCommandOptions {
            commands: commands(features).map(str::to_owned).collect(),
            ..ExecuteCommandOptions::default()
        }),
        workspace: Some(WorkspaceOptions {
            workspace_folders: Some(WorkspaceFoldersServerCapabilities {
                supported: Some(true),
                change_notifications: Some(true.into()),
            }),
            ..WorkspaceOptions::default()
        }),
        experimental: Some(experimental()),
        ..ServerCapabilities::default()
    }
}

/// A client that asks by `convive/ask` has commands of the same names itself, which some (VS Code) do not allow twice.
fn commands(features: &Features) -> impl Iterator<Item = &'static str> {
    let rich = features.extensions.ask;
    let all = ext::COMMANDS.into_iter();
    let asking = all.filter(move |name| !rich || [ext::ALTERNATIVES, ext::APPLY].contains(name));
    asking.chain(ext::NOTING)
}

fn experimental() -> Value {
    json!({ "convive": Extensions { ghost_text: true, status: true, ask: true } })
}
