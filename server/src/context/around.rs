//! What is worth telling a model about a selection or a place that a question is about; pure, like [`super::gather`].

mod cut;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use super::budget::tokens;
use super::outline::{Definition, Kind, Outline};
use super::scope::Scope;
use super::{Here, LeftOut, Limits, Snippet, Source, calm, hole, lines, near, spend};
use crate::document::Snapshot;
use crate::text::{Span, Text};

pub use cut::cut;

/// What a question needs of the context.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a> {
    pub sources: &'a [Source],
    /// The near code before and after the selection or cursor.
    pub near: bool,
}

/// Everything gathered for one question, before it becomes a prompt.
#[derive(Clone, Debug)]
pub struct Around {
    /// What is selected less the blanks around it, or the cursor. One character is no selection: some editors' cursor is one.
    pub place: Span,
    /// What the question is about: the selection, else the function or type around the cursor with its docs, else the line.
    pub focus: Span,
    /// The text of the focus as a prompt shows it.
    pub focus_text: String,
    /// How many lines of it were left out in the middle since they do not fit.
    pub cut: usize,
    /// The function around, from its docs or attributes to its end.
    pub function: Option<Span>,
    pub function_name: Option<String>,
    /// The text or character literal, and the comment, that the place starts in.
    pub string: Option<Span>,
    pub comment: Option<Span>,
    /// Its text, where it is wanted and nothing else shows it.
    pub function_text: String,
    /// The near code before and after the place; empty where it is not wanted.
    pub before: Span,
    pub after: Span,
    /// In the order in which they go into a prompt.
    pub snippets: Vec<Snippet>,
    pub left_out: Vec<LeftOut>,
}

/// Of what the focus leaves, the share that a whole function around it may have at most, in percent.
const FUNCTION_SHARE: usize = 60;

/// Gathers the context of a question about `span` (bytes; a selection, or empty at the cursor). The focus has the first claim to
/// the tokens of `limits`, then near code, then the function around, then the snippets.
pub fn around(
    snapshot: &Snapshot,
    span: Span,
    neighbours: &[Arc<Snapshot>],
    wanted: Wanted,
    limits: Limits,
) -> Around {
    let text: &Text = &snapshot.text;
    let place = trimmed(text, span);
    let calm = calm::calm(snapshot, place.start);
    let outline = Outline::read(calm.as_ref().unwrap_or(snapshot), place.start);
    let own = Scope::at(snapshot, place.start);
    let anchor = anchor(snapshot, place, &own, &outline);
    let scope = match &calm {
        Some(calm) => Scope::at(snapshot, anchor).steadied(Scope::at(calm, anchor)),
        None => Scope::at(snapshot, anchor),
    };
    let hole = hole::locate(snapshot, anchor, &scope);
    let focus = focus(snapshot, place, hole.function, &outline);
    let mut budget = Room::new(limits);
    // Near code shows what is at a cursor; a focus is only said again where there is none.
    let near_shows = wanted.near && place.is_empty();
    let (focus_text, cut) = excerpt(text, focus, place.start, budget.bytes(budget.left));
    if !near_shows {
        budget.take(&focus_text);
    }
    let (before, after) = match wanted.near {
        true => budget.near(text, place),
        false => (Span::empty(place.start), Span::empty(place.end)),
    };
    let mut here = Here {
        snapshot,
        focus,
        shown: vec![
            (before, "already in the code before"),
            (after, "already in the code after"),
        ],
        hole,
        scope,
        outline,
        neighbours,
    };
    if !near_shows {
        here.shown.push((focus, "already in what is asked about"));
    }
    // Beside a cursor, near code shows the function.
    let function_text = match near_shows {
        true => String::new(),
        false => budget.function(&mut here, wanted),
    };
    let (snippets, left_out) = spend(&here, budget.left, limits, |source| {
        wanted.sources.contains(&source) && (source != Source::EnclosingFunction || near_shows)
    });
    Around {
        place,
        focus,
        focus_text,
        cut,
        function: here.hole.function,
        function_name: here.scope.function.map(|one| one.name.to_owned()),
        string: own.string,
        comment: own.comment,
        function_text,
        before,
        after,
        snippets,
        left_out,
    }
}

/// Whether a question about `span` (bytes) would be about a function: the one around, a selected one, or the one whose docs
/// these are; as far as the syntax is known by now.
pub fn is_about_function(snapshot: &Snapshot, span: Span) -> bool {
    let place = trimmed(&snapshot.text, span);
    let own = Scope::at(snapshot, place.start);
    if own.function.is_some() {
        return true;
    }
    let outline = Outline::read(snapshot, place.start);
    let anchor = anchor(snapshot, place, &own, &outline);
    Scope::at(snapshot, anchor).function.is_some()
}

/// The tokens that are left.
struct Room {
    limits: Limits,
    left: usize,
}

impl Room {
    fn new(limits: Limits) -> Room {
        Room {
            limits,
            left: limits.tokens,
        }
    }

    fn bytes(&self, tokens: usize) -> usize {
        (tokens as f32 * self.limits.bytes_per_token.max(0.1)) as usize
    }

    fn take(&mut self, text: &str) {
        let cost = tokens(text.len() + 1, self.limits.bytes_per_token.max(0.1));
        self.left = self.left.saturating_sub(cost);
    }

    /// The near code before and after a place.
    fn near(&mut self, text: &Text, place: Span) -> (Span, Span) {
        let limits = Limits {
            tokens: self.left,
            suffix_tokens: self.limits.suffix_tokens.min(self.left / 4),
            ..self.limits
        };
        let before = near::windows(text, place.start, limits);
        let after = near::windows(text, place.end, limits);
        self.left = before.left;
        (before.prefix, after.suffix)
    }

    /// The whole function around, where it is wanted, fits, and nothing shows it; it is then shown.
    fn function(&mut self, here: &mut Here, wanted: Wanted) -> String {
        let Some(span) = here.hole.function else {
            return String::new();
        };
        if here.focus.contains(span) || !wanted.sources.contains(&Source::EnclosingFunction) {
            return String::new();
        }
        let most = self.bytes(self.left * FUNCTION_SHARE / 100);
        let (text, _) = excerpt(here.text(), span, here.focus.start, most);
        self.take(&text);
        here.shown.push((span, "already in the function around"));
        text
    }
}

/// A span without the blanks at its ends; a span of blanks is empty at its start.
fn trimmed(text: &Text, span: Span) -> Span {
    let start = text.floor(span.start);
    let span = Span::new(start, text.floor(span.end));
    let inside = text.slice(span);
    let less = inside.trim_start();
    match less.is_empty() || inside.chars().nth(1).is_none() {
        true => Span::empty(start),
        false => {
            let start = span.end - less.len();
            Span::new(start, start + less.trim_end().len())
        }
    }
}

/// Where to look from: inside of the function that the place is in, that it selects, or whose docs it is in.
fn anchor(snapshot: &Snapshot, place: Span, scope: &Scope, outline: &Outline) -> usize {
    if scope.function.is_some_and(|one| one.span.contains(place)) {
        return place.start;
    }
    let functions = outline.definitions.iter();
    let found = functions
        .filter(|one| one.kind == Kind::Function)
        .find(|one| {
            let whole = with_docs(snapshot, one);
            whole.overlaps(place)
                || (place.is_empty() && line_touches(&snapshot.text, whole, place.start))
        });
    match found {
        Some(one) => snapshot.text.floor(one.span.start + 1),
        None => place.start,
    }
}

fn focus(snapshot: &Snapshot, place: Span, function: Option<Span>, outline: &Outline) -> Span {
    if !place.is_empty() {
        return place;
    }
    let text: &Text = &snapshot.text;
    let types = outline
        .definitions
        .iter()
        .filter(|one| one.kind == Kind::Type);
    let mut types = types.map(|one| with_docs(snapshot, one));
    let around = function
        .filter(|span| line_touches(text, *span, place.start))
        .or_else(|| types.find(|span| line_touches(text, *span, place.start)));
    around.unwrap_or_else(|| trimmed(text, text.line_span(text.line_of(place.start))))
}

fn with_docs(snapshot: &Snapshot, one: &Definition) -> Span {
    let leading = snapshot.language.map_or(&[][..], |l| l.leading_lines);
    lines::with_leading(&snapshot.text, one.span, leading)
}

/// Whether `offset` is on a line of `span`.
fn line_touches(text: &Text, span: Span, offset: usize) -> bool {
    let line = text.line_of(offset);
    text.line_of(span.start) <= line && line <= text.line_of(span.end)
}

/// The text of a span, and how many lines of it were left out, so that it has at most `most` bytes; `keep` (an offset) is kept.
fn excerpt(text: &Text, span: Span, keep: usize, most: usize) -> (String, usize) {
    let whole = lines::excerpt(text, span);
    if whole.len() <= most {
        return (whole, 0);
    }
    let kept = text.line_of(keep.clamp(span.start, span.end)) - text.line_of(span.start);
    cut(&whole, kept, most)
}
