//! Tests of requests and their order, with a scripted model and paused time.

use std::sync::Arc;
use std::time::Duration;

use futures::future::join_all;
use tokio::task::yield_now;
use tokio::time::Instant;

use super::*;
use crate::complete::Settings;
use crate::context::Limits;
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
async fn the_newest_request_wins_at_once() {
    let model = Scripted::new([vec![Step::Hang], vec![Step::Say("b;\n")]]);
    let completer = Completer::new();
    let old = completer.complete(invoked(&model, "a.txt", "x = $0\n"), None);
    let mut old = std::pin::pin!(old);
    assert!(futures::poll!(old.as_mut()).is_pending());
    settle().await;
    assert_eq!(model.running(), 1);
    let new = completer.complete(query(&model, "a.txt", "x = 1 + $0\n"), None);
    let mut new = std::pin::pin!(new);
    assert!(futures::poll!(new.as_mut()).is_pending());
    assert_eq!(model.running(), 0, "ended before the newer one has waited");
    assert_eq!(old.await.verdict, Verdict::Superseded);
    assert_eq!(text(&new.await), "b;");
}

#[tokio::test(start_paused = true)]
async fn a_newer_request_counts_from_its_arrival_on() {
    let model = Scripted::new([vec![Step::Hang], vec![Step::Say("b;\n")]]);
    let completer = Completer::new();
    let asked = invoked(&model, "a.txt", "x = $0\n");
    let uri = asked.snapshot.uri.clone();
    let mut old = std::pin::pin!(completer.complete(asked, None));
    assert!(futures::poll!(old.as_mut()).is_pending());
    settle().await;
    let turn = completer.arrive(&uri);
    assert_eq!(old.await.verdict, Verdict::Superseded);
    assert_eq!(model.running(), 1, "the newer one may want it");
    // The newer one is cancelled before it has everything it needs.
    drop(turn);
    assert_eq!(model.running(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_newer_request_takes_over_what_was_running_at_its_arrival() {
    let model = Scripted::new([vec![Step::Wait(ms(10)), Step::Say("foo(1);\n")]]);
    let completer = Completer::new();
    let asked = invoked(&model, "a.txt", "x = $0\n");
    let uri = asked.snapshot.uri.clone();
    let mut old = std::pin::pin!(completer.complete(asked, None));
    assert!(futures::poll!(old.as_mut()).is_pending());
    settle().await;
    let turn = completer.arrive(&uri);
    assert_eq!(old.await.verdict, Verdict::Superseded);
    let again = invoked(&model, "a.txt", "x = $0\n");
    let outcome = completer.complete_in(turn, again, None).await;
    assert_eq!(text(&outcome), "foo(1);");
    assert_eq!(model.requests().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn two_documents_do_not_disturb_each_other() {
    let model = Scripted::new([vec![Step::Wait(ms(10)), Step::Say("same\n")]]);
    let completer = Completer::new();
    let (one, two) = tokio::join!(
        completer.complete(query(&model, "a.txt", "x = $0\n"), None),
        completer.complete(query(&model, "b.txt", "y = $0\n"), None),
    );
    assert_eq!((text(&one), text(&two)), ("same", "same"));
}

#[tokio::test(start_paused = true)]
async fn each_of_a_thousand_requests_has_one_outcome() {
    let model = Scripted::new([vec![Step::Wait(ms(5)), Step::Say("done\n")]]);
    let completer = Completer::new();
    let queries = (0..1000).map(|number| {
        let text = format!("{number} = $0\n");
        let make = if number % 3 == 0 { invoked } else { query };
        completer.complete(make(&model, ["a.txt", "b.txt"][number % 2], &text), None)
    });
    let outcomes = join_all(queries).await;
    let count = |verdict| {
        outcomes
            .iter()
            .filter(|outcome| outcome.verdict == verdict)
            .count()
    };
    assert_eq!(
        (count(Verdict::Generated), count(Verdict::Superseded)),
        (2, 998)
    );
    assert_eq!(model.running(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_dropped_request_drops_the_stream() {
    let model = Scripted::new([vec![Step::Say("a "), Step::Hang]]);
    let completer = Completer::new();
    {
        let request = completer.complete(invoked(&model, "a.txt", "x = $0\n"), None);
        let mut request = std::pin::pin!(request);
        assert!(futures::poll!(request.as_mut()).is_pending());
        settle().await;
        assert_eq!(model.running(), 1);
    }
    assert_eq!(model.running(), 0);
    {
        let request = completer.complete(query(&model, "a.txt", "x = $0\n"), None);
        let mut request = std::pin::pin!(request);
        assert!(futures::poll!(request.as_mut()).is_pending());
    }
    tokio::time::advance(ms(500)).await;
    settle().await;
    assert_eq!(
        model.requests().len(),
        1,
        "dropped while it waited: the model was not asked"
    );
}

#[tokio::test(start_paused = true)]
async fn a_closed_document_ends_its_requests() {
    let model = Scripted::new([vec![Step::Hang]]);
    let completer = Completer::new();
    let request = invoked(&model, "a.txt", "x = $0\n");
    let uri = request.snapshot.uri.clone();
    let request = completer.complete(request, None);
    let mut request = std::pin::pin!(request);
    assert!(futures::poll!(request.as_mut()).is_pending());
    completer.forget(&uri);
    assert_eq!(request.await.verdict, Verdict::Superseded);
    assert_eq!(model.running(), 0);
}

#[tokio::test(start_paused = true)]
async fn what_is_typed_through_asks_no_model() {
    let model = Scripted::saying("foo(1);\n");
    let completer = Completer::new();
    for (text_then, rest) in [
        ("x = $0\n", "foo(1);"),
        ("x = f$0\n", "oo(1);"),
        ("x = foo($0)\n", "1);"),
        ("x = foo(1$0\n", ");"),
        ("x = fo$0\n", "o(1);"),
        ("x = $0\n", "foo(1);"),
    ] {
        let outcome = completer
            .complete(query(&model, "a.txt", text_then), None)
            .await;
        assert_eq!(text(&outcome), rest, "{text_then}");
    }
    assert_eq!(model.requests().len(), 1);
    let outcome = completer
        .complete(invoked(&model, "a.txt", "x = foo(1);$0\n"), None)
        .await;
    assert_eq!(outcome.verdict, Verdict::Generated, "all of it was typed");
    assert_eq!(model.requests().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_running_answer_serves_what_is_typed_into_it() {
    let model = Scripted::new([
        vec![
            Step::Say("fo"),
            Step::Wait(ms(100)),
            Step::Say("o(1"),
            Step::Wait(ms(100)),
            Step::Say(");\n"),
        ],
        vec![Step::Say("ar\n")],
    ]);
    let completer = Completer::new();
    let old = completer.complete(invoked(&model, "a.txt", "x = $0\n"), None);
    let mut old = std::pin::pin!(old);
    assert!(futures::poll!(old.as_mut()).is_pending());
    settle().await;
    let new = completer.complete(query(&model, "a.txt", "x = foo$0\n"), None);
    let mut new = std::pin::pin!(new);
    assert!(futures::poll!(new.as_mut()).is_pending());
    assert_eq!(old.await.verdict, Verdict::Superseded);
    let outcome = new.await;
    assert_eq!(
        (text(&outcome), outcome.verdict.clone()),
        ("(1);", Verdict::TypedThrough)
    );
    assert_eq!(model.requests().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_running_answer_that_says_something_else_is_left() {
    let model = Scripted::new([
        vec![Step::Say("f"), Step::Wait(ms(100)), Step::Say("oo\n")],
        vec![Step::Say("r\n")],
    ]);
    let completer = Completer::new();
    let old = completer.complete(invoked(&model, "a.txt", "x = $0\n"), None);
    let mut old = std::pin::pin!(old);
    assert!(futures::poll!(old.as_mut()).is_pending());
    settle().await;
    let outcome = completer
        .complete(query(&model, "a.txt", "x = fa$0\n"), None)
        .await;
    assert_eq!(
        (text(&outcome), outcome.verdict.clone()),
        ("r", Verdict::Generated)
    );
    assert_eq!(model.running(), 0);
    assert_eq!(old.await.verdict, Verdict::Superseded);
}

#[tokio::test(start_paused = true)]
async fn text_grows_from_the_first_chunk() {
    let model = Scripted::new([vec![
        Step::Wait(ms(300)),
        Step::Say("foo"),
        Step::Wait(ms(100)),
        Step::Say("(1"),
        Step::Wait(ms(100)),
        Step::Say(", \"a\");\nb"),
        Step::Hang,
    ]]);
    let completer = Completer::new();
    let start = Instant::now();
    let mut told = Vec::new();
    let mut grow = |completion: &Completion| {
        told.push((start.elapsed(), completion.text.clone(), completion.done));
    };
    let request = invoked(&model, "a.txt", "x = $0\n");
    let outcome = completer.complete(request, Some(&mut grow)).await;
    let expected = [
        (ms(300), "foo".to_owned(), false),
        (ms(400), "foo(1".to_owned(), false),
        (ms(500), "foo(1, \"a\");".to_owned(), true),
    ];
    assert_eq!(told, expected);
    assert_eq!(text(&outcome), "foo(1, \"a\");");
    assert_eq!(
        model.running(),
        0,
        "the line is full: the model need not go on"
    );
}

#[tokio::test(start_paused = true)]
async fn a_failure_is_the_outcome() {
    let error = model::Error::Closed {
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

const BLOCK: &str = "fn f(a: bool) {\n    $0\n}\n";

fn first_line(model: &Scripted, text: &str) -> Query {
    Query {
        delivery: Delivery::FirstLine,
        ..query(model, "a.rs", text)
    }
}

#[tokio::test(start_paused = true)]
async fn the_first_line_is_answered_and_the_rest_follows() {
    let model = Scripted::new([vec![
        Step::Say("let x = 1;\n    let y"),
        Step::Wait(ms(500)),
        Step::Say(" = 2;\n}"),
        Step::Hang,
    ]]);
    let completer = Completer::new();
    let start = Instant::now();
    let outcome = completer.complete(first_line(&model, BLOCK), None).await;
    let completion = outcome.completion.expect("a first line");
    assert_eq!(
        (completion.text.as_str(), completion.done),
        ("let x = 1;", false)
    );
    assert_eq!((start.elapsed(), model.running()), (ms(75), 1));

    let typed = "fn f(a: bool) {\n    let x$0\n}\n";
    let outcome = completer.complete(first_line(&model, typed), None).await;
    assert_eq!((text(&outcome), start.elapsed()), (" = 1;", ms(75)));

    let accepted = "fn f(a: bool) {\n    let x = 1;$0\n}\n";
    let outcome = completer.complete(first_line(&model, accepted), None).await;
    let completion = outcome.completion.expect("the rest");
    assert_eq!(
        (completion.text.as_str(), completion.done),
        ("\n    let y = 2;", true)
    );
    assert_eq!(
        (start.elapsed(), outcome.verdict),
        (ms(575), Verdict::TypedThrough)
    );
    assert_eq!((model.requests().len(), model.running()), (1, 0));
}

#[tokio::test(start_paused = true)]
async fn the_first_line_is_one_that_can_be_accepted() {
    let model = Scripted::new([vec![
        Step::Say("if a {\n"),
        Step::Wait(ms(10)),
        Step::Say("        g();\n"),
        Step::Wait(ms(10)),
        Step::Say("    }\n    h();\n"),
        Step::Hang,
    ]]);
    let completer = Completer::new();
    let outcome = completer.complete(first_line(&model, BLOCK), None).await;
    assert_eq!(text(&outcome), "if a {\n        g();\n    }\n    h();");
}

#[tokio::test(start_paused = true)]
async fn what_goes_on_after_the_first_line_ends_with_its_document_or_the_next_request() {
    let model = Scripted::new([vec![Step::Say("let x = 1;\n    let y"), Step::Hang]]);
    let completer = Completer::new();
    let outcome = completer.complete(first_line(&model, BLOCK), None).await;
    assert_eq!(text(&outcome), "let x = 1;");
    {
        let accepted = "fn f(a: bool) {\n    let x = 1;$0\n}\n";
        let request = completer.complete(first_line(&model, accepted), None);
        let mut request = std::pin::pin!(request);
        assert!(futures::poll!(request.as_mut()).is_pending());
    }
    assert_eq!(
        model.running(),
        1,
        "a cancelled request leaves what another one was answered from"
    );
    let query = first_line(&model, BLOCK);
    completer.forget(&query.snapshot.uri);
    assert_eq!(model.running(), 0);

    let outcome = completer.complete(query, None).await;
    assert_eq!((text(&outcome), model.running()), ("let x = 1;", 1));
    let elsewhere = "fn f(a: bool) {\n    if $0\n}\n";
    let request = completer.complete(first_line(&model, elsewhere), None);
    let mut request = std::pin::pin!(request);
    assert!(futures::poll!(request.as_mut()).is_pending());
    assert_eq!(model.running(), 0);
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
    let mut grow = |completion: &Completion| told.push(completion.text.clone());
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
