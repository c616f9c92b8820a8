//! `convive usage`: tokens, seconds, and what was accepted and kept, by day, model, action or workspace.

use clap::ValueEnum;
use serde_json::{Value, json};

use super::Global;
use super::out::{self, Style};
use crate::config::files;
use crate::usage::{self, By, Count, Row};

#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// What to sum up by
    #[arg(long, value_enum, default_value = "day")]
    by: Word,
    /// Print the sums as JSON
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Word {
    Day,
    Model,
    Action,
    Workspace,
}

/// Prints the sums of the ledger.
///
/// # Errors
/// Where nothing can be printed.
pub fn run(arguments: &Arguments, global: &Global) -> anyhow::Result<()> {
    let by = match arguments.by {
        Word::Day => By::Day,
        Word::Model => By::Model,
        Word::Action => By::Action,
        Word::Workspace => By::Workspace,
    };
    let lines = usage::read(&files::state_dir().join("usage"));
    let rows = usage::rows(&lines, by);
    if arguments.json {
        let rows: Vec<Value> = rows.iter().map(to_json).collect();
        return out::print(&format!("{:#}\n", json!(rows)));
    }
    if rows.is_empty() {
        return out::print("nothing was asked yet\n");
    }
    out::print(&table(&rows, Style::new(global.no_color)))
}

fn to_json(row: &Row) -> Value {
    let mut value = json!(row.count);
    value["name"] = json!(row.name);
    value
}

fn table(rows: &[Row], style: Style) -> String {
    let name = |row: &Row| match row.name.as_str() {
        "" => "—".to_owned(),
        name => name.to_owned(),
    };
    let heads = HEADS.map(str::to_owned);
    let mut lines = vec![(String::new(), heads)];
    let mut sum = Count::default();
    for row in rows {
        lines.push((name(row), cells(&row.count)));
        sum += row.count;
    }
    if rows.len() > 1 {
        lines.push(("all".to_owned(), cells(&sum)));
    }
    let last = lines.len() - 1;
    let widths = widths(&lines);
    let drawn = lines.iter().enumerate().map(|(number, line)| {
        let text = draw(line, &widths);
        match number {
            0 => style.dim(&text),
            _ if number == last && rows.len() > 1 => style.bold(&text),
            _ => text,
        }
    });
    let text: String = drawn.collect();
    text + &style.dim(LEGEND)
}

/// What the columns are, from the left; the first is the name.
const HEADS: [&str; 10] = [
    "requests", "read", "cached", "written", "seconds", "shown", "accepted", "chars", "undone",
    "kept",
];

const LEGEND: &str = "\
read, cached, written: tokens (~: partly estimated); shown: answers; accepted: those taken to their end + words and lines
of others; chars: the characters of both; undone: those taken back at once; kept: how much stood later
";

type Cells = [String; HEADS.len()];

/// The width of the name and of each column, in characters.
fn widths(lines: &[(String, Cells)]) -> Vec<usize> {
    let name = lines.iter().map(|(name, _)| name.chars().count()).max();
    let column = |at: usize| {
        let cells = lines.iter().map(|(_, cells)| cells[at].chars().count());
        cells.max().unwrap_or(0) + 2
    };
    let columns = (0..HEADS.len()).map(column);
    [name.unwrap_or(0).max(5)]
        .into_iter()
        .chain(columns)
        .collect()
}

fn draw((name, cells): &(String, Cells), widths: &[usize]) -> String {
    let first = widths.first().copied().unwrap_or(0);
    let cells = cells.iter().zip(widths.iter().skip(1));
    let cells = cells.map(|(cell, width)| format!("{cell:>width$}"));
    format!("{name:<first$}{}\n", cells.collect::<String>())
}

fn cells(count: &Count) -> Cells {
    let about = if count.about > 0 { "~" } else { "" };
    let kept = match (count.kept_characters * 100).checked_div(count.judged_characters) {
        Some(percent) => format!("{percent} %"),
        None => "—".to_owned(),
    };
    let accepted = match count.parts {
        0 => count.accepted.to_string(),
        parts => format!("{}+{parts}", count.accepted),
    };
    [
        count.requests.to_string(),
        format!("{about}{}", count.tokens_in),
        count.cached.to_string(),
        format!("{about}{}", count.tokens_out),
        format!("{:.1}", count.milliseconds as f64 / 1000.0),
        count.shown.to_string(),
        accepted,
        count.accepted_characters.to_string(),
        count.undone_characters.to_string(),
        kept,
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::expect;

    #[test]
    fn the_table_lines_up_and_sums_up() {
        let count = |requests, about| Count {
            requests,
            tokens_in: 1000 * requests,
            cached: 900,
            tokens_out: 40,
            milliseconds: 2450,
            about,
            ..Count::default()
        };
        let row = |name: &str, count| Row {
            name: name.to_owned(),
            count,
        };
        let judged = Count {
            shown: 4,
            accepted: 1,
            parts: 2,
            accepted_characters: 30,
            undone_characters: 5,
            judged_characters: 20,
            kept_characters: 15,
            ..count(2, 1)
        };
        let rows = [row("", count(1, 0)), row("qwen2.5-coder", judged)];
        expect![[r#"
                           requests   read  cached  written  seconds  shown  accepted  chars  undone  kept
            —                     1   1000     900       40      2.5      0         0      0       0     —
            qwen2.5-coder         2  ~2000     900      ~40      2.5      4       1+2     30       5  75 %
            all                   3  ~3000    1800      ~80      4.9      4       1+2     30       5  75 %
            read, cached, written: tokens (~: partly estimated); shown: answers; accepted: those taken to their end + words and lines
            of others; chars: the characters of both; undone: those taken back at once; kept: how much stood later
        "#]]
        .assert_eq(&table(&rows, Style::plain()));
    }
}
