//! An answer on the command line: printed while it comes, then what became of it, and its changes.

use std::io::IsTerminal;

use super::change;
use super::out::{self, Style};
use crate::ask::{self, Answer, Query, Step};

/// Asks and prints the answer: bit by bit on a terminal, else as a whole, since it may begin anew.
///
/// # Errors
/// Why there is no answer.
pub async fn follow(query: Query, style: Style) -> anyhow::Result<Answer> {
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

/// What became of the answer: its tests, notes, and changes, which are written where `apply` says so.
///
/// # Errors
/// A change that cannot be read or written.
pub fn finish(query: &Query, answer: &Answer, apply: bool, style: Style) -> anyhow::Result<()> {
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
