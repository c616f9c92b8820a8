//! Makes what a model said fit into the document, or finds it not worth showing: a list of filters, each a file of this folder.

mod blanks;
mod brackets;
mod control;
mod indent;
mod line_end;
mod overlap;
mod syntax;
mod worth;

use super::around::Around;
use super::stop::hidden_from;

pub use syntax::{adds_error, errors, prepare};

/// An answer on its way to the user.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Draft {
    pub text: String,
    /// Bytes right of the cursor that it replaces; never beyond the line.
    pub replaces: usize,
}

/// A step: changes the draft, or says why there is nothing to show.
struct Filter {
    name: &'static str,
    apply: fn(&mut Draft, &Around) -> Result<(), &'static str>,
    /// Whether the answer needs it while it still grows.
    growing: bool,
}

/// In this order, because:
/// - control tokens are no text, so nothing else may see them;
/// - blanks at the start decide where the first line begins, which all that compare lines must know;
/// - what stands in the document already goes before brackets are counted, else its brackets would count twice;
/// - indentation comes when all lines that stay are known;
/// - worth is judged on what would be shown; syntax last of the judgements, it costs the most;
/// - line ends last, all others know `\n` only.
const FILTERS: [Filter; 8] = [
    filter("control token", control::clean, true),
    filter("blank", blanks::clean, true),
    filter("overlap", overlap::clean, false),
    filter("brackets", brackets::clean, false),
    filter("indentation", indent::clean, true),
    filter("worth", worth::clean, false),
    filter("syntax", syntax::clean, false),
    filter("line end", line_end::clean, true),
];

/// The answer as it is shown; or why it is not.
pub fn clean(around: &Around, answer: &str) -> Result<Draft, &'static str> {
    let mut draft = Draft {
        text: answer.to_owned(),
        replaces: 0,
    };
    for filter in &FILTERS {
        (filter.apply)(&mut draft, around)?;
        if draft.text.trim().is_empty() {
            return Err(if answer.trim().is_empty() {
                "blank"
            } else {
                filter.name
            });
        }
    }
    Ok(draft)
}

/// What can be shown of an answer that still grows: less than all, so that more only makes it longer.
pub fn clean_growing(around: &Around, answer: &str) -> String {
    let shown = &answer[..hidden_from(answer)];
    let line = shown.rfind('\n').map_or(0, |end| end + 1);
    let fence = shown[line..].trim_start();
    let shown = if fence.starts_with('`') {
        &shown[..line]
    } else {
        shown
    };
    let mut draft = Draft {
        text: shown.trim_end().to_owned(),
        replaces: 0,
    };
    for filter in FILTERS.iter().filter(|filter| filter.growing) {
        if (filter.apply)(&mut draft, around).is_err() {
            return String::new();
        }
    }
    draft.text
}

const fn filter(
    name: &'static str,
    apply: fn(&mut Draft, &Around) -> Result<(), &'static str>,
    growing: bool,
) -> Filter {
    Filter {
        name,
        apply,
        growing,
    }
}

#[cfg(test)]
mod tests;
