//! Compiles a language's queries once.

use tree_sitter::Query;

use super::table::QuerySources;

/// A language's compiled queries; `queries/README.md` lists the capture names.
#[derive(Debug)]
pub struct Queries {
    pub outline: Option<Query>,
    pub scope: Option<Query>,
    pub mutants: Option<Query>,
    pub placing: Option<Query>,
}

impl Queries {
    pub(super) fn compile(grammar: &tree_sitter::Language, sources: &QuerySources) -> Queries {
        let compile = |source: &str| match Query::new(grammar, source) {
            Ok(query) => Some(query),
            Err(error) => {
                tracing::error!("a built-in query does not compile: {error}");
                None
            }
        };
        Queries {
            outline: compile(sources.outline),
            scope: compile(sources.scope),
            mutants: compile(sources.mutants),
            placing: compile(sources.placing),
        }
    }
}
