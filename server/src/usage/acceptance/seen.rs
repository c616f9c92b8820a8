//! Completions before the user's eyes, and how much of them stands in the document; pure.

use super::Offer;
use crate::usage::site::Site;

/// A completion at its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Choice {
    pub offer: Offer,
    pub site: Site,
}

/// What the user sees in a document.
#[derive(Debug)]
pub(super) struct Seen {
    pub(super) choices: Vec<Choice>,
    /// How many bytes of them stand in the document already: typed, or taken.
    pub(super) stands: usize,
}

impl Seen {
    /// How many bytes of the choices stand in the document now; forgets those that do not fit any more. None: all of them.
    pub(super) fn look(&mut self, text: &str) -> Option<usize> {
        let stands = |choice: &Choice| choice.site.stands(&choice.offer.text, text);
        let most = self.choices.iter().filter_map(stands).max()?;
        self.choices.retain(|choice| stands(choice) == Some(most));
        Some(most)
    }
}

impl Choice {
    /// The offer of a part of its text (bytes).
    pub(super) fn part(&self, start: usize, end: usize) -> Offer {
        let text = &self.offer.text;
        Offer {
            text: text.get(start..end).unwrap_or_default().to_owned(),
            line: self.offer.line + text.get(..start).unwrap_or_default().matches('\n').count(),
            ..self.offer.clone()
        }
    }
}

/// Whether no word goes on at this byte of a text.
pub(super) fn ends_word(text: &str, at: usize) -> bool {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let before = text.get(..at).and_then(|text| text.chars().next_back());
    let after = text.get(at..).and_then(|text| text.chars().next());
    !(before.is_some_and(is_word) && after.is_some_and(is_word))
}
