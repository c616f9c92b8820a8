//! What the file defines, and the signatures of what is not near: last in the order of priority, since it says a little of
//! everything and nothing of this place.

mod memo;

use tree_sitter::Query;

use super::{Here, Piece, lines};
use crate::document::Snapshot;
use crate::text::{Span, Text};

/// Files up to this many bytes are outlined whole, larger ones around the cursor; of those the start tells what they import.
const WHOLE: usize = 64 * 1024;

/// How far the outline of a larger file reaches each way, in bytes; its ends lie on a grid of half of it.
const AROUND: usize = 24 * 1024;

/// How much of a larger file's start is looked at for imports, in bytes.
const HEAD: usize = 16 * 1024;

/// The deepest level at which a definition may start: a method in a type, a test in a module.
const DEPTH: u32 = 3;

/// The most signatures that are offered to the budget, the nearest ones.
const MOST: usize = 200;

/// The definitions of one file.
#[derive(Debug, Default)]
pub struct Outline<'a> {
    pub imports: Vec<Span>,
    /// In the order of the text; what holds others comes before them.
    pub definitions: Vec<Definition<'a>>,
    /// Test functions.
    pub tests: Vec<Span>,
    test_modules: Vec<Span>,
}

#[derive(Clone, Copy, Debug)]
pub struct Definition<'a> {
    pub kind: Kind,
    pub name: &'a str,
    /// Without docs and attributes.
    pub span: Span,
    pub body: Option<Span>,
    /// The type whose method it is.
    pub class: Option<&'a str>,
    /// Whether it is a test, or in a module of tests.
    pub in_tests: bool,
    /// The signature of the block of methods, type or module that holds it.
    header: Option<Span>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Function,
    Type,
    Constant,
    /// Holds others, and is not worth a line by itself: a module, a block of methods.
    Holder,
}

impl Definition<'_> {
    /// All up to the body.
    pub fn signature(&self) -> Span {
        match self.body {
            Some(body) => Span::new(self.span.start, body.start),
            None => self.span,
        }
    }
}

impl<'a> Outline<'a> {
    pub fn read(snapshot: &'a Snapshot, offset: usize) -> Outline<'a> {
        let mut outline = Outline::default();
        let (Some(language), Some(syntax)) = (snapshot.language, &snapshot.syntax) else {
            return outline;
        };
        let Some(query) = language.queries.outline.get() else {
            return outline;
        };
        let text: &Text = &snapshot.text;
        let near = match text.len() <= WHOLE {
            true => Span::new(0, text.len()),
            false => {
                let from = offset.saturating_sub(AROUND) / (AROUND / 2) * (AROUND / 2);
                Span::new(from, (from + 2 * AROUND).min(text.len()))
            }
        };
        let language = language.name;
        let head = syntax.head.as_ref().unwrap_or(&syntax.tree);
        let start = Span::new(0, HEAD.min(near.start));
        memo::matches(language, query, head, text, start, |captures| {
            let is_import = |capture: u32| query.capture_names()[capture as usize] == "import";
            let imports = captures.filter(|(capture, _)| is_import(*capture));
            outline.imports.extend(imports.map(|(_, span)| span));
        });
        memo::matches(language, query, &syntax.tree, text, near, |captures| {
            outline.take(query, captures, text);
        });
        outline.settle();
        outline
    }

    /// Whether `offset` is in a module of tests or in a test.
    pub fn is_test(&self, offset: usize) -> bool {
        let mut spans = self.test_modules.iter().chain(&self.tests);
        spans.any(|span| span.touches(offset))
    }

    fn take(
        &mut self,
        query: &Query,
        captures: &mut dyn Iterator<Item = (u32, Span)>,
        text: &'a Text,
    ) {
        let (mut kind, mut name, mut body, mut class) = (None, None, None, None);
        for (capture, span) in captures {
            match query.capture_names()[capture as usize] {
                "import" => self.imports.push(span),
                "test" => self.tests.push(span),
                "test.module" => self.test_modules.push(span),
                "name" => name = Some(text.slice(span)),
                "body" => body = Some(span),
                "receiver" => class = Some(text.slice(span)),
                capture => {
                    let known = match capture {
                        "definition.function" | "definition.method" | "definition.macro" => {
                            Some(Kind::Function)
                        }
                        "definition.type" => Some(Kind::Type),
                        "definition.constant" => Some(Kind::Constant),
                        "definition.module" | "definition.implementation" => Some(Kind::Holder),
                        _ => None,
                    };
                    if let Some(known) = known {
                        kind = Some((known, span));
                    }
                }
            }
        }
        if let (Some((kind, span)), Some(name)) = (kind, name) {
            self.definitions.push(Definition {
                kind,
                name,
                span,
                body,
                class,
                in_tests: false,
                header: None,
            });
        }
    }

    /// Sorts, drops what two patterns found, and finds out what holds what.
    fn settle(&mut self) {
        self.imports.sort();
        self.imports.dedup();
        self.tests.sort();
        self.tests.dedup();
        let order = |span: Span| (span.start, std::cmp::Reverse(span.end));
        self.definitions
            .sort_by_key(|one| (order(one.span), one.body.is_none()));
        self.definitions.dedup_by_key(|one| one.span);
        let mut holders: Vec<Definition> = Vec::new();
        let mut kept = Vec::with_capacity(self.definitions.len());
        for mut one in std::mem::take(&mut self.definitions) {
            holders.retain(|holder| holder.span.contains(one.span));
            one.in_tests = self.is_test(one.span.start);
            match holders.last() {
                // What is local to a function is nobody else's.
                Some(holder) if holder.kind == Kind::Function => continue,
                Some(holder) => {
                    one.header = Some(holder.signature());
                    one.class = Some(holder.name);
                }
                None => {}
            }
            if one.body.is_some() {
                holders.push(one);
            }
            kept.push(one);
        }
        self.definitions = kept;
    }
}

/// Signatures of the file's other definitions, those nearest to the hole first.
pub(super) fn find(here: &Here) -> Vec<Piece> {
    let offset = here.hole.offset;
    let in_tests = here.outline.is_test(offset);
    let mut others: Vec<&Definition> = here
        .outline
        .definitions
        .iter()
        .filter(|one| one.kind != Kind::Holder && !one.span.touches(offset))
        .filter(|one| !one.in_tests || in_tests)
        .collect();
    // By their number from the hole, not by bytes: typing must not change the order.
    let here_index = others.partition_point(|one| one.span.start < offset);
    let mut ranked: Vec<(usize, &Definition)> = others
        .drain(..)
        .enumerate()
        .map(|(index, one)| match index < here_index {
            true => (2 * (here_index - index), one),
            false => (2 * (index - here_index) + 1, one),
        })
        .collect();
    ranked.sort_by_key(|(rank, _)| *rank);
    ranked.truncate(MOST);
    ranked
        .into_iter()
        .map(|(_, one)| piece(here, one))
        .collect()
}

fn piece(here: &Here, one: &Definition) -> Piece {
    let text = here.text();
    let mut piece = here.piece(one.signature(), "what else the file defines");
    if one.body.is_none() {
        let first = piece.text.lines().next().unwrap_or_default().to_owned();
        piece.text = first;
    } else if one.kind == Kind::Type {
        piece.text.push_str(" { … }");
    }
    piece.header = one
        .header
        .map(|header| format!("{} {{", lines::excerpt(text, header)));
    piece
}
