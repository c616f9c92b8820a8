//! What stands around the cursor by syntax: the function, types and modules, the innermost block and list.
//!
//! Everything else in the context is chosen by this, so it is found first, with one query run at one place.

use tree_sitter::{Query, QueryCursor, QueryMatch, StreamingIterator, Tree};

use crate::document::Snapshot;
use crate::text::{Span, Text};

/// What is around one offset; empty where there is no syntax.
#[derive(Clone, Debug, Default)]
pub struct Scope<'a> {
    pub function: Option<Around<'a>>,
    /// The type whose method the function is, where the function stands outside of it.
    pub receiver: Option<&'a str>,
    /// Types, modules and blocks of methods, outermost first.
    pub classes: Vec<Around<'a>>,
    pub import: Option<Span>,
    pub comment: Option<Span>,
    pub string: Option<Span>,
    pub arguments: Option<Span>,
    pub parameters: Option<Span>,
    pub block: Option<(Span, BlockKind)>,
    /// Whether the syntax was parsed from this very text and has no error.
    pub certain: bool,
    /// Whether it has none without the line that is being written: then definitions begin and end where they seem to.
    pub settled: bool,
}

/// A definition with the cursor in it.
#[derive(Clone, Copy, Debug)]
pub struct Around<'a> {
    pub span: Span,
    /// The body with its brackets.
    pub inside: Span,
    pub name: &'a str,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BlockKind {
    Statements,
    Items,
    Other,
}

impl<'a> Scope<'a> {
    pub fn at(snapshot: &'a Snapshot, offset: usize) -> Scope<'a> {
        let mut scope = Scope::default();
        let (Some(language), Some(syntax)) = (snapshot.language, &snapshot.syntax) else {
            return scope;
        };
        scope.certain = syntax.fresh && !syntax.tree.root_node().has_error();
        scope.settled = scope.certain;
        if let Some(query) = language.queries.scope.get() {
            let text = &snapshot.text;
            let near = Span::new(offset.saturating_sub(1), (offset + 1).min(text.len()));
            matches(query, &syntax.tree, text, near, None, |found| {
                scope.take(query, found, text, offset);
            });
        }
        scope.classes.sort_by_key(|class| class.span.start);
        scope
    }

    /// The name of the type whose methods are written here.
    pub fn class_name(&self) -> Option<&'a str> {
        self.receiver
            .or_else(|| self.classes.last().map(|class| class.name))
    }

    /// With the definitions and blocks of `calm`, the same place without the line that is being written.
    pub fn steadied(self, calm: Scope<'a>) -> Scope<'a> {
        Scope {
            import: self.import,
            comment: self.comment,
            string: self.string,
            arguments: self.arguments.or(calm.arguments),
            parameters: self.parameters.or(calm.parameters),
            certain: false,
            ..calm
        }
    }

    fn take(&mut self, query: &Query, found: &QueryMatch, text: &'a Text, offset: usize) {
        let (mut around, mut inside, mut name, mut receiver) = (None, None, None, None);
        let (mut class, mut open) = (None, None);
        for capture in found.captures() {
            let span = Span::from(capture.node.byte_range());
            let within = span.start < offset && offset < span.end;
            match query.capture_names()[capture.index as usize] {
                "import" if within => self.import = Some(span),
                // A line comment goes on where it ends, until the line does.
                "comment.around" if within || ends_here(text, span, offset) => {
                    self.comment = Some(span);
                }
                "string" if within => self.string = Some(span),
                "arguments" if within => innermost(&mut self.arguments, span),
                "parameters" if within => innermost(&mut self.parameters, span),
                "block.statements" if within => self.block_in(span, BlockKind::Statements),
                "block.items" if within => self.block_in(span, BlockKind::Items),
                "block" if within => self.block_in(span, BlockKind::Other),
                "block.open" => open = Some(span.start),
                "block.close" => {
                    let whole = Span::new(open.unwrap_or(span.start), span.end);
                    if whole.start < offset && offset < whole.end {
                        self.block_in(whole, BlockKind::Other);
                    }
                }
                "function.around" if within => around = Some(span),
                "class.around" if within => class = Some(span),
                "function.inside" | "class.inside" => inside = Some(span),
                "function.name" | "class.name" => name = Some(text.slice(span)),
                "receiver" => receiver = Some(text.slice(span)),
                _ => {}
            }
        }
        let (Some(inside), Some(name)) = (inside, name) else {
            return;
        };
        if let Some(span) = around
            && self.function.is_none_or(|old| old.span.start < span.start)
        {
            self.function = Some(Around { span, inside, name });
            self.receiver = receiver;
        }
        if let Some(span) = class {
            self.classes.push(Around { span, inside, name });
        }
    }

    fn block_in(&mut self, span: Span, kind: BlockKind) {
        if self.block.is_none_or(|(old, _)| old.start <= span.start) {
            self.block = Some((span, kind));
        }
    }
}

/// Runs a query over the nodes that touch `near`; patterns start at `depth` at the deepest.
pub fn matches(
    query: &Query,
    tree: &Tree,
    text: &Text,
    near: Span,
    depth: Option<u32>,
    mut take: impl FnMut(&QueryMatch),
) {
    let mut cursor = QueryCursor::new();
    cursor.set_match_limit(256);
    cursor.set_max_start_depth(depth);
    cursor.set_byte_range(near.range());
    let mut found = cursor.matches(query, tree.root_node(), text.as_str().as_bytes());
    while let Some(found) = found.next() {
        take(found);
    }
}

fn innermost(old: &mut Option<Span>, span: Span) {
    if old.is_none_or(|old| old.start <= span.start) {
        *old = Some(span);
    }
}

fn ends_here(text: &Text, span: Span, offset: usize) -> bool {
    let comment = text.slice(span);
    span.end == offset && !comment.ends_with(['\n', '\r']) && !comment.ends_with("*/")
}
