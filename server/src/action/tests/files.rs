//! Files with and without mistakes.

use expect_test::{Expect, expect};

use super::super::*;

/// What is wrong with a user's file, `line: message`.
fn check(file: &str, expected: Expect) {
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
fn with(line: &str) -> String {
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

/// What is wrong with a template below good fields, from line 6 on.
fn check_body(body: &str, expected: Expect) {
    check(
        &format!("---\nid: mine\ntitle: Mine\noffered: always\n---\n{body}\n"),
        expected,
    );
}

#[test]
fn templates_name_only_what_is_there() {
    check_body(
        "a\n{{ langauge }}\n{{ path }} {{ nothing }}",
        expect![[r#"
        7: there is no `langauge`, only language, path, question, selection, selected, function_name, function, before, after, imports, outline, tests, enclosing_type, definitions, diagnostics, trace
        8: there is no `nothing`, only language, path, question, selection, selected, function_name, function, before, after, imports, outline, tests, enclosing_type, definitions, diagnostics, trace
    "#]],
    );
    check_body(
        "{% set x = 1 %}{% for l in path|lines %}{{ l }}{{ x }}{{ loop.index }}{% endfor %}{{ range(3) }}",
        expect![[""]],
    );
    check_body(
        "before\n\n{{ before }}",
        expect![[r#"
        8: uses `before`, but `needs` does not list near
    "#]],
    );
    check_body(
        "{{ path.name }}",
        expect![[r#"
            6: names a part of a word: there are none
        "#]],
    );
    check(
        &with("system: |\n  {{ path }}\n  {{ who }}"),
        expect![[r#"
            7: there is no `who`, only language, path, question, selection, selected, function_name, function, before, after, imports, outline, tests, enclosing_type, definitions, diagnostics, trace
        "#]],
    );
    check(
        &with("system: |\n\n  a\n\n  {{ who }}"),
        expect![[r#"
            9: there is no `who`, only language, path, question, selection, selected, function_name, function, before, after, imports, outline, tests, enclosing_type, definitions, diagnostics, trace
        "#]],
    );
    check(
        &with("system: >\n\n  a\n  b\n  {{ who }}"),
        expect![[r#"
            5: a text of several lines begins with `|`: `system: |`
        "#]],
    );
    check(
        &with("system: a\n  b\n  {{ who }}"),
        expect![[r#"
            5: a text of several lines begins with `|`: `system: |`
        "#]],
    );
    check(
        &with("system: \"{{ who }}\""),
        expect![[r#"
        5: there is no `who`, only language, path, question, selection, selected, function_name, function, before, after, imports, outline, tests, enclosing_type, definitions, diagnostics, trace
    "#]],
    );
}

#[test]
fn what_fails_is_found_before_it_is_asked() {
    check_body(
        "ok\n{{ path",
        expect![[r#"
        7: syntax error: unexpected end of input, expected end of variable block
    "#]],
    );
    check_body(
        "ok\n{% if path %}",
        expect![[r#"
        7: syntax error: unexpected end of input, expected end of block
    "#]],
    );
    check_body(
        "{{ path | shout }}",
        expect![[r#"
        6: unknown filter: filter shout is unknown
    "#]],
    );
    check_body(
        "{% if not path %}\n{{ path | round }}\n{% endif %}",
        expect![[r#"
            7: invalid operation: cannot round value (string)
        "#]],
    );
}

#[test]
fn templates_read_no_files() {
    check_body(
        "{% include '/etc/passwd' %}",
        expect![[r#"
        6: syntax error: unknown statement include
    "#]],
    );
    check_body(
        "\n{% import 'a' as a %}",
        expect![[r#"
        7: syntax error: unknown statement import
    "#]],
    );
    check_body(
        "{% extends 'a' %}",
        expect![[r#"
        6: syntax error: unknown statement extends
    "#]],
    );
}

#[test]
fn templates_end() {
    check_body(
        "{% for a in range(10000) %}{% for b in range(10000) %}{% endfor %}{% endfor %}",
        expect![[r#"
            6: does too much, or makes too long a text
        "#]],
    );
    check_body(
        "{{ 'x' * 1000000000 }}",
        expect![[r#"
            6: does too much, or makes too long a text
        "#]],
    );
    check_body(
        "{{ '%1000000000d' | format(1) }}",
        expect![[r#"
            6: does too much, or makes too long a text
        "#]],
    );
    let doubled = format!("{{% set a = 'x' %}}{}", "{% set a = a ~ a %}".repeat(100));
    check_body(
        &doubled,
        expect![[r#"
            6: does too much, or makes too long a text
        "#]],
    );
    check_body(
        "\n{{ 'x' * 2000000 }}",
        expect![[r#"
        7: makes a prompt of more than 1048576 bytes
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

#[test]
fn fences_are_longer_than_those_inside() {
    let file = with("system: \"{{ selection | fenced(language) }}\"");
    let action = Action::parse(&file, Origin::BuiltIn).expect("an action");
    let fenced = |selection: &str| {
        let words = Words {
            language: "Rust".to_owned(),
            selection: selection.to_owned(),
            ..Words::default()
        };
        render(&action, &words).expect("a prompt").0
    };
    assert_eq!(fenced("\nfn a() {}\n"), "```rust\nfn a() {}\n```");
    assert_eq!(
        fenced("/// ````\n    ````` x"),
        "``````rust\n/// ````\n    ````` x\n``````"
    );
}

#[test]
fn what_the_user_types_is_no_template() {
    let action = Action::parse(&with("system: \"{{ question }}\""), Origin::BuiltIn);
    let words = Words {
        question: "{{ path }} {% for %} <b>&</b>".to_owned(),
        ..Words::default()
    };
    let (system, _) = render(&action.expect("an action"), &words).expect("a prompt");
    assert_eq!(system, words.question);
}

#[test]
fn deep_templates_are_refused() {
    let many = |part: &str| part.repeat(60_000 / part.len());
    let deep = [
        format!("{{{{ {} }}}}", many("(")),
        format!("{{{{ path{} }}}}", many("|d")),
        format!("{{{{ path{} }}}}", many(".a")),
        format!("{{{{ path{} }}}}", many("[0]")),
        format!("{{{{ path{} }}}}", many("()")),
        format!("{{{{ path{} }}}}", many("~1")),
        format!("{{{{ path{} }}}}", many(" is a")),
        format!("{{{{ 1{} }}}}", many("**1")),
        format!("{{{{ {}1 }}}}", many("-")),
        format!("{{{{ {}1 }}}}", many("not ")),
        format!("{{{{ {}1 }}}}", many("1 if 1 else ")),
        format!("{{{{ path{} }}}}", many(" and 1")),
        many("{% if path %}"),
        many("{% for a in path %}"),
        format!("{{% if path %}}{}{{% endif %}}", many("{% elif 1 %}")),
        many("{% with a=1 %}"),
    ];
    for body in deep {
        let file = format!("---\nid: mine\ntitle: Mine\noffered: always\n---\n{body}\n");
        // A stack that runs over would end the process.
        let problems = Action::parse(&file, Origin::BuiltIn).expect_err("too deep");
        assert_eq!(problems.len(), 1);
        let message = &problems[0].message;
        assert!(
            message.contains(" more than ") || message.starts_with("more than "),
            "{message}"
        );
    }
    // What is within the limits fits into the stack of a test, which is as large as that of any other thread.
    let many = |part: &str, most: usize| part.repeat(most);
    let tags = "{% if path %}a{% elif 1 %}b".to_owned() + &many("{% elif 1 %}", 396);
    check_body(&format!("{tags}{{% endif %}}"), expect![[""]]);
    check_body(&format!("{{{{ path{} }}}}", many("|d", 99)), expect![[""]]);
    check_body(
        &format!("{{{{ path{} }}}}", many("|d", 100)),
        expect![[r#"
        6: a tag of more than 200 words and signs
    "#]],
    );
}
