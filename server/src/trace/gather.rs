//! What a model should read about a crash: the words of the trace, the frames in the user's own code, and their functions.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{Place, Roots, Trace, locate, parse};
use crate::context::{self, Limits, Snippet, Source};
use crate::document::Snapshot;
use crate::text::Span;

/// A trace with its places, and the snippets made of it.
#[derive(Clone, Debug)]
pub struct Gathered {
    pub trace: Trace,
    /// In the user's own code, the crash first.
    pub places: Vec<Place>,
    /// The trace itself first, then the functions, the innermost first.
    pub snippets: Vec<Snippet>,
    /// The files of these functions.
    pub files: Vec<Snapshot>,
}

/// The most functions that are shown.
const MOST_FUNCTIONS: usize = 6;

/// The most bytes of a message: some programs print all they know.
const MOST_MESSAGE: usize = 2000;

/// Lines around a frame where no function is known.
const AROUND: usize = 8;

/// Reads the first trace in `text` that leads into the user's own code, or the first at all. `open` gives the document that an
/// editor has open at a path, or the file's text; None for a file that must not be read.
pub fn gather(
    text: &str,
    roots: &Roots,
    open: impl Fn(&Path) -> Option<Snapshot>,
) -> Option<Gathered> {
    let located = parse(text).into_iter().map(|trace| {
        let places = locate(&trace, roots);
        (trace, places)
    });
    let mut located: Vec<_> = located.collect();
    let first = located.iter().position(|(_, places)| !places.is_empty());
    if located.is_empty() {
        return None;
    }
    let (trace, places) = located.swap_remove(first.unwrap_or(0));
    let mut snippets = vec![in_words(&trace, &places)];
    let mut shown: Vec<(PathBuf, Span)> = Vec::new();
    let mut files: Vec<Snapshot> = Vec::new();
    for place in &places {
        if shown.len() == MOST_FUNCTIONS {
            break;
        }
        if let Some(snapshot) = open(&place.path) {
            let span = around(&snapshot, place.frame.line);
            let known = (place.path.clone(), span);
            if !shown.contains(&known) {
                snippets.push(function(&snapshot, span, place));
                shown.push(known);
            }
            if files.iter().all(|file| file.uri != snapshot.uri) {
                files.push(snapshot);
            }
        }
    }
    Some(Gathered {
        trace,
        places,
        snippets,
        files,
    })
}

/// The message and the frames, the user's own ones marked.
fn in_words(trace: &Trace, places: &[Place]) -> Snippet {
    let mut text = trace.title();
    let more = trace.message.lines().skip(1).collect::<Vec<_>>().join("\n");
    if !more.is_empty() {
        let end = crate::text::Text::new(more.clone()).floor(MOST_MESSAGE);
        text = format!("{text}\n{}", &more[..end.min(more.len())]);
    }
    for (number, stack) in trace.stacks.iter().enumerate().take(3) {
        text += &format!("\n{}", stack.title);
        for (frame_number, frame) in stack.frames.iter().enumerate().take(30) {
            let own = places
                .iter()
                .any(|place| place.at == (number, frame_number));
            let mark = if own { "  <- this code" } else { "" };
            let (file, line) = (frame.file.display(), frame.line);
            text += &format!("\n  {} {file}:{line}{mark}", frame.function);
        }
    }
    Snippet {
        source: Source::Trace,
        path: None,
        lines: 0..0,
        tokens: text.len() / 3,
        text,
        reason: "the crash".to_owned(),
    }
}

/// The function around a line (from 1), else the lines near it.
fn around(snapshot: &Snapshot, line: usize) -> Span {
    let text = &snapshot.text;
    let line = line
        .saturating_sub(1)
        .min(text.line_count().saturating_sub(1));
    let whole = text.line_span(line);
    let content = text.slice(whole);
    let offset = whole.start + content.len() - content.trim_start().len();
    let limits = Limits {
        tokens: 0,
        suffix_tokens: 0,
        bytes_per_token: 3.3,
    };
    let hole = context::gather(snapshot, offset, &[], limits).hole;
    hole.function.unwrap_or_else(|| {
        let last = (line + AROUND).min(text.line_count().saturating_sub(1));
        let first = text.line_span(line.saturating_sub(AROUND));
        Span::new(first.start, text.line_span(last).end)
    })
}

fn function(snapshot: &Snapshot, span: Span, place: &Place) -> Snippet {
    let text = &snapshot.text;
    let first = text.line_of(span.start);
    let last = text.line_of(span.end.saturating_sub(1).max(span.start));
    let file = place.frame.file.display();
    let mut shown = format!("// {file}, from line {}\n", first + 1);
    for line in first..=last {
        shown.push_str(text.line(line).trim_end());
        if line + 1 == place.frame.line {
            shown.push_str("  // <- here");
        }
        shown.push('\n');
    }
    Snippet {
        source: Source::Trace,
        path: Some(Arc::from(place.path.as_path())),
        lines: first + 1..last + 2,
        tokens: shown.len() / 3,
        text: shown,
        reason: format!("frame {}, line {}", place.at.1, place.frame.line),
    }
}
