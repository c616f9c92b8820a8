//! Typing sessions with the real engine: the share of each prompt that it reads anew.

use convive::context::{Limits, gather};
use convive::document::Snapshot;
use convive::model::Prompt;
use convive::model::local::Local;
use convive::prompt::fill::{Layout, fill};
use convive::prompt::window::{self, Beginning};

use super::ask;
use sessions::{SESSIONS, Session};

#[path = "../../../../server/src/prompt/fill/sessions.rs"]
mod sessions;

/// The options' own defaults for a model without FIM.
const LIMITS: Limits = Limits {
    tokens: 1024,
    suffix_tokens: 0,
    bytes_per_token: 3.3,
};

/// Asks behind every key; the prompt of the first is cold and does not count.
pub async fn measure(table: &mut String, ours: &Local) -> Result<(), String> {
    table.push_str("\n| typing session | keys | tokens of the prompts | read anew | share |\n|---|---|---|---|---|\n");
    for session in SESSIONS {
        let (mut keys, mut all, mut new) = (0, 0, 0);
        for prompt in prompts(session) {
            let usage = ask(ours, prompt, 1, session.path).await?;
            let tokens = usage.prompt_tokens.unwrap_or(0);
            if keys > 0 {
                all += tokens;
                new += tokens - usage.cached_tokens.unwrap_or(0);
            }
            keys += 1;
        }
        table.push_str(&format!(
            "| {} | {keys} | {all} | {new} | {:.2} % |\n",
            session.path,
            100.0 * new as f64 / all as f64
        ));
    }
    Ok(())
}

/// What is sent behind each key, as `complete` lays it out.
fn prompts(session: &Session) -> Vec<Prompt> {
    let layout = Layout::LeftToRight { heals: true };
    let mut prompts = Vec::new();
    let mut before: Option<Beginning> = None;
    session.play(|text, offset| {
        let snapshot = Snapshot::parse(session.path, text);
        let mut context = gather(&snapshot, offset, &[], window::cold(LIMITS, layout));
        if let Some(before) = &before {
            window::keep(&mut context, &snapshot.text, before, LIMITS);
        }
        prompts.push(fill(&snapshot, &context, layout).prompt);
        before = Some(Beginning::of(&context, &snapshot.text));
    });
    prompts
}
