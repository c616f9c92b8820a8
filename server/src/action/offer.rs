//! Which actions are offered at a place; pure.

use std::sync::Arc;

use super::{Action, Actions, Offered};

/// What is there to ask about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Offer<'a> {
    /// The language's name or the client's `languageId`.
    pub language: &'a str,
    /// Something is selected.
    pub selection: bool,
    /// The cursor is in a function.
    pub function: bool,
    /// There is a diagnostic.
    pub diagnostics: bool,
    /// The document or the selection holds a crash trace.
    pub trace: bool,
}

/// The most particular reasons to offer an action come first.
const ORDER: [Offered; 5] = [
    Offered::Trace,
    Offered::Diagnostic,
    Offered::Selection,
    Offered::Function,
    Offered::Always,
];

/// The actions to offer: those for a trace, then those for a diagnostic, a selection, a function, and those for any place; of
/// each kind in the order of the list.
pub fn offered(actions: &Actions, what: Offer) -> Vec<Arc<Action>> {
    let all = || actions.list.iter();
    let rank = |action: &Action| ORDER.iter().position(|reason| holds(action, *reason, what));
    let mut found: Vec<(usize, &Arc<Action>)> = all()
        .filter(|action| is_for(action, what.language))
        .filter_map(|action| Some((rank(action)?, action)))
        .collect();
    found.sort_by_key(|(rank, _)| *rank);
    found
        .into_iter()
        .map(|(_, action)| action.clone())
        .collect()
}

fn holds(action: &Action, reason: Offered, what: Offer) -> bool {
    let here = match reason {
        Offered::Always => true,
        Offered::Selection => what.selection,
        Offered::Function => what.function,
        Offered::Diagnostic => what.diagnostics,
        Offered::Trace => what.trace,
    };
    here && action.offered.contains(&reason)
}

/// Whether an action is for a language, by any of its names.
fn is_for(action: &Action, language: &str) -> bool {
    let known = crate::language::LANGUAGES
        .iter()
        .find(|known| known.name == language || known.ids.contains(&language));
    let mut names = known.map_or(vec![language], |known| known.ids.to_vec());
    names.extend(known.map(|known| known.name));
    let fits = |own: &String| names.iter().any(|name| own.eq_ignore_ascii_case(name));
    action.languages.is_empty() || action.languages.iter().any(fits)
}
