//! `textDocument/inlineCompletion`: ghost text, growing where the client draws that.

use std::sync::Arc;

use tower_lsp::gen_lsp_types::{
    InlineCompletionItem, InlineCompletionList, InlineCompletionTriggerKind,
};
use tower_lsp::jsonrpc::Result;

use crate::complete::{Completion, Delivery, Trigger};
use crate::document::Snapshot;
use crate::lsp::completing::{self, Answer, Asked, Choice};
use crate::lsp::convert;
use crate::lsp::ext::{GhostText, GhostTextParams, InlineCompletionAsked};
use crate::lsp::server::Server;
use crate::lsp::taking;

pub async fn inline_completion(
    server: &Server,
    asked: InlineCompletionAsked,
) -> Result<InlineCompletionList> {
    let features = server.features();
    let token = asked.partial.partial_result_token;
    let token = token.filter(|_| features.extensions.ghost_text);
    let delivery = match token {
        Some(_) => Delivery::Whole,
        None => Delivery::FirstLine,
    };
    let trigger = match asked.params.context.trigger_kind {
        InlineCompletionTriggerKind::Invoked => Trigger::Invoked,
        _ => Trigger::Automatic,
    };
    let range = |snapshot: &Snapshot, completion: &Completion| {
        convert::range_to_lsp(&snapshot.text, completion.span, features.encoding)
    };
    let growth = &server.outbox.latest();
    let mut grow = token.map(|token| {
        move |snapshot: &Snapshot, completion: &Completion, id: &Arc<str>| {
            taking::growing(server, snapshot, completion, id);
            growth.notify::<GhostText>(GhostTextParams {
                token: token.clone(),
                insert_text: completion.text.clone(),
                range: range(snapshot, completion),
                done: completion.done,
            });
        }
    });
    let grow = grow.as_mut().map(|grow| grow as completing::Grow<'_>);
    let place = &asked.params.text_document_position_params;
    let answer = completing::complete(server, place, Asked { trigger, delivery }, grow).await;
    // Each text costs the editor a drawing; the answer has them all.
    growth.take_back();
    let items = |answer: Answer| {
        taking::shown(server, &answer);
        let item = |choice: &Choice| InlineCompletionItem {
            command: taking::command(choice),
            range: Some(range(&answer.snapshot, &choice.completion)),
            filter_text: None,
            insert_text: choice.completion.text.clone().into(),
        };
        answer.choices.iter().map(item).collect()
    };
    Ok(InlineCompletionList {
        items: answer.map_or_else(Vec::new, items),
    })
}
