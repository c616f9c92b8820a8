//! Tests beside the code: they show how it is meant to be used. After definitions and imports, since a test is long for what it
//! says; before the outline, since a test of this very function says more than signatures of others.

use super::hole::is_word;
use super::outline::Outline;
use super::{Here, Piece, lines};
use crate::document::Snapshot;
use crate::text::{Span, Text};

/// The most tests that are offered to the budget.
const MOST: usize = 6;

/// Longer tests are left alone.
const MOST_LINES: usize = 80;

/// Tests in the file and in its neighbours: those that name the function at the cursor first, then those that name its type.
pub fn find(here: &Here) -> Vec<Piece> {
    let mut found: Vec<(usize, Piece)> = Vec::new();
    let function = here.scope.function.map(|function| function.name);
    let names = [function, here.scope.class_name()];
    for &span in &here.outline.tests {
        if !span.touches(here.hole.offset)
            && let Some((rank, reason)) = rank(here.text(), span, names)
        {
            found.push((rank, here.piece(span, reason)));
        }
    }
    for neighbour in here.neighbours {
        in_neighbour(neighbour, names, &mut found);
    }
    found.sort_by_key(|(rank, _)| *rank);
    found.truncate(MOST);
    found.into_iter().map(|(_, piece)| piece).collect()
}

fn in_neighbour(neighbour: &Snapshot, names: [Option<&str>; 2], found: &mut Vec<(usize, Piece)>) {
    let text: &Text = &neighbour.text;
    for &span in &Outline::read(neighbour, 0).tests {
        if let Some((rank, reason)) = rank(text, span, names) {
            let piece = Piece {
                own: None,
                path: neighbour.path.clone(),
                lines: lines::numbers(text, span),
                text: lines::excerpt(text, span),
                header: None,
                reason,
            };
            found.push((rank, piece));
        }
    }
}

/// How useful a test is, smaller is better, and why.
fn rank(text: &Text, span: Span, names: [Option<&str>; 2]) -> Option<(usize, String)> {
    if text.line_of(span.end) - text.line_of(span.start) > MOST_LINES {
        return None;
    }
    let test = text.slice(span);
    let named = names
        .iter()
        .enumerate()
        .find_map(|(rank, name)| mentions(test, (*name)?).then_some((rank, *name)));
    match named {
        Some((rank, name)) => Some((
            rank,
            format!("a test that names {}", name.unwrap_or_default()),
        )),
        None if names == [None, None] => Some((2, "a test of this code".to_owned())),
        None => None,
    }
}

/// Whether `name` stands in `text` as a whole word.
fn mentions(text: &str, name: &str) -> bool {
    text.match_indices(name).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + name.len()..].chars().next();
        !before.is_some_and(is_word) && !after.is_some_and(is_word)
    })
}
