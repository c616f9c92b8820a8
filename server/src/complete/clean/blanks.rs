//! Puts the blanks at the start of an answer right: those that stand before the cursor already are not inserted again.

use super::Draft;
use crate::complete::around::Around;

pub fn clean(draft: &mut Draft, around: &Around) -> Result<(), &'static str> {
    let text = draft.text.trim_end();
    let first = text
        .find(|c: char| !c.is_whitespace())
        .unwrap_or(text.len());
    let (lead, body) = text.split_at(first);
    draft.text = format!("{}{body}", kept(lead, around));
    Ok(())
}

/// What stays of the blanks `lead` that an answer starts with.
fn kept<'a>(lead: &'a str, around: &Around) -> &'a str {
    let last_line = lead.rfind('\n').map(|at| &lead[at + 1..]);
    match last_line {
        // The answer starts on a line of its own, and so does the cursor: the model read a prefix without that line end.
        Some(blanks) if around.on_blank_line() => deeper(blanks, around),
        // Behind other text it starts a new line, once.
        Some(_) => &lead[lead.trim_end_matches([' ', '\t']).len() - 1..],
        None if around.on_blank_line() => deeper(lead, around),
        None if around.line_before.ends_with([' ', '\t']) => "",
        None => lead,
    }
}

/// The indentation that a first line needs beyond the cursor's column.
fn deeper<'a>(blanks: &'a str, around: &Around) -> &'a str {
    let cursor = around.indent.width(&around.line_before);
    if cursor == 0 {
        return blanks;
    }
    let above = around.indent.width(&around.above);
    let opens = around.above.trim_end().ends_with(['{', '(', '[', ':']);
    let wanted = if opens {
        above + around.indent.columns()
    } else {
        above
    };
    let said = around.indent.width(blanks);
    // The cursor is not deep enough yet, and the model says exactly what is missing.
    if cursor < wanted && cursor + said == wanted {
        blanks
    } else {
        ""
    }
}
