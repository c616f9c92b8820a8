//! Answers of models put into drawn projects: what the file of tests becomes.

use expect_test::{Expect, expect};
use support::fixture;

use super::*;

/// The first file of the drawing is the source, the last one, called `answer`, is what the model wrote; those between hold tests.
/// Shows the file that changes, and the names of the tests.
fn check(drawing: &str, function: &str, expected: Expect) {
    let mut files = fixture::parse(drawing);
    let answer = files.pop().expect("an answer");
    let mut snapshots = files.into_iter().map(|file| {
        let mut snapshot = Snapshot::parse(format!("/work/{}", file.path), file.text);
        (snapshot.version, snapshot.open) = (3, true);
        Arc::new(snapshot)
    });
    let source = snapshots.next().expect("a source");
    let others: Vec<Arc<Snapshot>> = snapshots.collect();
    let wanted = Wanted {
        source: &source,
        function,
        code: &answer.text,
        others: &others,
    };
    let shown = match place(&wanted) {
        Ok(placed) => {
            let known = std::iter::once(&source).chain(&others);
            let original = known
                .clone()
                .find(|one| one.path.as_deref() == Some(&placed.file));
            kept(original.map_or("", |one| one.text.as_str()), &placed);
            let file = &placed.proposal.files[0];
            assert_eq!(file.create, original.is_none());
            assert_eq!(file.version, original.map(|_| 3));
            let path = placed.file.strip_prefix("/work").expect("a path").display();
            let text = placed.text.replace('\r', "␍").replace('\t', "→");
            format!("{path}: {}\n{text}", placed.tests.join(" "))
        }
        Err(why) => format!("{why}\n"),
    };
    expected.assert_eq(&shown);
}

/// Nothing of the original is lost or moved: the edits only insert.
fn kept(original: &str, placed: &Placed) {
    let mut last = 0;
    for edit in &placed.proposal.files[0].edits {
        assert!(edit.span.is_empty() && edit.span.start <= original.len());
        assert!(last <= edit.span.start, "in the order of the text");
        last = edit.span.start;
    }
    let alone = !original.contains("\r\n") || !placed.text.replace("\r\n", "").contains('\n');
    assert!(alone, "one kind of line end: {:?}", placed.text);
}

const GO: &str = "//- shop/stock.go\npackage shop\n\nfunc Add(a, b int) int { return a + b }\n\ntype Stock struct{}\n";

#[test]
fn a_go_test_file_is_made() {
    check(
        &format!(
            "{GO}//- answer\nfunc TestAdd(t *testing.T) {{\n    if got := Add(1, 2); got != 3 {{\n        t.Errorf(\"got %d\", got)\n    }}\n}}\n"
        ),
        "Add",
        expect![[r#"
            shop/stock_test.go: TestAdd
            package shop

            import "testing"

            func TestAdd(t *testing.T) {
            →if got := Add(1, 2); got != 3 {
            →→t.Errorf("got %d", got)
            →}
            }
        "#]],
    );
}

#[test]
fn a_whole_go_file_is_taken_apart() {
    check(
        &format!(
            "{GO}//- answer\npackage main\n\nimport (\n\t\"fmt\"\n\t\"testing\"\n\n\t\"github.com/a/go-cmp/v2\"\n\t_ \"embed\"\n)\n\n// Add adds.\nfunc Add(a, b int) int {{ return a + b }}\n\ntype Stock struct{{}}\n\nfunc (s Stock) f() {{}}\n\ntype row struct{{ a, b, sum int }}\n\n// TestAdd adds.\nfunc TestAdd(t *testing.T) {{\n\tfor _, r := range []row{{{{1, 2, 3}}}} {{\n\t\tcmp.Equal(t, Add(r.a, r.b), r.sum) // ok\n\t}}\n}}\n"
        ),
        "Add",
        expect![[r#"
            shop/stock_test.go: TestAdd
            package shop

            import (
            →_ "embed"
            →"testing"

            →"github.com/a/go-cmp/v2"
            )

            type row struct{ a, b, sum int }

            // TestAdd adds.
            func TestAdd(t *testing.T) {
            →for _, r := range []row{{1, 2, 3}} {
            →→cmp.Equal(t, Add(r.a, r.b), r.sum) // ok
            →}
            }
        "#]],
    );
}

#[test]
fn a_go_test_joins_its_siblings() {
    check(
        &format!(
            "{GO}//- shop/stock_test.go\npackage shop\n\nimport (\n\t\"reflect\"\n\t\"testing\"\n\n\t\"example.com/check\"\n)\n\nfunc helper() bool {{ return reflect.DeepEqual(1, check.One) }}\n\nfunc TestAdd(t *testing.T) {{ helper() }}\n//- answer\npackage shop\n\nimport (\n\t\"strings\"\n\t\"testing\"\n)\n\nfunc helper() bool {{ return reflect.DeepEqual(1, check.One) }}\n\nfunc TestAdd(t *testing.T) {{\n\tcheck.That(t, Add(1, 2) == 3, strings.ToUpper(`raw\n    text`), helper(), errors.New(\"TestAdd\"))\n\tt.Run(\"again\", TestMore)\n}}\n\nfunc TestMore(t *testing.T) {{ TestAdd(t) }}\n"
        ),
        "Add",
        expect![[r#"
            shop/stock_test.go: TestAdd2 TestMore
            package shop

            import (
            →"errors"
            →"reflect"
            →"strings"
            →"testing"

            →"example.com/check"
            )

            func helper() bool { return reflect.DeepEqual(1, check.One) }

            func TestAdd(t *testing.T) { helper() }

            func TestAdd2(t *testing.T) {
            →check.That(t, Add(1, 2) == 3, strings.ToUpper(`raw
                text`), helper(), errors.New("TestAdd"))
            →t.Run("again", TestMore)
            }

            func TestMore(t *testing.T) { TestAdd2(t) }
        "#]],
    );
}

#[test]
fn one_import_becomes_a_list() {
    check(
        &format!(
            "{GO}//- shop/stock_test.go\npackage shop_test\n\nimport \"testing\"\n\nfunc TestOther(t *testing.T) {{}}\n\n//- answer\npackage shop_test\n\nimport \"example.com/shop\"\n\nfunc TestAdd(t *testing.T) {{ _ = shop.Add(1, len(strconv.Itoa(2))) }}"
        ),
        "Add",
        expect![[r#"
            shop/stock_test.go: TestAdd
            package shop_test

            import (
            →"strconv"
            →"testing"

            →"example.com/shop"
            )

            func TestOther(t *testing.T) {}

            func TestAdd(t *testing.T) { _ = shop.Add(1, len(strconv.Itoa(2))) }
        "#]],
    );
}

#[test]
fn a_new_go_file_follows_the_tests_beside_it() {
    check(
        &format!(
            "{GO}//- shop/b_test.go\npackage shop_test\n\nimport (\n\t\"testing\"\n\tstore \"example.com/shop\"\n)\n\nfunc TestAdd(t *testing.T) {{ store.Add(1, 2) }}\n//- answer\nfunc TestAdd(t *testing.T) {{ store.Add(2, 2) }}\n"
        ),
        "Add",
        expect![[r#"
            shop/stock_test.go: TestAdd2
            package shop_test

            import (
            →"testing"

            →store "example.com/shop"
            )

            func TestAdd2(t *testing.T) { store.Add(2, 2) }
        "#]],
    );
}

#[test]
fn line_ends_of_the_file_are_kept() {
    check(
        "//- a.go\npackage a\n\nfunc F() {}\n//- a_test.go\npackage a\r\n\r\nimport \"testing\"\r\n\r\nfunc TestG(t *testing.T) {}\r\n//- answer\nfunc TestF(t *testing.T) {\n\tF()\n\tfmt.Println()\n}\n",
        "F",
        expect![[r#"
            a_test.go: TestF
            package a␍
            ␍
            import (␍
            →"fmt"␍
            →"testing"␍
            )␍
            ␍
            func TestG(t *testing.T) {}␍
            ␍
            func TestF(t *testing.T) {␍
            →F()␍
            →fmt.Println()␍
            }␍
        "#]],
    );
    check(
        "//- src/a.rs\nfn f() {}\r\n//- answer\n#[test]\nfn f_works() {\n    f();\n}\n",
        "f",
        expect![[r#"
            src/a.rs: tests::f_works
            fn f() {}␍
            ␍
            #[cfg(test)]␍
            mod tests {␍
                use super::*;␍
            ␍
                #[test]␍
                fn f_works() {␍
                    f();␍
                }␍
            }␍
        "#]],
    );
}

#[test]
fn an_answer_without_a_test_is_none() {
    check(
        &format!("{GO}//- answer\nfunc Add(a, b int) int {{ return a + b }}\n"),
        "Add",
        expect![[r#"
            the answer holds no new test function
        "#]],
    );
    check(
        &format!("{GO}//- answer\nIt adds two numbers.\n"),
        "Add",
        expect![[r#"
            the answer holds no new test function
        "#]],
    );
    check(
        "//- src/a.rs\nfn f() {}\n//- answer\nfn f() {}\n",
        "f",
        expect![[r#"
            the answer holds no new test function
        "#]],
    );
}

#[test]
fn a_rust_module_is_made() {
    check(
        "//- src/a.rs\npub fn f(a: u8) -> u8 { a }\n//- answer\nuse std::collections::HashMap;\n\npub fn f(a: u8) -> u8 { a }\n\n/// It works.\n#[test]\n#[should_panic]\nfn f_works() {\n  let _: HashMap<u8, u8>;\n  if f(1) == 1 {\n    panic!(\"a\n  b\");\n  }\n}",
        "f",
        expect![[r#"
            src/a.rs: tests::f_works
            pub fn f(a: u8) -> u8 { a }

            #[cfg(test)]
            mod tests {
                use super::*;
                use std::collections::HashMap;

                /// It works.
                #[test]
                #[should_panic]
                fn f_works() {
                    let _: HashMap<u8, u8>;
                    if f(1) == 1 {
                        panic!("a
              b");
                    }
                }
            }
        "#]],
    );
}

#[test]
fn a_rust_module_is_filled() {
    check(
        "//- src/a.rs\nfn f() {}\n\nstruct S;\n\n#[cfg(test)]\nmod tests {\n\tuse super::*;\n\tuse std::rc::{Rc, Weak};\n\n\tfn helper() {}\n\n\t#[test]\n\tfn f_works() { helper(); } // yes\n}\n\nfn g() {}\n//- answer\n#[cfg(test)]\nmod tests {\n    use super::*;\n    use std::rc::Rc;\n    use std::fmt;\n\n    struct S;\n\n    impl S { fn new() {} }\n\n    impl fmt::Debug for S { }\n\n    fn helper() {}\n\n    #[test]\n    fn f_works() {\n        helper();\n    }\n\n    #[test]\n    fn f_works_again() { f_works() }\n}\n",
        "f",
        expect![[r#"
            src/a.rs: tests::f_works_again
            fn f() {}

            struct S;

            #[cfg(test)]
            mod tests {
            →use super::*;
            →use std::rc::{Rc, Weak};
            →use std::fmt;

            →fn helper() {}

            →#[test]
            →fn f_works() { helper(); } // yes

            →impl fmt::Debug for S { }

            →#[test]
            →fn f_works_again() { f_works() }
            }

            fn g() {}
        "#]],
    );
    check(
        "//- src/a.rs\nfn f() {}\n#[cfg(test)]\nmod checks {}\n//- answer\nuse super::f;\n#[test]\nfn works() {\n    f();\n}\n",
        "f",
        expect![[r#"
            src/a.rs: checks::works
            fn f() {}
            #[cfg(test)]
            mod checks {
                use super::f;

                #[test]
                fn works() {
                    f();
                }
            }
        "#]],
    );
}

#[test]
fn rust_tests_in_a_file_of_their_own_are_found() {
    check(
        "//- src/a.rs\nfn f() {}\n\n#[cfg(test)]\nmod tests;\n//- src/a/tests.rs\n//! Tests.\n\nuse super::*;\n\n#[test]\nfn one() {}\n//- answer\nuse super::*;\nuse std::rc::Rc;\n\n#[test]\nfn one() { f() }\n",
        "f",
        expect![[r#"
            src/a/tests.rs: tests::one2
            //! Tests.

            use super::*;
            use std::rc::Rc;

            #[test]
            fn one() {}

            #[test]
            fn one2() { f() }
        "#]],
    );
    check(
        "//- src/a.rs\nfn f() {}\n\n#[cfg(test)]\nmod tests;\n//- answer\n#[test]\nfn one() { f() }\n",
        "f",
        expect![[r#"
            the tests of this file cannot be read: /work/src/a/tests.rs or /work/src/a/tests/mod.rs
        "#]],
    );
    check(
        "//- src/a.rs\npub fn f() {}\n//- tests/run.rs\n//! Runs.\n\n#[test]\nfn one() { a::f(); }\n//- answer\nuse a::f;\n\n#[test]\nfn one() { f() }\n",
        "f",
        expect![[r#"
            tests/run.rs: one2
            //! Runs.

            use a::f;

            #[test]
            fn one() { a::f(); }

            #[test]
            fn one2() { f() }
        "#]],
    );
}
