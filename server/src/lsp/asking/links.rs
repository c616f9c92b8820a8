//! Which places of an answer lead to the code, and how for this client.

use crate::action::AnswerKind;
use crate::ask::Query;
use crate::ask::links::{Known, Links, Style};
use crate::lsp::server::Server;

/// How the places that the answer names lead to the files that the question knows; answers that are code stay as they are.
pub fn links(server: &Server, query: &Query) -> Links {
    let features = server.features();
    let style = match features.markdown && features.extensions.ask {
        true => Style::Markdown,
        false => Style::Plain,
    };
    let beside = query.neighbours.iter().map(|one| &**one);
    let all = std::iter::once(&query.snapshot).chain(&query.open);
    let all = all.chain(&query.frames).chain(beside);
    let known: Vec<Known> = match query.action.answer {
        AnswerKind::Answer => all.filter_map(Known::of).collect(),
        _ => Vec::new(),
    };
    Links::new(style, known, query.root.clone())
}
