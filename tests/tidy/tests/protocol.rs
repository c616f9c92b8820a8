//! `server/PROTOCOL.md` was looked at since our own messages changed last: it carries the hash of the file that defines them.

use std::path::Path;

use sha2::{Digest, Sha256};

#[test]
fn the_protocol_page_is_about_these_messages() {
    let server = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../server");
    let source = std::fs::read(server.join("src/lsp/ext.rs")).unwrap();
    let page = std::fs::read_to_string(server.join("PROTOCOL.md")).unwrap();
    let hash: String = Sha256::digest(&source)
        .iter()
        .take(8)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let mark = format!("<!-- sha256 of src/lsp/ext.rs, first 16 digits: {hash} -->");
    assert!(
        page.contains(&mark),
        "src/lsp/ext.rs has changed: bring PROTOCOL.md in line with it, then end the page with\n{mark}"
    );
}

#[test]
fn the_protocol_page_names_every_message() {
    let server = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../server");
    let source = std::fs::read_to_string(server.join("src/lsp/ext.rs")).unwrap();
    let page = std::fs::read_to_string(server.join("PROTOCOL.md")).unwrap();
    let messages: Vec<&str> = source
        .split('"')
        .filter(|text| text.starts_with("convive/"))
        .collect();
    assert!(!messages.is_empty());
    for message in messages {
        assert!(page.contains(&format!("## `{message}`")), "{message}");
    }
}
