//! What is laid out while the user rests: when that happens, and for whom it serves.

use super::*;

const FILE: &str = "a.rs";

async fn completed(model: &Scripted, text: &str) -> (Completer, Query) {
    let completer = Completer::new();
    let query = invoked(model, FILE, text);
    completer.complete(query.clone(), None).await;
    (completer, query)
}

#[tokio::test(start_paused = true)]
async fn a_document_rests_when_it_has_not_changed_for_a_moment() {
    let model = Scripted::saying("1;\n");
    let (completer, query) = completed(&model, "fn f() { let a = $0 }\n").await;
    let uri = &query.snapshot.uri;
    assert_eq!(
        completer.changes("file:///other.rs"),
        None,
        "never completed in"
    );
    let number = completer.changes(uri).expect("a number");
    let start = Instant::now();
    let rests = completer.rests(uri, number);
    let mut rests = std::pin::pin!(rests);
    assert!(futures::poll!(rests.as_mut()).is_pending());
    tokio::time::sleep(ms(15)).await;
    assert_eq!(completer.changes(uri), None, "someone waits already");
    assert!(rests.await);
    assert!((ms(35)..ms(40)).contains(&start.elapsed()));
}

#[tokio::test(start_paused = true)]
async fn who_asks_at_once_is_not_laid_out_for() {
    let model = Scripted::saying("1;\n");
    let (completer, query) = completed(&model, "fn f() { let a = $0 }\n").await;
    let number = completer.changes(&query.snapshot.uri).expect("a number");
    let turn = completer.arrive(&query.snapshot.uri);
    assert!(!completer.rests(&query.snapshot.uri, number).await);
    drop(turn);
    let number = completer.changes(&query.snapshot.uri).expect("a number");
    completer.forget(&query.snapshot.uri);
    assert!(!completer.rests(&query.snapshot.uri, number).await);
}

#[tokio::test(start_paused = true)]
async fn what_is_sent_is_the_same_as_without() {
    let model = Scripted::saying("1;\n");
    let texts = ["fn f() { let a = $0 }\n", "fn f() { let a = 2 + $0 }\n"];
    let (completer, _) = completed(&model, texts[0]).await;
    let (plain, _) = completed(&model, texts[0]).await;
    let query = invoked(&model, FILE, texts[1]);
    completer.lay_out(query.clone());
    for completer in [&completer, &plain] {
        completer.complete(query.clone(), None).await;
    }
    let sent = model.requests();
    assert_eq!(sent.len(), 4);
    assert_eq!(sent[2].prompt, sent[3].prompt);
    assert_eq!(sent[2].sampling.stops, sent[3].sampling.stops);
}

#[tokio::test(start_paused = true)]
async fn it_serves_the_same_place_in_the_same_text_only() {
    let model = Scripted::saying("1;\n");
    let (completer, first) = completed(&model, "fn f() { let a = $0 }\n").await;
    let query = invoked(&model, FILE, "fn f() { let a = 2 + $0 }\n");
    let before = completer.before(&query.snapshot.uri);
    let serves = |other: &Query| completer.ahead(other, before.as_ref()).is_some();
    assert!(!serves(&query));
    completer.lay_out(query.clone());
    assert!(serves(&query));

    let mut other = query.clone();
    other.offset -= 1;
    assert!(!serves(&other), "another place");
    assert!(!serves(&first), "another text");
    let mut other = query.clone();
    other.snapshot = Snapshot::parse(FILE, query.snapshot.text.as_str());
    assert!(!serves(&other), "another version with the same text");
    let mut other = query.clone();
    other.snapshot.syntax = None;
    assert!(!serves(&other), "another syntax");
    let mut other = query.clone();
    other.neighbours.push(Arc::new(first.snapshot.clone()));
    assert!(!serves(&other), "another neighbour");
    let mut other = query.clone();
    other.settings.limits.tokens += 1;
    assert!(!serves(&other), "another limit");
    assert!(completer.ahead(&query, None).is_none(), "another beginning");
}

#[tokio::test(start_paused = true)]
async fn it_is_gone_before_the_document_changes() {
    let model = Scripted::saying("1;\n");
    let (completer, _) = completed(&model, "fn f() { let a = $0 }\n").await;
    let query = invoked(&model, FILE, "fn f() { let a = 2 + $0 }\n");
    completer.lay_out(query.clone());
    assert!(Arc::strong_count(&query.snapshot.text) > 1);
    completer.changes(&query.snapshot.uri);
    assert_eq!(Arc::strong_count(&query.snapshot.text), 1);
}
