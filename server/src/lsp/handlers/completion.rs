//! `textDocument/completion`: the same completions as items of a menu, for editors without ghost text (Helix).

use tower_lsp::gen_lsp_types::{
    CompletionItem, CompletionItemKind, CompletionList, CompletionParams, CompletionTriggerKind,
    Documentation, MarkupContent, MarkupKind, TextEdit,
};
use tower_lsp::jsonrpc::Result;

use crate::action;
use crate::complete::{self, Completion, Delivery, Trigger};
use crate::document::Snapshot;
use crate::lsp::completing::{self, Answer, Asked};
use crate::lsp::convert;
use crate::lsp::server::Server;
use crate::lsp::taking;
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
    taking::shown(server, answer);
    let encoding = server.features().encoding;
    let numbered = answer.choices.iter().enumerate();
    numbered
        .map(|(number, choice)| CompletionItem {
            command: taking::command(choice),
            sort_text: Some(format!("{number:02}")),
            ..item(answer, &choice.completion, encoding)
        })
        .collect()
}

/// Kind Text: Helix indents snippets anew. A real filter text: without it clients compare the label with the word typed. Where
/// the label is not all of it, the documentation shows the whole text.
fn item(answer: &Answer, completion: &Completion, encoding: Encoding) -> CompletionItem {
    let snapshot = &answer.snapshot;
    let filter_text = complete::filter_text(snapshot, answer.offset, completion);
    CompletionItem {
        label: label(&filter_text, &completion.text),
        documentation: documentation(snapshot, &completion.text),
        kind: Some(CompletionItemKind::Text),
        filter_text: Some(filter_text),
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

/// The word typed so far with the first line of the text, and a mark where there are more.
fn label(first: &str, text: &str) -> String {
    match is_long(text) {
        true => format!("{} …", first.trim()),
        false => first.trim().to_owned(),
    }
}

/// The whole text, as code, where a label shows only the first of its lines.
fn documentation(snapshot: &Snapshot, text: &str) -> Option<Documentation> {
    let language = snapshot.language.map_or("", |language| language.name);
    let content = || MarkupContent {
        kind: MarkupKind::Markdown,
        value: action::fenced(&outdented(text), language),
    };
    is_long(text).then(|| content().into())
}

/// Without what is common to the indentation of all lines but the first, which begins at the cursor.
fn outdented(text: &str) -> String {
    let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
    let depth = |line: &str| line.len() - line.trim_start_matches([' ', '\t']).len();
    let written = rest.lines().filter(|line| !line.trim().is_empty());
    let common = written.map(depth).min().unwrap_or(0);
    let rest = rest.lines().map(|line| line.get(common..).unwrap_or(""));
    let lines: Vec<&str> = [first].into_iter().chain(rest).collect();
    lines.join("\n")
}

/// Whether more than one line has something on it.
fn is_long(text: &str) -> bool {
    text.lines()
        .filter(|line| !line.trim().is_empty())
        .nth(1)
        .is_some()
}
