//! `textDocument/codeAction`: what can be asked here, at once and without a model.

use std::path::PathBuf;

use serde_json::json;
use tower_lsp::gen_lsp_types::{
    CodeAction, CodeActionKind, CodeActionParams, CodeActionResponse, CodeActionTriggerKind,
    Command, Diagnostic,
};
use tower_lsp::jsonrpc::Result;

use crate::action::{self, Action, Need, Offer, Offered, Origin};
use crate::context;
use crate::document::Snapshot;
use crate::lsp::asking::{self, Asked, trust};
use crate::lsp::convert;
use crate::lsp::ext::{ASK_COMMAND, Wish};
use crate::lsp::server::Server;
use crate::text::Span;
use crate::trace;

/// The most diagnostics that an action takes along.
const MOST_DIAGNOSTICS: usize = 20;

/// How much of a document is looked through for a crash, in bytes.
const MOST_TRACE: usize = 64 * 1024;

pub async fn code_action(
    server: &Server,
    params: CodeActionParams,
) -> Result<Vec<CodeActionResponse>> {
    let Some(snapshot) = server.store.snapshot(params.text_document.uri.as_ref()) else {
        return Ok(Vec::new());
    };
    let options = server.options.current();
    let (context, range) = (params.context, params.range);
    let span = convert::span_from_lsp(&snapshot.text, range, server.features().encoding);
    let asked = Asked {
        uri: snapshot.uri.to_string(),
        range,
        wish: Wish {
            version: Some(snapshot.version),
            diagnostics: shortened(context.diagnostics),
            ..Wish::default()
        },
    };
    server.store.look(&snapshot, span.start);
    server.memory.look(asked.clone());
    let root = asking::root(server, &snapshot);
    let (actions, trusted) = asking::actions(server, &options, root.as_deref()).await;
    // What an editor asks for by itself is no reason to disturb anybody.
    let invoked = context.trigger_kind != Some(CodeActionTriggerKind::Automatic);
    if let Some(root) = root.filter(|root| invoked && !trusted && !server.trust.was_asked(root)) {
        server.work.start(ask_for_trust(server.clone(), root));
    }
    let offer = offer(&snapshot, span, !asked.wish.diagnostics.is_empty());
    let offered = action::offered(&actions, offer);
    let wanted = offered
        .into_iter()
        .filter(|action| is_wanted(&action.kind, context.only.as_deref()));
    let literals = server.features().action_literals;
    Ok(wanted
        .map(|action| to_lsp(&action, &asked, literals))
        .collect())
}

/// What is there to ask about, as far as that is known by now.
fn offer(snapshot: &Snapshot, span: Span, diagnostics: bool) -> Offer<'_> {
    let text = &snapshot.text;
    let looked = match (span.is_empty(), snapshot.language) {
        // In code, only where somebody selects one.
        (false, _) | (true, Some(_)) => span,
        (true, None) => Span::new(span.start.saturating_sub(MOST_TRACE / 2), text.len()),
    };
    let end = text.floor(looked.end.min(looked.start + MOST_TRACE));
    let looked = Span::new(text.floor(looked.start), end);
    Offer {
        language: snapshot
            .language
            .map_or(&*snapshot.language_id, |language| language.name),
        selection: !span.is_empty(),
        function: context::around::is_about_function(snapshot, span),
        diagnostics,
        trace: trace::is_in(text.slice(looked)),
    }
}

/// Whether an action of this kind is among those that the editor asks for: the kinds themselves, and the ones below them.
fn is_wanted(kind: &str, only: Option<&[CodeActionKind]>) -> bool {
    only.is_none_or(|only| {
        only.iter().any(|wanted| {
            let rest = kind.strip_prefix(wanted.as_str());
            wanted.as_str().is_empty()
                || rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        })
    })
}

fn to_lsp(action: &Action, asked: &Asked, literals: bool) -> CodeActionResponse {
    let title = match action.origin {
        Origin::Workspace(_) => format!("{} (workspace)", action.title),
        Origin::BuiltIn | Origin::User(_) => action.title.clone(),
    };
    let about =
        action.needs.contains(&Need::Diagnostics) || action.offered.contains(&Offered::Diagnostic);
    let diagnostics = about.then(|| asked.wish.diagnostics.clone());
    let mut argument = json!({
        "uri": asked.uri,
        "range": asked.range,
        "action": action.id,
        "version": asked.wish.version,
    });
    if let Some(diagnostics) = diagnostics.as_ref().filter(|all| !all.is_empty()) {
        argument["diagnostics"] = json!(diagnostics);
    }
    let command = Command {
        title: title.clone(),
        tooltip: None,
        command: ASK_COMMAND.to_owned(),
        arguments: Some(vec![argument]),
    };
    if !literals {
        return command.into();
    }
    CodeAction {
        title,
        kind: (!action.kind.is_empty()).then(|| CodeActionKind::from(action.kind.clone())),
        diagnostics: diagnostics.filter(|_| action.offered.contains(&Offered::Diagnostic)),
        command: Some(command),
        data: Some(json!({ "action": action.id })),
        ..CodeAction::default()
    }
    .into()
}

/// Only what a prompt can use, so that each action can carry it.
fn shortened(diagnostics: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let first = diagnostics.into_iter().take(MOST_DIAGNOSTICS);
    first
        .map(|diagnostic| Diagnostic {
            code_description: None,
            tags: None,
            related_information: None,
            data: None,
            ..diagnostic
        })
        .collect()
}

/// Asks for trust where a folder brings actions of its own.
async fn ask_for_trust(server: Server, root: PathBuf) {
    let folder = root.clone();
    let has = tokio::task::spawn_blocking(move || action::has_actions(&folder)).await;
    if has.unwrap_or(false) && !server.trust.was_asked(&root) {
        trust::ask(
            &server,
            &root,
            "It has actions of its own (.convive/actions).",
        )
        .await;
    }
}
