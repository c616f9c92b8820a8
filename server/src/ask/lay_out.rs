//! What is sent for a query: its context and its prompt, the same for an editor and for the command line; pure.

use std::ops::Range;

use super::words::{trace, wish, words};
use super::{Failure, Query, Sent};
use crate::action::{self, AnswerKind, Need, Words};
use crate::context::around::{Around, Wanted, around};
use crate::context::{LeftOut, Limits, Snippet, Source};
use crate::model::Prompt;
use crate::prompt::ask::{Ask, ask};
use crate::prompt::purpose::Told;
use crate::text::{Span, Text};

/// The share of the tokens that code and question may have where there are earlier turns, in percent.
const FIRST_SHARE: usize = 70;

/// How often the context is gathered anew, smaller, because the template makes more of it than it has room for.
const TRIES: usize = 8;

/// A query ready to be sent.
#[derive(Clone, Debug)]
pub struct Laid {
    pub around: Around,
    pub sent: Sent,
    /// What the user should know of what was sent.
    pub note: Option<String>,
}

/// Gathers the context and lays out the prompt.
///
/// # Errors
/// `Action` where the action's template cannot be used, `Nothing` where the place gives nothing to ask about.
pub fn lay_out(query: &Query) -> Result<Laid, Failure> {
    let limits = query.settings.limits;
    let bytes = |tokens: usize| (tokens as f32 * limits.bytes_per_token) as usize;
    let most = match query.earlier.is_empty() {
        true => limits.tokens,
        false => limits.tokens * FIRST_SHARE / 100,
    };
    let mut tokens = most;
    let mut tries = 0;
    let (around, words, system) = loop {
        let around = gather(query, Limits { tokens, ..limits });
        let words = words(query, &around);
        let (system, body) = render(query, &words)?;
        let size = system.len() + body.len();
        tries += 1;
        if size <= bytes(most) || tokens == 0 || tries == TRIES {
            break (around, words, system);
        }
        let over = (size - bytes(most)) as f32 / limits.bytes_per_token.max(0.1);
        tokens = tokens.saturating_sub(over.ceil() as usize + 1);
    };
    let note = too_long(query, &around)?;
    let ask_of = Ask {
        system: &system,
        question: &query.question,
        earlier: &query.earlier,
        bytes: bytes(limits.tokens),
    };
    let prompt = ask(ask_of, |question| {
        let words = Words {
            question: wish(query, &around, question),
            ..words.clone()
        };
        Ok::<_, Failure>(render(query, &words)?.1)
    })?;
    Ok(Laid {
        sent: sent(query, &around, &words, prompt),
        around,
        note,
    })
}

fn gather(query: &Query, limits: Limits) -> Around {
    let needs = query.action.needs.iter();
    let sources: Vec<Source> = needs
        .filter_map(|need| match need {
            Need::Snippets(source) => Some(*source),
            _ => None,
        })
        .collect();
    let wanted = Wanted {
        sources: &sources,
        near: query.action.needs.contains(&Need::Near),
    };
    around(
        &query.snapshot,
        about(query),
        &query.neighbours,
        wanted,
        limits,
    )
}

/// A problem is corrected in whole lines: a name that is selected, as editors do for a diagnostic, only says where it is.
fn about(query: &Query) -> Span {
    let (text, span) = (&query.snapshot.text, query.span);
    let line = text.line_of(span.start);
    let part = text.line_of(span.end) == line && text.slice(span).trim() != text.line(line).trim();
    let corrects = query.action.answer == AnswerKind::Replace
        && query.action.needs.contains(&Need::Diagnostics);
    match part && corrects {
        true => Span::empty(span.start),
        false => span,
    }
}

fn render(query: &Query, words: &Words) -> Result<(String, String), Failure> {
    action::render(&query.action, words).map_err(Failure::Action)
}

/// What was left out of a focus that is too long for the model.
fn too_long(query: &Query, around: &Around) -> Result<Option<String>, Failure> {
    let lines = around.cut;
    let shows_place = around.before.is_empty() && around.after.is_empty();
    if lines == 0 || (around.place.is_empty() && !shows_place) {
        return Ok(None);
    }
    let edits = query.action.answer == AnswerKind::Replace || !around.place.is_empty();
    if edits && query.action.answer != AnswerKind::Answer {
        return Err(Failure::Nothing(
            "this code is too long for the model to write anew: select less of it, or raise ask.context_tokens".to_owned(),
        ));
    }
    Ok(Some(format!(
        "The code is too long for the model: {lines} lines in the middle of it were left out."
    )))
}

/// What the prompt was made of.
fn sent(query: &Query, around: &Around, words: &Words, prompt: Prompt) -> Sent {
    let mut snippets = around.snippets.clone();
    if let Some(span) = around.function.filter(|_| !around.function_text.is_empty()) {
        let text = &query.snapshot.text;
        let bytes = around.function_text.len() as f32;
        snippets.push(Snippet {
            source: Source::EnclosingFunction,
            path: query.snapshot.path.clone(),
            lines: lines(text, span),
            text: around.function_text.clone(),
            reason: "the function around the selection".to_owned(),
            tokens: (bytes / query.settings.limits.bytes_per_token.max(0.1)).ceil() as usize,
        });
    }
    let told = trace(query);
    let mut left_out = around.left_out.clone();
    if !told.is_empty() {
        let unused = query.trace.iter().skip(told.len());
        left_out.extend(unused.map(|snippet| LeftOut {
            snippet: snippet.clone(),
            why: "over the budget",
        }));
    }
    snippets.extend(told);
    Sent {
        snippets,
        left_out,
        told: self::told(query, around, words),
        prompt,
    }
}

/// What the words tell beside the snippets, and earlier questions.
fn told(query: &Query, around: &Around, words: &Words) -> Vec<Told> {
    let at = |from, reason, span, words: &str| Told {
        lines: lines(&query.snapshot.text, span),
        ..one(from, reason, words)
    };
    let selected = match around.place.is_empty() {
        true => "what is at the cursor",
        false => "what is selected",
    };
    let asked = match query.question.trim().is_empty() {
        true => "what the comment at the cursor asks for",
        false => "what you asked",
    };
    let mut told = vec![
        at("selection", selected, around.focus, &words.selection),
        at(
            "before",
            "the code before the place",
            around.before,
            &words.before,
        ),
        at(
            "after",
            "the code after the place",
            around.after,
            &words.after,
        ),
        one(
            "diagnostics",
            "what the editor reports there",
            &words.diagnostics,
        ),
        one("question", asked, &words.question),
    ];
    told.extend(query.earlier.iter().map(|turn| {
        let words = if turn.question.trim().is_empty() {
            &turn.title
        } else {
            &turn.question
        };
        one("question", "what you asked before", words)
    }));
    told
}

fn one(from: &'static str, reason: &'static str, words: &str) -> Told {
    Told {
        from,
        reason,
        text: words.to_owned(),
        ..Told::default()
    }
}

/// The lines of a span, from 1, end excluded.
fn lines(text: &Text, span: Span) -> Range<usize> {
    text.line_of(span.start) + 1..text.line_of(span.end) + 2
}
