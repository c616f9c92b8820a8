//! `textDocument/didClose`: everything that was kept for the document goes.

use tower_lsp::gen_lsp_types::DidCloseTextDocumentParams;

use crate::lsp::server::Server;
use crate::lsp::taking;

pub async fn did_close(server: &Server, params: DidCloseTextDocumentParams) {
    let uri = params.text_document.uri.as_ref();
    taking::closed(server, uri);
    forget(server, uri);
}

/// Ends what runs for the document, and drops its text.
pub fn forget(server: &Server, uri: &str) {
    server.completer.forget(uri);
    server.memory.forget(uri);
    server.store.close(uri);
}
