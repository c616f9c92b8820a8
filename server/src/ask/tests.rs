//! Questions asked of a scripted model: what is streamed, what comes back, and what fails.

use std::sync::Arc;

use futures::FutureExt;
use support::fixture;

use super::*;
use crate::action::{Action, AnswerKind, Origin};
use crate::model::scripted::{self, Scripted};

/// An action with these words that wants everything.
pub fn action(answer: AnswerKind, body: &str) -> Action {
    Action {
        id: "try".to_owned(),
        title: "Try this".to_owned(),
        languages: Vec::new(),
        offered: Vec::new(),
        kind: String::new(),
        needs: Vec::new(),
        backend: None,
        temperature: None,
        max_tokens: None,
        answer,
        checks: Vec::new(),
        system: "You help.".into(),
        body: body.into(),
        origin: Origin::BuiltIn,
    }
}

/// A query at the `$0` of a drawing, or of what stands between two.
pub fn query(path: &str, drawing: &str, action: Action, backend: &Scripted) -> Query {
    let (text, start) = fixture::cursor(drawing);
    let (text, span) = match text.find("$0") {
        Some(end) => (text.replacen("$0", "", 1), Span::new(start, end)),
        None => (text, Span::empty(start)),
    };
    Query {
        action: Arc::new(action),
        snapshot: Snapshot::parse(path, text),
        span,
        question: String::new(),
        diagnostics: Vec::new(),
        neighbours: Vec::new(),
        root: None,
        trace: Vec::new(),
        earlier: Vec::new(),
        seed: None,
        settings: Settings {
            backend: Arc::new(backend.clone()),
            backend_name: "box".to_owned(),
            limits: Limits {
                tokens: 1000,
                suffix_tokens: 200,
                bytes_per_token: 3.3,
            },
            max_tokens: 300,
            temperature: 0.2,
            repairs: 0,
            run_tests: false,
        },
    }
}

/// Asks, and gives what was streamed with the answer.
async fn heard(query: Query) -> (Vec<Step>, Result<Answer, Failure>) {
    let mut steps = Vec::new();
    let answer = ask(query, &mut |step| steps.push(step)).await;
    (steps, answer)
}

fn simple(backend: &Scripted) -> Query {
    let action = action(AnswerKind::Answer, "{{ selection }}");
    query(
        "a.go",
        "package a\n\nfunc f() {\n\t$0\n}\n",
        action,
        backend,
    )
}

#[tokio::test]
async fn an_answer_streams_and_is_whole_in_the_end() {
    let backend = Scripted::new([vec![
        scripted::Step::Say("It does "),
        scripted::Step::Say("nothing."),
    ]]);
    let (steps, answer) = heard(simple(&backend)).await;
    let chunk = |text: &str| Step::Chunk(text.to_owned());
    assert_eq!(steps, [chunk("It does "), chunk("nothing.")]);
    let answer = answer.expect("an answer");
    assert_eq!(answer.text, "It does nothing.");
    assert!(answer.edit.is_none() && answer.first_chunk.is_some());
    assert_eq!(backend.requests()[0].prompt, answer.sent.prompt);
}

#[tokio::test]
async fn a_failure_says_what_to_do() {
    let error = Error::Unreachable {
        target: "http://here".to_owned(),
        reason: "refused".to_owned(),
    };
    let backend = Scripted::new([vec![
        scripted::Step::Say("It"),
        scripted::Step::Fail(error.clone()),
    ]]);
    let (steps, answer) = heard(simple(&backend)).await;
    assert_eq!(steps.len(), 1);
    let failure = answer.expect_err("a failure");
    assert_eq!(failure, Failure::Model(error));
    assert!(failure.to_string().contains("Is the server running"));
}

#[tokio::test]
async fn dropping_the_question_stops_the_model() {
    let backend = Scripted::new([vec![scripted::Step::Say("It"), scripted::Step::Hang]]);
    let mut on = |_| {};
    let mut asking = Box::pin(ask(simple(&backend), &mut on));
    assert!((&mut asking).now_or_never().is_none());
    assert_eq!(backend.running(), 1);
    drop(asking);
    assert_eq!(backend.running(), 0);
}
