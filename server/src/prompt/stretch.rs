//! Stretches of text that become a prompt, each with where it comes from.

use super::fill::{From, Part};
use crate::model::Piece;

/// A stretch before it is joined with others.
pub type Stretch = (From, Piece);

/// Where each stretch lies when they are written one after the other.
pub fn parts(stretches: &[Stretch]) -> Vec<Part> {
    let mut start = 0;
    let parts = stretches.iter().map(|(from, piece)| {
        let range = start..start + piece.text().len();
        start = range.end;
        Part { from: *from, range }
    });
    parts.filter(|part| !part.range.is_empty()).collect()
}

/// Neighbouring texts become one piece, so that no word is cut in two when it becomes tokens.
pub fn join(stretches: Vec<Stretch>) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    for (_, piece) in stretches {
        match (pieces.last_mut(), piece) {
            (Some(Piece::Text(before)), Piece::Text(text)) => before.push_str(&text),
            (_, Piece::Text(text)) if text.is_empty() => {}
            (_, piece) => pieces.push(piece),
        }
    }
    pieces
}
