//! `textDocument/completion`: the same completion as an item of a menu, for editors without ghost text (Helix).

use tower_lsp::gen_lsp_types::{
    Command, CompletionItem, CompletionItemKind, CompletionList, CompletionParams,
    CompletionTriggerKind, TextEdit,
};
use tower_lsp::jsonrpc::Result;

use crate::complete::{self, Delivery, Trigger};
use crate::lsp::completing::{self, Answer, Asked};
use crate::lsp::convert;
use crate::lsp::noting;
use crate::lsp::server::Server;
use crate::text::Encoding;

pub async fn completion(server: &Server, params: CompletionParams) -> Result<CompletionList> {
    let place = &params.text_document_position_params;
    let trigger = match params.context.map(|context| context.trigger_kind) {
        None | Some(CompletionTriggerKind::Invoked) => Trigger::Invoked,
        Some(_) => Trigger::Automatic,
    };
    let delivery = Delivery::Whole;
    let answer = completing::complete(server, place, Asked { trigger, delivery }, None).await;
    let encoding = server.features().encoding;
    Ok(CompletionList {
        // Without an item the client asks again at the next key.
        is_incomplete: answer.is_none(),
        items: answer
            .map(|answer| {
                let command = noting::offered(server, &answer);
                item(answer, command, encoding)
            })
            .into_iter()
            .collect(),
        ..CompletionList::default()
    })
}

/// Kind Text: Helix indents snippets anew. A real filter text: without it clients compare the label with the word typed.
fn item(answer: Answer, command: Option<Command>, encoding: Encoding) -> CompletionItem {
    let Answer {
        snapshot,
        offset,
        completion,
        ..
    } = answer;
    CompletionItem {
        label: label(&completion.text),
        kind: Some(CompletionItemKind::Text),
        command,
        filter_text: Some(complete::filter_text(&snapshot, offset, &completion)),
        text_edit: Some(
            TextEdit {
                range: convert::range_to_lsp(&snapshot.text, completion.span, encoding),
                new_text: completion.text,
            }
            .into(),
        ),
        ..CompletionItem::default()
    }
}

/// The first line with something on it, and a mark where there are more.
fn label(text: &str) -> String {
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let first = lines.next().unwrap_or_default();
    match lines.next() {
        Some(_) => format!("{first} …"),
        None => first.to_owned(),
    }
}
