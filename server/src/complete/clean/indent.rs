//! Indents an answer's lines as the file does.

use super::Draft;
use crate::complete::around::Around;
use crate::complete::lexer::Bracket;

/// Tabs or blanks as in the file; where the answer's lines stand at another depth than its first (a chat starts at column 0), they
/// move there.
pub fn clean(draft: &mut Draft, around: &Around) -> Result<(), &'static str> {
    let Some((first, following)) = draft.text.split_once('\n') else {
        return Ok(());
    };
    let strings = inside_strings(&draft.text, around);
    let said = said_unit(following, around);
    let shift = shift(&draft.text, around, said);
    let mut text = first.to_owned();
    for (line, in_string) in following.split('\n').zip(strings.into_iter().skip(1)) {
        text.push('\n');
        let body = line.trim_start_matches([' ', '\t']);
        match (body.is_empty(), in_string) {
            (true, false) => {}
            (_, true) => text.push_str(line),
            (false, false) => {
                let columns = columns(line, said, around).saturating_add_signed(shift);
                text.push_str(&blanks(columns, around));
                text.push_str(body.trim_end_matches([' ', '\t']));
            }
        }
    }
    draft.text = text;
    Ok(())
}

/// For each line of `text`, whether it starts inside of a string.
fn inside_strings(text: &str, around: &Around) -> Vec<bool> {
    let mut lexer = around.lexer.clone();
    let mut inside = vec![false];
    for character in text.chars() {
        let _: Option<Bracket> = lexer.read(character);
        if character == '\n' {
            inside.push(lexer.quote().is_some());
        }
    }
    inside
}

/// Blanks of one level as the answer indents: its smallest step, where it uses blanks at all.
fn said_unit(following: &str, around: &Around) -> usize {
    let lines = following.lines().filter(|line| !line.trim().is_empty());
    let widths = lines.map(|line| line.len() - line.trim_start_matches(' ').len());
    let smallest = widths.filter(|width| *width >= 2).min();
    let own = around.indent.columns();
    match smallest {
        Some(width) if around.indent.tabs() => [own, 2, 3]
            .into_iter()
            .find(|unit| width % unit == 0)
            .unwrap_or(own),
        _ => own,
    }
}

/// Columns of a line of the answer, in the file's levels.
fn columns(line: &str, said: usize, around: &Around) -> usize {
    let own = around.indent.columns();
    let blanks = line.chars().take_while(|c| *c == ' ' || *c == '\t');
    let (mut tabs, mut spaces) = (0, 0);
    for blank in blanks {
        match blank {
            '\t' => tabs += 1,
            _ => spaces += 1,
        }
    }
    let levels = if around.indent.tabs() {
        spaces / said * own + spaces % said
    } else {
        spaces
    };
    tabs * own + levels
}

fn blanks(columns: usize, around: &Around) -> String {
    if around.indent.tabs() {
        let own = around.indent.columns();
        "\t".repeat(columns / own) + &" ".repeat(columns % own)
    } else {
        " ".repeat(columns)
    }
}

/// By how many columns the lines below the first are to move: the line that closes what the first opened belongs under its start.
fn shift(text: &str, around: &Around, said: usize) -> isize {
    let lead = text.len() - text.trim_start_matches([' ', '\t']).len();
    let base = around
        .indent
        .width(&format!("{}{}", around.line_before, &text[..lead]));
    let mut depth = 0_isize;
    let mut lexer = around.lexer.clone();
    for (number, line) in text.split('\n').enumerate() {
        let before = depth;
        for (_, bracket) in lexer.brackets(line) {
            depth += if matches!(bracket, Bracket::Open(_)) {
                1
            } else {
                -1
            };
        }
        lexer.read('\n');
        let closes = line.trim_start().starts_with([')', ']', '}']);
        let opened_by_first = number > 0 && before > 0 && depth == 0;
        if number == 0 && depth <= 0 {
            return 0;
        }
        if opened_by_first && closes && !line.trim().is_empty() {
            let said = columns(line, said, around);
            return base as isize - said as isize;
        }
    }
    0
}
