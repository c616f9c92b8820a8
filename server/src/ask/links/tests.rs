//! Answers that name places, whole and in pieces: what is shown.

use super::*;

fn links(style: Style) -> Links {
    let file = |path: &str, lines: usize| {
        Known::of(&Snapshot::parse(path, "x\n".repeat(lines - 1))).expect("a file")
    };
    let known = vec![
        file("/work/stock/stock.go", 20),
        file("/work/a b/(c).rs", 9),
        file("/work/mod.rs", 5),
        file("/work/stock/stock.go", 99),
        file("/work/deep/mod.rs", 50),
        file("/elsewhere/lib.rs", 9),
    ];
    Links::new(style, known, Some("/work".into()))
}

/// In pieces of several sizes.
fn check(style: Style, answer: &str, expected: &str) {
    for size in [1, 2, 5, 1000] {
        let mut links = links(style);
        let letters: Vec<char> = answer.chars().collect();
        let shown = letters
            .chunks(size)
            .map(|chunk| links.take(&chunk.iter().collect::<String>()));
        let shown: String = shown.collect();
        assert_eq!(shown + &links.end(), expected, "in pieces of {size}");
    }
    assert_eq!(links(style).whole(answer), expected);
}

#[test]
fn places_become_links_where_markdown_is_shown() {
    let check = |answer: &str, expected: &str| check(Style::Markdown, answer, expected);
    check(
        "It fails in stock.go:12, since the index is too large.",
        "It fails in [stock.go:12](file:///work/stock/stock.go#L12), since the index is too large.",
    );
    check(
        "(See `stock/stock.go:7:3`.)\n/work/stock/stock.go:1",
        "(See [`stock/stock.go:7:3`](file:///work/stock/stock.go#L7).)\n[/work/stock/stock.go:1](file:///work/stock/stock.go#L1)",
    );
    check("**mod.rs:3-5**", "**[mod.rs:3-5](file:///work/mod.rs#L3)**");
    check(
        "deep/mod.rs:40",
        "[deep/mod.rs:40](file:///work/deep/mod.rs#L40)",
    );
}

#[test]
fn nothing_is_invented() {
    for style in [Style::Markdown, Style::Plain] {
        for answer in [
            "other.go:12 and stock.go and stock.go: 12 and stock.go:",
            "stock.go:21 is behind the end, stock.go:0 is none",
            "at 10:30 or 127.0.0.1:8080 or http://stock.go:12 or k.go:x",
            "../stock.go:12 stock/../stock.go:1 xstock.go:1",
            "```\nstock.go:12\n```\n",
            "~~~text\n```\nstock.go:12\n~~~\n",
            "[stock.go:12](stock.go#L12)",
            "```stock.go:12\nstock.go:12",
        ] {
            check(style, answer, answer);
        }
    }
    let code = "`panic at stock.go:12` and `f(stock.go:12)";
    check(Style::Markdown, code, code);
}

#[test]
fn only_what_may_become_a_place_waits() {
    let mut links = links(Style::Markdown);
    let mut shows = |chunk: &str| links.take(chunk);
    assert_eq!(shows("It fa"), "It fa");
    assert_eq!(shows("ils in st"), "ils in ");
    assert_eq!(shows("yle and stock.go"), "style and ");
    assert_eq!(shows(":1"), "");
    assert_eq!(
        shows("2\n"),
        "[stock.go:12](file:///work/stock/stock.go#L12)\n"
    );
}

#[test]
fn a_link_is_whole_whatever_the_path() {
    let links = links(Style::Markdown);
    let uri = uri(&links.known[1].path, 2).expect("an address");
    assert_eq!(uri, "file:///work/a%20b/%28c%29.rs#L2");
}

#[test]
fn elsewhere_places_become_paths_that_the_editor_finds() {
    let check = |answer: &str, expected: &str| check(Style::Plain, answer, expected);
    check(
        "It fails in `stock.go:12`.\n\n```\nstock.go:12\n```\nSo stock.go:7:3",
        "It fails in `stock/stock.go:12`.\n\n```\nstock.go:12\n```\nSo stock/stock.go:7:3",
    );
    check(
        "See lib.rs:3 and mod.rs:5.",
        "See /elsewhere/lib.rs:3 and mod.rs:5.",
    );
}
