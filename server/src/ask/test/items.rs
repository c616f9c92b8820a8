//! What an answer or a file holds at its top level, or in its module of tests: pure.

use tree_sitter::{Node, QueryCursor, StreamingIterator};

use crate::document::Syntax;
use crate::language::{Language, LazyQuery};
use crate::text::{Span, Text};

/// A parsed text.
pub struct Source<'a> {
    pub language: &'static Language,
    pub text: &'a Text,
    syntax: Syntax,
    outline: Vec<(String, Span)>,
    placing: Vec<(String, Span)>,
}

/// A definition or import with what stands before it and belongs to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// With docs and attributes.
    pub span: Span,
    /// Without.
    pub own: Span,
    pub kind: Kind,
    /// What it defines; of methods, the type.
    pub names: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Package,
    Import,
    Test,
    /// A module of tests; the inside of its brackets, if it has any.
    TestModule(Option<Span>),
    /// Methods of a type that is defined elsewhere.
    Implementation,
    Definition,
}

impl<'a> Source<'a> {
    /// None where the language has no grammar that works.
    pub fn parse(language: &'static Language, text: &'a Text) -> Option<Source<'a>> {
        let syntax = Syntax::parse(language, text)?;
        let queries = &language.queries;
        let captures = |query: &LazyQuery| captures(query, &syntax, text);
        let outline = captures(&queries.outline);
        let placing = captures(&queries.placing);
        Some(Source {
            language,
            text,
            syntax,
            outline,
            placing,
        })
    }

    /// The spans of a capture of `placing.scm`, in the order of the text.
    pub fn placing(&self, name: &str) -> impl Iterator<Item = Span> {
        let found = self.placing.iter();
        found
            .filter(move |(capture, _)| capture == name)
            .map(|(_, span)| *span)
    }

    /// The items of the file.
    pub fn items(&self) -> Vec<Item> {
        self.below(self.syntax.tree.root_node())
    }

    /// The items in the brackets that stand around `inside`.
    pub fn items_in(&self, inside: Span) -> Vec<Item> {
        let root = self.syntax.tree.root_node();
        let brackets = root.descendant_for_byte_range(inside.start - 1, inside.end + 1);
        brackets.map_or_else(Vec::new, |node| self.below(node))
    }

    fn below(&self, node: Node) -> Vec<Item> {
        let mut items = Vec::new();
        let mut leading: Option<usize> = None;
        let mut cursor = node.walk();
        for child in node.named_children(&mut cursor) {
            let span = Span::from(child.byte_range());
            match self.item(child) {
                Some((kind, names)) => {
                    let start = leading.take().unwrap_or(span.start);
                    items.push(Item {
                        span: Span::new(start, span.end),
                        own: span,
                        kind,
                        names,
                    });
                }
                None if child.is_error() || self.is_inner(span) => leading = None,
                // A comment at the end of a line belongs to what stands before it.
                None if child.is_extra() && self.follows_code(span.start) => {}
                None => _ = leading.get_or_insert(span.start),
            }
        }
        items
    }

    /// What a node is; None for comments and attributes, which belong to the next.
    fn item(&self, node: Node) -> Option<(Kind, Vec<String>)> {
        let span = Span::from(node.byte_range());
        let is = |capture: &str| {
            let mut found = self.outline.iter();
            found.any(|(name, at)| name == capture && *at == span)
        };
        if self.placing("package").any(|name| span.contains(name)) && node.parent().is_some() {
            let is_clause = self.placing("package").any(|name| name.end == span.end);
            if is_clause {
                return Some((Kind::Package, Vec::new()));
            }
        }
        if is("import") {
            return Some((Kind::Import, Vec::new()));
        }
        let mut names = self.names(span);
        if is("test.module") {
            let body = node.child_by_field_name("body");
            let inside = body.map(|body| Span::new(body.start_byte() + 1, body.end_byte() - 1));
            return Some((Kind::TestModule(inside), names));
        }
        let methods = is("definition.implementation") || is("definition.method");
        let kind = match (is("test"), methods) {
            (true, _) => Kind::Test,
            (_, true) => Kind::Implementation,
            (false, false) => Kind::Definition,
        };
        let receiver = |(name, at): &&(String, Span)| name == "receiver" && span.contains(*at);
        if let Some((_, at)) = self.outline.iter().find(receiver)
            && kind == Kind::Implementation
        {
            names = vec![self.text.slice(*at).to_owned()];
        }
        let is_leading =
            node.is_extra() || is("attribute") || names.is_empty() && is_attribute(node);
        (!is_leading).then_some((kind, names))
    }

    /// The names of the definitions that are exactly at `span`, or else of those in it.
    fn names(&self, span: Span) -> Vec<String> {
        let mut exact = Vec::new();
        let mut inside = Vec::new();
        let mut whole: Option<Span> = None;
        for (name, at) in &self.outline {
            if name.starts_with("definition.") || name == "test" {
                whole = Some(*at);
            }
            if name != "name" || !span.contains(*at) {
                continue;
            }
            let word = self.text.slice(*at).to_owned();
            match whole == Some(span) {
                true => exact.push(word),
                false => inside.push(word),
            }
        }
        let mut names = if exact.is_empty() { inside } else { exact };
        names.dedup();
        names
    }

    /// Whether a comment or attribute is about what is around it.
    fn is_inner(&self, span: Span) -> bool {
        let text = self.text.slice(span);
        ["//!", "/*!", "#!"]
            .iter()
            .any(|mark| text.starts_with(mark))
    }

    fn follows_code(&self, offset: usize) -> bool {
        let line = self.text.line_span(self.text.line_of(offset));
        let before = self.text.slice(Span::new(line.start, offset)).trim();
        !before.is_empty() && !before.ends_with('{')
    }
}

/// Whether a node without a name belongs to what follows: what it is called says so in all grammars.
fn is_attribute(node: Node) -> bool {
    node.kind().starts_with("attribute")
}

fn captures(query: &LazyQuery, syntax: &Syntax, text: &Text) -> Vec<(String, Span)> {
    let Some(query) = query.get() else {
        return Vec::new();
    };
    let mut cursor = QueryCursor::new();
    let mut matches = cursor.matches(query, syntax.tree.root_node(), text.as_bytes());
    let mut found = Vec::new();
    while let Some(matched) = matches.next() {
        for capture in matched.captures() {
            let name = query.capture_names()[capture.index as usize];
            found.push((name.to_owned(), Span::from(capture.node.byte_range())));
        }
    }
    found
}
