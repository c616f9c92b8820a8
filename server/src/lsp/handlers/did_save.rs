//! `textDocument/didSave`: a good moment to see what was kept of accepted completions.

use tower_lsp::gen_lsp_types::DidSaveTextDocumentParams;

use crate::lsp::noting;
use crate::lsp::server::Server;

pub async fn did_save(server: &Server, params: DidSaveTextDocumentParams) {
    noting::judge(server, params.text_document.uri.as_ref(), false);
}
