//! What is sent for a query: its context and its prompt, the same for an editor and for the command line; pure.

use super::{Query, Sent};
use crate::context;
use crate::prompt::fill::fill;
use crate::prompt::window::{self, Beginning};

/// Gathers the context and lays out the prompt. `before` is the beginning of the prompt that was sent for the document last.
pub fn lay_out(query: &Query, before: Option<&Beginning>) -> Sent {
    let (snapshot, settings) = (&query.snapshot, &query.settings);
    let offset = snapshot.text.floor(query.offset);
    let cold = window::cold(settings.limits, settings.layout);
    let mut context = context::gather(snapshot, offset, &query.neighbours, cold);
    if let Some(before) = before
        && cold != settings.limits
    {
        window::keep(&mut context, &snapshot.text, before, settings.limits);
    }
    let filled = fill(snapshot, &context, settings.layout);
    Sent { context, filled }
}

#[cfg(test)]
mod tests;
