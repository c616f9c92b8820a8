//! `convive last`: exactly what the last request sent, piece by piece and why, and what came back.

use super::Global;
use super::entries;
use super::out::{self, Style};
use crate::journal::{Entry, page};

#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// How many requests back (1: the last), or the id of one
    #[arg(default_value = "1", value_name = "N|ID")]
    which: String,
    /// Print the exact prompt, byte for byte, and nothing else
    #[arg(long)]
    prompt: bool,
    /// Print everything as JSON
    #[arg(long, conflicts_with = "prompt")]
    json: bool,
    /// List the kept requests instead, the last one at the end
    #[arg(long, conflicts_with_all = ["prompt", "json"])]
    list: bool,
}

/// Prints a request of the journal on disk.
///
/// # Errors
/// Where nothing is kept, or not this one.
pub fn run(arguments: &Arguments, global: &Global) -> anyhow::Result<()> {
    let style = Style::new(global.no_color);
    if arguments.list {
        let all = entries::last(usize::MAX)?.entries;
        let lines: String = all.iter().map(|entry| line(entry, style)).collect();
        return out::print(&lines);
    }
    let entry = entries::find(&arguments.which)?;
    if arguments.json {
        return out::print(&format!("{:#}\n", serde_json::to_value(&entry)?));
    }
    if arguments.prompt {
        return out::print(&entry.prompt.written());
    }
    out::print(&described(&entry, style))
}

/// The request and its answer, for a person.
pub fn described(entry: &Entry, style: Style) -> String {
    let time = page::time(entry.time);
    let mut text = format!(
        "{}  {}\n",
        style.bold(&page::headline(entry)),
        style.dim(&time)
    );
    text += &format!("{}\n\nsent, byte for byte:\n", page::about(entry));
    let written = entry.prompt.written();
    for part in &entry.parts {
        let piece = written.get(part.range.clone()).unwrap_or_default();
        text += &format!(
            "\n{}{}\n",
            style.bold(&part.from),
            page::details(part, entry)
        );
        text += &style.dim(&indented(piece));
    }
    if !entry.left_out.is_empty() {
        text += "\nleft out:\n";
        for part in &entry.left_out {
            text += &format!("  {}{}\n", part.from, page::details(part, entry));
        }
    }
    text += &format!("\ncame back:\n{}", style.ghost(&indented(&entry.answer)));
    if let Some(shown) = entry.shown.as_ref().filter(|shown| **shown != entry.answer) {
        text += &format!("\nshown:\n{}", style.ghost(&indented(shown)));
    }
    if let Some(correction) = &entry.correction {
        text += &format!("\nyour correction:\n{}", indented(correction));
    }
    text
}

fn line(entry: &Entry, style: Style) -> String {
    let rating = entry
        .rating
        .map(|rating| format!(", rated {rating:?}").to_lowercase());
    let verdict = entry.verdict.as_deref().unwrap_or_default();
    format!(
        "{}  {}  {}  {}{}\n",
        entry.id,
        style.dim(&page::time(entry.time)),
        page::headline(entry),
        style.dim(verdict),
        rating.unwrap_or_default()
    )
}

fn indented(text: &str) -> String {
    let lines = text.split_inclusive('\n').map(|line| format!("    {line}"));
    let mut lines: String = lines.collect();
    if !lines.ends_with('\n') {
        lines.push('\n');
    }
    lines
}
