//! Answers that loop, and answers that only look like it; each in pieces of several sizes.

use super::*;

const LONG: &str =
    "The code sums up the prices of all the items that are in stock, one after the other.";

/// What is shown of an answer, and whether it was ended.
fn shown(answer: &str, size: usize) -> (String, bool) {
    let mut repeat = Repeat::default();
    let mut text = String::new();
    let letters: Vec<char> = answer.chars().collect();
    for chunk in letters.chunks(size) {
        let heard = repeat.take(&chunk.iter().collect::<String>());
        text += &heard.text;
        if heard.repeats {
            return (text, true);
        }
    }
    let heard = repeat.end();
    (text + &heard.text, heard.repeats)
}

fn check(answer: &str, expected: &str) {
    for size in [1, 2, 3, 7, 1000] {
        let ended = expected != answer;
        assert_eq!(shown(answer, size), (expected.to_owned(), ended), "{size}");
    }
}

fn stays(answer: &str) {
    check(answer, answer);
}

#[test]
fn a_paragraph_that_comes_again_ends_the_answer() {
    let answer = format!("It is short.\n\n{LONG}\n\n{LONG}\n\n{LONG}\n\n{LONG}");
    check(&answer, &format!("It is short.\n\n{LONG}\n\n"));
    // Also when the answer ends in the middle of it, or with it.
    let answer = format!("{LONG}\n\n{LONG}");
    check(&answer, &format!("{LONG}\n\n"));
    let two = format!("{LONG}\n\nAnd there is this.\n\n");
    check(&format!("{two}{two}"), &two);
}

#[test]
fn lines_that_come_again_end_the_answer() {
    let lines = "- it adds the price\n- it looks at the stock\n- it goes on with the next\n";
    check(
        &format!("Steps:\n{lines}{lines}{lines}"),
        &format!("Steps:\n{lines}"),
    );
    let counted: String = (1..9).map(|number| format!("{number}. {LONG}\n")).collect();
    check(&counted, &format!("1. {LONG}\n"));
}

#[test]
fn a_sentence_that_comes_again_and_again_ends_the_answer() {
    let sentence = "It is not an error, but a result of what the compiler does. ";
    check(&sentence.repeat(9), sentence);
    let answer = format!("{LONG} {}", sentence.repeat(9));
    check(&answer, &format!("{LONG} {sentence}"));
    let twice = format!("{sentence}Well. {sentence}Or not. {LONG} {sentence}\n");
    stays(&twice);
}

#[test]
fn a_good_answer_may_say_short_things_twice() {
    stays("## A\n\nFine as it is.\n\n## B\n\nFine as it is.\n\nFine as it is.\n");
    let same = "Return an error here instead of a panic, so that callers may go on.";
    stays(&format!(
        "`f`:\n\n{same}\n\n`g`:\n\n{same}\n\n`h`: nothing.\n"
    ));
    stays(&format!("{LONG}\n\n{LONG} Or so it seems.\n"));
    stays("1. one\n2. two\n3. three\n1. one\n2. two\n3. three");
}

#[test]
fn code_may_say_the_same_in_two_places_but_not_twice_in_a_row() {
    let check_of = "if err != nil {\n\treturn fmt.Errorf(\"reading: %w\", err)\n}\n";
    stays(&format!(
        "```go\na, err := f()\n\n{check_of}\nb, err := g()\n\n{check_of}```\n\nNow:\n\n```go\na, err := f()\n\n{check_of}```\n"
    ));
    stays(
        "```go\nx = append(x, next(reader, limit, true))\nx = append(x, next(reader, limit, true))\n```\n",
    );
    let test =
        "#[test]\nfn adds() {\n    assert_eq!(add(1, 2), 3);\n\n    assert_eq!(add(2, 2), 4);\n}\n";
    check(
        &format!("Here:\n\n```rust\n{test}\n{test}\n{test}\n```\n"),
        &format!("Here:\n\n```rust\n{test}\n```\n"),
    );
}

#[test]
fn what_may_become_a_repetition_waits_and_all_else_is_shown_at_once() {
    let mut repeat = Repeat::default();
    let mut shows = |chunk: &str| repeat.take(chunk).text;
    assert_eq!(shows("It adds "), "It adds ");
    assert_eq!(shows("numbers.\n\n"), "numbers.\n\n");
    assert_eq!(shows("It "), "");
    assert_eq!(shows("does "), "It does ");
    assert_eq!(shows("more.\n"), "more.\n");
}

/// Of any answer the beginning is shown, all of it where it is not ended, and in whatever pieces it comes it is the same.
#[test]
fn nothing_is_lost_or_made_up() {
    let long = format!("{LONG}\n");
    let code = "f(with, a, good, many, arguments);\n";
    let words = [
        "It adds.\n",
        "\n",
        "- x\n",
        "```\n",
        code,
        "a ",
        &long,
        &long,
        "7. ",
    ];
    let mut state: u64 = 7;
    let mut next = || {
        state = state
            .wrapping_mul(6364136223846793005)
            .wrapping_add(1442695040888963407);
        (state >> 33) as usize
    };
    let mut ended = 0;
    for _ in 0..2000 {
        let answer: String = (0..next() % 40)
            .map(|_| words[next() % words.len()])
            .collect();
        let whole = shown(&answer, 10_000);
        for size in [1, 5, 64] {
            assert_eq!(
                shown(&answer, size),
                whole,
                "{answer:?} in pieces of {size}"
            );
        }
        let (text, is_ended) = whole;
        ended += usize::from(is_ended);
        match is_ended {
            false => assert_eq!(text, answer),
            true => {
                let kept = text.strip_suffix("```\n").unwrap_or(&text);
                assert!(
                    answer.starts_with(&text) || answer.starts_with(kept),
                    "{answer:?}: {text:?}"
                );
            }
        }
    }
    assert!(ended > 100, "{ended}");
}
