//! Small changes of a function that a good test notices; pure.

use tree_sitter::{Node, QueryCursor, StreamingIterator};

use crate::document::Syntax;
use crate::language::Language;
use crate::text::{Edit, Span, Text};

/// A changed function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mutant {
    /// What was changed, in words for the user.
    pub what: &'static str,
    /// To be made in the text of the file.
    pub edit: Edit,
}

/// The kinds of mutants, those first that a test should notice most surely.
const KINDS: [&str; 4] = [
    "it returns at once",
    "a condition is turned round",
    "an operator is swapped",
    "a constant is changed",
];

/// Operators and what takes their place.
const SWAPS: &[(&str, &str)] = &[
    ("+", "-"),
    ("-", "+"),
    ("*", "+"),
    ("/", "*"),
    ("%", "*"),
    ("<", "<="),
    ("<=", "<"),
    (">", ">="),
    (">=", ">"),
    ("==", "!="),
    ("!=", "=="),
    ("&&", "||"),
    ("||", "&&"),
    ("&", "|"),
    ("|", "&"),
    ("<<", ">>"),
    (">>", "<<"),
    ("+=", "-="),
    ("-=", "+="),
];

/// Up to `most` mutants of the function at `function`, of as many kinds as there are; each parses as well as the original.
pub fn mutants(language: &Language, text: &Text, function: Span, most: usize) -> Vec<Mutant> {
    let Some(syntax) = Syntax::parse(language, text) else {
        return Vec::new();
    };
    let whole = Span::new(0, text.len());
    let errors = syntax.error_count(whole);
    let mut found = find(language, text, &syntax, function);
    found.sort_by_key(|(kind, edit)| (*kind, edit.span));
    found.dedup();
    let parses = |edit: &Edit| {
        let mut changed = text.clone();
        changed.apply(edit);
        let parsed = Syntax::parse(language, &changed);
        parsed.is_some_and(|syntax| syntax.error_count(Span::new(0, changed.len())) <= errors)
    };
    found.retain(|(_, edit)| parses(edit));
    in_turns(found, most)
}

/// One of each kind, then the next of each.
fn in_turns(found: Vec<(usize, Edit)>, most: usize) -> Vec<Mutant> {
    let mut turns = [0; KINDS.len()];
    let mut ranked: Vec<(usize, usize, Edit)> = found
        .into_iter()
        .map(|(kind, edit)| {
            turns[kind] += 1;
            (turns[kind], kind, edit)
        })
        .collect();
    ranked.sort_by_key(|(turn, kind, _)| (*turn, *kind));
    ranked.truncate(most);
    let mutant = |(_, kind, edit): (usize, usize, Edit)| Mutant {
        what: KINDS[kind],
        edit,
    };
    ranked.into_iter().map(mutant).collect()
}

fn find(language: &Language, text: &Text, syntax: &Syntax, function: Span) -> Vec<(usize, Edit)> {
    let Some(query) = language.queries.mutants.get() else {
        return Vec::new();
    };
    let mut found = Vec::new();
    let mut cursor = QueryCursor::new();
    cursor.set_byte_range(function.range());
    let mut matches = cursor.matches(query, syntax.tree.root_node(), text.as_bytes());
    while let Some(matched) = matches.next() {
        let node = |name: &str| {
            let mut captures = matched.captures().iter();
            let named = captures.find(|one| query.capture_names()[one.index as usize] == name);
            named.map(|one| one.node)
        };
        if let Some(body) = node("body")
            && function.contains(span(body))
        {
            let inside = Span::empty(body.start_byte() + 1);
            let results = results(node("result"), text);
            found.push((0, Edit::new(inside, (language.early_return)(&results))));
        }
        let changed = [
            node("condition").map(|node| (1, node, turned(text.slice(span(node))))),
            node("operator").map(|node| (2, node, swapped(text.slice(span(node))))),
            node("constant").map(|node| (3, node, other(text.slice(span(node))))),
        ];
        for (kind, node, new_text) in changed.into_iter().flatten() {
            if let Some(new_text) = new_text
                && function.contains(span(node))
            {
                found.push((kind, Edit::new(span(node), new_text)));
            }
        }
    }
    found
}

/// The types of a function's results; none where they have names, which is as good as having none.
fn results<'a>(result: Option<Node>, text: &'a Text) -> Vec<&'a str> {
    let Some(result) = result else {
        return Vec::new();
    };
    let mut cursor = result.walk();
    let listed: Vec<Node> = result.children_by_field_name("type", &mut cursor).collect();
    if result.kind() != "parameter_list" || !listed.is_empty() {
        return vec![text.slice(span(result))];
    }
    let declared: Vec<Node> = result.named_children(&mut cursor).collect();
    if declared
        .iter()
        .any(|one| one.child_by_field_name("name").is_some())
    {
        return Vec::new();
    }
    let types = declared
        .iter()
        .filter_map(|one| one.child_by_field_name("type"));
    types.map(|node| text.slice(span(node))).collect()
}

fn turned(condition: &str) -> Option<String> {
    // A pattern is not a question.
    let is_pattern = condition.split_whitespace().any(|word| word == "let");
    (!is_pattern).then(|| format!("!({condition})"))
}

fn swapped(operator: &str) -> Option<String> {
    let swap = SWAPS.iter().find(|(from, _)| *from == operator);
    swap.map(|(_, to)| (*to).to_owned())
}

fn other(constant: &str) -> Option<String> {
    let text = constant
        .strip_prefix('"')
        .and_then(|text| text.strip_suffix('"'));
    match (constant, text) {
        ("true", _) => Some("false".to_owned()),
        ("false", _) => Some("true".to_owned()),
        (_, Some("")) => Some("\"x\"".to_owned()),
        (_, Some(_)) => Some("\"\"".to_owned()),
        _ => next(constant),
    }
}

/// The next number; what follows the digits stays.
fn next(number: &str) -> Option<String> {
    let end = number
        .find(|character: char| !character.is_ascii_digit())
        .unwrap_or(number.len());
    let (digits, rest) = number.split_at(end);
    let is_other_base = digits == "0" && rest.starts_with(|first: char| "xXoObB_".contains(first));
    let value: u64 = digits.parse().ok().filter(|_| !is_other_base)?;
    Some(format!("{}{rest}", value.checked_add(1)?))
}

fn span(node: Node) -> Span {
    Span::from(node.byte_range())
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;
    use crate::language;

    /// The lines that mutants change in the function that is the whole text.
    fn check(language: &str, text: &str, expected: Expect) {
        let language = language::find(Some(language), None).expect("a language");
        let text = Text::new(text);
        let mut out = String::new();
        for mutant in mutants(language, &text, Span::new(0, text.len()), 20) {
            let line = text.line_of(mutant.edit.span.start);
            let mut changed = text.clone();
            changed.apply(&mutant.edit);
            out += &format!("{}: {}\n", mutant.what, changed.line(line).trim());
        }
        expected.assert_eq(&out);
    }

    #[test]
    fn go_functions_change() {
        check(
            "go",
            "func f(a, b int) (int, error) {\n\tif a < b && ok {\n\t\treturn 0x10 + 41, nil\n\t}\n\tfor i := 0; i < 3; i++ {\n\t\ta += b\n\t}\n\treturn len(\"\"), errors.New(\"no\")\n}\n",
            expect![[r#"
                it returns at once: func f(a, b int) (int, error) { return *new(int), *new(error);
                a condition is turned round: if !(a < b && ok) {
                an operator is swapped: if a <= b && ok {
                a constant is changed: return 0x10 + 42, nil
                a condition is turned round: for i := 0; !(i < 3); i++ {
                an operator is swapped: if a < b || ok {
                a constant is changed: for i := 1; i < 3; i++ {
                an operator is swapped: return 0x10 - 41, nil
                a constant is changed: for i := 0; i < 4; i++ {
                an operator is swapped: for i := 0; i <= 3; i++ {
                a constant is changed: return len("x"), errors.New("no")
                an operator is swapped: a -= b
                a constant is changed: return len(""), errors.New("")
            "#]],
        );
        check(
            "go",
            "func (s *S) f() (n int) { return 1 }\n",
            expect![[r#"
            it returns at once: func (s *S) f() (n int) { return ; return 1 }
            a constant is changed: func (s *S) f() (n int) { return 2 }
        "#]],
        );
        check(
            "go",
            "func f() {}\n",
            expect![[r#"
            it returns at once: func f() { return ;}
        "#]],
        );
        check(
            "go",
            "func f() map[string]int { return nil }\n",
            expect![[r#"
            it returns at once: func f() map[string]int { return *new(map[string]int); return nil }
        "#]],
        );
    }

    #[test]
    fn rust_functions_change() {
        check(
            "rust",
            "fn f(a: u32) -> Result<u32, E> {\n    if let Some(b) = g() { return Ok(b); }\n    while a == 1u32 || !done { a -= 1; }\n    match a { 1 if big => Ok(2), _ => Err(E) }\n}\n",
            expect![[r#"
                it returns at once: fn f(a: u32) -> Result<u32, E> { if true { return Ok(Default::default()); }
                a condition is turned round: while !(a == 1u32 || !done) { a -= 1; }
                an operator is swapped: while a != 1u32 || !done { a -= 1; }
                a constant is changed: while a == 2u32 || !done { a -= 1; }
                a condition is turned round: match a { 1 if !(big) => Ok(2), _ => Err(E) }
                an operator is swapped: while a == 1u32 && !done { a -= 1; }
                a constant is changed: while a == 1u32 || !done { a -= 2; }
                an operator is swapped: while a == 1u32 || !done { a += 1; }
                a constant is changed: match a { 2 if big => Ok(2), _ => Err(E) }
                a constant is changed: match a { 1 if big => Ok(3), _ => Err(E) }
            "#]],
        );
        check(
            "rust",
            "fn f() -> Vec<u8> { vec![1] }\n",
            expect![[r#"
            it returns at once: fn f() -> Vec<u8> { if true { return Default::default(); } vec![1] }
            a constant is changed: fn f() -> Vec<u8> { vec![2] }
        "#]],
        );
        check(
            "rust",
            "fn f() { g(true, 1.5) }\n",
            expect![[r#"
            it returns at once: fn f() { if true { return; } g(true, 1.5) }
            a constant is changed: fn f() { g(false, 1.5) }
            a constant is changed: fn f() { g(true, 2.5) }
        "#]],
        );
    }

    #[test]
    fn only_the_function_changes() {
        let language = language::find(Some("go"), None).expect("a language");
        let text = Text::new("func f() int { return 1 }\nfunc g() int { return 2 }\n");
        let second = Span::new(26, text.len());
        let mutants = mutants(language, &text, second, 2);
        assert_eq!(mutants.len(), 2);
        assert!(mutants.iter().all(|one| second.contains(one.edit.span)));
    }
}
