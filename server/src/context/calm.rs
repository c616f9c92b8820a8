//! The syntax as it is without the line that is being written: half a statement can turn everything around it into errors, and
//! what is told about the rest of the file must not come and go with each key.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::document::{Snapshot, Syntax};
use crate::text::{Edit, Span, Text};

/// Longer lines are not parsed without.
const LONGEST: usize = 1000;

/// The largest stretch of syntax that is parsed anew, in bytes.
const LARGEST: usize = 128 * 1024;

/// The most time that the parse may take: never reached but by pathological text, so that the context does not depend on the clock.
const BUDGET: Duration = Duration::from_millis(200);

/// The snapshot with the syntax of the same text with blanks in place of the cursor's line, where that has fewer errors.
pub fn calm(snapshot: &Snapshot, offset: usize) -> Option<Snapshot> {
    let (language, syntax) = (snapshot.language?, snapshot.syntax.as_ref()?);
    if !syntax.tree.root_node().has_error() {
        return None;
    }
    let text: &Text = &snapshot.text;
    let span = text.line_span(text.line_of(offset));
    if span.is_empty() || span.len() > LONGEST || syntax.window.len() > LARGEST {
        return None;
    }
    let without = remembered(snapshot, syntax, span).or_else(|| {
        // As many bytes as before, so that every other position stays.
        let edit = Edit {
            span,
            new_text: " ".repeat(span.len()),
        };
        let without = syntax.reparse(language, text, &edit, BUDGET)?;
        remember(snapshot, span, &without);
        Some(without)
    })?;
    let better = !without.tree.root_node().has_error()
        || without.error_count(without.window) < syntax.error_count(syntax.window);
    better.then(|| Snapshot {
        syntax: Some(without),
        ..snapshot.clone()
    })
}

/// The last text without a line that had no error: from key to key only that line changes, and the syntax without it stays.
static LAST: Mutex<Option<Last>> = Mutex::new(None);

struct Last {
    language: &'static str,
    text: Arc<Text>,
    line: Span,
    without: Syntax,
}

/// A syntax with errors follows from more than the text, and is made anew each time.
fn remember(snapshot: &Snapshot, line: Span, without: &Syntax) {
    let sound = !without.tree.root_node().has_error();
    let last = snapshot.language.filter(|_| sound).map(|language| Last {
        language: language.name,
        text: snapshot.text.clone(),
        line,
        without: without.clone(),
    });
    *LAST.lock().unwrap_or_else(PoisonError::into_inner) = last;
}

/// The syntax without a line of a text that is the remembered one but for that line.
fn remembered(snapshot: &Snapshot, syntax: &Syntax, line: Span) -> Option<Syntax> {
    let last = LAST.lock().unwrap_or_else(PoisonError::into_inner);
    let last = last.as_ref()?;
    let (old, new) = (&last.text, &snapshot.text);
    let (old_window, window) = (last.without.window, syntax.window);
    let number = |text: &Text| text.lines().row_and_column(text, window.start);
    let same = snapshot.language?.name == last.language
        && (old_window.start, last.line.start) == (window.start, line.start)
        && number(old) == number(new)
        && part(old, window.start, line.start) == part(new, window.start, line.start)
        && part(old, last.line.end, old_window.end) == part(new, line.end, window.end);
    same.then(|| Syntax {
        head: syntax.head.clone(),
        ..last.without.with_blanks(old, last.line, line.len())
    })
}

fn part(text: &Text, start: usize, end: usize) -> &[u8] {
    text.as_bytes().get(start..end).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Types a line at `$0` character by character: the tree without it is at each what a parser makes of the text.
    fn check(path: &str, drawn: &str, typed: &str) {
        let at = drawn.find("$0").expect("a cursor");
        let mut text = drawn.replacen("$0", "", 1);
        let mut calmed = 0;
        for (index, key) in typed.char_indices() {
            text.insert(at + index, key);
            let snapshot = Snapshot::parse(path, text.as_str());
            let offset = at + index + key.len_utf8();
            let Some(calm) = calm(&snapshot, offset) else {
                continue;
            };
            calmed += 1;
            let line = snapshot.text.line_span(snapshot.text.line_of(offset));
            let mut blank = text.clone();
            blank.replace_range(line.range(), &" ".repeat(line.len()));
            let expected = Snapshot::parse(path, blank).syntax.expect("parsed");
            let found = calm.syntax.expect("calm");
            assert_eq!(drawn_tree(&found), drawn_tree(&expected), "{text}");
            assert_eq!(found.window, expected.window);
        }
        assert!(calmed > 1, "{calmed} of the texts were calmed");
    }

    fn drawn_tree(syntax: &Syntax) -> Vec<(String, tree_sitter::Range)> {
        let mut cursor = syntax.tree.walk();
        let mut nodes = Vec::new();
        loop {
            let node = cursor.node();
            nodes.push((node.kind().to_owned(), node.range()));
            if cursor.goto_first_child() {
                continue;
            }
            while !cursor.goto_next_sibling() {
                if !cursor.goto_parent() {
                    return nodes;
                }
            }
        }
    }

    #[test]
    fn the_tree_without_the_line_is_what_a_parser_makes() {
        let rust = "/// é\nfn f() {\n    let a = 1;\n$0\n    g(a)\n}\n\nfn g(a: u8) {}\n";
        check("a.rs", rust, "    let b = a + (g(1) *");
        check("a.rs", rust, "    let ä = \"é + (");
        let go = "package p\r\n\r\nfunc f() {\r\n$0\r\n\tg()\r\n}\r\n\r\nfunc g() {}\r\n";
        check("a.go", go, "\tif a := g(); a + (b");
    }

    #[test]
    fn another_text_has_its_own() {
        let rust = "fn f() {\n$0\n    g(a)\n}\n";
        check("a.rs", rust, "    let b = (");
        check("a.rs", "fn f() {\n$0\n    g(b, 2)\n}\n", "    let b = (");
        check("a.rs", "\n\nfn f() {\n    h();\n$0\n}\n", "    let b = (");
    }
}
