//! What is offered where.

use super::super::*;

fn check(what: Offer) -> String {
    let found = offered(&Actions::built_in(), what);
    let ids: Vec<&str> = found.iter().map(|action| &*action.id).collect();
    ids.join(" ")
}

#[test]
fn the_most_particular_come_first() {
    let nowhere = Offer {
        language: "Go",
        ..Offer::default()
    };
    assert_eq!(check(nowhere), "ask write");
    let function = Offer {
        function: true,
        ..nowhere
    };
    assert_eq!(check(function), "explain document test review ask write");
    let selection = Offer {
        selection: true,
        ..nowhere
    };
    assert_eq!(check(selection), "explain review ask write");
    let all = Offer {
        selection: true,
        function: true,
        diagnostics: true,
        trace: true,
        ..nowhere
    };
    assert_eq!(
        check(all),
        "trace fix explain review document test ask write"
    );
}

#[test]
fn a_language_goes_by_any_of_its_names() {
    let offer = |language| Offer {
        language,
        function: true,
        ..Offer::default()
    };
    for language in ["Go", "go", "rust", "Rust"] {
        assert!(check(offer(language)).contains("test"), "{language}");
    }
    for language in ["python", "Python", "", "gopher"] {
        assert_eq!(
            check(offer(language)),
            "explain review ask write",
            "{language}"
        );
    }
}
