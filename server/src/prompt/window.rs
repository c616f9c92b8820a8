//! Keeps the beginning of a prompt where it was while a document's cache is warm, so that a key typed only adds to the end.
//!
//! A cold prompt is short, because every token of it must be read. Later ones may be longer at no cost: the text typed since is
//! all that is new. So the prefix keeps its start, and the snippets above it stay, until the prompt reaches its limit or the
//! cursor goes elsewhere; then it is cold again.

use std::sync::Arc;

use super::fill::Layout;
use crate::context::{Context, LeftOut, Limits, Snippet};
use crate::text::{Span, Text};

/// The most tokens of a cold prompt for a model without FIM: it costs a second or more on one core, and more near code gives
/// such a model little.
const COLD_TOKENS: usize = 400;

/// What a cold prompt may cost where `limits` are those of a warm one.
pub fn cold(limits: Limits, layout: Layout) -> Limits {
    match layout {
        Layout::LeftToRight { heals: true } => Limits {
            tokens: limits.tokens.min(COLD_TOKENS),
            ..limits
        },
        _ => limits,
    }
}

/// The beginning of the prompt that was sent for a document last; the caller keeps one for each document.
#[derive(Clone, Debug)]
pub struct Beginning {
    /// Where the prefix starts, in bytes.
    start: usize,
    /// The text of the prefix as far as it was sent, to know it again after edits.
    prefix: Arc<str>,
    snippets: Vec<Snippet>,
    left_out: Vec<LeftOut>,
}

impl Beginning {
    pub fn of(context: &Context, text: &Text) -> Beginning {
        Beginning {
            start: context.prefix.start,
            prefix: Arc::from(text.slice(context.prefix)),
            snippets: context.snippets.clone(),
            left_out: context.left_out.clone(),
        }
    }
}

/// Gives `context`, gathered as for a cold prompt, the beginning of the prompt before it, where the same text still stands there
/// and the prompt stays within `limits` with it. Says whether it did.
pub fn keep(context: &mut Context, text: &Text, before: &Beginning, limits: Limits) -> bool {
    let snippets: usize = before.snippets.iter().map(|snippet| snippet.tokens).sum();
    let tokens = limits
        .tokens
        .saturating_sub(limits.suffix_tokens + snippets);
    let most = (tokens as f32 * limits.bytes_per_token) as usize;
    let end = context.prefix.end;
    let prefix = Span::new(before.start, end);
    if before.start > end || prefix.len() > most {
        return false;
    }
    let here = text.slice(prefix);
    let common = common_prefix(here, &before.prefix);
    // Most of what was read must be of use again, else a short cold prompt is the better one.
    if common * 2 < before.prefix.len().min(here.len()) || here.len() * 2 < context.prefix.len() {
        return false;
    }
    context.prefix = prefix;
    context.snippets.clone_from(&before.snippets);
    context.left_out.clone_from(&before.left_out);
    true
}

/// Bytes that two texts have in common at their beginning.
pub fn common_prefix(left: &str, right: &str) -> usize {
    let same = left.bytes().zip(right.bytes()).take_while(|(a, b)| a == b);
    same.count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::context::gather;
    use crate::document::Snapshot;

    const LIMITS: Limits = Limits {
        tokens: 1000,
        suffix_tokens: 0,
        bytes_per_token: 3.0,
    };

    fn lines(range: std::ops::Range<usize>) -> String {
        range
            .map(|n| format!("line number {n} of the text\n"))
            .collect()
    }

    fn cold_context(text: &str) -> (Snapshot, Context) {
        let snapshot = Snapshot::parse("a.txt", text);
        let limits = cold(LIMITS, Layout::LeftToRight { heals: true });
        let context = gather(&snapshot, text.len(), &[], limits);
        (snapshot, context)
    }

    /// Sends the prompt at the end of `first`, then at the end of `second`: where the second prefix starts, and whether it was kept.
    fn check(first: &str, second: &str) -> (usize, bool, usize) {
        let (snapshot, context) = cold_context(first);
        let before = Beginning::of(&context, &snapshot.text);
        let (snapshot, mut context) = cold_context(second);
        let kept = keep(&mut context, &snapshot.text, &before, LIMITS);
        (before.start, kept, context.prefix.start)
    }

    #[test]
    fn typing_keeps_the_start_and_the_prompt_grows() {
        let (before, kept, start) = check(&lines(0..200), &lines(0..250));
        assert!(kept && before > 0 && start == before);
    }

    #[test]
    fn at_the_limit_the_prompt_is_cold_again() {
        let (before, kept, start) = check(&lines(0..200), &lines(0..350));
        assert!(!kept && start > before);
    }

    #[test]
    fn elsewhere_the_prompt_is_cold() {
        let (_, kept, start) = check(&lines(0..200), &lines(0..100));
        assert!(!kept && start > 0);
        let changed = format!("{}{}", lines(300..340), lines(340..410));
        assert!(!check(&lines(0..110), &changed).1);
    }

    #[test]
    fn only_models_without_fim_begin_short() {
        assert_eq!(cold(LIMITS, Layout::Chat), LIMITS);
        assert_eq!(
            cold(LIMITS, Layout::LeftToRight { heals: true }).tokens,
            COLD_TOKENS
        );
    }
}
