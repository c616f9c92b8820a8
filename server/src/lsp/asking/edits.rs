//! From proposals to edits that a client applies: each for one version of a document, or not at all.

use std::collections::HashMap;
use std::sync::Arc;

use tower_lsp::gen_lsp_types::{
    ApplyWorkspaceEditParams, ApplyWorkspaceEditRequest, CreateFile, CreateFileOptions,
    DocumentChange, OptionalVersionedTextDocumentIdentifier, TextDocumentEdit,
    TextDocumentIdentifier, TextEdit, Uri, WorkspaceEdit,
};

use crate::ask::{FileEdit, Proposal};
use crate::lsp::convert;
use crate::lsp::server::Server;
use crate::text::Text;

/// What is said where a document is not any more what an edit was made for.
pub const MOVED_ON: &str =
    "the document has changed since the question, so nothing was applied; ask again";

/// The protocol's edit for a proposal.
///
/// # Errors
/// Why it cannot be applied any more, or by this client; in words for the user.
pub async fn to_lsp(server: &Server, proposal: &Proposal) -> Result<WorkspaceEdit, String> {
    let features = server.features().edits;
    let mut files = Vec::new();
    for file in &proposal.files {
        let (text, version) = text_of(server, file).await?;
        if file.create && !features.create {
            return Err(format!(
                "this editor makes no new files for a server, so nothing was written; it would be {}",
                file.uri
            ));
        }
        files.push(Change {
            uri: Uri::from(&*file.uri),
            version,
            create: file.create,
            edits: changes(server, file, &text),
        });
    }
    Ok(workspace_edit(features.versioned, files))
}

/// The changes of one file.
pub struct Change {
    pub uri: Uri,
    pub version: Option<i32>,
    pub create: bool,
    pub edits: Vec<TextEdit>,
}

/// An edit in the form that the client knows.
pub fn workspace_edit(versioned: bool, files: Vec<Change>) -> WorkspaceEdit {
    if !versioned {
        let changes = files.into_iter().map(|file| (file.uri, file.edits));
        return WorkspaceEdit {
            changes: Some(changes.collect::<HashMap<_, _>>()),
            ..WorkspaceEdit::default()
        };
    }
    let changes = files.into_iter().flat_map(|file| {
        let create = file.create.then(|| create(file.uri.clone()).into());
        let edit = TextDocumentEdit {
            text_document: OptionalVersionedTextDocumentIdentifier {
                version: file.version,
                text_document_identifier: TextDocumentIdentifier { uri: file.uri },
            },
            edits: file.edits.into_iter().map(Into::into).collect(),
        };
        create.into_iter().chain([edit.into()])
    });
    WorkspaceEdit {
        document_changes: Some(changes.collect::<Vec<DocumentChange>>()),
        ..WorkspaceEdit::default()
    }
}

/// Has the client apply a proposal, all of it or nothing.
///
/// # Errors
/// Why that was not done; in words for the user.
pub async fn apply(server: &Server, proposal: &Proposal, label: &str) -> Result<(), String> {
    let edit = to_lsp(server, proposal).await?;
    send(server, edit, Some(label)).await
}

/// Has the client apply an edit. Neovim prints the label, each time.
///
/// # Errors
/// Why that was not done; in words for the user.
pub async fn send(server: &Server, edit: WorkspaceEdit, label: Option<&str>) -> Result<(), String> {
    if !server.features().edits.apply {
        return Err("this editor takes no edits from a server, so nothing was applied".to_owned());
    }
    let params = ApplyWorkspaceEditParams {
        label: label.map(str::to_owned),
        edit,
        metadata: None,
    };
    let request = server
        .client
        .send_request::<ApplyWorkspaceEditRequest>(params);
    match request.await {
        Ok(answer) if answer.applied => Ok(()),
        Ok(answer) => Err(format!(
            "the editor has not applied the edit: {}",
            answer
                .failure_reason
                .unwrap_or_else(|| "it does not say why".to_owned())
        )),
        Err(error) => Err(format!("the editor has not applied the edit: {error}")),
    }
}

/// The text that the spans of an edit are of, and its version where it is open.
async fn text_of(server: &Server, file: &FileEdit) -> Result<(Arc<Text>, Option<i32>), String> {
    match (server.store.snapshot(&file.uri), file.version) {
        (Some(open), Some(version)) if !file.create => {
            let same = open.version == version || file.text.as_ref() == Some(&open.text);
            same.then_some((open.text, Some(open.version)))
                .ok_or_else(|| MOVED_ON.to_owned())
        }
        // Opened since: while it holds what the disk does, the spans are its own.
        (Some(open), None) if !file.create && *read(&file.uri).await? == *open.text => {
            Ok((open.text, Some(open.version)))
        }
        (None, None) if file.create => Ok((Arc::default(), None)),
        (None, None) => Ok((read(&file.uri).await?, None)),
        _ => Err(MOVED_ON.to_owned()),
    }
}

async fn read(uri: &str) -> Result<Arc<Text>, String> {
    let path = convert::path_from_lsp(uri).ok_or_else(|| format!("{uri} is no file"))?;
    let reading = tokio::task::spawn_blocking(move || {
        std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))
    });
    let text = reading.await.map_err(|error| error.to_string())??;
    Ok(Arc::new(Text::new(text)))
}

fn changes(server: &Server, file: &FileEdit, text: &Text) -> Vec<TextEdit> {
    let encoding = server.features().encoding;
    let edits = file.edits.iter();
    edits
        .map(|edit| TextEdit {
            range: convert::range_to_lsp(text, edit.span, encoding),
            new_text: edit.new_text.clone(),
        })
        .collect()
}

fn create(uri: Uri) -> CreateFile {
    CreateFile {
        uri,
        options: Some(CreateFileOptions {
            overwrite: Some(false),
            ignore_if_exists: Some(false),
        }),
        annotation_id: None,
    }
}
