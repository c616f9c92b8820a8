//! Takes off what an answer repeats of the file: definitions that stand elsewhere in it.

use super::{Site, whole};
use crate::context::outline::{Definition, Kind, Outline};
use crate::text::{Span, Text};

/// The code without definitions that the file has outside of `target`, and a note on those that differ.
///
/// # Errors
/// That nothing else is in it.
pub fn less(
    site: &Site,
    code: &str,
    target: Option<Span>,
) -> Result<(String, Option<String>), String> {
    let code = site.snapshot.with_text(code);
    let outline = Outline::read(&code, 0);
    let block = block(site, target);
    let (mut gone, mut changed) = (Vec::new(), Vec::new());
    for one in outline
        .definitions
        .iter()
        .filter(|one| is_top(one, &outline))
    {
        let mut others = site.outline.definitions.iter();
        let other = others.find(|other| {
            let same = other.name == one.name && other.kind == one.kind;
            let outside = target.is_none_or(|target| !target.overlaps(other.span));
            let here = block.is_some_and(|block| block.contains(other.span));
            let top = other.class == one.class && is_top(other, &site.outline);
            same && outside && (here || (block.is_none() && top))
        });
        if let Some(other) = other {
            let span = whole(&code, one);
            let said = squeezed(code.text.slice(one.span));
            if said != squeezed(site.text().slice(other.span)) {
                changed.push(format!("`{}`", one.name));
            }
            gone.push(span);
        }
    }
    let rest = without(&code.text, &gone);
    let worth = rest.lines().any(|line| !site.is_leading(line));
    let names = changed.join(", ");
    match (worth || gone.is_empty(), changed.is_empty()) {
        (true, true) => Ok((rest, None)),
        (true, false) => Ok((
            rest,
            Some(format!(
                "The answer has other words for {names} too, elsewhere in the file; that was left as it is."
            )),
        )),
        (false, true) => Err("the answer only repeats what is in the file already".to_owned()),
        (false, false) => Err(format!(
            "the answer rewrites {names}, elsewhere in the file: put the cursor there and ask again"
        )),
    }
}

/// The block of methods or module that the code goes into.
fn block(site: &Site, target: Option<Span>) -> Option<Span> {
    let at = target.unwrap_or(site.around.place).start;
    let holders = site
        .outline
        .definitions
        .iter()
        .filter(|one| one.kind == Kind::Holder);
    let mut bodies = holders.filter_map(|one| one.body);
    bodies.rfind(|body| body.start < at && at < body.end)
}

/// Whether a definition stands by itself: not in a block of methods, a module or a type.
fn is_top(one: &Definition, outline: &Outline) -> bool {
    let mut bodies = outline.definitions.iter().filter_map(|other| other.body);
    one.kind != Kind::Holder
        && one.name != "_"
        && one.name != "init"
        && !bodies.any(|body| body != one.span && body.contains(one.span))
}

fn squeezed(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A text without some spans, which are in its order; where one was, one blank line stays.
fn without(text: &Text, gone: &[Span]) -> String {
    if gone.is_empty() {
        return text.as_str().to_owned();
    }
    let mut parts = Vec::new();
    let mut end = 0;
    for span in gone {
        parts.push(text.slice(Span::new(end, span.start)));
        end = end.max(span.end);
    }
    parts.push(&text[end..]);
    let parts: Vec<&str> = parts
        .into_iter()
        .map(|part| part.trim_end().trim_start_matches('\n'))
        .filter(|part| !part.trim().is_empty())
        .collect();
    parts.join("\n\n")
}
