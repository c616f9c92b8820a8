//! The windows of near code before and after the hole, and what they leave of the budget.
//!
//! Near code comes before every snippet: it tells a model most. The start of the prefix lies on a grid of lines and moves a step
//! at a time, so that a key typed changes only the end of the prompt and a model's cache of it stays good.

use super::Limits;
use crate::text::{Span, Text};

/// Windows, and the tokens left for snippets.
pub struct Windows {
    pub prefix: Span,
    pub suffix: Span,
    pub left: usize,
}

/// The share of the tokens without the suffix that the prefix may have at most, in percent.
const PREFIX_SHARE: usize = 70;

/// The usual length of a line, in bytes; only sizes the grid.
const LINE: usize = 32;

pub fn windows(text: &Text, offset: usize, limits: Limits) -> Windows {
    let bytes = |tokens: usize| (tokens as f32 * limits.bytes_per_token.max(0.1)) as usize;
    let suffix_tokens = limits.suffix_tokens.min(limits.tokens);
    let rest = limits.tokens - suffix_tokens;
    let most = rest * PREFIX_SHARE / 100;
    let prefix = Span::new(prefix_start(text, offset, bytes(most)), offset);
    let suffix = Span::new(offset, suffix_end(text, offset, bytes(suffix_tokens)));
    // A prefix that is the whole start of the file leaves more for snippets, in quarters, so that hardly a key changes what fits.
    let reserved = match prefix.start {
        0 => {
            let quarter = (most / 4).max(1);
            let used = (prefix.len() as f32 / limits.bytes_per_token.max(0.1)) as usize;
            ((used / quarter + 1) * quarter).min(most)
        }
        _ => most,
    };
    Windows {
        prefix,
        suffix,
        left: rest - reserved,
    }
}

/// The first line of the grid from which the text up to `offset` fits into `most` bytes.
fn prefix_start(text: &Text, offset: usize, most: usize) -> usize {
    let earliest = offset.saturating_sub(most);
    if earliest == 0 {
        return 0;
    }
    // A third of the window is the most that a step may cost; a power of two keeps steps of like windows alike.
    let step = (most / LINE / 3).clamp(1, 64);
    let step = 1 << step.ilog2();
    let here = text.line_of(offset);
    let line = text.line_of(earliest - 1) + 1;
    let on_grid = line.next_multiple_of(step);
    if on_grid <= here {
        return text.line_span(on_grid).start;
    }
    if line <= here {
        return text.line_span(line).start;
    }
    // One line is longer than the window: steps of bytes.
    let step = (most / 3).max(1);
    text.floor(earliest.next_multiple_of(step).min(offset))
}

/// The end of the last whole line that fits into `most` bytes from `offset`; inside of the line where not even one does.
fn suffix_end(text: &Text, offset: usize, most: usize) -> usize {
    let latest = offset + most;
    if latest >= text.len() {
        return text.len();
    }
    let start = text.line_span(text.line_of(latest)).start;
    match start > offset {
        true => start,
        false => text.floor(latest).max(offset),
    }
}
