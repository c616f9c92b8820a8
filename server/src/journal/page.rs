//! A request as a page to read: what was sent, piece by piece and why, and what came back; pure.

use std::path::Path;

use super::{Ending, Entry};
use crate::model::purpose::Part;

/// The page as Markdown. `time`: when it was sent, in words.
pub fn markdown(entry: &Entry, time: &str) -> String {
    let mut page = format!("# {} · {time}\n\n{}\n", headline(entry), about(entry));
    page += "\n## Sent, byte for byte\n";
    let written = entry.prompt.written();
    for part in &entry.parts {
        let text = written.get(part.range.clone()).unwrap_or_default();
        page += &format!("\n**{}**{}\n\n", part.from, details(part, entry));
        page += &fenced(text);
    }
    if !entry.left_out.is_empty() {
        page += "\n## Left out\n\n";
        for part in &entry.left_out {
            page += &format!("- **{}**{}\n", part.from, details(part, entry));
        }
    }
    page += &format!("\n## Came back\n\n{}", fenced(&entry.answer));
    if let Some(shown) = entry.shown.as_ref().filter(|shown| **shown != entry.answer) {
        page += &format!("\n## Shown\n\n{}", fenced(shown));
    }
    if let Some(correction) = &entry.correction {
        page += &format!("\n## Your correction\n\n{}", fenced(correction));
    }
    page
}

/// A time in milliseconds since 1970, as a clock of the user shows it: `2026-11-24 14:03:11`.
pub fn time(milliseconds: i64) -> String {
    let Ok(time) = jiff::Timestamp::from_millisecond(milliseconds) else {
        return String::new();
    };
    let zoned = time.to_zoned_datetime(jiff::tz::TimeZone::system());
    zoned.strftime("%Y-%m-%d %H:%M:%S").to_string()
}

/// What was asked and about what: `completion in src/a.go`.
pub fn headline(entry: &Entry) -> String {
    match &entry.document {
        Some(document) => format!("{} in {}", entry.what, document.display()),
        None => entry.what.clone(),
    }
}

/// Names, figures and what became of it, in one line.
pub fn about(entry: &Entry) -> String {
    let figures = &entry.figures;
    let sampling = &entry.sampling;
    let mut words = vec![
        entry.id.clone(),
        format!("{} ({})", entry.backend, entry.model),
        format!(
            "at most {} tokens, temperature {}",
            sampling.max_tokens, sampling.temperature
        ),
    ];
    if let Some(seed) = sampling.seed {
        words.push(format!("seed {seed}"));
    }
    if let Some(tokens) = figures.prompt_tokens {
        let cached = figures.cached_tokens.filter(|cached| *cached > 0);
        let cached = cached.map_or(String::new(), |cached| format!(" ({cached} remembered)"));
        words.push(format!("{tokens} tokens read{cached}"));
    }
    if let Some(tokens) = figures.generated_tokens {
        words.push(format!("{tokens} written"));
    }
    words.push(format!("{} ms", figures.total_ms));
    words.push(match &entry.ending {
        Ending::Running => "still being written".to_owned(),
        Ending::Finished => "the model ended by itself".to_owned(),
        Ending::Stop => "ended at a stop sequence".to_owned(),
        Ending::Length => "ended at the limit".to_owned(),
        Ending::Enough => "stopped: enough, or nobody waited any more".to_owned(),
        Ending::Failed(why) => format!("failed: {why}"),
    });
    words.extend(entry.verdict.clone());
    words.extend(taken(entry));
    words.extend(
        entry
            .rating
            .map(|rating| format!("rated {rating:?}").to_lowercase()),
    );
    words.join(" · ")
}

/// What of it the user took, and how much of that stayed.
fn taken(entry: &Entry) -> Option<String> {
    let mut words = match (entry.accepted, entry.in_parts) {
        (false, 0) => return None,
        (false, parts) => format!("{parts} characters accepted by words and lines"),
        (true, 0) => "accepted".to_owned(),
        (true, parts) => format!("accepted, {parts} characters by words and lines"),
    };
    if entry.undone > 0 {
        words += &format!(", {} taken back", entry.undone);
    }
    if let Some(kept) = entry.kept {
        words += &format!(", {kept} characters kept");
    }
    Some(words)
}

/// Lines, file, tokens and reason of a piece.
pub fn details(part: &Part, entry: &Entry) -> String {
    let mut words = String::new();
    let last = part.lines.end.saturating_sub(1);
    if part.lines.start == last && last > 0 {
        words += &format!(", line {last}");
    } else if last > 0 {
        words += &format!(", lines {}–{last}", part.lines.start);
    }
    let other = part
        .path
        .as_deref()
        .filter(|path| Some(*path) != entry.document.as_deref());
    if let Some(path) = other.map(Path::display) {
        words += &format!(" of {path}");
    }
    if part.tokens > 0 {
        words += &format!(", {} tokens", part.tokens);
    }
    format!("{words}: {}", part.reason)
}

/// A block of code with a fence that the text does not hold.
fn fenced(text: &str) -> String {
    let mut fence = "```".to_owned();
    while text.contains(&fence) {
        fence.push('`');
    }
    let end = if text.ends_with('\n') { "" } else { "\n" };
    format!("{fence}\n{text}{end}{fence}\n")
}
