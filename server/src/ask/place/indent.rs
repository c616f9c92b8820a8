//! Indents code as the file around it is indented.

use crate::complete::around::Indent;
use crate::complete::lexer::Lexer;
use crate::language::Language;

/// `code` in the file's own tabs or blanks, its outermost lines at `base`. Lines that start inside of a string stay as they are.
pub fn reindent(
    code: &str,
    base: &str,
    indent: &Indent,
    language: Option<&'static Language>,
) -> String {
    let inside = inside_strings(code, language);
    let lines: Vec<&str> = code.lines().collect();
    let said = said_unit(&lines, indent);
    let columns: Vec<Option<usize>> = lines
        .iter()
        .zip(&inside)
        .map(|(line, inside)| {
            let counts = !inside && !line.trim().is_empty();
            counts.then(|| columns(line, said, indent))
        })
        .collect();
    let (first, others) = outermost(&lines, &columns);
    let mut out = Vec::with_capacity(lines.len());
    for (number, (line, columns)) in lines.iter().zip(&columns).enumerate() {
        let least = if number == 0 { first } else { others };
        out.push(match columns {
            Some(columns) => {
                let deeper = blanks(columns.saturating_sub(least), indent);
                format!("{base}{deeper}{}", line.trim())
            }
            None if inside[number] => (*line).to_owned(),
            None => String::new(),
        });
    }
    out.join("\n")
}

/// How deep the outermost of all lines stand: the first one, and the others. A first line at column 0 above others that all stand
/// deeper, the closing one too, was cut out of its indentation.
fn outermost(lines: &[&str], columns: &[Option<usize>]) -> (usize, usize) {
    let least = columns.iter().flatten().copied().min().unwrap_or(0);
    let first = columns.first().copied().flatten().unwrap_or(least);
    let others = columns.iter().skip(1).flatten().copied().min();
    let last = lines.last().map_or("", |line| line.trim());
    let closes = last.starts_with(['}', ')', ']']);
    match (others, columns.last()) {
        (Some(others), Some(Some(end))) if first < others && closes && *end == others => {
            (first, others)
        }
        _ => (least, least),
    }
}

/// For each line, whether it starts inside of a string.
fn inside_strings(code: &str, language: Option<&'static Language>) -> Vec<bool> {
    let mut lexer = Lexer::new(language);
    let mut inside = vec![false];
    for character in code.chars() {
        lexer.read(character);
        if character == '\n' {
            inside.push(lexer.quote().is_some());
        }
    }
    inside
}

/// Blanks of one level as the code indents.
fn said_unit(lines: &[&str], indent: &Indent) -> usize {
    let widths = lines.iter().filter(|line| !line.trim().is_empty());
    let widths: Vec<usize> = widths
        .map(|line| line.len() - line.trim_start_matches(' ').len())
        .collect();
    let least = widths.iter().min().copied().unwrap_or(0);
    let steps = widths.iter().map(|width| width - least);
    let steps: Vec<usize> = steps.filter(|step| *step > 0).collect();
    let own = indent.columns();
    let smallest = steps.iter().min().copied().unwrap_or(own);
    let even = steps.iter().all(|step| step % smallest == 0);
    match smallest {
        2..=8 if even => smallest,
        _ if !indent.tabs() => own,
        // Some lines are aligned with what stands above them.
        _ => [4, 2, 3]
            .into_iter()
            .find(|unit| smallest % unit == 0)
            .unwrap_or(own),
    }
}

/// Columns of a line in the file's levels.
fn columns(line: &str, said: usize, indent: &Indent) -> usize {
    let own = indent.columns();
    let blanks = line.chars().take_while(|c| *c == ' ' || *c == '\t');
    let (mut tabs, mut spaces) = (0, 0);
    for blank in blanks {
        match blank {
            '\t' => tabs += 1,
            _ => spaces += 1,
        }
    }
    tabs * own + spaces / said * own + spaces % said
}

fn blanks(columns: usize, indent: &Indent) -> String {
    match indent.tabs() {
        true => {
            let own = indent.columns();
            "\t".repeat(columns / own) + &" ".repeat(columns % own)
        }
        false => " ".repeat(columns),
    }
}
