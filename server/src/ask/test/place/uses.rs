//! Imports of a Rust file or module of tests: which ones are new, and where they go.

use super::super::items::{Item, Kind, Source};
use super::insertion;
use super::write::Style;
use crate::text::{Edit, Span};

/// Everything of the file around.
pub const ALL: &str = "use super::*;";

/// A declaration on one line.
pub fn compact(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The edit that adds imports to a file, or to its module with these insides; those that it has are left out.
pub fn added(
    file: &Source,
    existing: &[Item],
    uses: &[String],
    module: Option<Span>,
    style: &Style,
) -> Option<Edit> {
    let imports = existing.iter().filter(|item| item.kind == Kind::Import);
    let imports: Vec<&Item> = imports.collect();
    let there = imports
        .iter()
        .map(|item| compact(file.text.slice(item.own)));
    let there: Vec<String> = there.collect();
    let is_new = |one: &&String| !there.iter().any(|held| held == *one || brings(held, one));
    let new: Vec<&String> = uses.iter().filter(is_new).collect();
    if new.is_empty() {
        return None;
    }
    let indent = if module.is_some() { &style.unit } else { "" };
    let lines: String = new.iter().map(|one| format!("\n{indent}{one}")).collect();
    Some(match (imports.last(), module) {
        (Some(last), _) => insertion(last.span.end, lines),
        (None, Some(inside)) => insertion(inside.start, format!("{lines}\n")),
        (None, None) => {
            // Behind what stands at the very top: docs and attributes of the file.
            let at = existing
                .first()
                .map_or(file.text.len(), |item| item.span.start);
            insertion(at, format!("{}\n\n", lines.trim_start()))
        }
    })
}

/// Whether `held` already brings the one name that `wanted` imports.
fn brings(held: &str, wanted: &str) -> bool {
    let path = |text: &str| {
        let path = text.strip_prefix("use ")?.trim_end_matches(';').trim();
        Some(path.to_owned())
    };
    let (Some(held), Some(wanted)) = (path(held), path(wanted)) else {
        return false;
    };
    let Some((module, name)) = wanted.rsplit_once("::") else {
        return false;
    };
    let Some(inside) = held.strip_prefix(&format!("{module}::")) else {
        return false;
    };
    let listed = inside.trim_start_matches('{').trim_end_matches('}');
    let mut names = listed.split(',').map(str::trim);
    names.any(|held| held == name || held == "*")
}
