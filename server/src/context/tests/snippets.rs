//! Which snippets are chosen, drawn in small files.

use expect_test::expect;

use super::*;

#[test]
fn go_method() {
    check(
        "//- shop/cart.go
package shop

import (
\t\"errors\"
\t\"fmt\"
)

// Cart holds what a customer wants.
type Cart struct {
\tlines []Line
\tlimit int
}

// Line is one article in a cart.
type Line struct {
\tname string
\tcents int
}

func (l Line) total(rate int) int {
\treturn l.cents * rate
}

// Sum adds up all lines of the cart.
func (c *Cart) Sum(rate int) int {
\tsum := 0
\tfor _, line := range c.lines {
\t\tsum += line.total(rate)
\t}
\tfmt.Println(\"a line that fills the prefix of this small window\")
\tfmt.Println(\"a line that fills the prefix of this small window\")
\tfmt.Println(\"a line that fills the prefix of this small window\")
\tfmt.Println(\"a line that fills the prefix of this small window\")
\t$0
}

func unrelated(a int) error {
\treturn errors.New(\"unrelated\")
}
//- shop/cart_test.go
package shop

import \"testing\"

func TestOther(t *testing.T) {}

func TestSum(t *testing.T) {
\tCart{}.Sum(1)
}
",
        Limits {
            tokens: 260,
            ..SMALL
        },
        expect![[r#"
            Statement Block, prefix 13..35, suffix 34..38
            + Imports shop/cart.go:3..7, 9 tokens: what the file imports
                import (
                	"errors"
                	"fmt"
                )
            + SiblingTest shop/cart_test.go:7..10, 14 tokens: a test that names Sum
                func TestSum(t *testing.T) {
                	Cart{}.Sum(1)
                }
            + EnclosingType shop/cart.go:8..13, 26 tokens: the type whose method is at the cursor
                // Cart holds what a customer wants.
                type Cart struct {
                	lines []Line
                	limit int
                }
            - Outline shop/cart.go:15..21, 18 tokens: what else the file defines (already in the prefix)
                type Line struct { … }
                func (l Line) total(rate int) int
            - Outline shop/cart.go:37..38, 9 tokens: what else the file defines (already in the suffix)
                func unrelated(a int) error
            - Outline shop/cart.go:9..10, 8 tokens: what else the file defines (in another snippet)
                type Cart struct { … }
            - EnclosingFunction shop/cart.go:24..26, 23 tokens: the function around the cursor (already in the prefix)
                // Sum adds up all lines of the cart.
                func (c *Cart) Sum(rate int) int {
            - Definition shop/cart.go:20..21, 11 tokens: used on line 28 (already in the prefix)
                func (l Line) total(rate int) int
            - Definition shop/cart.go:8..13, 26 tokens: used on line 25 (in another snippet)
                // Cart holds what a customer wants.
                type Cart struct {
                	lines []Line
                	limit int
                }
        "#]],
    );
}

#[test]
fn rust_method() {
    check(
        "//- src/lib.rs
use std::fmt;

/// A queue of names.
pub struct Queue {
    names: Vec<String>,
}

impl Queue {
    /// Adds a name.
    pub fn push(&mut self, name: &str) -> usize {
        self.names.push(name.to_owned());
        self.len()
    }

    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Joins the names.
    #[must_use]
    pub fn join(&self, between: &str) -> String {
        let mut out = String::new();
        for name in &self.names {
            out.push_str(\"a line that fills the prefix of this small window\");
            out.push_str(\"a line that fills the prefix of this small window\");
            out.push_str(\"a line that fills the prefix of this small window\");
            out.push_str(\"a line that fills the prefix of this small window\");
        }
        let count = helper(self.len(), $0
    }
}

fn helper(length: usize, least: usize) -> usize {
    length.max(least)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn queue() -> Queue {
        Queue { names: Vec::new() }
    }

    #[test]
    fn names_are_joined() {
        assert_eq!(queue().join(\", \"), \"\");
    }
}
",
        Limits {
            tokens: 300,
            ..SMALL
        },
        expect![[r#"
            Arguments Line, prefix 13..30, suffix 29..33
            + Imports src/lib.rs:1..2, 5 tokens: what the file imports
                use std::fmt;
            + Outline src/lib.rs:10..11, 19 tokens: what else the file defines
                impl Queue {
                    pub fn push(&mut self, name: &str) -> usize
            + SiblingTest src/lib.rs:46..49, 20 tokens: a test that names join
                fn names_are_joined() {
                    assert_eq!(queue().join(", "), "");
                }
            + EnclosingType src/lib.rs:3..7, 21 tokens: the type whose method is at the cursor
                /// A queue of names.
                pub struct Queue {
                    names: Vec<String>,
                }
            + EnclosingType src/lib.rs:8..9, 4 tokens: around the cursor
                impl Queue {
            + Definition src/lib.rs:33..34, 15 tokens: used on line 29
                fn helper(length: usize, least: usize) -> usize
            - Outline src/lib.rs:15..16, 14 tokens: what else the file defines (already in the prefix)
                impl Queue {
                    pub fn len(&self) -> usize
            - Outline src/lib.rs:4..34, 23 tokens: what else the file defines (in another snippet)
                pub struct Queue { … }
                fn helper(length: usize, least: usize) -> usize
            - EnclosingFunction src/lib.rs:19..22, 24 tokens: the function around the cursor (already in the prefix)
                /// Joins the names.
                #[must_use]
                pub fn join(&self, between: &str) -> String {
            - Definition src/lib.rs:15..16, 9 tokens: used on line 29 (already in the prefix)
                pub fn len(&self) -> usize
        "#]],
    );
}

#[test]
fn crlf_and_broken_code() {
    check(
        "//- a.go\npackage a\r\n\r\nimport \"fmt\"\r\n\r\nfunc show(n int) {\r\n\tfmt.Println(n)\r\n}\r\n\r\nfunc use() {\r\n\tif x := \r\n\tshow($0\r\n\r\nfunc later() {}\r\n",
        SMALL,
        expect![[r#"
            Arguments Line, prefix 1..12, suffix 11..14
            - Imports a.go:3..4, 4 tokens: what the file imports (already in the prefix)
                import "fmt"
            - Outline a.go:5..10, 9 tokens: what else the file defines (already in the prefix)
                func show(n int)
                func use()
            - Definition a.go:5..6, 6 tokens: used on line 11 (already in the prefix)
                func show(n int)
            - Definition a.go:9..10, 4 tokens: used on line 9 (already in the prefix)
                func use()
        "#]],
    );
}

#[test]
fn an_unknown_language_has_windows_only() {
    check(
        "//- notes.txt\none\ntwo $0three\nfour\n",
        SMALL,
        expect![[r#"
            Unknown Line, prefix 1..3, suffix 2..4
        "#]],
    );
}
