//! `window/workDoneProgress/cancel`: the user has had enough of what a progress shows.

use tower_lsp::gen_lsp_types::WorkDoneProgressCancelParams;

use crate::lsp::server::Server;

pub async fn work_done_progress_cancel(server: &Server, params: WorkDoneProgressCancelParams) {
    server.work.cancel(Some(&params.token));
}
