//! `textDocument/didOpen`.

use tower_lsp::gen_lsp_types::DidOpenTextDocumentParams;

use crate::lsp::server::Server;
use crate::lsp::taking;

pub async fn did_open(server: &Server, params: DidOpenTextDocumentParams) {
    let document = params.text_document;
    let language_id = String::from(document.language_id);
    server.store.open(
        document.uri.as_ref(),
        &language_id,
        document.version,
        document.text,
    );
    taking::changed(server, document.uri.as_ref());
}
