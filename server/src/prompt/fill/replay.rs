//! Replays typing sessions and measures how much of a prompt the one before it has in common: what a model need not read again.

use super::sessions::{SESSIONS, Session};
use super::*;
use crate::context::{Limits, gather};
use crate::prompt::window::{self, Beginning};

/// Over all keys but the first.
#[derive(Debug, Default)]
struct Shares {
    keys: usize,
    bytes: usize,
    common: usize,
    /// Tokens of the prompts, about, and those that a model with a cache of the prompt before must read.
    tokens: usize,
    new_tokens: usize,
    longest: usize,
}

fn replay(session: &Session, most: usize) -> Shares {
    let limits = Limits {
        tokens: most,
        suffix_tokens: 0,
        bytes_per_token: 3.3,
    };
    let layout = Layout::LeftToRight { heals: true };
    let tokens = |bytes: usize| (bytes as f32 / limits.bytes_per_token).ceil() as usize;
    let mut before: Option<(Beginning, String)> = None;
    let mut shares = Shares::default();
    session.play(|text, offset| {
        let snapshot = Snapshot::parse(session.path, text);
        let mut context = gather(&snapshot, offset, &[], window::cold(limits, layout));
        if let Some((beginning, _)) = &before {
            window::keep(&mut context, &snapshot.text, beginning, limits);
        }
        let filled = fill(&snapshot, &context, layout);
        let Prompt::Raw { heal, .. } = &filled.prompt else {
            panic!("a raw prompt");
        };
        let written = filled.written();
        assert!(
            tokens(written.len()) <= most + 40,
            "{} bytes",
            written.len()
        );
        if let Some((_, last)) = &before {
            let common = window::common_prefix(last, &written);
            shares.keys += 1;
            shares.bytes += written.len();
            shares.common += common;
            shares.tokens += tokens(written.len());
            // The token at the fork and those that are healed are read again.
            let kept = common.min(written.len() - heal);
            shares.new_tokens += tokens(written.len() - kept) + 1;
            shares.longest = shares.longest.max(tokens(written.len()));
        } else {
            let cold = tokens(written.len());
            assert!(
                (200..=400).contains(&cold),
                "a cold prompt of {cold} tokens"
            );
        }
        before = Some((Beginning::of(&context, &snapshot.text), written));
    });
    shares
}

#[test]
fn a_key_typed_changes_only_the_end() {
    for session in SESSIONS {
        let shares = replay(session, 1024);
        let new = shares.new_tokens as f32 / shares.tokens as f32;
        let common = shares.common as f32 / shares.bytes as f32;
        eprintln!(
            "{}: {} keys, {:.2} % of the bytes in common, {:.2} % of the tokens new, prompts of up to {} tokens",
            session.path,
            shares.keys,
            common * 100.0,
            new * 100.0,
            shares.longest,
        );
        assert!(shares.keys > 400);
        assert!(common >= 0.95, "{shares:?}");
        assert!(new <= 0.05, "{shares:?}");
    }
}
