//! Remembers what the outline query found in pieces of text that it has seen: from key to key nearly all of a file is as before.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, Mutex, PoisonError};

use tree_sitter::{Query, QueryCursor, StreamingIterator, Tree};

use crate::text::{Span, Text};

/// Longer pieces are not remembered, in bytes.
const LONGEST: usize = 16 * 1024;

/// How many pieces are remembered, of all documents.
const MOST: usize = 4096;

/// The captures of one match: their number in the query, and where they are from the start of the piece.
type Match = Vec<(u32, Span)>;

/// What was found, by the language and the text of the piece. It follows from them alone, so nothing here can be out of date.
static FOUND: Mutex<Option<HashMap<u64, Arc<[Match]>>>> = Mutex::new(None);

/// Calls `take` with the captures of each match of `query` in `near`, piece by piece. `language` names the query.
pub(super) fn matches(
    language: &str,
    query: &Query,
    tree: &Tree,
    text: &Text,
    near: Span,
    mut take: impl FnMut(&mut dyn Iterator<Item = (u32, Span)>),
) {
    for piece in pieces(tree, text, near) {
        let find = |span| find(query, tree, text, piece.span, span);
        let found = match piece.sound && piece.span.len() <= LONGEST {
            true => remember(language, text.slice(piece.span), || find(piece.span)),
            false => {
                let start = piece.span.start.max(near.start);
                find(Span::new(start, piece.span.end.min(near.end)))
            }
        };
        let moved = |&(capture, span): &(u32, Span)| {
            let start = piece.span.start + span.start;
            (capture, Span::new(start, start + span.len()))
        };
        for captures in found.iter() {
            take(&mut captures.iter().map(moved));
        }
    }
}

/// Some nodes in a row at the top of a file, up to a blank line: a definition with its docs and attributes.
struct Piece {
    span: Span,
    /// Whether it has no error.
    sound: bool,
}

fn pieces(tree: &Tree, text: &Text, near: Span) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    let mut cursor = tree.walk();
    // Where all is an error, what seems to be a definition may be half of one.
    let broken = cursor.node().is_error();
    let mut more = cursor.goto_first_child_for_byte(near.start).is_some();
    while more && cursor.node().start_byte() <= near.end {
        let node = cursor.node();
        let span = Span::from(node.byte_range());
        let sound = !broken && !node.has_error();
        match pieces
            .last_mut()
            .filter(|last| adjoin(text, last.span, span))
        {
            Some(last) => {
                last.span.end = span.end;
                last.sound &= sound;
            }
            None => pieces.push(Piece { span, sound }),
        }
        more = cursor.goto_next_sibling();
    }
    pieces
}

/// Whether no blank line is between two nodes; a comment may hold its own line end.
fn adjoin(text: &Text, one: Span, other: Span) -> bool {
    let between = text.as_bytes().get(one.end.saturating_sub(1)..other.start);
    memchr::memchr_iter(b'\n', between.unwrap_or_default()).count() < 2
}

/// What is found in `piece`, in the part of it that touches `near`.
fn find(query: &Query, tree: &Tree, text: &Text, piece: Span, near: Span) -> Arc<[Match]> {
    let mut cursor = QueryCursor::new();
    cursor.set_match_limit(256);
    cursor.set_max_start_depth(Some(super::DEPTH));
    cursor.set_byte_range(near.range());
    // Patterns of neighbours, as of an attribute and its function, would otherwise be looked for in all of the file.
    cursor.set_containing_byte_range(piece.range());
    let mut matches = cursor.matches(query, tree.root_node(), text.as_str().as_bytes());
    let mut found = Vec::new();
    while let Some(matched) = matches.next() {
        let captures = matched.captures().iter().map(|capture| {
            let node = Span::from(capture.node.byte_range());
            (
                capture.index,
                Span::new(node.start - piece.start, node.end - piece.start),
            )
        });
        found.push(captures.collect());
    }
    Arc::from(found)
}

fn remember(language: &str, piece: &str, find: impl FnOnce() -> Arc<[Match]>) -> Arc<[Match]> {
    let mut hasher = DefaultHasher::new();
    (language, piece).hash(&mut hasher);
    let key = hasher.finish();
    let lock = || FOUND.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(found) = lock().get_or_insert_default().get(&key) {
        return found.clone();
    }
    let found = find();
    let mut memo = lock();
    let memo = memo.get_or_insert_default();
    if memo.len() >= MOST {
        memo.clear();
    }
    memo.insert(key, found.clone());
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::context::scope;
    use crate::document::Snapshot;

    /// All captures of all matches, sorted, piece by piece and at once.
    fn check(path: &str, text: &str) {
        let snapshot = Snapshot::parse(path, text);
        let language = snapshot.language.unwrap();
        let query = language.queries.outline.get().unwrap();
        let tree = &snapshot.syntax.as_ref().unwrap().tree;
        let all = Span::new(0, text.len());
        let mut expected: Vec<Match> = Vec::new();
        scope::matches(
            query,
            tree,
            &snapshot.text,
            all,
            Some(super::super::DEPTH),
            |found| {
                let captures = found.captures().iter();
                let captures = captures.map(|one| (one.index, Span::from(one.node.byte_range())));
                expected.push(captures.collect());
            },
        );
        // A query that begins at part of a text may find a match twice.
        expected.sort();
        expected.dedup();
        assert!(expected.len() > 1, "{path}");
        for _ in 0..2 {
            let mut found: Vec<Match> = Vec::new();
            matches(
                language.name,
                query,
                tree,
                &snapshot.text,
                all,
                |captures| {
                    found.push(captures.collect());
                },
            );
            found.sort();
            found.dedup();
            assert_eq!(found, expected, "{path}");
        }
    }

    #[test]
    fn pieces_hold_what_the_whole_holds() {
        let rust = "use a::b;\nuse c;\n\n/// Doc.\n#[derive(Debug)]\nstruct A {\n    a: u32,\n}\n\n\n\
            #[cfg(test)]\nmod tests {\n    #[test]\n    fn t() {}\n\n    fn u() {}\n}\nfn last() {}";
        let go = "package p\n\nimport (\n\t\"a\"\n\n\t\"b\"\n)\n\n// F does.\nfunc F() {}\nfunc (t T) G() int { return 1 }\n\n\
            type T struct{ a int }\n";
        check("a.rs", rust);
        check("a.go", go);
        check(
            "moved.rs",
            &format!("// Before.\n\n{rust}\n\nfn broken( {{\n\n{rust}"),
        );
        check(
            "moved.go",
            &format!("{go}\nfunc broken( {{\n\nfunc H() {{}}\n"),
        );
    }
}
