//! Where a hole is.

use super::*;

fn check_hole(drawing: &str, expected: &str) {
    let (snapshot, context) = gather_in(drawing, USUAL);
    let hole = &context.hole;
    let first = |span: Option<Span>| {
        let text = snapshot.text.slice(span.unwrap_or_default());
        text.lines().next().unwrap_or_default().to_owned()
    };
    let found = format!(
        "{:?} {:?} | {} | {} | {}",
        hole.kind,
        hole.shape,
        first(hole.block),
        first(hole.function),
        hole.quiet.unwrap_or_default()
    );
    assert_eq!(found, expected, "{drawing}");
}

#[test]
fn holes_in_go() {
    let go = |line: &str| format!("//- a.go\npackage a\n\nfunc f(n int) {{\n{line}\n}}\n");
    let around = "{ | func f(n int) {";
    let cases = [
        ("\t$0", "Statement Block", ""),
        ("\tg($0)", "Arguments Line", ""),
        ("\tg(n, $0", "Arguments Line", ""),
        ("\tx := \"a$0b\"", "String Line", "in the middle of a word"),
        ("\tx := \"ab$0", "String Line", ""),
        ("\t// say $0", "Comment Line", ""),
        ("\tx := n $0", "Code Line", ""),
        (
            "\tx := n; $0",
            "AfterStatement Line",
            "behind a finished statement",
        ),
        ("\tfo$0o()", "Code Line", "in the middle of a word"),
        ("\tswitch n {\n\t$0\n\t}", "Code Block", ""),
    ];
    for (line, expected, quiet) in cases {
        check_hole(&go(line), &format!("{expected} | {around} | {quiet}"));
    }
    check_hole(
        "//- a.go\npackage a\n\nimport \"f$0\"\n",
        "Import Line |  |  | ",
    );
    check_hole("//- a.go\npackage a\n\n$0\n", "Item Block |  |  | ");
    check_hole(
        "//- a.go\npackage a\n\nfunc g($0\n",
        "Parameters Line |  |  | ",
    );
    check_hole(
        "//- a.go\npackage a\n\ntype T struct {\n\t$0\n}\n",
        "Code Block | { |  | ",
    );
    check_hole(
        "//- a.go\npackage a\n\n// g does.\nfunc g() { $0 }\n",
        "Statement Line | {  } | // g does. | ",
    );
}

#[test]
fn holes_in_rust() {
    let rust = |line: &str| format!("//- a.rs\n#[inline]\nfn f(n: i32) {{\n{line}\n}}\n");
    let around = "{ | #[inline]";
    let cases = [
        ("    $0", "Statement Block", ""),
        ("    g(&'a $0)", "Arguments Line", ""),
        ("    println!(\"{}\", $0);", "Arguments Line", ""),
        ("    let x = Some($0", "Arguments Line", ""),
        ("    let x = r#\"a $0\"#;", "String Line", ""),
        ("    /// say $0", "Comment Line", ""),
        ("    let x = n.$0;", "Code Line", ""),
        (
            "    let x = n;$0",
            "AfterStatement Line",
            "behind a finished statement",
        ),
        ("    if n > 0 {$0", "Statement Block", ""),
        ("    let c = |a$0| a;", "Parameters Line", ""),
    ];
    for (line, expected, quiet) in cases {
        let around = if line.ends_with("{$0") {
            "{ | #[inline]"
        } else {
            around
        };
        check_hole(&rust(line), &format!("{expected} | {around} | {quiet}"));
    }
    check_hole("//- a.rs\nuse std::$0;\n", "Import Line |  |  | ");
    check_hole("//- a.rs\nimpl T {\n    $0\n}\n", "Item Block | { |  | ");
    check_hole(
        "//- a.rs\nfn a() {\n    match x {\n        $0\n    }\n}\n",
        "Code Block | { | fn a() { | ",
    );
    check_hole("//- a.txt\nfoo {\n  $0\n}\n", "Unknown Block | { |  | ");
}
