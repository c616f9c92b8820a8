//! Replays typing sessions and measures how much of a prompt the one before it has in common: what a model need not read again.

use super::*;
use crate::context::{Limits, gather};
use crate::prompt::window::{self, Beginning};

/// One session: where it starts in a golden file, and the keys. `⌫` takes a character back.
struct Session {
    path: &'static str,
    text: &'static str,
    /// The cursor starts behind the first of these.
    behind: &'static str,
    keys: &'static str,
}

const SESSIONS: &[Session] = &[
    Session {
        path: "go/stock/stock.go",
        text: include_str!("../../../../tests/golden/go/stock/stock.go"),
        behind: "\tinv.record(shelf, quantity, Released)\n\treturn nil\n}\n",
        keys: "
// Recount sets what is really on the shelf.
func (inv *Inventory) Recount(sku SKU, count⌫⌫⌫⌫⌫found int) error {
\tif found <⌫< 0 {
\t\treturn fmt.Errorf(\"recount %s: %w\", sku, ErrBadQuantity)
\t}
\tinv.mu.Lock()
\tdefer inv.mu.Unlock()
\tshelf, err := inv.shlf⌫⌫elf(sku)
\tif err != nil {
\t\treturn fmt.Errorf(\"recount %s: %w\", sku, err)
\t}
\tdelta := found - shelf.OnHnad⌫⌫⌫and
\tshelf.OnHand = found
\tif shelf.Reserved > found {
\t\tshelf.Reserved = found
\t}
\tinv.record(shelf, delta, Deliverd⌫ed)
\treturn nil
}
",
    },
    Session {
        path: "rust/src/lib.rs",
        text: include_str!("../../../../tests/golden/rust/src/lib.rs"),
        behind: "pub fn is_empty(&self) -> bool {\n        self.jobs.is_empty()\n    }\n",
        keys: "
    /// The jobs that wait for nothing, the most urgent first.
    pub fn roots(&self) -> Vec<&Job> {
        let mut roots: Vec<&Job> = self
            .jobs
            .vlues⌫⌫⌫⌫alues()
            .filter(|job| job.dependencies.is_empty())
            .collect();
        roots.sort_by_key(|job| std::cmp::Reverse(job.priority));
        roots
    }

    /// How long the jobs of one priority take.
    pub fn estimate_of(&self, priority: Priority) -> Duratoin⌫⌫⌫ion {
        let mut total = Duration::ZERO;
        for job in self.jobs.values() {
            if job.priority == priority {
                total += job.estimate;
            }
        }
        total
    }
",
    },
];

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
    let mut text = session.text.to_owned();
    let at = text.find(session.behind).expect("the place to type at");
    let mut offset = at + session.behind.len();
    let mut before: Option<(Beginning, String)> = None;
    let mut shares = Shares::default();
    for key in session.keys.chars() {
        if key == '⌫' {
            let last = text[..offset].chars().next_back().expect("a character");
            offset -= last.len_utf8();
            text.remove(offset);
        } else {
            text.insert(offset, key);
            offset += key.len_utf8();
        }
        let snapshot = Snapshot::parse(session.path, text.clone());
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
    }
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
