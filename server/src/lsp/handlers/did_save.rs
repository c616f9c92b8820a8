//! `textDocument/didSave`: a good moment to see what was kept of accepted completions.

use tower_lsp::gen_lsp_types::DidSaveTextDocumentParams;

use crate::lsp::server::Server;
use crate::lsp::taking;

pub async fn did_save(server: &Server, params: DidSaveTextDocumentParams) {
    taking::judge(server, params.text_document.uri.as_ref(), false);
}
