//! The ledger: sums, budgets across processes, days that are over.

use expect_test::{Expect, expect};

use super::pen::Pen;
use super::*;

fn line(model: &str, action: &str, tokens: u64) -> Line {
    Line {
        key: Key {
            action: action.to_owned(),
            backend: "box".to_owned(),
            model: model.to_owned(),
            workspace: String::new(),
        },
        count: Count {
            requests: 1,
            tokens_in: tokens,
            tokens_out: 1,
            milliseconds: 1500,
            ..Count::default()
        },
    }
}

fn check(lines: &[(&str, Line)], by: By, expected: Expect) {
    let lines: Vec<(String, Line)> = lines
        .iter()
        .map(|(day, line)| ((*day).to_owned(), line.clone()))
        .collect();
    let drawn = rows(&lines, by).into_iter().map(|row| {
        let count = row.count;
        format!(
            "{}: {} requests, {} in\n",
            row.name, count.requests, count.tokens_in
        )
    });
    expected.assert_eq(&drawn.collect::<String>());
}

#[test]
fn sums_by_what_is_asked() {
    let lines = [
        ("2026-01-02", line("qwen", "completion", 10)),
        ("2026-01-01", line("qwen", "explain", 20)),
        ("2026-01-02", line("smol", "completion", 30)),
    ];
    check(
        &lines,
        By::Day,
        expect![[r#"
        2026-01-01: 1 requests, 20 in
        2026-01-02: 2 requests, 40 in
    "#]],
    );
    check(
        &lines,
        By::Model,
        expect![[r#"
        qwen: 2 requests, 30 in
        smol: 1 requests, 30 in
    "#]],
    );
    check(
        &lines,
        By::Action,
        expect![[r#"
        completion: 2 requests, 40 in
        explain: 1 requests, 20 in
    "#]],
    );
}

#[test]
fn a_line_is_small_and_holds_numbers_and_names_only() {
    let text = serde_json::to_string(&line("m", "completion", 10)).expect("JSON");
    let expected = r#"{"action":"completion","backend":"box","model":"m","requests":1,"in":10,"out":1,"ms":1500}"#;
    assert_eq!(text, expected);
    assert_eq!(
        serde_json::from_str::<Line>(&text).expect("a line"),
        line("m", "completion", 10)
    );
}

#[tokio::test]
async fn a_budget_counts_what_every_server_spends() {
    let folder = tempfile::tempdir().expect("a folder");
    let ledger = || Ledger::new(Some(folder.path().to_owned()), Pen::default());
    let (ours, other) = (ledger(), Pen::default());
    let theirs = Ledger::new(Some(folder.path().to_owned()), other.clone());
    theirs.add(line("m", "completion", 60), |_| ());
    other.flush();
    assert_eq!(ours.check().await, Ok(()), "no budget, no limit");
    let budget = |tokens| Budget {
        tokens: Some(tokens),
        seconds: None,
    };
    ours.set_budget(budget(120));
    assert_eq!(ours.check().await, Ok(()));
    ours.add(line("m", "completion", 60), |_| ());
    let refused = ours.check().await.expect_err("122 of 120");
    assert!(
        refused.contains("122 of 120 tokens (daily_tokens"),
        "{refused}"
    );
    ours.set_budget(budget(123));
    assert_eq!(ours.check().await, Ok(()), "a raised budget counts at once");
    ours.set_budget(Budget {
        tokens: None,
        seconds: Some(3),
    });
    let refused = ours.check().await.expect_err("3 of 3");
    assert!(refused.contains("3 of 3 seconds"), "{refused}");
}

#[tokio::test]
async fn without_a_folder_the_budget_holds_for_the_process() {
    let ledger = Ledger::new(None, Pen::default());
    ledger.set_budget(Budget {
        tokens: Some(5),
        seconds: None,
    });
    assert_eq!(ledger.check().await, Ok(()));
    ledger.add(line("m", "completion", 4), |_| ());
    assert!(ledger.check().await.is_err());
}

#[test]
fn remembered_tokens_cost_nothing() {
    let count = Count {
        tokens_in: 1000,
        cached: 990,
        tokens_out: 5,
        ..Count::default()
    };
    assert_eq!(count.spent_tokens(), 15);
}

#[test]
fn days_that_are_over_are_summed_up_and_nothing_is_lost() {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |day: &str, count: usize| {
        for number in 0..count {
            let action = ["completion", "explain"][number % 2];
            let text = serde_json::to_string(&line("m", action, 7)).expect("JSON");
            pen::append(&sums::file(folder.path(), day), &text).expect("written");
        }
    };
    write("2026-01-01", 300);
    write("2026-01-02", 3);
    write("2026-01-05", 300);
    let before = rows(&read(folder.path()), By::Action);
    for _ in 0..2 {
        sums::sum_up(folder.path(), "2026-01-05").expect("summed up");
        assert_eq!(rows(&read(folder.path()), By::Action), before);
        let days = read(folder.path());
        let lines = |day: &str| days.iter().filter(|(other, _)| other == day).count();
        assert_eq!(
            (
                lines("2026-01-01"),
                lines("2026-01-02"),
                lines("2026-01-05")
            ),
            (2, 3, 300)
        );
    }
}

#[test]
fn a_broken_line_costs_only_itself() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = sums::file(folder.path(), "2026-01-01");
    pen::append(&path, r#"{"in":5}"#).expect("written");
    pen::append(&path, r#"{"in":"#).expect("written");
    pen::append(&path, r#"{"in":6}"#).expect("written");
    assert_eq!(read(folder.path()).len(), 2);
}
