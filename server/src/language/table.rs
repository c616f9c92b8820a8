//! The table of languages: adding one is a row here, its `.scm` files in `queries/`, and its grammar in `Cargo.toml`.

use std::path::{Path, PathBuf};

use super::go_std::GO_STD;
use super::query::{LazyQuery, Queries};

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
    /// What a line of a doc comment starts with.
    pub doc_comment: &'static str,
    pub imports: ImportStyle,
    /// What lines begin with that stand before a definition and belong to it: docs and attributes.
    pub leading_lines: &'static [&'static str],
    /// How a generated test is built and run. No such command stands anywhere else, and no file of a workspace changes it.
    pub tester: Tester,
    /// What makes a function return at once: how, by the source text of its result types, where it has any.
    pub early_return: fn(&[&str]) -> String,
    pub(super) grammar: fn() -> tree_sitter::Language,
    pub queries: Queries,
}

/// How a language's tests are built and run.
#[derive(Debug)]
pub struct Tester {
    /// Found by PATH.
    pub program: &'static str,
    /// Where to get it, in words for the user.
    pub get: &'static str,
    pub scratch: Scratch,
    pub place: TestPlace,
    /// Describes the package or the toolchain as JSON.
    pub describe: &'static [&'static str],
    /// Builds the program that holds the tests and runs none of it, with all checks that the language's own command for tests
    /// makes. `{overlay}` and `{binary}` are files, `{target}` is the part of the package.
    pub build: &'static [&'static str],
    /// The same for a mutant, without checks of style.
    pub rebuild: &'static [&'static str],
    /// What that program is given to run these tests alone.
    pub run: fn(&[String]) -> Vec<String>,
    /// What that program is given to list its tests, where their full names are not known before.
    pub list: Option<&'static [&'static str]>,
    /// The test that passed, by a line of the output.
    pub passed: fn(&str) -> Option<&str>,
}

/// Where new tests of a function go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TestPlace {
    /// Into the first of `test_files`, beside the source file.
    Beside,
    /// Into the module of tests of the source file, or into the package's folder of tests where those of the function are.
    Inside,
}

/// How the sources of a build differ from the user's files without changing them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scratch {
    /// The compiler reads other texts in place of some files.
    Overlay,
    /// The workspace is copied.
    Copy,
}

/// How a file imports.
#[derive(Debug)]
pub enum ImportStyle {
    /// Quoted paths, mostly in one block in brackets, below a `package` clause.
    Block {
        /// Packages of the standard library that code names without doubt: by their name, their path.
        std: &'static [(&'static str, &'static str)],
    },
    /// A declaration a line.
    Lines,
}

macro_rules! queries {
    ($grammar:expr, $folder:literal) => {
        Queries {
            outline: queries!($grammar, $folder, "outline"),
            scope: queries!($grammar, $folder, "scope"),
            mutants: queries!($grammar, $folder, "mutants"),
            placing: queries!($grammar, $folder, "placing"),
        }
    };
    ($grammar:expr, $folder:literal, $name:literal) => {
        LazyQuery::new(
            $grammar,
            include_str!(concat!("../../../queries/", $folder, "/", $name, ".scm")),
        )
    };
}

/// Has `go test` run nothing: this takes the place of the program that it built.
const NOTHING: &str = match cfg!(windows) {
    true => "-exec=cmd /c rem",
    false => "-exec=true",
};

const RUST_BUILD: &[&str] = &[
    "test",
    "--quiet",
    "--offline",
    "--no-run",
    "--message-format=json-render-diagnostics",
    "{target}",
];

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
        doc_comment: "//",
        imports: ImportStyle::Block { std: GO_STD },
        leading_lines: &["//"],
        tester: Tester {
            program: "go",
            get: "https://go.dev/dl",
            scratch: Scratch::Overlay,
            place: TestPlace::Beside,
            describe: &["env", "-json"],
            build: &[
                "test",
                "-overlay={overlay}",
                "-o={binary}",
                NOTHING,
                "-count=1",
                ".",
            ],
            rebuild: &["test", "-c", "-overlay={overlay}", "-o={binary}", "."],
            run: |tests| {
                vec![
                    "-test.v".to_owned(),
                    "-test.count=1".to_owned(),
                    format!("-test.run=^({})$", tests.join("|")),
                ]
            },
            list: None,
            passed: |line| line.strip_prefix("--- PASS: ")?.split(' ').next(),
        },
        early_return: |results| {
            let zeros: Vec<String> = results.iter().map(|one| format!("*new({one})")).collect();
            format!(" return {};", zeros.join(", "))
        },
        grammar: || tree_sitter_go::LANGUAGE.into(),
        queries: queries!(|| tree_sitter_go::LANGUAGE.into(), "go"),
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
        doc_comment: "///",
        imports: ImportStyle::Lines,
        leading_lines: &["///", "// ", "#["],
        tester: Tester {
            program: "cargo",
            get: "https://rustup.rs",
            scratch: Scratch::Copy,
            place: TestPlace::Inside,
            describe: &["metadata", "--no-deps", "--offline", "--format-version=1"],
            build: RUST_BUILD,
            rebuild: RUST_BUILD,
            run: |tests| [&["--exact".to_owned()], tests].concat(),
            list: Some(&["--list", "--format=terse"]),
            passed: |line| {
                let name = line.strip_prefix("test ")?.strip_suffix(" ... ok")?;
                Some(name.trim_end_matches(" - should panic"))
            },
        },
        // What follows may not be unreachable: that is a warning, and for some an error.
        early_return: |results| match results.first() {
            None => " if true { return; }".to_owned(),
            Some(one) if one.contains("Result<") => {
                " if true { return Ok(Default::default()); }".to_owned()
            }
            Some(_) => " if true { return Default::default(); }".to_owned(),
        },
        grammar: || tree_sitter_rust::LANGUAGE.into(),
        queries: queries!(|| tree_sitter_rust::LANGUAGE.into(), "rust"),
    },
];

impl Language {
    pub fn grammar(&self) -> tree_sitter::Language {
        (self.grammar)()
    }
}
