//! Type-through: what is left of a completion after the user typed its first characters.

use crate::complete::lexer::closer;

/// Bytes on each side of a hole that must be as they were. The lengths of the whole text must fit too, so that only an edit
/// which is far away *and* keeps the length goes unseen; it costs nothing, since the hole itself is the same.
const WINDOW: usize = 4096;

/// A hole in one version of a text, remembered without the text, so that the document stays free to change in place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Bytes into the text, and of the text.
    offset: usize,
    length: usize,
    before: Box<str>,
    after: Box<str>,
}

/// What was typed into a hole since.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Typed {
    pub text: String,
    /// Closing brackets and quotes that the editor put behind the cursor by itself.
    pub closed: String,
}

/// What is left to show of a completion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rest<'a> {
    pub text: &'a str,
    /// Bytes right of the cursor that it replaces.
    pub replaces: usize,
}

impl Place {
    pub fn new(text: &str, offset: usize) -> Place {
        let start = text.ceil_char_boundary(offset.saturating_sub(WINDOW));
        let end = text.floor_char_boundary(offset.saturating_add(WINDOW));
        Place {
            offset,
            length: text.len(),
            before: text[start..offset].into(),
            after: text[offset..end].into(),
        }
    }

    /// What was typed since, where `text` with the cursor at `offset` (bytes) is this place with something typed in; costs the
    /// same for any length of text.
    pub fn typed(&self, text: &str, offset: usize) -> Option<Typed> {
        let typed = text.get(self.offset..offset)?;
        let closed_length = text.len().checked_sub(self.length + typed.len())?;
        let closed = text.get(offset..offset.checked_add(closed_length)?)?;
        let same = text[..self.offset].ends_with(&*self.before)
            && text[offset + closed_length..].starts_with(&*self.after)
            && closes(typed, closed);
        same.then(|| Typed {
            text: typed.to_owned(),
            closed: closed.to_owned(),
        })
    }
}

impl Typed {
    /// The rest of `completion`, which replaces `replaces` bytes right of its hole; None where something else was typed.
    /// Empty where all of it was.
    pub fn rest<'a>(&self, completion: &'a str, replaces: usize) -> Option<Rest<'a>> {
        let rest = completion.strip_prefix(self.text.as_str())?;
        if self.closed.is_empty() || rest.is_empty() {
            return Some(Rest {
                text: rest,
                replaces,
            });
        }
        match rest.strip_suffix(self.closed.as_str()) {
            Some(inside) if replaces == 0 && !rest.contains('\n') => Some(Rest {
                text: inside,
                replaces: 0,
            }),
            _ if rest.contains(self.closed.as_str()) => Some(Rest {
                text: rest,
                replaces: replaces + self.closed.len(),
            }),
            _ => None,
        }
    }
}

/// Whether an editor may have put `closed` behind the cursor on its own when `typed` was typed.
fn closes(typed: &str, closed: &str) -> bool {
    let mut open = typed.chars().rev();
    closed.chars().all(|character| {
        open.any(|typed| {
            let bracket = "([{".contains(typed) && closer(typed) == character;
            bracket || ("\"'`".contains(typed) && typed == character)
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `old` and `new` with `$0` at the cursor, what the completion said, and what is left of it.
    fn check(old: &str, completion: &str, new: &str, expected: Option<(&str, usize)>) {
        let cut = |drawn: &str| {
            let offset = drawn.find("$0").expect("a cursor");
            (drawn.replacen("$0", "", 1), offset)
        };
        let ((old, hole), (new, offset)) = (cut(old), cut(new));
        let typed = Place::new(&old, hole).typed(&new, offset);
        let rest = typed.as_ref().and_then(|typed| typed.rest(completion, 0));
        let rest = rest.map(|rest| (rest.text, rest.replaces));
        assert_eq!(rest, expected, "{new}");
    }

    #[test]
    fn the_rest_follows_what_was_typed() {
        check(
            "let x = $0;\n",
            "foo(1)",
            "let x = $0;\n",
            Some(("foo(1)", 0)),
        );
        check(
            "let x = $0;\n",
            "foo(1)",
            "let x = fo$0;\n",
            Some(("o(1)", 0)),
        );
        check(
            "let x = $0;\n",
            "foo(1)",
            "let x = foo(1)$0;\n",
            Some(("", 0)),
        );
        check("$0", "é🙂e", "é🙂$0", Some(("e", 0)));
    }

    #[test]
    fn lines_can_be_typed_through() {
        check(
            "{$0\n}",
            "\n    a();\n    b();",
            "{\n    a();$0\n}",
            Some(("\n    b();", 0)),
        );
    }

    #[test]
    fn something_else_typed_ends_it() {
        check("let x = $0;\n", "foo(1)", "let x = fa$0;\n", None);
        check("let x = $0;\n", "foo(1)", "let x =$0;\n", None);
        check("let x = $0;\n", "foo(1)", "let x = f$0\n", None);
        check("let x = $0;\n", "foo(1)", "let y = f$0;\n", None);
        check("let x = $0;\n", "foo(1)", "let x = foo(1)2$0;\n", None);
        check("let x = $0;\n", "foo(1)", "let x = f$0o;\n", None);
    }

    #[test]
    fn brackets_that_the_editor_closes_are_not_doubled() {
        check("$0;\n", "foo(1)", "foo($0);\n", Some(("1", 0)));
        check("$0;\n", "f(g[1])", "f(g[$0]);\n", Some(("1", 0)));
        check("$0;\n", "say(\"hi\")", "say(\"$0\");\n", Some(("hi", 0)));
        check(
            "$0\n",
            "f(a) {\n    b\n}",
            "f($0)\n",
            Some(("a) {\n    b\n}", 1)),
        );
        check("$0\n", "(a", "($0)\n", None);
    }

    #[test]
    fn only_the_windows_are_compared() {
        let far = "x".repeat(3 * WINDOW);
        let old = format!("{far}a$0b{far}");
        check(&old, "12", &format!("{far}a1$0b{far}"), Some(("2", 0)));
        check(&old, "12", &format!("{far}a1$0b{far}!"), None);
        check(&old, "12", &format!("{far}c1$0b{far}"), None);
    }
}
