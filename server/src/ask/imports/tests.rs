//! Imports added to texts: what becomes of the text.

use super::*;
use crate::complete::around::ended;
use crate::document::Snapshot;

/// What a file becomes with imports that are wanted: whole declarations, one a line. Nothing of it is lost or moved.
fn check(path: &str, text: &str, at: usize, wanted: &str, expected: &str) {
    let snapshot = Snapshot::parse(path, text);
    let edits = match path.ends_with(".go") {
        true => block::merge(&snapshot, at, block::specs(wanted.lines())),
        false => {
            let wanted: Vec<String> = wanted.lines().map(str::to_owned).collect();
            let edit = lines::merge(&snapshot, at, &wanted);
            edit.into_iter().collect()
        }
    };
    assert!(edits.iter().all(|edit| edit.span.is_empty()));
    assert!(edits.is_sorted_by(|one, other| one.span < other.span));
    let mut out = text.to_owned();
    for edit in ended(&snapshot, edits).iter().rev() {
        out.replace_range(edit.span.range(), &edit.new_text);
    }
    assert_eq!(out, expected, "{wanted} into\n{text}");
}

fn go(imports: &str, wanted: &str, expected: &str) {
    let file = |imports: &str| format!("package a\n\n{imports}\n\nfunc f() {{}}\n");
    check("/a.go", &file(imports), 0, wanted, &file(expected));
}

#[test]
fn a_list_is_added_to_in_the_order_of_its_groups() {
    go(
        "import (\n\t\"fmt\" // says\n\n\t\"b.com/b\"\n\n\t\"a.com/own\"\n)",
        "import \"os\"\nimport \"errors\"\nimport \"b.com/c\"\nimport \"a.com/a\"",
        "import (\n\t\"errors\"\n\t\"fmt\" // says\n\t\"os\"\n\n\t\"a.com/a\"\n\t\"b.com/b\"\n\t\"b.com/c\"\n\n\t\"a.com/own\"\n)",
    );
    go(
        "import (\n\t\"a.com/a\"\n)",
        "import \"os\"\nimport \"fmt\"",
        "import (\n\t\"fmt\"\n\t\"os\"\n\n\t\"a.com/a\"\n)",
    );
    go(
        "import (\n\t\"fmt\" // x\n)",
        "import z \"a.com/a\"\nimport \"b.com/b\"\nimport \"os\"",
        "import (\n\t\"fmt\" // x\n\t\"os\"\n\n\tz \"a.com/a\"\n\t\"b.com/b\"\n)",
    );
}

#[test]
fn whatever_its_form_a_list_stays_one() {
    go("import ()", "import \"os\"", "import (\n\t\"os\"\n)");
    go("import (\n)", "import \"os\"", "import (\n\t\"os\"\n)");
    go(
        "import (\"fmt\"; \"io\")",
        "import \"os\"",
        "import (\n\t\"fmt\"; \"io\"\n\t\"os\"\n)",
    );
    go(
        "import ( // \"os\"\n\t/* \"os\" */ \"fmt\"\n\t// \"os\"\n)",
        "import \"os\"",
        "import ( // \"os\"\n\t/* \"os\" */ \"fmt\"\n\t\"os\"\n\t// \"os\"\n)",
    );
}

#[test]
fn one_import_becomes_a_list_and_several_lines_get_one_more() {
    go(
        "import \"fmt\" // says",
        "import \"os\"\nimport \"errors\"\nimport \"a.com/a\"",
        "import (\n\t\"errors\"\n\t\"fmt\" // says\n\t\"os\"\n\n\t\"a.com/a\"\n)",
    );
    go(
        "import str \"strings\"",
        "import \"fmt\"",
        "import (\n\t\"fmt\"\n\tstr \"strings\"\n)",
    );
    go(
        "import \"fmt\"\nimport \"io\"",
        "import \"errors\"",
        "import \"fmt\"\nimport \"io\"\nimport \"errors\"",
    );
    go(
        "import \"C\"",
        "import \"os\"",
        "import \"C\"\n\nimport \"os\"",
    );
}

#[test]
fn nothing_is_imported_twice() {
    let there = "import (\n\t\"a.com/go-check\"\n\t\"b.com/errors\"\n\tstr \"strings\"\n)";
    go(there, "import \"errors\"", there);
    go(
        there,
        "import \"a.com/go-check\"\nimport str \"strings\"",
        there,
    );
    go(there, "import check \"a.com/go-check\"", there);
}

#[test]
fn the_first_import_of_a_file_stands_below_its_package() {
    let text =
        "/*\n * package b\n */\n\n// Package a.\r\npackage a // of all\r\n\r\nfunc f() {}\r\n";
    check(
        "/a.go",
        text,
        text.len(),
        "import \"os\"",
        &text.replace("all\r\n", "all\r\n\r\nimport \"os\"\r\n"),
    );
}

/// The imports that the code of a function needs: `brought` by it, `known` around it.
fn check_needed(brought: &str, known: &str, code: &str, expected: &str) {
    let language = Snapshot::parse("/a.go", "").language.expect("Go");
    let words = Words::of(language, code);
    let known = block::specs(known.lines());
    let needed = needed(
        language,
        block::specs(brought.lines()),
        &words,
        &known,
        |word| word == "list",
    );
    let shown: Vec<String> = needed.iter().map(|one| one.path.clone()).collect();
    assert_eq!(shown.join(" "), expected, "{code}");
}

#[test]
fn only_packages_are_needed_that_the_code_means() {
    let check = |code: &str, expected: &str| check_needed("", "", code, expected);
    check("fmt.Println(os.Args, a.strings.X)", "fmt os");
    check("// fmt.Println\nx := \"os.Args\" + `io.EOF`", "");
    check("func(url *T) { url.Parse() }", "");
    check("errors := f()\nerrors.Is()", "");
    check("row{url: url.Parse(x), time: time.Now()}", "net/url time");
    check("list.New()", "");
    check("fmt.println()\nstrings", "");
    check("f(args ...time.Duration", "time");
    check("bytes.\n\tNewBuffer(nil)", "bytes");
}

#[test]
fn what_is_brought_must_be_used_and_what_is_known_goes_first() {
    let brought = "import (\n\t\"math/rand/v2\"\n\t\"os\"\n\t\"a.com/go-check\"\n\t_ \"embed\"\n\tx \"b.com/y\"\n)";
    check_needed(brought, "", "rand.Int()", "embed math/rand/v2");
    check_needed(
        brought,
        "",
        "check.That(x.Y)",
        "embed a.com/go-check b.com/y",
    );
    // Its package may be called so.
    check_needed(brought, "", "that.Is()", "embed a.com/go-check");
    check_needed(
        "",
        "import \"a.com/errors\"",
        "errors.New()",
        "a.com/errors",
    );
    check_needed(
        "import \"errors\"",
        "import \"a.com/errors\"",
        "errors.New()",
        "errors",
    );
    check_needed("import \"C\"", "", "C.puts()", "C");
}

fn rust(text: &str, wanted: &str, expected: &str) {
    let at = text.find('$').expect("a place");
    check("/a.rs", &text.replace('$', ""), at, wanted, expected);
}

#[test]
fn lines_stand_below_those_of_their_module() {
    rust(
        "use a::b; // why\n\nmod m {\n    mod tests {\n        $fn f() {}\n    }\n}\n",
        "use a::b;",
        "use a::b; // why\n\nmod m {\n    mod tests {\n        use a::b;\n\n        fn f() {}\n    }\n}\n",
    );
    rust(
        "use a::b; // why\n\nmod tests { use super::*;$ }\n",
        "use a::b;\nuse a::{b, c};",
        "use a::b; // why\n\nmod tests { use super::*;\n    use a::c; }\n",
    );
    rust(
        "use a::b; // why\r\n\r\nfn f() {$}\r\n",
        "use a::{b,  c};",
        "use a::b; // why\r\nuse a::c;\r\n\r\nfn f() {}\r\n",
    );
}

#[test]
fn what_is_said_of_the_whole_stays_at_the_top() {
    rust(
        "/*! Docs. */\n#![allow(\n    a, // one\n    b\n)]\n/// f\nfn f() {$}\n",
        "use a::b;",
        "/*! Docs. */\n#![allow(\n    a, // one\n    b\n)]\n\nuse a::b;\n\n/// f\nfn f() {}\n",
    );
    rust(
        "/* License. */\n\n// Of f.\nfn f() {$}\n",
        "use a::b;",
        "/* License. */\n\nuse a::b;\n\n// Of f.\nfn f() {}\n",
    );
    rust(
        "mod m {\n\t//! Docs.\n\t#![allow(a)]\n\n\tfn f() {$}\n}\n",
        "use a::b;",
        "mod m {\n\t//! Docs.\n\t#![allow(a)]\n\n\tuse a::b;\n\n\tfn f() {}\n}\n",
    );
    rust("$", "use a::b;", "use a::b;\n");
    rust("//! Docs.$", "use a::b;", "//! Docs.\n\nuse a::b;\n");
}
