//! A Markdown document that fills while an answer streams, for editors without a place of their own to show one.

use std::io::Write;
use std::path::{Path, PathBuf};

use tower_lsp::gen_lsp_types::{MessageType, ShowDocumentParams, TextEdit, Uri};

use super::edits;
use crate::lsp::convert;
use crate::lsp::server::Server;
use crate::text::{Edit, Span, Text};

/// The most answers that stay on disk; the oldest go first.
const MOST: usize = 32;

/// An open document of ours.
pub struct Document {
    uri: String,
    /// What was written so far.
    text: Text,
}

impl Document {
    /// Makes a document that begins with `head`, and shows it. None where the client does not show documents, or not this one.
    pub async fn open(server: &Server, name: &str, head: String) -> Option<Document> {
        if !server.features().edits.apply {
            return None;
        }
        let uri = show(server, name, &head).await?;
        let text = Text::new(head);
        Some(Document { uri, text })
    }

    /// # Errors
    /// Why the client has not taken it.
    pub async fn append(&mut self, server: &Server, words: &str) -> Result<(), String> {
        let features = server.features();
        // By our own count: what the client says of the document may be behind.
        let end = Edit::new(Span::empty(self.text.len()), words);
        let range = convert::range_to_lsp(&self.text, end.span, features.encoding);
        self.text.apply(&end);
        let change = edits::Change {
            uri: Uri::from(self.uri.as_str()),
            version: None,
            create: false,
            edits: vec![TextEdit {
                range,
                new_text: end.new_text,
            }],
        };
        let edit = edits::workspace_edit(features.edits.versioned, vec![change]);
        edits::send(server, edit, None).await
    }
}

/// Writes a document and shows it; gives its uri. None where the client does not show it.
pub async fn show(server: &Server, name: &str, text: &str) -> Option<String> {
    if !server.features().show_document {
        return None;
    }
    let (folder, name, text) = (server.answers.clone(), name.to_owned(), text.to_owned());
    let writing = tokio::task::spawn_blocking(move || write(&folder, &name, &text));
    let written = writing.await.map_err(std::io::Error::other).flatten();
    let path = match written {
        Ok(path) => path,
        Err(error) => {
            let folder = server.answers.display();
            let message = format!("Convive cannot write answers into {folder}: {error}");
            server.show(MessageType::Warning, message);
            return None;
        }
    };
    let uri = convert::path_to_lsp(&path)?;
    let shown = server.client.show_document(ShowDocumentParams {
        uri: Uri::from(uri.as_str()),
        external: None,
        take_focus: Some(false),
        selection: None,
    });
    shown.await.unwrap_or(false).then_some(uri)
}

/// Writes a new file `name-N.md`; blocks.
fn write(folder: &Path, name: &str, text: &str) -> std::io::Result<PathBuf> {
    make_private(folder)?;
    let mut answers = answers(folder)?;
    let surplus = (answers.len() + 1).saturating_sub(MOST);
    for (_, path) in answers.drain(..surplus) {
        std::fs::remove_file(path)?;
    }
    let newest = answers.last().map_or(0, |(number, _)| *number);
    // Another server may write at the same time.
    for number in newest + 1..newest + 100 {
        let path = folder.join(format!("{name}-{number}.md"));
        match std::fs::File::create_new(&path) {
            Ok(mut file) => {
                file.write_all(text.as_bytes())?;
                return Ok(path);
            }
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Err(std::io::ErrorKind::AlreadyExists.into())
}

/// The answers in the folder by their number, lowest first.
fn answers(folder: &Path) -> std::io::Result<Vec<(u64, PathBuf)>> {
    let paths = std::fs::read_dir(folder)?.flatten();
    let numbered = paths.filter_map(|entry| {
        let path = entry.path();
        let name = path.file_name()?.to_str()?.strip_suffix(".md")?;
        let (_, number) = name.rsplit_once('-')?;
        Some((number.parse().ok()?, path))
    });
    let mut answers: Vec<(u64, PathBuf)> = numbered.collect();
    answers.sort();
    Ok(answers)
}

fn make_private(folder: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}
