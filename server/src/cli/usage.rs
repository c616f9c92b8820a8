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
    let width = rows.iter().map(|row| name(row).chars().count()).max();
    let width = width.unwrap_or(0).max(5);
    let line = |name: &str, cells: [String; 7]| {
        let blanks = " ".repeat(width.saturating_sub(name.chars().count()));
        let cells = cells.iter().map(|cell| format!("{cell:>10}"));
        format!("{name}{blanks}{}\n", cells.collect::<String>())
    };
    let heads = [
        "requests", "read", "cached", "written", "seconds", "accepted", "kept",
    ];
    let mut text = style.dim(&line("", heads.map(str::to_owned)));
    let mut sum = Count::default();
    for row in rows {
        text += &line(&name(row), cells(&row.count));
        sum += row.count;
    }
    if rows.len() > 1 {
        text += &style.bold(&line("all", cells(&sum)));
    }
    text += &style.dim(
        "read, cached, written: tokens (~: partly estimated); accepted: characters; kept: how much of them stood later\n",
    );
    text
}

fn cells(count: &Count) -> [String; 7] {
    let about = if count.about > 0 { "~" } else { "" };
    let kept = match (count.kept_characters * 100).checked_div(count.judged_characters) {
        Some(percent) => format!("{percent} %"),
        None => "—".to_owned(),
    };
    [
        count.requests.to_string(),
        format!("{about}{}", count.tokens_in),
        count.cached.to_string(),
        format!("{about}{}", count.tokens_out),
        format!("{:.1}", count.milliseconds as f64 / 1000.0),
        count.accepted_characters.to_string(),
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
            accepted_characters: 30,
            judged_characters: 20,
            kept_characters: 15,
            ..count(2, 1)
        };
        let rows = [row("", count(1, 0)), row("qwen2.5-coder", judged)];
        expect![[r#"
                           requests      read    cached   written   seconds  accepted      kept
            —                     1      1000       900        40       2.5         0         —
            qwen2.5-coder         2     ~2000       900       ~40       2.5        30      75 %
            all                   3     ~3000      1800       ~80       4.9        30      75 %
            read, cached, written: tokens (~: partly estimated); accepted: characters; kept: how much of them stood later
        "#]]
        .assert_eq(&table(&rows, Style::plain()));
    }
}
