//! The newest request of a document wins; documents, cancels and closing.

use super::*;

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
