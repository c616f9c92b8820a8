//! What is sent for a query: its context and its prompt, the same for an editor and for the command line; pure.

use super::{Failure, Query, Sent};
use crate::context;
use crate::model::{Message, Prompt, Role};

/// Gathers the context and lays out the prompt.
///
/// # Errors
/// `Action` where the action's template cannot be used.
pub fn lay_out(query: &Query) -> Result<Sent, Failure> {
    let snapshot = &query.snapshot;
    let limits = query.settings.limits;
    let context = context::gather(snapshot, query.span.start, &query.neighbours, limits);
    let mut text = String::new();
    for snippet in context.snippets.iter().chain(&query.trace) {
        text += &format!("{}\n\n", snippet.text);
    }
    text += snapshot.text.slice(context.prefix);
    text += snapshot.text.slice(context.suffix);
    text += &format!("\n\n{}\n{}", query.action.title, query.question);
    let mut messages = Vec::new();
    let message = |role, text: &str| Message {
        role,
        text: text.to_owned(),
    };
    for turn in &query.earlier {
        messages.push(message(Role::User, &turn.question));
        messages.push(message(Role::Assistant, &turn.answer));
    }
    messages.push(message(Role::User, &text));
    Ok(Sent {
        snippets: context.snippets,
        left_out: context.left_out,
        prompt: Prompt::Chat(messages),
    })
}
