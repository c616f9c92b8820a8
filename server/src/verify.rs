//! Builds and runs a generated test in a scratch copy, and tries whether it can fail; the user's tree is never written to.

mod allowance;
mod bench;
mod copy;
mod environment;
mod mutate;
mod output;
mod overlay;
mod package;
mod process;
mod read;
mod sandbox;
mod tree;
mod trial;

use std::path::PathBuf;

use crate::language::Language;
use crate::text::Span;

pub use allowance::{Allowance, Limits};
pub use mutate::{Mutant, mutants};

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
    /// The file with the new tests, one of `files`; the source itself where there are none.
    pub test_file: PathBuf,
    /// The names of the new test functions, in Rust with the modules of the file: `tests::adds`.
    pub tests: Vec<String>,
    /// A folder of Convive's own, kept between verifications: copies of workspaces, and what was built of them.
    pub cache: PathBuf,
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
    /// Why the questions could not be answered, or not to the end: no toolchain, over the time limit, flaky… in words for the user.
    pub refused: Option<String>,
    /// What this system could not keep the test from; words for the user.
    pub unguarded: Option<&'static str>,
}

/// Builds the test and runs it twice, then runs it against mutants of the function; tells `on` what goes on. Dropping the future
/// ends all that was started.
pub async fn verify(job: Job, limits: Limits, mut on: impl FnMut(String)) -> Report {
    let mut report = Report {
        total: job.tests.len(),
        ..Report::default()
    };
    if let Err(bench::Refused(why)) = trial::answer(&job, &limits, &mut report, &mut on).await {
        report.refused = Some(why);
    }
    report
}

/// Builds the package of the source with the files of the job, and its tests with it; `tests` may be empty and nothing is run.
/// Dropping the future ends the build.
pub async fn compiles(job: Job, limits: Limits) -> Report {
    let mut report = Report::default();
    if let Err(bench::Refused(why)) = trial::build(&job, &limits, &mut report).await {
        report.refused = Some(why);
    }
    report
}

impl Report {
    /// Whether it may be called a test: it builds, passes and can fail.
    pub fn is_test(&self) -> bool {
        let passes = self.total > 0 && self.passed == self.total;
        self.refused.is_none() && self.builds && passes && self.killed > 0
    }

    /// `builds · passes 3 of 3 · kills 4 of 5`, or as far as it came.
    pub fn in_words(&self) -> String {
        match (&self.refused, self.builds) {
            (Some(refused), true) => return format!("builds · {refused}"),
            (Some(refused), false) => return format!("not run: {refused}"),
            (None, false) => return "does not build".to_owned(),
            (None, true) => {}
        }
        let passes = format!("builds · passes {} of {}", self.passed, self.total);
        match (self.passed == self.total, self.mutants) {
            (true, 1..) => format!("{passes} · kills {} of {}", self.killed, self.mutants),
            _ => passes,
        }
    }
}
