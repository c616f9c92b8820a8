//! Imports a line each, like `use a::b;`: new ones stand below the last one of their module.

use super::{insertion, line_behind, top};
use crate::complete::around::indent_of;
use crate::context::outline::{Definition, Kind, Outline};
use crate::document::Snapshot;
use crate::text::{Edit, Span, Text};

/// The edit that adds those of `wanted` (whole declarations) that the module around `at` (bytes) does not have.
pub fn merge(snapshot: &Snapshot, at: usize, wanted: &[String]) -> Option<Edit> {
    let outline = &Outline::read(snapshot, at);
    let text: &Text = &snapshot.text;
    let all = super::declarations(outline);
    let modules = modules(outline, text, at);
    let own = |module: Span| -> Vec<Span> {
        let inner = outline
            .definitions
            .iter()
            .filter(|one| is_module(one, text));
        let inner: Vec<Span> = inner
            .filter_map(|one| one.body)
            .filter(|body| module.contains(*body) && *body != module)
            .collect();
        let within =
            |span: &Span| module.contains(*span) && !inner.iter().any(|body| body.contains(*span));
        all.iter().copied().filter(within).collect()
    };
    let here = modules.last().copied()?;
    let there = own(here);
    let mut known: Vec<String> = paths_of(text, &there);
    // `use super::*` brings what the module outside imports.
    for module in modules.iter().rev().skip(1) {
        if !known.iter().any(|path| path == "super::*") {
            break;
        }
        known.extend(paths_of(text, &own(*module)));
    }
    let new: Vec<String> = wanted
        .iter()
        .flat_map(|declaration| missing(declaration, &mut known))
        .collect();
    (!new.is_empty()).then(|| add(snapshot, here, outline, &there, &new))
}

/// The file and the bodies of the modules around `at`, outermost first.
fn modules(outline: &Outline, text: &Text, at: usize) -> Vec<Span> {
    let around = outline.definitions.iter().filter_map(|one| {
        let body = one.body.filter(|body| body.start < at && at < body.end)?;
        is_module(one, text).then_some(body)
    });
    std::iter::once(Span::new(0, text.len()))
        .chain(around)
        .collect()
}

fn is_module(one: &Definition, text: &Text) -> bool {
    let mut words = text.slice(one.signature()).split_whitespace();
    one.kind == Kind::Holder && words.any(|word| word == "mod")
}

fn paths_of(text: &Text, declarations: &[Span]) -> Vec<String> {
    let texts = declarations.iter().map(|span| text.slice(*span));
    texts.flat_map(paths).collect()
}

/// What of a declaration is not known yet, as declarations; it is known from then on.
fn missing(declaration: &str, known: &mut Vec<String>) -> Vec<String> {
    let all = paths(declaration);
    let covered = |path: &String, known: &[String]| {
        let glob = path.rfind("::").map(|at| format!("{}::*", &path[..at]));
        known.contains(path) || glob.is_some_and(|glob| known.contains(&glob))
    };
    let new: Vec<String> = all
        .iter()
        .filter(|path| !covered(path, known))
        .cloned()
        .collect();
    known.extend(new.iter().cloned());
    match new.len() == all.len() && !new.is_empty() {
        true => vec![declaration.split_whitespace().collect::<Vec<_>>().join(" ")],
        false => new.iter().map(|path| format!("use {path};")).collect(),
    }
}

/// `use a::{b, c::{self, d as e}};` → `a::b`, `a::c`, `a::c::d as e`
fn paths(declaration: &str) -> Vec<String> {
    let declaration: String = declaration.split_whitespace().collect::<Vec<_>>().join(" ");
    let Some(at) = declaration
        .find("use ")
        .filter(|at| *at == 0 || declaration[..*at].ends_with(' '))
    else {
        return vec![declaration];
    };
    let mut out = Vec::new();
    tree(
        "",
        declaration[at + 4..].trim_end_matches(';').trim(),
        &mut out,
    );
    out
}

fn tree(before: &str, tree_text: &str, out: &mut Vec<String>) {
    let Some(open) = tree_text.find('{') else {
        let path = match tree_text.trim() {
            "self" => before.trim_end_matches("::").to_owned(),
            name => format!("{before}{name}"),
        };
        if !path.is_empty() {
            out.push(path);
        }
        return;
    };
    let before = format!("{before}{}", tree_text[..open].trim());
    let inside = tree_text[open + 1..].trim_end();
    let inside = inside.strip_suffix('}').unwrap_or(inside);
    let (mut depth, mut start) = (0_usize, 0);
    for (at, character) in inside.char_indices() {
        match character {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => {
                tree(&before, inside[start..at].trim(), out);
                start = at + 1;
            }
            _ => {}
        }
    }
    if !inside[start..].trim().is_empty() {
        tree(&before, inside[start..].trim(), out);
    }
}

/// Adds lines below the last import before the module's first definition, else at the module's start.
fn add(
    snapshot: &Snapshot,
    module: Span,
    outline: &Outline,
    there: &[Span],
    new: &[String],
) -> Edit {
    let text: &Text = &snapshot.text;
    let blanks = |offset: usize| {
        let line = text.line(text.line_of(offset));
        &line[..line.len() - line.trim_start().len()]
    };
    let within = || {
        let unit = indent_of(snapshot, module.start, module.start).unit;
        format!("{}{unit}", blanks(module.start))
    };
    let is_file = module.start == 0;
    let lines = |indent: &str| -> String {
        let lines = new.iter().map(|one| format!("\n{indent}{one}"));
        lines.collect()
    };
    let definitions = outline.definitions.iter().map(|one| one.span.start);
    let first = definitions
        .filter(|start| module.start < *start && *start < module.end)
        .min();
    let above = |span: &&Span| first.is_none_or(|first| span.start < first);
    if let Some(last) = there.iter().rev().find(above).or(there.last()) {
        let line = text.line_span(text.line_of(last.start));
        let is_first = text
            .slice(Span::new(line.start, last.start))
            .trim()
            .is_empty();
        let at = line_behind(text, last.end);
        return match is_file || is_first {
            true => insertion(at, lines(blanks(last.start))),
            false => insertion(at, lines(&within())),
        };
    }
    let from = if is_file { 0 } else { module.start + 1 };
    let said = top::end(text, from).map(|end| text.line_of(end));
    let below = said.or((!is_file).then(|| text.line_of(module.start)));
    let Some(line) = below else {
        let apart = if text.trim().is_empty() { "\n" } else { "\n\n" };
        return insertion(0, format!("{}{apart}", new.join("\n")));
    };
    let next = (line + 1 < text.line_count()).then(|| text.line(line + 1).trim());
    let apart = if next == Some("") { "" } else { "\n" };
    match (said, is_file) {
        (Some(line), true) => {
            let at = text.line_span(line).end;
            insertion(at, format!("\n{}{apart}", lines("")))
        }
        (Some(line), false) => {
            let at = text.line_span(line).end;
            insertion(at, format!("\n{}{apart}", lines(&within())))
        }
        (None, _) => insertion(from, format!("{}{apart}", lines(&within()))),
    }
}
