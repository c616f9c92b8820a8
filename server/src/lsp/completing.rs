//! What the two requests for completions share: from a place in a document to a completion, or to the reason why there is none.

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use tower_lsp::gen_lsp_types::{MessageType, TextDocumentPositionParams};

use crate::complete::{Completion, Delivery, Outcome, Query, Settings, Trigger, Turn, Verdict};
use crate::config::TriggerOption;
use crate::document::Snapshot;
use crate::lsp::convert;
use crate::lsp::ext::Reason;
use crate::lsp::noting;
use crate::lsp::options::Current;
use crate::lsp::server::Server;
use crate::model::Error;

/// How a completion was asked for.
#[derive(Clone, Copy, Debug)]
pub struct Asked {
    pub trigger: Trigger,
    pub delivery: Delivery,
}

/// Completions for one place, and the version of the document that they are for.
pub struct Answer {
    pub snapshot: Snapshot,
    /// Where they were asked for, bytes into the snapshot's text.
    pub offset: usize,
    /// At least one; more where the user has asked for others. The likeliest first.
    pub choices: Vec<Choice>,
}

pub struct Choice {
    /// The request's to the model, in the journal.
    pub id: Option<Arc<str>>,
    pub completion: Completion,
}

const ONLY_INVOKED: &str =
    "completions come only when you ask for them (trigger = \"invoked\" in your options)";

/// Called with each longer text while the model writes, and the request's name in the journal.
pub type Grow<'a> = &'a mut (dyn FnMut(&Snapshot, &Completion, &Arc<str>) + Send);

/// Completes at a place. Takes its snapshot and the options before the first wait. `None` where there is nothing to show.
pub async fn complete(
    server: &Server,
    place: &TextDocumentPositionParams,
    asked: Asked,
    grow: Option<Grow<'_>>,
) -> Option<Answer> {
    let start = Instant::now();
    let snapshot = server.store.snapshot(place.text_document.uri.as_ref())?;
    let options = server.options.current();
    let only_invoked = options.config.completion.trigger == TriggerOption::Invoked;
    if only_invoked && asked.trigger == Trigger::Automatic {
        let document = snapshot.path.as_deref().map(Path::to_owned);
        noting::idle(server, Reason::Off, ONLY_INVOKED, document);
        return None;
    }
    let encoding = server.features().encoding;
    let offset = convert::offset_from_lsp(&snapshot.text, place.position, encoding);
    let turn = server.completer.arrive(&snapshot.uri);
    // The older request, which was just woken, answers first: some editors (Neovim) draw whatever answer comes last.
    tokio::task::yield_now().await;
    let prepared = tokio::select! {
        biased;
        () = turn.over() => return None,
        prepared = prepare(server, snapshot, offset, &options) => prepared,
    };
    let outcome = match prepared {
        Ok((snapshot, neighbours, settings)) => {
            let query = Query {
                snapshot: snapshot.clone(),
                offset,
                neighbours,
                trigger: asked.trigger,
                delivery: asked.delivery,
                settings,
            };
            let outcome = run(server, turn, query, grow).await;
            log(&outcome, &snapshot, start);
            noting::completed(server, &outcome, &snapshot);
            Ok((snapshot, outcome))
        }
        Err(error) => Err(error),
    };
    let (snapshot, outcome) = outcome
        .inspect_err(|error| report(server, asked.trigger, error))
        .ok()?;
    let tried = outcome.tried.iter().map(|tried| &tried.verdict);
    for verdict in tried.chain([&outcome.verdict]) {
        if let Verdict::Failed(error) = verdict {
            report(server, asked.trigger, error);
        }
    }
    let first = Choice {
        id: outcome.id,
        completion: outcome.completion?,
    };
    let others = outcome.others.into_iter().map(|other| Choice {
        id: Some(other.id),
        completion: other.completion,
    });
    Some(Answer {
        snapshot,
        offset,
        choices: [first].into_iter().chain(others).collect(),
    })
}

/// What a query needs beyond the snapshot; each part waits a bounded, short time, but for the backend when it is first used.
async fn prepare(
    server: &Server,
    snapshot: Snapshot,
    offset: usize,
    options: &Current,
) -> Result<(Snapshot, Vec<Arc<Snapshot>>, Settings), Error> {
    let beside = snapshot.clone();
    let path = || beside.path.as_deref().map(Path::to_owned);
    let settings = async {
        let allowed = allowed(&beside, options).await;
        allowed
            .inspect_err(|why| noting::idle(server, Reason::Ignored, &why.to_string(), path()))?;
        let settings = server.options.settings(options).await;
        settings.inspect_err(|error| server.records.journal.idle(&error.to_string(), path()))
    };
    // The disk is asked for both at once: each answer costs a way to another thread and back.
    let (settings, (snapshot, neighbours)) =
        tokio::join!(settings, gather(server, snapshot, offset, options));
    Ok((snapshot, neighbours, settings?))
}

/// A version of a document with its syntax, and the files with its tests.
async fn gather(
    server: &Server,
    snapshot: Snapshot,
    offset: usize,
    options: &Current,
) -> (Snapshot, Vec<Arc<Snapshot>>) {
    let beside = snapshot.clone();
    let open = |path: &Path| server.store.snapshot_of_path(path);
    tokio::join!(
        server.store.fresh(snapshot, offset),
        server
            .workspace
            .neighbours(&beside, open, options.ignored.shows())
    )
}

/// A document is about to change: when the user then rests, what would be sent is laid out, for the case that he asks there.
pub fn changes(server: &Server, uri: &str) {
    let Some(number) = server.completer.changes(uri) else {
        return;
    };
    let (server, uri) = (server.clone(), uri.to_owned());
    // Not among the work whose failures are shown: nobody has asked for this, and it would be at each pause.
    tokio::spawn(async move {
        if server.completer.rests(&uri, number).await {
            lay_out(&server, &uri).await;
        }
    });
}

async fn lay_out(server: &Server, uri: &str) {
    let options = server.options.current();
    let place = server.store.snapshot_at_change(uri);
    let (Some((snapshot, offset)), Some(settings)) = (place, options.made()) else {
        return;
    };
    let (snapshot, neighbours) = gather(server, snapshot, offset, &options).await;
    server.completer.lay_out(Query {
        snapshot,
        offset,
        neighbours,
        trigger: Trigger::Invoked,
        delivery: Delivery::Whole,
        settings: settings.clone(),
    });
}

/// Nothing is completed in a file that is never sent, where completing means sending it.
async fn allowed(snapshot: &Snapshot, options: &Current) -> Result<(), Error> {
    let backend = options
        .config
        .backend
        .get(&options.config.completion.backend);
    let remote = backend.is_some_and(|backend| backend.is_remote());
    let Some(path) = snapshot.path.as_deref().filter(|_| remote) else {
        return Ok(());
    };
    match options.ignored.why_off_thread(path).await {
        Some(why) => Err(Error::Unavailable {
            message: why.to_string(),
        }),
        None => Ok(()),
    }
}

async fn run(server: &Server, turn: Turn<'_>, query: Query, grow: Option<Grow<'_>>) -> Outcome {
    let snapshot = query.snapshot.clone();
    match grow {
        Some(grow) => {
            let mut grow = |completion: &Completion, id: &Arc<str>| grow(&snapshot, completion, id);
            server
                .completer
                .complete_in(turn, query, Some(&mut grow))
                .await
        }
        None => server.completer.complete_in(turn, query, None).await,
    }
}

/// Who asked wants to know, but not at every request; who typed does not. Some editors (Helix) call every request asked for.
fn report(server: &Server, trigger: Trigger, error: &Error) {
    tracing::warn!("no completion: {error}");
    if trigger == Trigger::Invoked && server.status.is_new_to_user(error) {
        server.show(MessageType::Error, format!("Convive: {error}"));
    }
}

/// Durations, sizes and names; never text.
fn log(outcome: &Outcome, snapshot: &Snapshot, start: Instant) {
    let verdict = match &outcome.verdict {
        Verdict::Failed(_) => "failed".to_owned(),
        verdict => format!("{verdict:?}"),
    };
    tracing::info!(
        verdict,
        milliseconds = start.elapsed().as_millis() as u64,
        document_bytes = snapshot.text.len(),
        completion_bytes = outcome
            .completion
            .as_ref()
            .map_or(0, |completion| completion.text.len()),
        others = outcome.others.len(),
        prompt_tokens = outcome.usage.prompt_tokens,
        generated_tokens = outcome.usage.generated_tokens,
        "completion"
    );
}
