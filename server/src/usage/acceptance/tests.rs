//! What is offered and taken, drawn as the texts that the document has one after the other.

use super::*;
use crate::usage::site::Site;

const URI: &str = "file:///a.rs";

fn offer(id: &str, text: &str) -> Offer {
    Offer {
        id: id.to_owned(),
        uri: URI.to_owned(),
        text: text.to_owned(),
        line: 0,
    }
}

/// The choices at `$0` of a text, named `a`, `b`…
fn choices(text: &str, offers: &[&str]) -> (Vec<Choice>, String) {
    let at = text.find("$0").expect("a cursor");
    let text = text.replacen("$0", "", 1);
    let choice = |(offered, id): (&&str, char)| Choice {
        offer: offer(&id.to_string(), offered),
        site: Site::new(&text, at, at),
    };
    let all = offers.iter().zip('a'..).map(choice).collect();
    (all, text)
}

fn in_words(events: Vec<Event>) -> String {
    let words = events.into_iter().map(|event| match event {
        Event::Whole(offer) => format!("{} whole {:?}", offer.id, offer.text),
        Event::Part(offer) => format!("{} part {:?}", offer.id, offer.text),
        Event::Undone { id, characters, .. } => format!("{id} undone {characters}"),
    });
    words.collect::<Vec<_>>().join(", ")
}

/// What each of the texts tells after these offers were shown.
fn check(text: &str, offers: &[&str], then: &[(&str, &str)]) {
    let mut acceptance = Acceptance::default();
    let (choices, text) = choices(text, offers);
    assert!(acceptance.show(choices, &text));
    for (text, expected) in then {
        let watched = acceptance.watches(URI);
        let events = acceptance.changed(URI, text);
        assert!(watched || events.is_empty(), "{text}");
        assert_eq!(in_words(events), *expected, "{text}");
    }
}

#[test]
fn a_text_that_comes_at_once_was_taken() {
    check(
        "x = $0;",
        &["foo(1)"],
        &[("x = foo(1);", "a whole \"foo(1)\""), ("x = foo(1);!", "")],
    );
}

#[test]
fn a_text_that_comes_key_by_key_was_typed() {
    let typed = ["x = f;", "x = fo;", "x = foo;", "x = foo(;", "x = foo(1;"];
    let mut then: Vec<_> = typed.map(|text| (text, "")).into();
    then.push(("x = foo(1);", ""));
    check("x = $0;", &["foo(1)"], &then);
}

#[test]
fn words_and_lines_are_parts_and_the_last_of_them_is_the_end() {
    check(
        "$0",
        &["foo bar(1)\nnext()"],
        &[
            ("foo", "a part \"foo\""),
            ("foo bar", "a part \" bar\""),
            ("foo bar(1)\n", "a part \"(1)\\n\""),
            ("foo bar(1)\nnext()", "a whole \"next()\""),
        ],
    );
    // In the middle of a word nobody stops but who types.
    check("$0", &["format(1)"], &[("form", ""), ("format", "")]);
    // Two keys of a moment.
    check("$0", &["if x {"], &[("if", "")]);
}

#[test]
fn what_was_typed_first_does_not_count() {
    check(
        "$0",
        &["foo(1)"],
        &[("f", ""), ("foo(1)", "a whole \"oo(1)\"")],
    );
}

#[test]
fn the_choice_that_stands_there_was_taken() {
    let offers = ["alphabet(1)", "alpha", "beta()"];
    check("$0", &offers, &[("alpha", "b whole \"alpha\"")]);
    check("$0", &offers, &[("b", ""), ("beta()", "c whole \"eta()\"")]);
    check("$0", &offers, &[("alphabet", "a part \"alphabet\"")]);
}

#[test]
fn what_is_taken_back_is_told() {
    check(
        "x = $0;",
        &["foo bar"],
        &[
            ("x = foo;", "a part \"foo\""),
            ("x = foo bar;", "a whole \" bar\""),
            ("x = foo;", "a undone 3"),
            ("x = ;", "a undone 3"),
            ("x = !;", ""),
        ],
    );
    // And brought back.
    check(
        "x = $0;",
        &["foo(1)"],
        &[
            ("x = foo(1);", "a whole \"foo(1)\""),
            ("x = ;", "a undone 6"),
            ("x = foo(1);", "a whole \"foo(1)\""),
            ("x = ;", "a undone 6"),
        ],
    );
    // Both at once, after more was typed.
    check(
        "x = $0;",
        &["foo bar"],
        &[
            ("x = foo;", "a part \"foo\""),
            ("x = foo bar;", "a whole \" bar\""),
            ("x = foo bar;!", ""),
            ("x = ;", "a undone 3, a undone 3"),
        ],
    );
}

#[test]
fn nobody_looks_where_nothing_is_shown() {
    let mut acceptance = Acceptance::default();
    let (choices, text) = choices("x = $0;", &["foo(1)"]);
    acceptance.show(choices, &text);
    assert!(acceptance.watches(URI) && !acceptance.watches("file:///b.rs"));
    acceptance.changed(URI, "x = b;");
    assert!(!acceptance.watches(URI), "something else was typed");
}

#[test]
fn something_else_ends_it() {
    check(
        "x = $0;",
        &["foo(1)"],
        &[("x = fa;", ""), ("x = foo(1);", "")],
    );
    check("x = $0;", &["foo(1)"], &[("y = foo(1);", "")]);
}

#[test]
fn who_says_that_he_took_it_is_counted_once() {
    let mut acceptance = Acceptance::default();
    let (first, text) = choices("x = $0;", &["foo(1)"]);
    acceptance.show(first.clone(), &text);
    assert!(!acceptance.show(first, &text), "shown already");
    let words = |event: Option<Event>| in_words(event.into_iter().collect());
    assert_eq!(words(acceptance.confirm("nobody")), "");
    // The editor has indented it anew.
    assert_eq!(in_words(acceptance.changed(URI, "x = foo( 1 );")), "");
    assert_eq!(words(acceptance.confirm("a")), "a whole \"foo(1)\"");
    assert_eq!(words(acceptance.confirm("a")), "");
    // The document has told it before.
    let (next, text) = choices("y$0", &["_", "foo(1)"]);
    acceptance.show(next, &text);
    let told = acceptance.changed(URI, "yfoo(1)");
    assert_eq!(in_words(told), "b whole \"foo(1)\"");
    assert_eq!(words(acceptance.confirm("b")), "");
}

#[test]
fn the_edit_of_an_answer_is_taken_when_the_document_is_what_it_makes() {
    let mut acceptance = Acceptance::default();
    let file = |before: Option<&str>, after: &str| Edited {
        uri: URI.to_owned(),
        before: before.map(Mark::of),
        after: Mark::of(after),
    };
    let edit = (offer("a", "new"), vec![file(Some("old"), "new")]);
    assert!(acceptance.answer("a", Some(edit)));
    let mut changed = |text| in_words(acceptance.changed(URI, text));
    assert_eq!(changed("ol"), "");
    assert_eq!(changed("new"), "a whole \"new\"");
    assert_eq!(changed("new!"), "");
    assert_eq!(changed("new"), "");
    assert_eq!(changed("old"), "a undone 3");
    assert_eq!(changed("new"), "a whole \"new\"", "redone");
}

#[test]
fn a_text_is_due_when_it_is_old_enough_and_only_once() {
    let mut acceptance = Acceptance::default();
    let start = Instant::now();
    let other = Offer {
        uri: "v".to_owned(),
        ..offer("b", "b")
    };
    for offer in [offer("a", "a"), other] {
        acceptance.keep(offer, Key::default(), start);
    }
    let texts = |accepted: Vec<Accepted>| -> Vec<String> {
        accepted.into_iter().map(|one| one.offer.text).collect()
    };
    let age = Duration::from_secs(30);
    assert!(acceptance.due(Some(URI), age, start).is_empty());
    let later = start + age;
    assert_eq!(texts(acceptance.due(Some(URI), age, later)), ["a"]);
    assert_eq!(texts(acceptance.due(None, Duration::ZERO, start)), ["b"]);
    assert!(acceptance.due(None, Duration::ZERO, later).is_empty());
}

#[test]
fn what_is_taken_back_is_judged_no_more() {
    let mut acceptance = Acceptance::default();
    let (choices, text) = choices("x = $0;", &["foo(1)"]);
    acceptance.show(choices, &text);
    for event in acceptance.changed(URI, "x = foo(1);") {
        if let Event::Whole(offer) = event {
            acceptance.keep(offer, Key::default(), Instant::now());
        }
    }
    let undone = Event::Undone {
        id: "a".to_owned(),
        characters: 6,
        unjudged: true,
    };
    assert_eq!(acceptance.changed(URI, "x = ;"), [undone]);
    let due = acceptance.due(None, Duration::ZERO, Instant::now());
    assert!(due.is_empty());
}

#[test]
fn what_is_remembered_is_bounded() {
    let mut acceptance = Acceptance::default();
    for number in 0..1000 {
        acceptance.answer(&number.to_string(), None);
        acceptance.remember(offer(&number.to_string(), "x"));
    }
    assert_eq!(
        (acceptance.offers.len(), acceptance.shown.len()),
        (OFFERS, OFFERS)
    );
    assert_eq!(acceptance.confirm("0"), None);
}
