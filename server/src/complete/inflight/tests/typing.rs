//! Answers that were typed into, and text that grows.

use super::*;

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
    let mut grow = |completion: &Completion, _: &Arc<str>| {
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
