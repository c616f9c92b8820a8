//! The function, type and module around the hole, as far as the prefix does not show them: first in the order of priority, since
//! no code can be right that does not fit its own function and the fields of its own type.

use super::outline::Kind;
use super::scope::Around;
use super::{Here, Piece, lines};
use crate::text::Span;

/// Types up to this many lines are shown with their fields.
const MOST_LINES: usize = 40;

/// Docs and signature of the function.
pub fn function(here: &Here) -> Vec<Piece> {
    let Some(function) = here.scope.function else {
        return Vec::new();
    };
    vec![head(here, function, "the function around the cursor")]
}

/// The headers around the hole, and the definition of the type whose methods are written here.
pub fn types(here: &Here) -> Vec<Piece> {
    let name = here.scope.class_name();
    let definition = here.outline.definitions.iter().find(|one| {
        one.kind == Kind::Type && Some(one.name) == name && !one.span.touches(here.hole.offset)
    });
    let definition = definition.map(|one| {
        let whole = whole(here, one.span, one.signature());
        here.piece(whole, "the type whose method is at the cursor")
    });
    let outside = here
        .scope
        .classes
        .iter()
        .map(|class| head(here, *class, "around the cursor"));
    definition.into_iter().chain(outside).collect()
}

/// A definition with its docs; without its body where it is long.
pub fn whole(here: &Here, span: Span, signature: Span) -> Span {
    let text = here.text();
    let lines = text.line_of(span.end) - text.line_of(span.start);
    let shown = if lines <= MOST_LINES { span } else { signature };
    match here.snapshot.language {
        Some(language) => lines::with_leading(text, shown, language.leading_lines),
        None => shown,
    }
}

/// From the docs to the opening bracket.
fn head(here: &Here, around: Around, reason: &str) -> Piece {
    let text = here.text();
    let head = Span::new(
        around.span.start,
        (around.inside.start + 1).min(around.inside.end),
    );
    let leading = here
        .snapshot
        .language
        .map_or(&[][..], |one| one.leading_lines);
    let mut piece = here.piece(lines::with_leading(text, head, leading), reason);
    // Docs that the prefix cuts off do not make the signature worth showing twice, so that is what decides.
    piece.own = Some(head);
    piece
}
