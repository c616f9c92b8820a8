//! `convive action run`: asks a model by an action, streams the answer, shows what it would change, and changes it when told to.

use std::path::Path;
use std::sync::Arc;

use super::super::out::{self, Style};
use super::super::range::Range;
use super::super::{Global, answer, runtime, trace as crash};
use super::{actions, find};
use crate::action::{Action, Need};
use crate::ask::{self, Query, Settings};
use crate::config::connect;
use crate::context::Snippet;
use crate::document::Snapshot;
use crate::model::Prompt;
use crate::privacy::ignore::Ignored;
use crate::privacy::trust::is_trusted;
use crate::text::Span;
use crate::trace::{self, Roots};
use crate::workspace::Workspace;

#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The action, by its id
    id: String,
    /// FILE:LINE, FILE:LINE:COL, FILE:LINE-LINE or FILE:LINE:COL-LINE:COL, counted from 1, columns in characters
    range: Range,
    /// What you want to know or have
    #[arg(long, default_value = "", hide_default_value = true)]
    question: String,
    /// Print the exact prompt and ask nobody
    #[arg(long)]
    prompt: bool,
    /// The backend to use, by its name in the options, instead of the configured one
    #[arg(long, value_name = "NAME")]
    backend: Option<String>,
    /// Write what the answer changes into the files
    #[arg(long, conflicts_with = "prompt")]
    apply: bool,
}

/// Asks, and prints the answer while it comes.
///
/// # Errors
/// A place or an action that is not there, a backend that cannot be used or failed, a change that cannot be written.
pub fn run(arguments: &Arguments, global: &Global) -> anyhow::Result<()> {
    let style = Style::new(global.no_color);
    let file = arguments.range.file();
    let (actions, root, left_out) = actions(file, global);
    if let (true, Some(root)) = (left_out, &root) {
        let root = root.display();
        eprintln!(
            "convive: the actions of {root} are not used: it is not among the folders you trust"
        );
    }
    for problem in &actions.problems {
        eprintln!("convive: {problem}");
    }
    let action = find(&actions, &arguments.id)?;
    let (snapshot, span) = arguments.range.open()?;
    let runtime = runtime()?;
    let query = runtime.block_on(query(arguments, action, (snapshot, span), global))?;
    if arguments.prompt {
        return out::print(&prompt(&ask::lay_out(&query)?.sent.prompt, style));
    }
    let answer = runtime.block_on(answer::follow(query.clone(), style))?;
    answer::finish(&query, &answer, arguments.apply, style)
}

async fn query(
    arguments: &Arguments,
    action: Arc<Action>,
    (snapshot, span): (Snapshot, Span),
    global: &Global,
) -> anyhow::Result<Query> {
    let parsed = global.options();
    for problem in &parsed.problems {
        let origin = &problem.origin;
        eprintln!("convive: {origin}: {}: {}", problem.path, problem.message);
    }
    let config = parsed.config;
    let name = arguments.backend.as_deref().or(action.backend.as_deref());
    let settings = connect::ask_settings(&config, name, &connect::records(&config)).await?;
    let folder = snapshot.path.as_deref().and_then(|path| path.parent());
    let root = folder.map(crash::repository);
    let ignored = connect::ignored(&config);
    let trusted = connect::trusted(&config);
    let run_tests = root.as_ref().is_some_and(|root| is_trusted(&trusted, root));
    let (trace, frames) = match action.needs.contains(&Need::Trace) {
        true => trace_in(&snapshot, span, &ignored)?,
        false => (Vec::new(), Vec::new()),
    };
    Ok(Query {
        neighbours: Workspace::new()
            .neighbours(&snapshot, |_| None, ignored.shows())
            .await,
        action,
        snapshot,
        span,
        question: arguments.question.clone(),
        diagnostics: Vec::new(),
        open: Vec::new(),
        root,
        trace,
        frames,
        earlier: Vec::new(),
        seed: None,
        settings: Settings {
            run_tests,
            ..settings
        },
    })
}

/// The crash in the range, or in the whole file where the range is a place.
fn trace_in(
    snapshot: &Snapshot,
    span: Span,
    ignored: &Ignored,
) -> anyhow::Result<(Vec<Snippet>, Vec<Snapshot>)> {
    let text = match span.is_empty() {
        true => snapshot.text.as_str(),
        false => snapshot.text.slice(span),
    };
    let folder = std::env::current_dir()?.canonicalize()?;
    let roots = Roots::new([folder.clone(), crash::repository(&folder)]);
    let read = |path: &Path| match ignored.why(path) {
        Some(_) => None,
        None => crash::read(path),
    };
    match trace::gather(text, &roots, read) {
        Some(gathered) => Ok((gathered.snippets, gathered.files)),
        None => anyhow::bail!("there is no crash trace at this place"),
    }
}

/// The messages of a prompt, each under a line that says whose it is.
fn prompt(prompt: &Prompt, style: Style) -> String {
    let Prompt::Chat(messages) = prompt else {
        return prompt.written();
    };
    let shown = messages.iter().map(|message| {
        let role = format!("{:?}:", message.role).to_lowercase();
        format!("{}\n{}\n", style.bold(&role), message.text)
    });
    shown.collect::<Vec<_>>().join("\n")
}
