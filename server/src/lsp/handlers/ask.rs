//! `convive/ask`: the answer streams under the client's token, the result holds all of it.

use tower_lsp::gen_lsp_types::{ProgressNotification, ProgressParams, ProgressToken};
use tower_lsp::jsonrpc::{Error, ErrorCode, Result};

use crate::ask::{Failure, Step};
use crate::lsp::asking::{self, Asked, answer};
use crate::lsp::ext::{AskParams, AskResult};
use crate::lsp::progress::Progress;
use crate::lsp::server::Server;

pub async fn ask(server: &Server, params: AskParams) -> Result<AskResult> {
    let asked = Asked {
        uri: params.text_document.uri.to_string(),
        range: params.range,
        wish: params.wish,
    };
    let chunks = params.partial.partial_result_token;
    let Some(token) = params.work_done.work_done_token else {
        return answered(server, asked, chunks, None).await;
    };
    let mut cancelled = server.work.cancellable(token.clone());
    tokio::select! {
        biased;
        () = cancelled.wait() => Err(Error::request_cancelled()),
        result = answered(server, asked, chunks, Some(token)) => result,
    }
}

async fn answered(
    server: &Server,
    asked: Asked,
    chunks: Option<ProgressToken>,
    work: Option<ProgressToken>,
) -> Result<AskResult> {
    let failed = |failure: Failure| answer::failure_to_lsp(&failure);
    let begun = asking::begin(server, asked).await.map_err(failed)?;
    if begun.lacks_question() {
        let message = format!("the action `{}` needs a question", begun.action.id);
        return Err(crate::lsp::convert::error(
            ErrorCode::InvalidParams,
            message,
        ));
    }
    let progress = work.map(|token| {
        let title = format!("Convive: {}", begun.action.title);
        Progress::begin(server.outbox.clone(), token, &title, true)
    });
    let mut on = |step: Step| {
        if let (Some(progress), Step::Working(what)) = (&progress, &step) {
            progress.report(Some(what), None);
        }
        if let Some(token) = chunks.clone() {
            let value = serde_json::to_value(answer::step_to_lsp(step)).unwrap_or_default();
            server
                .outbox
                .notify::<ProgressNotification>(ProgressParams { token, value });
        }
    };
    let answered = asking::ask(server, begun, &mut on).await.map_err(failed)?;
    Ok(answer::to_lsp(server, &answered).await)
}
