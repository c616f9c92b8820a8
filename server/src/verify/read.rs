//! What compilers and test programs print, read: pure.

use std::path::PathBuf;

use serde_json::Value;

use super::output::Output;
use crate::language::Tester;

/// How much of the output goes to a model and to the user, in bytes.
const SHOWN: usize = 4 * 1024;

/// How many of `tests` passed by what the program printed. A program that failed has not passed all, whatever it printed.
pub fn passed(tester: &Tester, printed: &str, tests: &[String], succeeded: bool) -> Vec<bool> {
    let lines: Vec<&str> = printed.lines().filter_map(tester.passed).collect();
    let mut passed: Vec<bool> = tests
        .iter()
        .map(|test| lines.contains(&test.as_str()))
        .collect();
    if !succeeded && passed.iter().all(|passed| *passed) {
        passed.fill(false);
    }
    passed
}

/// The useful part of an output: without warnings, progress and colours, and not long. Files below the folder named `scratch`
/// are shown by their names alone: the user knows them elsewhere.
pub fn useful(printed: &str, scratch: &str) -> String {
    let printed = known_names(&plain(printed), scratch);
    let is_message = |line: &&str| line.starts_with('{') && line.contains("\"reason\":");
    let lines: Vec<&str> = printed.lines().filter(|line| !is_message(line)).collect();
    let printed = lines.join("\n");
    let is_warning = |block: &&str| {
        let first = block.trim_start();
        first.starts_with("warning: ") || first.starts_with("warning[")
    };
    let blocks: Vec<&str> = printed.split("\n\n").collect();
    let errors: Vec<&str> = blocks
        .iter()
        .copied()
        .filter(|block| !is_warning(block))
        .collect();
    let kept = match errors.iter().any(|block| !block.trim().is_empty()) {
        true => errors.join("\n\n"),
        false => printed,
    };
    let mut output = Output::default();
    output.push(kept.trim().as_bytes(), SHOWN);
    output.text()
}

/// `../cache/run-1/build-1/0/stock_test.go:3` is `stock_test.go:3` to the user.
fn known_names(text: &str, scratch: &str) -> String {
    let shorten = |word: &str| match word.contains(scratch) {
        true => word.rsplit(['/', '\\']).next().unwrap_or(word).to_owned(),
        false => word.to_owned(),
    };
    let words = text.split_inclusive(|character: char| character.is_whitespace());
    match scratch.is_empty() {
        true => text.to_owned(),
        false => words.map(shorten).collect(),
    }
}

/// Without escape sequences.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\u{1b}') {
        out.push_str(&rest[..at]);
        let end = rest[at + 1..].find(|character: char| character.is_ascii_alphabetic());
        rest = end.map_or("", |end| &rest[at + 1 + end + 1..]);
    }
    out.push_str(rest);
    out
}

/// The test programs that cargo says it has built, and whether the build went well.
pub fn built(messages: &str) -> Vec<PathBuf> {
    let messages = messages.lines().filter(|line| line.starts_with('{'));
    let messages = messages.filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let tests = messages.filter(|message| message["profile"]["test"] == true);
    tests
        .filter_map(|message| Some(PathBuf::from(message["executable"].as_str()?)))
        .collect()
}

/// The full names, among those that a test program lists, of `tests` in the module `module` of the program (`a::b`).
pub fn full_names(listed: &str, module: &str, tests: &[String]) -> Option<Vec<String>> {
    let known: Vec<&str> = listed
        .lines()
        .filter_map(|line| line.strip_suffix(": test"))
        .collect();
    let full = |test: &String| {
        let wanted: Vec<&str> = module.split("::").chain(test.split("::")).collect();
        // The module is a guess by the file's name: the name that has the most of its end in common is meant.
        let common = |name: &str| {
            let name: Vec<&str> = name.split("::").collect();
            let ends = name.iter().rev().zip(wanted.iter().rev());
            ends.take_while(|(one, other)| one == other).count()
        };
        let least = test.split("::").count();
        let best = known.iter().max_by_key(|name| common(name))?;
        (common(best) >= least).then(|| (*best).to_owned())
    };
    tests.iter().map(full).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language;

    fn passed_in(language: &str, printed: &str, tests: &[&str], succeeded: bool) -> Vec<bool> {
        let language = language::find(Some(language), None).expect("a language");
        let tests: Vec<String> = tests.iter().map(|test| (*test).to_owned()).collect();
        passed(&language.tester, printed, &tests, succeeded)
    }

    #[test]
    fn go_says_what_passed() {
        let printed = "=== RUN   TestA\n--- PASS: TestA (0.00s)\n    --- PASS: TestB (0.00s)\n--- FAIL: TestC (0.1s)\nFAIL\n";
        let tests = ["TestA", "TestB", "TestC"];
        assert_eq!(
            passed_in("go", printed, &tests, false),
            [true, false, false]
        );
        assert_eq!(
            passed_in("go", "--- PASS: TestA (0.00s)\nPASS\n", &["TestA"], true),
            [true]
        );
        let exits = "--- PASS: TestA (0.00s)\nPASS\nexit status 1\n";
        assert_eq!(passed_in("go", exits, &["TestA"], false), [false]);
    }

    #[test]
    fn rust_says_what_passed() {
        let printed = "running 3 tests\ntest tests::a ... ok\ntest tests::b - should panic ... ok\ntest tests::c ... FAILED\n";
        let tests = ["tests::a", "tests::b", "tests::c"];
        assert_eq!(
            passed_in("rust", printed, &tests, false),
            [true, true, false]
        );
        assert_eq!(
            passed_in("rust", "test a ... ignored\n", &["a"], true),
            [false]
        );
    }

    #[test]
    fn warnings_are_left_out_of_what_is_shown() {
        let printed = "{\"reason\":\"x\"}\nwarning: unused\n --> src/lib.rs\n\nerror[E0425]: cannot find\n --> src/lib.rs:3\n\nwarning: 1 warning\n";
        assert_eq!(
            useful(printed, ""),
            "error[E0425]: cannot find\n --> src/lib.rs:3"
        );
        assert_eq!(useful("\u{1b}[1mred\u{1b}[0m\n", ""), "red");
        assert!(useful(&"x".repeat(10_000), "").len() < SHOWN + 100);
    }

    #[test]
    fn files_have_the_names_that_the_user_knows() {
        let printed =
            "FAIL\n../../run-1/build-1/0/stock_test.go:3:1: no\n\t/c/run-1/x (y)\n/c/run-2/z\n";
        let shown = "FAIL\nstock_test.go:3:1: no\n\tx (y)\n/c/run-2/z";
        assert_eq!(useful(printed, "run-1"), shown);
    }

    #[test]
    fn the_programs_are_those_of_tests() {
        let messages = r#"{"reason":"compiler-artifact","profile":{"test":false},"executable":"/a"}
{"reason":"compiler-artifact","profile":{"test":true},"executable":"/b"}
{"reason":"compiler-artifact","profile":{"test":true},"executable":null}"#;
        assert_eq!(built(messages), [PathBuf::from("/b")]);
    }

    #[test]
    fn names_are_found_in_the_module_of_the_file() {
        let listed = "shop::tests::adds: test\nstock::tests::adds: test\ntop: test\n0 benches\n";
        let names = |module: &str, test: &str| full_names(listed, module, &[test.to_owned()]);
        let one = |name: &str| Some(vec![name.to_owned()]);
        assert_eq!(names("stock", "tests::adds"), one("stock::tests::adds"));
        assert_eq!(names("shop", "tests::adds"), one("shop::tests::adds"));
        assert_eq!(names("", "top"), one("top"));
        assert_eq!(names("shop", "tests::gone"), None);
    }
}
