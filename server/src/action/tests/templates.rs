//! Templates: what they may name, what is found in them before they are asked, and what they cannot do.

use expect_test::{Expect, expect};

use super::super::*;
use super::files::{check, with};

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
