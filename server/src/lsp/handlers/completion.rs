//! `textDocument/completion`: the same completions as items of a menu, for editors without ghost text (Helix).

use tower_lsp::gen_lsp_types::{
    CompletionItem, CompletionItemKind, CompletionList, CompletionParams, CompletionTriggerKind,
    TextEdit,
};
use tower_lsp::jsonrpc::Result;

use crate::complete::{self, Completion, Delivery, Trigger};
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
    Ok(CompletionList {
        // Without an item the client asks again at the next key.
        is_incomplete: answer.is_none(),
        items: answer.map_or_else(Vec::new, |answer| items(server, &answer)),
        ..CompletionList::default()
    })
}

fn items(server: &Server, answer: &Answer) -> Vec<CompletionItem> {
    let encoding = server.features().encoding;
    let numbered = answer.choices.iter().enumerate();
    numbered
        .map(|(number, choice)| CompletionItem {
            command: noting::offered(server, answer, choice),
            sort_text: Some(format!("{number:02}")),
            ..item(answer, &choice.completion, encoding)
        })
        .collect()
}

/// Kind Text: Helix indents snippets anew. A real filter text: without it clients compare the label with the word typed.
fn item(answer: &Answer, completion: &Completion, encoding: Encoding) -> CompletionItem {
    let snapshot = &answer.snapshot;
    CompletionItem {
        label: label(&completion.text),
        kind: Some(CompletionItemKind::Text),
        filter_text: Some(complete::filter_text(snapshot, answer.offset, completion)),
        text_edit: Some(
            TextEdit {
                range: convert::range_to_lsp(&snapshot.text, completion.span, encoding),
                new_text: completion.text.clone(),
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
