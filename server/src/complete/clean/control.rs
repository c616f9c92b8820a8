//! Cuts an answer at the first control token.

use super::Draft;
use crate::complete::around::Around;
use crate::complete::stop::control_at_end;

pub fn clean(draft: &mut Draft, around: &Around) -> Result<(), &'static str> {
    let ends = draft
        .text
        .char_indices()
        .map(|(at, character)| at + character.len_utf8());
    let cut = ends
        .filter_map(|end| control_at_end(&draft.text[..end], &around.stops))
        .next();
    if let Some(cut) = cut {
        draft.text.truncate(cut);
    }
    Ok(())
}
