//! A language's queries, each compiled when it is first used.

use std::sync::OnceLock;

use tree_sitter::Query;

/// A language's queries; `queries/README.md` lists the capture names.
#[derive(Debug)]
pub struct Queries {
    pub outline: LazyQuery,
    pub scope: LazyQuery,
    pub mutants: LazyQuery,
    pub placing: LazyQuery,
}

impl Queries {
    /// Compiles what a completion needs: for a thread beside the one that answers.
    pub fn warm(&self) {
        self.outline.get();
        self.scope.get();
    }
}

/// A query that is compiled on first use: that takes milliseconds, and a completion needs two of them.
#[derive(Debug)]
pub struct LazyQuery {
    grammar: fn() -> tree_sitter::Language,
    source: &'static str,
    compiled: OnceLock<Option<Query>>,
}

impl LazyQuery {
    pub(super) const fn new(
        grammar: fn() -> tree_sitter::Language,
        source: &'static str,
    ) -> LazyQuery {
        LazyQuery {
            grammar,
            source,
            compiled: OnceLock::new(),
        }
    }

    /// Whether the query was compiled.
    pub fn is_ready(&self) -> bool {
        self.compiled.get().is_some()
    }

    /// The query; none where it does not compile, which a test rules out.
    pub fn get(&self) -> Option<&Query> {
        let compile = || {
            let query = Query::new(&(self.grammar)(), self.source);
            let told = query.inspect_err(|error| {
                tracing::error!("a built-in query does not compile: {error}");
            });
            told.ok()
        };
        self.compiled.get_or_init(compile).as_ref()
    }
}
