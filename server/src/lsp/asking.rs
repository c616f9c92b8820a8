//! What all ways to ask share: from a place, an action and a question in the protocol's terms to an answer.

pub mod answer;
pub mod arguments;
pub mod document;
pub mod edits;
mod gather;
mod links;
mod memory;
pub mod plain;
mod show;
pub mod trust;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use tower_lsp::gen_lsp_types::{MessageType, Range};

use crate::action::{Action, Actions};
use crate::ask::{self, Answer, Failure, OnStep, Step, Turn};
use crate::document::Snapshot;
use crate::lsp::convert;
use crate::lsp::ext::Wish;
use crate::lsp::noting;
use crate::lsp::options::Current;
use crate::lsp::server::Server;
use crate::text::Span;

pub use memory::Memory;

/// The action of a question that names none.
pub const FREE: &str = "ask";

/// A question as it came in.
#[derive(Clone, Debug)]
pub struct Asked {
    pub uri: String,
    pub range: Range,
    pub wish: Wish,
}

/// An answer, and what it belongs to.
#[derive(Clone, Debug)]
pub struct Answered {
    pub answer: Answer,
    pub conversation: String,
    /// How many answers there are for this place by now.
    pub alternatives: usize,
}

/// A question whose place and action are known.
pub struct Begun {
    pub asked: Asked,
    pub action: Arc<Action>,
    snapshot: Snapshot,
    span: Span,
    options: Arc<Current>,
    root: Option<PathBuf>,
    earlier: Vec<Turn>,
}

impl Begun {
    /// Whether the user has to say first what he wants to know.
    pub fn lacks_question(&self) -> bool {
        let question = self.asked.wish.question.as_deref().unwrap_or_default();
        self.action.id == FREE && question.trim().is_empty()
    }

    /// What was asked and where, as the head of a Markdown document.
    pub fn headline(&self) -> String {
        let text = &self.snapshot.text;
        let lines = [self.span.start, self.span.end].map(|offset| text.line_of(offset) + 1);
        let name = match (&self.snapshot.path, &self.root) {
            (Some(path), Some(root)) => path
                .strip_prefix(root)
                .unwrap_or(path)
                .display()
                .to_string(),
            (Some(path), None) => path.display().to_string(),
            (None, _) => self.snapshot.uri.to_string(),
        };
        let place = match lines {
            [first, last] if first == last => format!("{name}:{first}"),
            [first, last] => format!("{name}:{first}-{last}"),
        };
        let question = self.asked.wish.question.as_deref().unwrap_or_default();
        let quoted: String = question.lines().map(|line| format!("> {line}\n")).collect();
        let gap = if quoted.is_empty() { "" } else { "\n" };
        format!("# {}\n\n{place}\n\n{quoted}{gap}", self.action.title)
    }
}

/// Finds out what is asked. Takes its snapshot and the options before the first wait.
///
/// # Errors
/// What is wrong with the question, in words for the user.
pub async fn begin(server: &Server, asked: Asked) -> Result<Begun, Failure> {
    let (asked, earlier) = resolve(server, asked)?;
    let snapshot = snapshot(server, &asked)?;
    let span = convert::span_from_lsp(&snapshot.text, asked.range, server.features().encoding);
    let options = server.options.current();
    let root = root(server, &snapshot);
    let action = find(server, &options, root.as_deref(), &asked.wish).await?;
    Ok(Begun {
        asked,
        action,
        snapshot,
        span,
        options,
        root,
        earlier,
    })
}

/// Asks, and keeps the answer for the session.
///
/// # Errors
/// Why there is no answer, in words for the user.
pub async fn ask(server: &Server, begun: Begun, on: OnStep<'_>) -> Result<Answered, Failure> {
    let asked = begun.asked.clone();
    let conversation = asked.wish.conversation.clone();
    let conversation = conversation.unwrap_or_else(|| server.memory.new_conversation());
    let query = gather::query(server, begun).await?;
    let mut links = links::links(server, &query);
    let linked = &mut |step: Step| match step {
        Step::Chunk(text) => say(on, links.take(&text)),
        Step::Again => {
            links.end();
            on(Step::Again);
        }
        working @ Step::Working(_) => on(working),
    };
    let mut answer = ask::ask(query.clone(), linked).await?;
    say(on, links.end());
    noting::answered(server, &answer);
    let alternatives = server.memory.keep(&conversation, &asked, &query, &answer);
    answer.text = links.whole(&answer.text);
    Ok(Answered {
        answer,
        conversation,
        alternatives,
    })
}

fn say(on: OnStep<'_>, text: String) {
    if !text.is_empty() {
        on(Step::Chunk(text));
    }
}

/// The folder of the workspace that holds a document.
pub fn root(server: &Server, snapshot: &Snapshot) -> Option<PathBuf> {
    server.folders.of(snapshot.path.as_deref()?)
}

/// The actions that may be used in a folder, and whether its own ones are among them: looks at the disk, on a thread of its own.
/// What is wrong with their files is shown, each thing once.
pub async fn actions(
    server: &Server,
    options: &Arc<Current>,
    root: Option<&Path>,
) -> (Arc<Actions>, bool) {
    let (own, options) = (server.clone(), options.clone());
    let root = root.map(Path::to_owned);
    let looking = tokio::task::spawn_blocking(move || {
        let trusted = root.filter(|root| own.trust.holds(&options.config, root));
        let is_trusted = trusted.is_some();
        let trusted: Vec<PathBuf> = trusted.into_iter().collect();
        (own.actions.read(&trusted), is_trusted)
    });
    let found = looking.await;
    let found = found.unwrap_or_else(|_| (Arc::new(Actions::built_in()), false));
    if let Some(news) = server.actions.news(&found.0) {
        server.show(MessageType::Warning, news);
    }
    found
}

/// The question with what it repeats of an earlier one, and the turns that the model is told.
fn resolve(server: &Server, mut asked: Asked) -> Result<(Asked, Vec<Turn>), Failure> {
    let conversation = asked.wish.conversation.clone().unwrap_or_default();
    if !asked.wish.regenerate {
        return Ok((asked, server.memory.earlier(&conversation)));
    }
    let Some(kept) = server.memory.kept(&conversation) else {
        let why = "there is no earlier answer in this session to ask for again";
        return Err(Failure::Nothing(why.to_owned()));
    };
    let now = server.store.snapshot(&kept.asked.uri);
    if now.is_none_or(|now| !kept.is_still_at(&now.text)) {
        return Err(Failure::Nothing(edits::MOVED_ON.to_owned()));
    }
    let question = asked.wish.question.take().or(kept.asked.wish.question);
    asked = Asked {
        wish: Wish {
            conversation: Some(kept.conversation),
            version: None,
            question,
            regenerate: true,
            seed: asked.wish.seed,
            ..kept.asked.wish
        },
        ..kept.asked
    };
    let conversation = asked.wish.conversation.clone().unwrap_or_default();
    Ok((asked, server.memory.earlier_than_last(&conversation)))
}

fn snapshot(server: &Server, asked: &Asked) -> Result<Snapshot, Failure> {
    let nothing = |why: &str| Failure::Nothing(why.to_owned());
    let snapshot = server.store.snapshot(&asked.uri);
    let snapshot = snapshot.ok_or_else(|| nothing("the document is not open here"))?;
    match asked.wish.version {
        Some(version) if version != snapshot.version => Err(nothing(edits::MOVED_ON)),
        _ => Ok(snapshot),
    }
}

async fn find(
    server: &Server,
    options: &Arc<Current>,
    root: Option<&Path>,
    wish: &Wish,
) -> Result<Arc<Action>, Failure> {
    let id = wish.action.as_deref().unwrap_or(FREE);
    let (actions, _) = actions(server, options, root).await;
    if let Some(action) = actions.find(id) {
        return Ok(action.clone());
    }
    let known: Vec<&str> = actions.list.iter().map(|action| &*action.id).collect();
    Err(Failure::Nothing(format!(
        "there is no action `{id}`, only {}",
        known.join(", ")
    )))
}
