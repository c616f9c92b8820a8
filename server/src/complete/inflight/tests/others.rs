//! Other completions: how many at once, and how sure they must be.

use super::*;

fn texts(outcome: &Outcome) -> Vec<&str> {
    let others = outcome.others.iter();
    let others = others.map(|other| other.completion.text.as_str());
    [text(outcome)].into_iter().chain(others).collect()
}

/// How long two others take that need 10 ms each.
async fn check(parallel: bool, expected: Duration) {
    let slow = |text| vec![Step::Wait(ms(10)), Step::Say(text)];
    let model = Scripted::new(["a\n", "b\n", "c\n"].map(slow));
    let completer = Completer::new();
    let ask = || {
        let mut query = invoked(&model, "a.txt", "x = $0\n");
        query.settings.parallel = parallel;
        completer.complete(query, None)
    };
    assert_eq!(texts(&ask().await), ["a"]);
    let start = Instant::now();
    assert_eq!(texts(&ask().await), ["a", "b", "c"]);
    assert_eq!(start.elapsed(), expected);
    assert_eq!(model.running(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_server_is_asked_for_all_at_once_and_the_engine_for_one_after_the_other() {
    check(true, ms(10)).await;
    check(false, ms(20)).await;
}

#[tokio::test(start_paused = true)]
async fn unsure_ones_that_were_asked_for_stay_while_they_are_typed() {
    let model = Scripted::new(["foo", "far", "bar"].map(|text| vec![Step::SayUnsure(text, -9.0)]));
    let completer = Completer::new();
    for expected in [vec!["foo"], vec!["foo", "far", "bar"]] {
        let query = invoked(&model, "a.txt", "x = $0\n");
        let outcome = completer.complete(query, None).await;
        assert_eq!(texts(&outcome), expected);
    }
    for (typed, expected) in [("x = f$0\n", vec!["oo", "ar"]), ("x = b$0\n", vec!["ar"])] {
        let query = query(&model, "a.txt", typed);
        let outcome = completer.complete(query, None).await;
        assert_eq!(texts(&outcome), expected, "{typed}");
        assert_eq!(outcome.verdict, Verdict::TypedThrough);
    }
    assert_eq!(model.requests().len(), 3);
}

#[tokio::test(start_paused = true)]
async fn others_of_one_place_are_none_of_another() {
    let model = Scripted::new(["a\n", "b\n", "c\n", "d\n"].map(|text| vec![Step::Say(text)]));
    let completer = Completer::new();
    let ask = |text| completer.complete(invoked(&model, "a.txt", text), None);
    ask("x = $0\n\n").await;
    assert_eq!(texts(&ask("x = $0\n\n").await).len(), 3);
    assert_eq!(texts(&ask("x = \n$0\n").await), ["d"]);
    // Back at the first place the user sees first what was there.
    assert_eq!(texts(&ask("x = $0\n\n").await), ["a", "b", "c"]);
    assert_eq!(model.requests().len(), 4);
}
