//! The first line is answered while the model writes on.

use super::*;

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
