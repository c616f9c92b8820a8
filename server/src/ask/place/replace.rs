//! Code in place of the selection, or of the function that the question is about.

use super::{Site, Try, repeated, whole};
use crate::context::outline::{Definition, Kind, Outline};
use crate::document::Snapshot;
use crate::text::{Edit, Span};

/// The ways to put code in place of what it answers, the best first.
///
/// # Errors
/// Why there is nothing to replace it by.
pub fn ways(site: &Site, code: &str) -> Result<Vec<Try>, String> {
    let parsed = site.snapshot.with_text(code);
    let target = target(site, &parsed);
    let (code, note) = repeated::less(site, code, Some(target))?;
    let all = Try {
        edit: instead(site, &code, target),
        note: note.clone(),
    };
    let name = site.around.function_name.as_deref();
    let own = site.around.function == Some(target);
    // A method may come in its type's block.
    let alone = name.filter(|_| own).and_then(|name| alone(&parsed, name));
    let Some(alone) = alone else {
        return Ok(vec![all]);
    };
    let others = others(site, &parsed, name.unwrap_or_default());
    let alone = Try {
        edit: instead(site, &alone, target),
        note: others.or(note),
    };
    Ok(vec![alone, all])
}

/// A note on functions beside the one of this name that the file does not have.
fn others(site: &Site, code: &Snapshot, name: &str) -> Option<String> {
    let outline = Outline::read(code, 0);
    let is_new = |one: &&Definition| {
        let mut own = site.outline.definitions.iter();
        one.kind != Kind::Holder && one.name != name && !own.any(|own| own.name == one.name)
    };
    let new: Vec<String> = outline
        .definitions
        .iter()
        .filter(is_new)
        .map(|one| format!("`{}`", one.name))
        .collect();
    (!new.is_empty()).then(|| {
        format!(
            "Of the answer only `{name}` was taken, not {}.",
            new.join(", ")
        )
    })
}

/// Whether code defines the function around the place: one of its name, and of its type where the code names one.
pub fn defines_function(site: &Site, code: &Snapshot) -> bool {
    let (Some(function), Some(name)) = (site.around.function, &site.around.function_name) else {
        return false;
    };
    let is_own = |one: &&Definition| one.name == name && function.contains(one.span);
    let own = site.outline.definitions.iter().find(is_own);
    let class = own.and_then(|own| own.class);
    let outline = Outline::read(code, 0);
    let mut definitions = outline.definitions.iter();
    definitions.any(|one| {
        let same = one.class.is_none() || own.is_none() || one.class == class;
        one.kind == Kind::Function && one.name == name && same
    })
}

/// What is replaced: the focus, or the whole function around where the code has that whole.
fn target(site: &Site, code: &Snapshot) -> Span {
    let focus = match site.way {
        super::Way::AtCursor => site.around.place,
        _ => site.around.focus,
    };
    let function = site
        .around
        .function
        .filter(|function| function.contains(focus));
    match function {
        Some(function) if defines_function(site, code) => function,
        _ => focus,
    }
}

/// The edit that puts code in place of a span. Docs and attributes stay where the code has none.
fn instead(site: &Site, code: &str, target: Span) -> Edit {
    let text = site.text();
    let line = text.line_of(target.start);
    let code = match definition_at(site, target) {
        Some(definition) => {
            let own = text.slice(Span::new(target.start, definition.span.start));
            with_leading(site, code, own)
        }
        None => code.to_owned(),
    };
    let base = site.blanks(line);
    let new = site.reindent(&code, base);
    let starts_line = text[text.line_span(line).start..target.start]
        .trim()
        .is_empty();
    let new = match starts_line {
        true => new.strip_prefix(base).unwrap_or(&new).to_owned(),
        false => new.trim_start().to_owned(),
    };
    Edit::new(target, new)
}

/// Code with those of the docs and attributes `own` that it says nothing of: docs first.
fn with_leading(site: &Site, code: &str, own: &str) -> String {
    let code = site.reindent(code, "");
    let count = code
        .lines()
        .take_while(|line| site.is_leading(line))
        .count();
    let (said, rest): (Vec<_>, Vec<_>) = code
        .lines()
        .enumerate()
        .partition(|(number, _)| *number < count);
    let is_comment = |line: &str| line.trim_start().starts_with("//");
    let says_comment = said.iter().any(|(_, line)| is_comment(line));
    let says_other = said
        .iter()
        .any(|(_, line)| !is_comment(line) && !line.trim().is_empty());
    let own = || own.lines().map(str::trim).filter(|line| !line.is_empty());
    let docs = own().filter(|line| is_comment(line) && !says_comment);
    let others = own().filter(|line| !is_comment(line) && !says_other);
    let said = said.into_iter().map(|(_, line)| line);
    let rest = rest.into_iter().map(|(_, line)| line);
    let lines: Vec<&str> = docs.chain(said).chain(others).chain(rest).collect();
    lines.join("\n")
}

/// The definition that a span is, with or without its docs.
fn definition_at<'a>(site: &'a Site, target: Span) -> Option<&'a Definition<'a>> {
    let mut definitions = site.outline.definitions.iter();
    definitions.find(|one| one.span.end == target.end && site.whole(one).start == target.start)
}

/// The function of this name by itself, where it stands in a block.
fn alone(code: &Snapshot, name: &str) -> Option<String> {
    let outline = Outline::read(code, 0);
    let mut definitions = outline.definitions.iter();
    let inside = definitions.find(|one| {
        let holders = outline
            .definitions
            .iter()
            .filter(|one| one.kind == Kind::Holder);
        let mut bodies = holders.filter_map(|one| one.body);
        one.kind == Kind::Function && one.name == name && bodies.any(|body| body.contains(one.span))
    })?;
    let span = whole(code, inside);
    let line = code.text.line_span(code.text.line_of(span.start));
    Some(code.text.slice(Span::new(line.start, span.end)).to_owned())
}
