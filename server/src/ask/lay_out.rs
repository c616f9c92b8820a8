//! What is sent for a query: its context and its prompt, the same for an editor and for the command line; pure.

use std::fmt::Write;

use super::{Diagnostic, Failure, Query, Sent};
use crate::action::{self, AnswerKind, Need, Words};
use crate::context::around::{Around, Wanted, around};
use crate::context::{Limits, Snippet, Source};
use crate::document::Snapshot;
use crate::model::Prompt;
use crate::prompt::ask::{Ask, ask};
use crate::prompt::names::Names;
use crate::text::Span;

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
        sent: sent(query, &around, prompt),
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

/// What to write: the question, else the comment that the cursor is in or right below.
fn wish(query: &Query, around: &Around, question: &str) -> String {
    let writes = query.action.answer == AnswerKind::Insert
        && query.action.needs.contains(&Need::Near)
        && around.place.is_empty();
    let Some(language) = query
        .snapshot
        .language
        .filter(|_| writes && question.trim().is_empty())
    else {
        return question.to_owned();
    };
    let text = &query.snapshot.text;
    let comment = |line: usize| {
        let content = text.line(line).trim().strip_prefix(language.line_comment)?;
        Some(content.trim_start_matches(['/', '!']).trim())
    };
    let here = text.line_of(around.place.start);
    let last = match comment(here) {
        Some(_) => here,
        None => here.saturating_sub(1),
    };
    let mut lines: Vec<&str> = (0..=last).rev().map_while(comment).collect();
    lines.reverse();
    lines.join(" ").trim().to_owned()
}

fn render(query: &Query, words: &Words) -> Result<(String, String), Failure> {
    action::render(&query.action, words).map_err(Failure::Action)
}

fn words(query: &Query, around: &Around) -> Words {
    let snapshot = &query.snapshot;
    let joined = |source: Source| {
        let snippets = around.snippets.iter();
        let texts = snippets.filter(|snippet| snippet.source == source);
        let texts: Vec<&str> = texts.map(|snippet| snippet.text.as_str()).collect();
        texts.join("\n\n")
    };
    let function = match around.function_text.is_empty() {
        true => joined(Source::EnclosingFunction),
        false => around.function_text.clone(),
    };
    let wants = |need: Need| query.action.needs.contains(&need);
    let trace = query.trace.iter().filter(|_| wants(Need::Trace));
    let trace: Vec<&str> = trace.map(|snippet| snippet.text.as_str()).collect();
    Words {
        language: match snapshot.language {
            Some(language) => language.name.to_owned(),
            None => snapshot.language_id.to_string(),
        },
        path: path(query),
        question: wish(query, around, &query.question),
        selection: around.focus_text.clone(),
        selected: match around.place.is_empty() {
            true => String::new(),
            false => around.focus_text.clone(),
        },
        before: snapshot.text.slice(around.before).to_owned(),
        after: snapshot.text.slice(around.after).to_owned(),
        function,
        function_name: around.function_name.clone().unwrap_or_default(),
        imports: joined(Source::Imports),
        outline: joined(Source::Outline),
        tests: joined(Source::SiblingTest),
        enclosing_type: joined(Source::EnclosingType),
        definitions: joined(Source::Definition),
        diagnostics: match wants(Need::Diagnostics) {
            true => diagnostics(snapshot, &query.diagnostics),
            false => String::new(),
        },
        trace: trace.join("\n\n"),
    }
}

/// Relative to the workspace where it is in one; else by folder and name, so that nothing of the user's machine is told.
fn path(query: &Query) -> String {
    let (path, root) = (&query.snapshot.path, &query.root);
    let below = match (path, root) {
        (Some(path), Some(root)) => path.strip_prefix(root).ok(),
        _ => None,
    };
    match below {
        Some(below) => below.to_string_lossy().replace('\\', "/"),
        None => Names::of(&query.snapshot).path,
    }
}

/// Each with the line of code that it is about, since the code in a prompt has no line numbers.
fn diagnostics(snapshot: &Snapshot, diagnostics: &[Diagnostic]) -> String {
    let text = &snapshot.text;
    let mut out = String::new();
    for one in diagnostics {
        let start = text.floor(one.span.start);
        let line = text.line_of(start);
        let before = &text[text.line_span(line).start..start];
        let column = before.chars().count() + 1;
        let (severity, message) = (one.severity, one.message.trim());
        let _ = writeln!(out, "{}:{column}: {severity}: {message}", line + 1);
        let _ = writeln!(out, "    {}", text.line(line).trim());
    }
    out.truncate(out.trim_end().len());
    out
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
fn sent(query: &Query, around: &Around, prompt: Prompt) -> Sent {
    let mut snippets = around.snippets.clone();
    if let Some(span) = around.function.filter(|_| !around.function_text.is_empty()) {
        let text = &query.snapshot.text;
        let bytes = around.function_text.len() as f32;
        snippets.push(Snippet {
            source: Source::EnclosingFunction,
            path: query.snapshot.path.clone(),
            lines: text.line_of(span.start) + 1..text.line_of(span.end) + 2,
            text: around.function_text.clone(),
            reason: "the function around the selection".to_owned(),
            tokens: (bytes / query.settings.limits.bytes_per_token.max(0.1)).ceil() as usize,
        });
    }
    if query.action.needs.contains(&Need::Trace) {
        snippets.extend(query.trace.iter().cloned());
    }
    Sent {
        snippets,
        left_out: around.left_out.clone(),
        prompt,
    }
}
