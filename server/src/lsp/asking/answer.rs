//! From answers to what the protocol carries of them.

use std::path::Path;
use std::time::Duration;

use super::{Answered, edits};
use crate::ask::session::Alternative;
use crate::ask::{Answer, Failure, Step};
use crate::context::Snippet;
use crate::lsp::convert;
use crate::lsp::ext::{AskProgress, AskResult, AskUsage, ContextPiece, TestReport};
use crate::lsp::server::Server;
use crate::verify::Report;

/// The result of `convive/ask`.
pub async fn to_lsp(server: &Server, answered: &Answered) -> AskResult {
    let (conversation, count) = (&answered.conversation, answered.alternatives);
    result(server, &answered.answer, conversation, count).await
}

/// All alternatives of a conversation's last question.
pub async fn alternatives(server: &Server, conversation: &str) -> Vec<(Alternative, AskResult)> {
    let Some(kept) = server.memory.kept(conversation) else {
        return Vec::new();
    };
    let mut results = Vec::new();
    let all = server.memory.alternatives(&kept);
    let count = all.len();
    for alternative in all {
        let result = result(server, &alternative.answer, &kept.conversation, count).await;
        results.push((alternative, result));
    }
    results
}

/// A step as it streams.
pub fn step_to_lsp(step: Step) -> AskProgress {
    match step {
        Step::Chunk(text) => AskProgress::Chunk { text },
        Step::Again => AskProgress::Again,
        Step::Working(message) => AskProgress::Working { message },
    }
}

/// The error that a failed question is answered with: its words say what to do.
pub fn failure_to_lsp(failure: &Failure) -> tower_lsp::jsonrpc::Error {
    convert::failed(failure.to_string())
}

/// The words and what else the user should know; not whether it can be applied.
pub fn remarks(answer: &Answer) -> Vec<String> {
    let note = answer.note.clone();
    let report = answer.report.as_ref().map(Report::in_words);
    report.into_iter().chain(note).collect()
}

async fn result(
    server: &Server,
    answer: &Answer,
    conversation: &str,
    alternatives: usize,
) -> AskResult {
    let mut note = answer.note.clone();
    let edit = match &answer.edit {
        Some(proposal) => match edits::to_lsp(server, proposal).await {
            Ok(edit) => Some(edit),
            Err(why) => {
                note = Some(note.map_or(why.clone(), |note| format!("{note}; {why}")));
                None
            }
        },
        None => None,
    };
    AskResult {
        id: answer.id.clone(),
        text: answer.text.clone(),
        edit,
        note,
        report: answer.report.as_ref().map(report),
        usage: usage(answer),
        context: answer.sent.snippets.iter().map(piece).collect(),
        conversation: conversation.to_owned(),
        alternatives,
    }
}

fn report(report: &Report) -> TestReport {
    TestReport {
        words: report.in_words(),
        is_test: report.is_test(),
        builds: report.builds,
        passed: report.passed,
        total: report.total,
        killed: report.killed,
        mutants: report.mutants,
        output: report.output.clone(),
    }
}

fn usage(answer: &Answer) -> AskUsage {
    let usage = &answer.usage;
    let milliseconds = |time: Option<Duration>| time.map(|time| time.as_millis() as u64);
    AskUsage {
        prompt_tokens: usage.prompt_tokens,
        cached_tokens: usage.cached_tokens,
        generated_tokens: usage.generated_tokens,
        prompt_ms: milliseconds(usage.prompt_time),
        generation_ms: milliseconds(usage.generation_time),
        first_chunk_ms: milliseconds(answer.first_chunk),
    }
}

fn piece(snippet: &Snippet) -> ContextPiece {
    let path = snippet.path.as_deref().map(Path::display);
    ContextPiece {
        source: snippet.source.name(),
        path: path.map(|path| path.to_string()),
        first_line: snippet.lines.start,
        last_line: snippet.lines.end.saturating_sub(1),
        reason: snippet.reason.clone(),
        tokens: snippet.tokens,
    }
}
