//! A completion for a person to look at: the context and why, the code with the ghost text in it, the times.

use std::time::Duration;

use super::context::headline;
use super::ghost::Ghost;
use super::out::Style;
use super::pieces::{self, summary, table};
use crate::complete::{Outcome, Query, lay_out};

/// Lines of code that are shown before the cursor's line, and after it.
const ABOVE: usize = 8;
const BELOW: usize = 4;
/// How wide a tab is drawn.
const TAB: usize = 4;
/// The widest line that is drawn, in columns.
const WIDTH: usize = 96;

/// What is shown around a completion.
pub struct Explained {
    style: Style,
    query: Query,
    /// The place, the pieces of context and the code above the cursor's line.
    opening: String,
    /// The cursor's line up to the cursor, with its number.
    line: String,
    gutter: String,
}

impl Explained {
    pub fn new(query: &Query, style: Style) -> Explained {
        let sent = lay_out(query, None);
        let found = pieces::pieces(query, &sent);
        let path = query.snapshot.path.as_deref();
        let mut opening = format!("{}\n", headline(query, &sent, style));
        for line in table(&found.sent, path, style) {
            opening += &format!("  {}\n", cut(&line, WIDTH + 24));
        }
        if let Some(left_out) = summary(&found.left_out) {
            opening += &format!("  {}\n", style.dim(&left_out));
        }
        opening.push('\n');
        let text = &query.snapshot.text;
        let here = text.line_of(query.offset);
        for line in here.saturating_sub(ABOVE)..here {
            opening += &numbered(line, text.line(line), style);
        }
        let start = text.line_span(here).start;
        let before = text.get(start..query.offset).unwrap_or("");
        Explained {
            style,
            query: query.clone(),
            opening,
            line: format!("{}{}", number(here + 1, style), untab(before)),
            gutter: style.dim("      ┊ "),
        }
    }

    /// Everything up to the cursor.
    pub fn before_cursor(&self) -> String {
        format!("{}{}", self.opening, self.line)
    }

    /// The ghost text that grows there.
    pub fn ghost(&self) -> Ghost {
        Ghost::new(self.style, &self.line, &self.gutter, Some(TAB))
    }

    /// The code behind the completion, and the times.
    pub fn behind_cursor(&self, outcome: &Outcome, total: Duration) -> String {
        let text = &self.query.snapshot.text;
        let here = text.line_of(self.query.offset);
        let span = outcome
            .completion
            .as_ref()
            .map(|completion| completion.span);
        let from = span.map_or(self.query.offset, |span| span.end.max(self.query.offset));
        let rest = text.get(from..text.line_span(here).end).unwrap_or("");
        let mut closing = format!("{}\n", untab(rest));
        for line in here + 1..(here + 1 + BELOW).min(text.line_count()) {
            closing += &numbered(line, text.line(line), self.style);
        }
        closing + &format!("\n  {}\n\n", self.style.good(&times(outcome, total)))
    }
}

/// Time to the first token, tokens per second, all of it, and what of the prompt had to be read.
fn times(outcome: &Outcome, total: Duration) -> String {
    let mut parts = Vec::new();
    if let Some(first) = outcome.first_chunk {
        parts.push(format!("first token after {} ms", first.as_millis()));
    }
    let usage = &outcome.usage;
    if let (Some(count), Some(time)) = (usage.generated_tokens, usage.generation_time) {
        let speed = count as f32 / time.as_secs_f32().max(1e-6);
        parts.push(format!("{speed:.0} tokens/s"));
    }
    if let Some(count) = usage.generated_tokens {
        let plural = if count == 1 { "" } else { "s" };
        parts.push(format!("{count} token{plural} written"));
    }
    if let Some(prompt) = usage.prompt_tokens {
        let cached = match usage.cached_tokens {
            Some(cached) if cached > 0 => format!(" ({cached} remembered)"),
            _ => String::new(),
        };
        parts.push(format!("{prompt} read{cached}"));
    }
    parts.push(format!("{:.2} s in all", total.as_secs_f32()));
    parts.join(" · ")
}

fn numbered(line: usize, text: &str, style: Style) -> String {
    format!(
        "{}{}\n",
        number(line + 1, style),
        cut(&untab(text), WIDTH - 8)
    )
}

fn number(line: usize, style: Style) -> String {
    style.dim(&format!("{line:>5} │ "))
}

fn untab(text: &str) -> String {
    text.replace('\t', &" ".repeat(TAB))
}

/// The first characters of `text`; an ellipsis says that there are more.
fn cut(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}
