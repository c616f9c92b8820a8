//! What all builds and runs of one test have in common: the toolchain, the scratch folder, the limits.

use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::allowance::{Allowance, Limits};
use super::environment::{self, Environment};
use super::process::{self, End, Ran, Run};
use super::{Job, read, sandbox};
use crate::language::Tester;

/// Why a question cannot be answered; words for the user.
#[derive(Debug, PartialEq)]
pub struct Refused(pub String);

/// What a build came to.
#[derive(Debug)]
pub enum Build {
    /// What the compiler said.
    Broken(String),
    Built(Program),
}

/// A program that holds tests.
#[derive(Clone, Debug)]
pub struct Program {
    pub binary: PathBuf,
    /// Where it is started.
    pub folder: PathBuf,
    /// The full names of the tests that are run.
    pub tests: Vec<String>,
    pub environment: Environment,
}

/// What all builds and runs of one job have in common.
pub struct Bench<'a> {
    pub tester: &'static Tester,
    pub limits: &'a Limits,
    /// The compiler's program.
    pub program: PathBuf,
    /// For this verification alone; gone afterwards.
    pub scratch: TempDir,
    pub environment: Environment,
}

impl<'a> Bench<'a> {
    /// # Errors
    /// Where there is no toolchain, or no room for the scratch folder.
    pub fn new(job: &Job, limits: &'a Limits) -> Result<Bench<'a>, Refused> {
        let tester = &job.language.tester;
        let program = environment::find(tester.program).ok_or_else(|| {
            Refused(format!(
                "`{}` was not found by PATH; it is to be had from {}",
                tester.program, tester.get
            ))
        })?;
        let scratch = std::fs::create_dir_all(&job.cache).and_then(|()| {
            tempfile::Builder::new()
                .prefix("run-")
                .tempdir_in(&job.cache)
        });
        let scratch = scratch.map_err(|error| no_folder(&job.cache, &error))?;
        let environment = environment::scrubbed(scratch.path())
            .map_err(|error| no_folder(scratch.path(), &error))?;
        Ok(Bench {
            tester,
            limits,
            program,
            scratch,
            environment,
        })
    }

    /// Runs the compiler's program with these arguments; it writes into the scratch folder and below `writable`.
    pub async fn compile(
        &self,
        arguments: Vec<String>,
        folder: &Path,
        environment: &Environment,
        mut writable: Vec<PathBuf>,
    ) -> Result<Ran, Refused> {
        writable.push(self.scratch.path().to_owned());
        let run = Run {
            program: &self.program,
            arguments: arguments.into_iter().map(Into::into).collect(),
            folder,
            environment: environment.clone(),
            writable,
            allowance: &self.limits.build,
        };
        let ran = process::run(run).await.map_err(|error| {
            let program = self.program.display();
            Refused(format!("{program} cannot be started: {error}"))
        })?;
        match ran.end {
            End::Over(over) => Err(Refused(format!(
                "the build {}",
                over.in_words(&self.limits.build)
            ))),
            End::Exit(_) => Ok(ran),
        }
    }

    /// Runs a built program with these arguments; it writes nowhere but into its folder for temporary files.
    pub async fn start(
        &self,
        program: &Program,
        arguments: Vec<String>,
        allowance: &Allowance,
    ) -> Result<Ran, Refused> {
        let run = Run {
            program: &program.binary,
            arguments: arguments.into_iter().map(Into::into).collect(),
            folder: &program.folder,
            environment: program.environment.clone(),
            writable: vec![
                self.scratch.path().join("tmp"),
                self.scratch.path().join("home"),
            ],
            allowance,
        };
        let ran = process::run(run).await;
        ran.map_err(|error| Refused(format!("the test program cannot be started: {error}")))
    }

    /// What a failed build says: what the compiler said, or that the machine lacks what the project needs.
    pub fn broken(&self, ran: &Ran) -> Result<Build, Refused> {
        let text = ran.text();
        match text.contains("GOPROXY=off") || text.contains("--offline") {
            true => Err(Refused(
                "what the project depends on is not on this machine; build it once yourself"
                    .to_owned(),
            )),
            false => Ok(Build::Broken(self.useful(&text))),
        }
    }

    pub fn useful(&self, printed: &str) -> String {
        let scratch = self.scratch.path().file_name().unwrap_or_default();
        read::useful(printed, &scratch.to_string_lossy())
    }

    /// The arguments of a command of the table, with these words in place.
    pub fn fill(command: &[&str], words: &[(&str, &str)]) -> Vec<String> {
        let fill = |argument: &&str| {
            words
                .iter()
                .fold((*argument).to_owned(), |text, (name, word)| {
                    text.replace(name, word)
                })
        };
        command.iter().map(fill).collect()
    }
}

/// Whether programs may run in the user's own folders: nothing can be written there.
pub fn may_run_in_place() -> bool {
    sandbox::can_forbid_writes()
}

pub fn no_folder(folder: &Path, error: &std::io::Error) -> Refused {
    Refused(format!("{} cannot be used: {error}", folder.display()))
}
