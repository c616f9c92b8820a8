//! Files with and without mistakes: their two parts, their fields and values.

use expect_test::{Expect, expect};

use super::super::*;

/// What is wrong with a user's file, `line: message`.
pub(super) fn check(file: &str, expected: Expect) {
    let read = Action::parse(file, Origin::User("mine.md".into()));
    expected.assert_eq(&told(read));
}

fn told(read: Result<Action, Vec<Problem>>) -> String {
    let problems = read.err().unwrap_or_default();
    let lines = problems
        .iter()
        .map(|one| format!("{}: {}\n", one.line, one.message));
    lines.collect()
}

/// A good file with one line of its fields replaced, or one added.
pub(super) fn with(line: &str) -> String {
    let key = line.split(':').next().expect("a key");
    let mut fields = vec!["id: mine", "title: Mine", "offered: always"];
    fields.retain(|field| !field.starts_with(&format!("{key}:")));
    fields.push(line);
    format!(
        "---\n{}\n---\nWhat is {{{{ language }}}}?\n",
        fields.join("\n")
    )
}

#[test]
fn every_field_is_read() {
    let file = "\u{feff}---\r\nid: mine\r\ntitle: \"Mine: yes\" # mine\r\nlanguages: [Go, python]\r\noffered:\r\n  - selection\r\n  - function\r\nkind: refactor.rewrite.mine\r\nneeds: near\r\nbackend: box\r\ntemperature: 0.5\r\nmax_tokens: 100\r\nanswer: replace\r\nchecks: parses\r\nsystem: |\r\n  Be\r\n  brief.\r\n---\r\n\r\n  {{ before }}\r\n---\r\n";
    let action = Action::parse(file, Origin::User("mine.md".into())).expect("an action");
    let template = |text: &str, line| Template {
        text: text.to_owned(),
        line,
    };
    assert_eq!(
        action,
        Action {
            id: "mine".to_owned(),
            title: "Mine: yes".to_owned(),
            languages: vec!["Go".to_owned(), "python".to_owned()],
            offered: vec![Offered::Selection, Offered::Function],
            kind: "refactor.rewrite.mine".to_owned(),
            needs: vec![Need::Near],
            backend: Some("box".to_owned()),
            temperature: Some(0.5),
            max_tokens: Some(100),
            answer: AnswerKind::Replace,
            checks: vec![Check::Parses],
            system: template("Be\nbrief.\n", 16),
            body: template("  {{ before }}\n---", 20),
            origin: Origin::User("mine.md".into()),
        }
    );
}

#[test]
fn a_file_has_two_parts() {
    check(
        "",
        expect![[r#"
        1: begins with a line `---` and its fields, as `convive action new` writes it
    "#]],
    );
    check(
        "What?",
        expect![[r#"
        1: begins with a line `---` and its fields, as `convive action new` writes it
    "#]],
    );
    check(
        "---\nid: a\nWhat?",
        expect![[r#"
        1: no second line `---` ends the fields
    "#]],
    );
    check(
        "---\n---\n\n",
        expect![[r#"
        1: `id` is missing
        1: `offered` says where: always, selection, function, diagnostic, trace
        1: `title` is missing
        4: has no question below its fields
    "#]],
    );
}

#[test]
fn fields_are_known_and_written_once() {
    check(
        &with("colour: red"),
        expect![[r#"
        5: there is no `colour`, only id, title, languages, offered, kind, needs, backend, temperature, max_tokens, answer, checks, system
    "#]],
    );
    check(
        &with("id: a\nid: b"),
        expect![[r#"
        5: `id` is written twice
    "#]],
    );
    check(
        &with("title: [a, b]"),
        expect![[r#"
        4: `title` takes one value, not a list
    "#]],
    );
    check(
        &with("title:"),
        expect![[r#"
        4: `title` is missing
    "#]],
    );
    check(
        &with("id: Mine!"),
        expect![[r#"
        4: `Mine!` is no id: up to 40 letters a to z, digits, - and _
    "#]],
    );
}

#[test]
fn values_have_names() {
    check(
        &with("offered: [selection, nowhere]"),
        expect![[r#"
        4: offered: there is no `nowhere`, only always, selection, function, diagnostic, trace
    "#]],
    );
    check(
        &with("offered: []"),
        expect![[r#"
        4: `offered` says where: always, selection, function, diagnostic, trace
    "#]],
    );
    check(
        &with("needs:\n  - near\n  - tests"),
        expect![[r#"
        7: needs: there is no `tests`, only imports, outline, test, type, function, definition, near, diagnostics, trace
    "#]],
    );
    check(
        &with("answer: edit"),
        expect![[r#"
        5: answer: there is no `edit`, only answer, insert, replace, test, file
    "#]],
    );
    check(
        &with("answer: insert\nchecks: compile"),
        expect![[r#"
        6: checks: there is no `compile`, only parses, compiles, test-runs
    "#]],
    );
    check(
        &with("kind: refactoring"),
        expect![[r#"
        5: kind: there is no `refactoring`, only quickfix, refactor, refactor.extract, refactor.inline, refactor.rewrite, source, or below one of them
    "#]],
    );
    check(
        &with("temperature: hot"),
        expect![[r#"
        5: temperature: hot is no number from 0 to 2
    "#]],
    );
    check(
        &with("max_tokens: 0"),
        expect![[r#"
        5: max_tokens: 0 is no number from 1 to 65536
    "#]],
    );
}

#[test]
fn fields_fit_each_other() {
    check(
        &with("checks: parses"),
        expect![[r#"
        5: checks are for answers that are code: insert, replace, test, file
    "#]],
    );
    check(
        &with("answer: insert\nchecks: test-runs"),
        expect![[r#"
        6: test-runs needs `answer: test`
    "#]],
    );
    check(
        &with("needs: trace"),
        expect![[r#"
        5: a trace is there only where the action is offered on one: `offered: trace`
    "#]],
    );
}

#[test]
fn what_is_not_flat_yaml_is_told() {
    check(
        &with("title: 'open"),
        expect![[r#"
        4: while scanning a quoted scalar, found unexpected end of stream
    "#]],
    );
    check(
        &with("title: {a: b}"),
        expect![[r#"
        4: a value is a text, a number or a list of texts
    "#]],
    );
    check(
        &with("needs: [[near]]"),
        expect![[r#"
        5: a list stands where none can be
    "#]],
    );
    check(
        &with("title: *other"),
        expect![[r#"
        4: while parsing node, found unknown anchor
    "#]],
    );
    check(
        &with("\tid: a"),
        expect![[r#"
        4: while scanning a plain scalar, found a tab
    "#]],
    );
    check(
        "---\njust words\n---\nWhat?\n",
        expect![[r#"
        2: fields are written `name: value`
    "#]],
    );
    check(
        "---\n- id\n---\nWhat?\n",
        expect![[r#"
        2: a list stands where none can be
    "#]],
    );
    let deep = format!("---\nid: {}\n---\nWhat?\n", "[".repeat(50_000));
    check(
        &deep,
        expect![[r#"
        2: recursion limit exceeded
    "#]],
    );
}

#[test]
fn a_workspace_does_not_choose_where_prompts_go() {
    let file = with("backend: theirs");
    assert!(Action::parse(&file, Origin::User("mine.md".into())).is_ok());
    let read = Action::parse(&file, Origin::Workspace("mine.md".into()));
    expect![[r#"
        5: a workspace's action cannot choose the backend; yours is used
    "#]]
    .assert_eq(&told(read));
}
