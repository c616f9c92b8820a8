//! `convive complete`: one completion at one place, streamed; with `--explain` with all that led to it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::explain::Explained;
use super::ghost::Ghost;
use super::out::{self, Style};
use super::place::{line_and_column, short};
use super::query::Target;
use super::{Global, runtime};
use crate::complete::{Completer, Completion, Outcome, Query, Verdict};
use crate::journal::Note;
use crate::text::Span;

#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    target: Target,
    /// Print the completion, its range, timings and tokens as JSON
    #[arg(long)]
    json: bool,
    /// Show the code around the cursor, the context that was chosen and why, and the times
    #[arg(long, conflicts_with = "json")]
    explain: bool,
}

/// Completes, and prints the completion while it grows.
///
/// # Errors
/// A place that is not there, a backend that cannot be used or failed. That there is nothing to show is no error.
pub fn run(arguments: &Arguments, global: &Global) -> anyhow::Result<()> {
    let style = Style::new(global.no_color);
    let runtime = runtime()?;
    let (query, records) = runtime.block_on(arguments.target.query(global))?;
    let explained = arguments.explain.then(|| Explained::new(&query, style));
    let ghost = match &explained {
        Some(explained) => {
            out::print(&explained.before_cursor())?;
            Some(explained.ghost())
        }
        None => (!arguments.json).then(|| Ghost::new(style, "", "", None)),
    };
    let (outcome, total) = runtime.block_on(follow(&query, ghost))?;
    if let (Some(id), Some(note)) = (&outcome.id, Note::of(&outcome)) {
        records.journal.note(id, note);
    }
    if let Verdict::Failed(error) = &outcome.verdict {
        if explained.is_some() {
            out::print("\n")?;
        }
        return Err(error.clone().into());
    }
    if arguments.json {
        return out::print(&format!("{:#}\n", to_json(&query, &outcome, total)));
    }
    match explained {
        Some(explained) => out::print(&explained.behind_cursor(&outcome, total))?,
        None => out::print(if outcome.completion.is_some() {
            "\n"
        } else {
            ""
        })?,
    }
    if let Some(why) = reason(&outcome) {
        eprintln!("convive: no completion: {why}");
    }
    Ok(())
}

/// Completes and shows what there is: growing on a terminal, else at the end. Gives the time it took, too.
async fn follow(query: &Query, mut ghost: Option<Ghost>) -> anyhow::Result<(Outcome, Duration)> {
    let streams = out::is_terminal();
    let mut printed = Ok(());
    let start = Instant::now();
    let mut grow = |completion: &Completion, _: &Arc<str>| {
        if let Some(ghost) = ghost.as_mut().filter(|_| streams && printed.is_ok()) {
            printed = out::print(&ghost.show(ghost_text(query, completion)));
        }
    };
    let completer = Completer::new();
    let outcome = completer.complete(query.clone(), Some(&mut grow)).await;
    let total = start.elapsed();
    printed?;
    if let Some(mut ghost) = ghost {
        // What was shown while it grew may have been changed or dropped in the end.
        let text = outcome.completion.as_ref();
        let text = text.map_or("", |completion| ghost_text(query, completion));
        out::print(&ghost.show(text))?;
    }
    Ok((outcome, total))
}

/// What of a completion stands behind the cursor.
fn ghost_text<'a>(query: &Query, completion: &'a Completion) -> &'a str {
    let typed = Span::new(completion.span.start.min(query.offset), query.offset);
    let typed = query.snapshot.text.slice(typed);
    completion
        .text
        .strip_prefix(typed)
        .unwrap_or(&completion.text)
}

/// Why there is no completion.
fn reason(outcome: &Outcome) -> Option<String> {
    if outcome.completion.is_some() {
        return None;
    }
    Some(match &outcome.verdict {
        Verdict::Quiet(why) => (*why).to_owned(),
        Verdict::Filtered(why) => format!("the model's answer was dropped: {why}"),
        Verdict::Superseded => "superseded".to_owned(),
        Verdict::Failed(error) => error.to_string(),
        Verdict::Generated | Verdict::TypedThrough => "the model had nothing to say".to_owned(),
    })
}

fn to_json(query: &Query, outcome: &Outcome, total: Duration) -> Value {
    let text = &query.snapshot.text;
    let position = |offset| {
        let (line, column) = line_and_column(text, offset);
        json!({ "line": line, "column": column })
    };
    let range = outcome.completion.as_ref().map(|completion| {
        json!({ "start": position(completion.span.start), "end": position(completion.span.end) })
    });
    let ms = |time: Option<Duration>| time.map(|time| (time.as_secs_f64() * 1e4).round() / 10.0);
    let usage = &outcome.usage;
    json!({
        "path": query.snapshot.path.as_deref().map(short),
        "completion": outcome.completion.as_ref().map(|completion| &completion.text),
        "range": range,
        "reason": reason(outcome),
        "timings": {
            "first_token_ms": ms(outcome.first_chunk),
            "total_ms": ms(Some(total)),
            "prompt_ms": ms(usage.prompt_time),
            "generation_ms": ms(usage.generation_time),
        },
        "tokens": {
            "prompt": usage.prompt_tokens,
            "cached": usage.cached_tokens,
            "generated": usage.generated_tokens,
        },
    })
}
