//! `convive action run`: asks a model by an action, streams the answer, shows what it would change, and changes it when told to.

use std::io::IsTerminal;
use std::sync::Arc;

use super::super::out::{self, Style};
use super::super::range::Range;
use super::super::{Global, runtime, trace as crash};
use super::{actions, find};
use crate::action::{Action, Need};
use crate::ask::{self, Answer, Frame, Query, Settings, Step};
use crate::cli::change;
use crate::config::connect;
use crate::context::Snippet;
use crate::document::Snapshot;
use crate::model::Prompt;
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
    let answer = runtime.block_on(follow(query.clone(), style))?;
    finish(&query, &answer, arguments.apply, style)
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
    let trusted = connect::trusted(&config);
    let run_tests = root.as_ref().is_some_and(|root| is_trusted(&trusted, root));
    let (trace, frames) = match action.needs.contains(&Need::Trace) {
        true => trace_in(&snapshot, span)?,
        false => (Vec::new(), Vec::new()),
    };
    Ok(Query {
        neighbours: Workspace::new().neighbours(&snapshot, |_| None).await,
        action,
        snapshot,
        span,
        question: arguments.question.clone(),
        diagnostics: Vec::new(),
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
fn trace_in(snapshot: &Snapshot, span: Span) -> anyhow::Result<(Vec<Snippet>, Vec<Frame>)> {
    let text = match span.is_empty() {
        true => snapshot.text.as_str(),
        false => snapshot.text.slice(span),
    };
    let folder = std::env::current_dir()?.canonicalize()?;
    let roots = Roots::new([folder.clone(), crash::repository(&folder)]);
    match trace::gather(text, &roots, crash::read) {
        Some(gathered) => {
            let files = gathered.files.into_iter();
            let frames = files.map(|snapshot| Frame {
                snapshot,
                open: false,
            });
            Ok((gathered.snippets, frames.collect()))
        }
        None => anyhow::bail!("there is no crash trace at this place"),
    }
}

/// Asks and prints the answer: bit by bit on a terminal, else as a whole, since it may begin anew.
async fn follow(query: Query, style: Style) -> anyhow::Result<Answer> {
    let streams = out::is_terminal();
    let mut printed = Ok(());
    let mut on = |step: Step| match step {
        Step::Chunk(text) if streams && printed.is_ok() => printed = out::print(&text),
        Step::Again if streams && printed.is_ok() => {
            printed = out::print(&style.dim("\n\n— once more —\n\n"));
        }
        Step::Working(what) if std::io::stderr().is_terminal() => eprintln!("{what}"),
        _ => {}
    };
    let answer = ask::ask(query, &mut on).await;
    printed?;
    let answer = answer?;
    let rest = if streams { "" } else { answer.text.trim_end() };
    out::print(&format!("{rest}\n"))?;
    Ok(answer)
}

/// What became of the answer: its tests, notes, and changes.
fn finish(query: &Query, answer: &Answer, apply: bool, style: Style) -> anyhow::Result<()> {
    if let Some(report) = &answer.report {
        eprintln!("convive: {}", report.in_words());
    }
    if let Some(note) = &answer.note {
        eprintln!("convive: {note}");
    }
    let Some(proposal) = &answer.edit else {
        return Ok(());
    };
    let changes = change::read(proposal, &query.snapshot)?;
    for change in &changes {
        out::print(&format!("\n{}", change.diff(style)))?;
    }
    if !apply {
        eprintln!("convive: nothing is changed; with --apply it is");
        return Ok(());
    }
    for change in &changes {
        change.write()?;
        eprintln!("convive: changed {}", change.path.display());
    }
    Ok(())
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
