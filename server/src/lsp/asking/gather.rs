//! Gathers what a question needs beyond its place: other files, diagnostics, a crash, how to ask.

use std::path::Path;

use tower_lsp::gen_lsp_types::{Diagnostic, DiagnosticSeverity, Message};

use super::{Asked, Begun, trust};
use crate::action::{Action, Need, Offered};
use crate::ask::session::Key;
use crate::ask::{self, Failure, Query};
use crate::context::Snippet;
use crate::document::Snapshot;
use crate::lsp::convert;
use crate::lsp::options::Current;
use crate::lsp::server::Server;
use crate::text::{Encoding, Span, Text};
use crate::trace;

/// Everything that the question needs beyond its place.
///
/// # Errors
/// What is wrong with the options, in words for the user.
pub async fn query(server: &Server, begun: Begun) -> Result<Query, Failure> {
    let Begun {
        asked,
        action,
        snapshot,
        span,
        options,
        root,
        earlier,
    } = begun;
    let open = open(server, root.as_deref(), &snapshot);
    let backend = action.backend.as_deref();
    let settings = server.options.ask_settings(&options, backend).await;
    let mut settings = settings.map_err(Failure::Model)?;
    settings.run_tests = trust::may_run(server, &options.config, root.as_deref(), &action).await;
    let beside = snapshot.clone();
    let at = |path: &Path| server.store.snapshot_of_path(path);
    let (snapshot, neighbours, (trace, frames)) = tokio::join!(
        server.store.fresh(snapshot, span.start),
        server
            .workspace
            .neighbours(&beside, at, options.ignored.shows()),
        crash(server, &options, &action, &beside, span),
    );
    let mut query = Query {
        diagnostics: diagnostics(&asked, &snapshot.text, server.features().encoding),
        action,
        snapshot,
        span,
        question: asked.wish.question.unwrap_or_default(),
        neighbours,
        open,
        root,
        trace,
        frames,
        earlier,
        seed: asked.wish.seed,
        settings,
    };
    if asked.wish.regenerate && query.seed.is_none() {
        query.seed = Some(server.memory.next_seed(&Key::of(&query)));
    }
    Ok(query)
}

/// The other open documents of the workspace (outside of one, of the folder) in the same language.
fn open(server: &Server, root: Option<&Path>, snapshot: &Snapshot) -> Vec<Snapshot> {
    let root = root.or_else(|| snapshot.path.as_deref()?.parent());
    let (Some(root), Some(language)) = (root, snapshot.language) else {
        return Vec::new();
    };
    let mut open = server.store.below(root, language);
    open.retain(|other| other.uri != snapshot.uri);
    open
}

/// The crash in the selection, else in the document, for actions that are about one. Reads the files of its frames.
async fn crash(
    server: &Server,
    options: &Current,
    action: &Action,
    snapshot: &Snapshot,
    span: Span,
) -> (Vec<Snippet>, Vec<Snapshot>) {
    let about = action.offered.contains(&Offered::Trace) || action.needs.contains(&Need::Trace);
    if !about {
        return (Vec::new(), Vec::new());
    }
    let (reader, text) = (server.clone(), snapshot.text.clone());
    let ignored = options.ignored.clone();
    let gathering = tokio::task::spawn_blocking(move || {
        let roots = trace::Roots::new(reader.folders.all());
        let open = |path: &Path| {
            if ignored.why(path).is_some() {
                return None;
            }
            let open = reader.store.snapshot_of_path(path);
            open.or_else(|| Some(Snapshot::parse(path, std::fs::read_to_string(path).ok()?)))
        };
        let selected = text.slice(span);
        let shown = if trace::is_in(selected) {
            selected
        } else {
            text.as_str()
        };
        trace::gather(shown, &roots, open)
    });
    let gathered = gathering.await.ok().flatten();
    gathered.map_or_else(Default::default, |gathered| {
        (gathered.snippets, gathered.files)
    })
}

fn diagnostics(asked: &Asked, text: &Text, encoding: Encoding) -> Vec<ask::Diagnostic> {
    let all = asked.wish.diagnostics.iter();
    all.map(|diagnostic| from_lsp(diagnostic, text, encoding))
        .collect()
}

fn from_lsp(diagnostic: &Diagnostic, text: &Text, encoding: Encoding) -> ask::Diagnostic {
    ask::Diagnostic {
        span: convert::span_from_lsp(text, diagnostic.range, encoding),
        severity: match diagnostic.severity {
            Some(DiagnosticSeverity::Warning) => "warning",
            Some(DiagnosticSeverity::Information) => "information",
            Some(DiagnosticSeverity::Hint) => "hint",
            _ => "error",
        },
        source: diagnostic.source.clone().unwrap_or_default(),
        message: match &diagnostic.message {
            Message::String(words) => words.clone(),
            Message::MarkupContent(content) => content.value.clone(),
        },
    }
}
