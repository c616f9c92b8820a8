//! Tests of requests and their order, with a scripted model and paused time.

mod ahead;
mod first_line;
mod order;
mod others;
mod typing;

use std::sync::Arc;
use std::time::Duration;

use futures::future::join_all;
use tokio::task::yield_now;
use tokio::time::Instant;

use super::*;
use crate::complete::Delivery;
use crate::complete::Settings;
use crate::context::Limits;
use crate::document::Snapshot;
use crate::model::scripted::{Scripted, Step};
use crate::prompt::fill::Layout;

/// An automatic request in a file of no known language; `$0` in `text` is the cursor.
fn query(model: &Scripted, file: &str, text: &str) -> Query {
    let offset = text.find("$0").expect("a cursor");
    let snapshot = crate::document::Snapshot::parse(file, text.replacen("$0", "", 1));
    Query {
        snapshot,
        offset,
        neighbours: Vec::new(),
        trigger: Trigger::Automatic,
        delivery: Delivery::Whole,
        settings: Settings {
            backend: Arc::new(model.clone()),
            layout: Layout::LeftToRight { heals: true },
            limits: Limits {
                tokens: 512,
                suffix_tokens: 64,
                bytes_per_token: 3.3,
            },
            debounce: Duration::from_millis(75),
            max_tokens: 64,
            min_log_prob: -1.5,
            parallel: true,
        },
    }
}

fn invoked(model: &Scripted, file: &str, text: &str) -> Query {
    Query {
        trigger: Trigger::Invoked,
        ..query(model, file, text)
    }
}

fn text(outcome: &Outcome) -> &str {
    outcome
        .completion
        .as_ref()
        .map_or("", |completion| &completion.text)
}

/// Polls until nothing more happens without time going on.
async fn settle() {
    for _ in 0..20 {
        yield_now().await;
    }
}

fn ms(count: u64) -> Duration {
    Duration::from_millis(count)
}

#[tokio::test(start_paused = true)]
async fn automatic_requests_wait_and_invoked_ones_do_not() {
    let model = Scripted::saying("foo(1);\n");
    let completer = Completer::new();
    let start = Instant::now();
    let outcome = completer
        .complete(query(&model, "a.txt", "x = $0\n"), None)
        .await;
    assert_eq!((text(&outcome), start.elapsed()), ("foo(1);", ms(75)));
    assert_eq!(outcome.verdict, Verdict::Generated);
    assert!(outcome.sent.is_some() && outcome.first_chunk.is_some());

    let start = Instant::now();
    let outcome = completer
        .complete(invoked(&model, "b.txt", "x = $0\n"), None)
        .await;
    assert_eq!((text(&outcome), start.elapsed()), ("foo(1);", ms(0)));
    assert_eq!(model.running(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_failure_is_the_outcome() {
    let error = crate::model::Error::Closed {
        target: "a server".to_owned(),
    };
    let model = Scripted::new([
        vec![Step::Say("fo"), Step::Fail(error.clone())],
        vec![Step::Say("foo\n")],
    ]);
    let completer = Completer::new();
    let outcome = completer
        .complete(invoked(&model, "a.txt", "x = $0\n"), None)
        .await;
    assert_eq!(
        (outcome.completion, outcome.verdict),
        (None, Verdict::Failed(error))
    );
    let outcome = completer
        .complete(invoked(&model, "a.txt", "x = $0\n"), None)
        .await;
    assert_eq!(text(&outcome), "foo", "and it is not remembered");
}

#[tokio::test(start_paused = true)]
async fn a_blank_answer_is_not_shown() {
    let model = Scripted::saying("   \n\n");
    let completer = Completer::new();
    let outcome = completer
        .complete(invoked(&model, "a.txt", "x = $0\n"), None)
        .await;
    assert_eq!(
        (outcome.completion, outcome.verdict),
        (None, Verdict::Filtered("blank"))
    );
}

#[tokio::test(start_paused = true)]
async fn unsure_answers_are_shown_only_when_asked_for() {
    let model = Scripted::new([vec![
        Step::SayUnsure("foo(", -1.0),
        Step::Wait(ms(10)),
        Step::SayUnsure("1)\n", -2.5),
    ]]);
    let completer = Completer::new();
    let mut told = Vec::new();
    let mut grow = |completion: &Completion, _: &Arc<str>| told.push(completion.text.clone());
    let outcome = completer
        .complete(query(&model, "a.txt", "x = $0\n"), Some(&mut grow))
        .await;
    assert_eq!(
        (outcome.completion, outcome.verdict),
        (None, Verdict::Filtered("not confident"))
    );
    assert_eq!(told, ["foo(", ""], "what was shown is taken away");
    let outcome = completer
        .complete(invoked(&model, "a.txt", "x = $0\n"), None)
        .await;
    assert_eq!(text(&outcome), "foo(1)");
}

#[tokio::test(start_paused = true)]
async fn only_what_is_kept_is_judged_for_confidence() {
    let model = Scripted::new([vec![
        Step::SayUnsure("let a = 1;", -0.1),
        Step::SayUnsure("\n    never_shown();", -9.0),
    ]]);
    let completer = Completer::new();
    let amid = "fn f() {\n    $0\n    g();\n}\n";
    let outcome = completer.complete(query(&model, "a.rs", amid), None).await;
    assert_eq!(text(&outcome), "let a = 1;");
}

#[tokio::test(start_paused = true)]
async fn quiet_places_are_left_alone_unless_asked_for() {
    let model = Scripted::saying("\n    h();\n");
    let completer = Completer::new();
    let text = "fn f() {\n    g();$0\n}\n";
    let outcome = completer.complete(query(&model, "a.rs", text), None).await;
    assert!(
        matches!(outcome.verdict, Verdict::Quiet(_)),
        "{:?}",
        outcome.verdict
    );
    assert_eq!(model.requests().len(), 0);
    let _ = completer
        .complete(invoked(&model, "a.rs", text), None)
        .await;
    assert_eq!(model.requests().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn an_empty_document_can_be_completed() {
    for (file, answer) in [("a.txt", "x"), ("a.rs", "use x;"), ("a.go", "package x")] {
        let model = Scripted::saying(answer);
        let completer = Completer::new();
        let outcome = completer.complete(invoked(&model, file, "$0"), None).await;
        assert_eq!(outcome.verdict, Verdict::Generated, "{file}");
    }
}
