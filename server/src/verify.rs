//! Builds and runs a generated test in a scratch copy, and tries whether it can fail; the user's tree is never written to.

use std::path::PathBuf;

use crate::language::Language;
use crate::text::Span;

/// A test to be tried.
#[derive(Clone, Debug)]
pub struct Job {
    pub language: &'static Language,
    /// The file whose function is tested; absolute.
    pub source: PathBuf,
    /// The function under test in `source` as `files` has it: mutants are made of it.
    pub function: Span,
    /// Files whose text differs from the disk or that are not there: open documents and the file with the new tests.
    pub files: Vec<(PathBuf, String)>,
    /// The file with the new tests, one of `files`.
    pub test_file: PathBuf,
    /// The names of the new test functions.
    pub tests: Vec<String>,
}

/// What became of it, in the order of the questions.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Report {
    pub builds: bool,
    /// Tests that passed, of how many.
    pub passed: usize,
    pub total: usize,
    /// Mutants of the function that the tests noticed, of how many were run.
    pub killed: usize,
    pub mutants: usize,
    /// What the compiler or the tests said, the useful end of it; empty where all is well.
    pub output: String,
    /// Why the question could not be answered at all: no toolchain, over the time limit… in words for the user.
    pub refused: Option<String>,
}

impl Report {
    /// Whether it may be called a test: it builds, passes and can fail.
    pub fn is_test(&self) -> bool {
        self.builds && self.total > 0 && self.passed == self.total && self.killed > 0
    }

    /// `builds · passes 3 of 3 · kills 4 of 5`, or as far as it came.
    pub fn in_words(&self) -> String {
        if let Some(refused) = &self.refused {
            return format!("not run: {refused}");
        }
        if !self.builds {
            return "does not build".to_owned();
        }
        let passes = format!("builds · passes {} of {}", self.passed, self.total);
        match (self.passed == self.total, self.mutants) {
            (true, 1..) => format!("{passes} · kills {} of {}", self.killed, self.mutants),
            _ => passes,
        }
    }
}
