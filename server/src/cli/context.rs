//! `convive context`: what is sent to the model for one place, piece by piece, why, and what is not.

use serde_json::{Value, json};

use super::out::{self, Style};
use super::pieces::{self, Pieces, Row};
use super::place::{line_and_column, short};
use super::query::Target;
use super::{Global, runtime};
use crate::complete::{Query, Sent, lay_out};
use crate::model::Prompt;
use crate::prompt::fill::From;

#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    target: Target,
    /// Print the exact prompt: the cold one, that of a first request; while the prompt of a model without FIM is warm, it begins where
    /// the one before it began
    #[arg(long)]
    prompt: bool,
    /// Print pieces and prompt as JSON
    #[arg(long, conflicts_with = "prompt")]
    json: bool,
}

/// Prints what the model would be sent; asks no model for a completion.
///
/// # Errors
/// A place that is not there, a backend that cannot be used.
pub fn run(arguments: &Arguments, global: &Global) -> anyhow::Result<()> {
    let (query, _) = runtime()?.block_on(arguments.target.query(global))?;
    let sent = lay_out(&query, None);
    let printed = if arguments.json {
        format!("{:#}\n", to_json(&query, &sent))
    } else if arguments.prompt {
        sent.filled.written()
    } else {
        described(&query, &sent, Style::new(global.no_color))
    };
    out::print(&printed)
}

fn described(query: &Query, sent: &Sent, style: Style) -> String {
    let Pieces {
        sent: rows,
        left_out,
    } = pieces::pieces(query, sent);
    let path = query.snapshot.path.as_deref();
    let mut text = format!("{}\n", headline(query, sent, style));
    for (row, line) in rows.iter().zip(pieces::table(&rows, path, style)) {
        text += &format!("\n{line}\n");
        for line in row.text.lines() {
            text += &style.dim(&format!("    {line}"));
            text.push('\n');
        }
    }
    if !left_out.is_empty() {
        text += "\nleft out:\n";
        for line in pieces::table(&left_out, path, style) {
            text += &format!("  {line}\n");
        }
    }
    text
}

/// The place, what it is, and the size of the prompt.
pub fn headline(query: &Query, sent: &Sent, style: Style) -> String {
    let (line, column) = line_and_column(&query.snapshot.text, sent.context.hole.offset);
    let path = query.snapshot.path.as_deref().map(short);
    let place = format!("{}:{line}:{column}", path.unwrap_or_default());
    let hole = &sent.context.hole;
    format!(
        "{}  {}",
        style.bold(&place),
        style.dim(&format!(
            "{}, fill the {}; {}, about {} tokens",
            pieces::kind(hole.kind),
            pieces::shape(hole.shape),
            pieces::layout(query.settings.layout),
            pieces::tokens(query, sent.filled.written().len()),
        ))
    )
}

fn to_json(query: &Query, sent: &Sent) -> Value {
    let hole = &sent.context.hole;
    let (line, column) = line_and_column(&query.snapshot.text, hole.offset);
    let pieces = pieces::pieces(query, sent);
    let row = |row: &Row| {
        json!({
            "what": row.what,
            "path": row.path,
            "lines": { "start": row.lines.start, "end": row.lines.end.saturating_sub(1) },
            "tokens": row.tokens,
            "reason": row.reason,
            "text": row.text,
        })
    };
    json!({
        "path": query.snapshot.path.as_deref().map(short),
        "line": line,
        "column": column,
        "hole": {
            "kind": pieces::kind(hole.kind),
            "shape": pieces::shape(hole.shape),
            "quiet": hole.quiet,
        },
        "pieces": pieces.sent.iter().map(row).collect::<Vec<_>>(),
        "left_out": pieces.left_out.iter().map(row).collect::<Vec<_>>(),
        "prompt": prompt_json(query, sent),
    })
}

fn prompt_json(query: &Query, sent: &Sent) -> Value {
    let filled = &sent.filled;
    let written = filled.written();
    let parts = filled.parts.iter().map(|part| {
        let snippet = match part.from {
            From::Snippet(index) => Some(index),
            _ => None,
        };
        let reason = snippet.and_then(|index| sent.context.snippets.get(index));
        json!({
            "from": match part.from {
                From::Prefix => "prefix",
                From::Suffix => "suffix",
                From::Snippet(_) => "snippet",
                From::Control => "control",
                From::Frame => "frame",
            },
            "reason": reason.map(|snippet| &snippet.reason),
            "start": part.range.start,
            "end": part.range.end,
            "text": &written[part.range.clone()],
        })
    });
    let (kind, heal) = match &filled.prompt {
        Prompt::Raw { heal, .. } => ("raw", *heal),
        Prompt::Insert { .. } => ("insert", 0),
        Prompt::Chat(_) => ("chat", 0),
    };
    json!({
        "layout": pieces::layout(query.settings.layout),
        "kind": kind,
        "text": written,
        "parts": parts.collect::<Vec<_>>(),
        "healed_bytes": heal,
        "trimmed_bytes": filled.trimmed.len(),
        "stops": filled.stops,
        "tokens": pieces::tokens(query, written.len()),
    })
}
