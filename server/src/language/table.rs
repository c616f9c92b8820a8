//! The table of languages: adding one is a row here, its `.scm` files in `queries/`, and its grammar in `Cargo.toml`.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use super::Queries;

/// One language, as data.
#[derive(Debug)]
pub struct Language {
    /// The name in messages and in model prompts: `Go`, `Rust`.
    pub name: &'static str,
    /// The `languageId`s of the protocol that mean this language.
    pub ids: &'static [&'static str],
    /// File extensions without the dot.
    pub extensions: &'static [&'static str],
    /// What starts a line comment.
    pub line_comment: &'static str,
    /// One level of indentation where a file does not show its own.
    pub indent: &'static str,
    /// Whether a file holds tests by its path alone (Go: `_test.go`; Rust: below `tests/`).
    pub is_test_file: fn(&Path) -> bool,
    /// The files on disk that may hold the tests of a source file, in order of preference. The first path is the source file,
    /// the second the folder of its package, where that is known. A name with a `*` stands for all files that fit.
    pub test_files: fn(&Path, Option<&Path>) -> Vec<PathBuf>,
    /// The file that lies in the root folder of a package.
    pub package_file: &'static str,
    /// The word that begins the definition of a function.
    pub function_word: &'static str,
    /// What lines begin with that stand before a definition and belong to it: docs and attributes.
    pub leading_lines: &'static [&'static str],
    pub(super) grammar: fn() -> tree_sitter::Language,
    pub(super) sources: QuerySources,
    pub(super) queries: OnceLock<Queries>,
}

/// The text of a language's query files.
#[derive(Debug)]
pub struct QuerySources {
    pub outline: &'static str,
    pub scope: &'static str,
}

macro_rules! queries {
    ($folder:literal) => {
        QuerySources {
            outline: include_str!(concat!("../../../queries/", $folder, "/outline.scm")),
            scope: include_str!(concat!("../../../queries/", $folder, "/scope.scm")),
        }
    };
}

/// Every language that Convive has a grammar for.
pub static LANGUAGES: [Language; 2] = [
    Language {
        name: "Go",
        ids: &["go", "golang"],
        extensions: &["go"],
        line_comment: "//",
        indent: "\t",
        is_test_file: |path| {
            path.file_name()
                .is_some_and(|name| name.to_string_lossy().ends_with("_test.go"))
        },
        test_files: |path, _| match path.file_stem() {
            Some(stem) => vec![
                path.with_file_name(format!("{}_test.go", stem.to_string_lossy())),
                path.with_file_name("*_test.go"),
            ],
            None => Vec::new(),
        },
        package_file: "go.mod",
        function_word: "func",
        leading_lines: &["//"],
        grammar: || tree_sitter_go::LANGUAGE.into(),
        sources: queries!("go"),
        queries: OnceLock::new(),
    },
    Language {
        name: "Rust",
        ids: &["rust"],
        extensions: &["rs"],
        line_comment: "//",
        indent: "    ",
        is_test_file: |path| {
            path.parent()
                .is_some_and(|folder| folder.ends_with("tests"))
        },
        test_files: |_, package| match package {
            Some(package) => vec![package.join("tests").join("*.rs")],
            None => Vec::new(),
        },
        package_file: "Cargo.toml",
        function_word: "fn",
        leading_lines: &["///", "// ", "#["],
        grammar: || tree_sitter_rust::LANGUAGE.into(),
        sources: queries!("rust"),
        queries: OnceLock::new(),
    },
];

impl Language {
    pub fn grammar(&self) -> tree_sitter::Language {
        (self.grammar)()
    }

    /// The language's queries, compiled on first use.
    pub fn queries(&self) -> &Queries {
        self.queries
            .get_or_init(|| Queries::compile(&self.grammar(), &self.sources))
    }
}
