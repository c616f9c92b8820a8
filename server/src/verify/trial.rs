//! The questions in their order: does it build, does it pass, does it pass again, does it notice a mutant.

use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::allowance::{Allowance, Limits};
use super::environment::{self, Environment};
use super::overlay::Overlay;
use super::package::Package;
use super::process::{self, End, Ran, Run};
use super::{Job, Report, mutate, read, sandbox};
use crate::language::{Scratch, Tester};
use crate::text::Text;

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

/// The shortest time that a mutant gets; more where the test itself takes long.
const MUTANT_TIME: std::time::Duration = std::time::Duration::from_secs(2);

/// Builds that do not count for each mutant that does.
const SPARE: usize = 2;

/// Answers the questions, as far as it comes.
///
/// # Errors
/// Where an answer is not to be had.
pub async fn answer(
    job: &Job,
    limits: &Limits,
    report: &mut Report,
    on: &mut impl FnMut(String),
) -> Result<(), Refused> {
    if job.tests.is_empty() {
        return Err(Refused("there is no test in it".to_owned()));
    }
    on("building the test".to_owned());
    let bench = Bench::new(job, limits)?;
    let mut place = Place::prepare(job, &bench).await?;
    let program = match place.build(&bench, &job.files, true).await? {
        Build::Built(program) => program,
        Build::Broken(output) => {
            report.output = output;
            return Ok(());
        }
    };
    report.builds = true;
    on("running the test".to_owned());
    let first = bench.run(&program, &limits.run).await?;
    report.unguarded = first.ran.guards.missing();
    report.passed = first.passed();
    if report.passed < report.total {
        report.output = bench.useful(&first.ran.text());
    }
    if let End::Over(over) = first.ran.end {
        return Err(Refused(over.in_words(&limits.run)));
    }
    let second = bench.run(&program, &limits.run).await?;
    if second.results != first.results {
        report.passed = first.passed().min(second.passed());
        report.output = bench.useful(&[first.ran.text(), second.ran.text()].join("\n"));
        return Err(Refused("flaky: it does not pass each time".to_owned()));
    }
    if report.passed == report.total {
        let again = first.ran.time.max(second.ran.time);
        let allowance = Allowance {
            time: (again * 10).clamp(MUTANT_TIME.min(limits.run.time), limits.run.time),
            ..limits.run
        };
        mutants(job, &bench, &mut place, &allowance, report, on).await?;
    }
    Ok(())
}

/// Runs the tests against mutants of the function. A mutant that does not build does not count.
async fn mutants(
    job: &Job,
    bench: &Bench<'_>,
    place: &mut Place,
    allowance: &Allowance,
    report: &mut Report,
    on: &mut impl FnMut(String),
) -> Result<(), Refused> {
    let started = std::time::Instant::now();
    let wanted = bench.limits.mutants;
    let text = source(job).await?;
    let mutants = mutate::mutants(job.language, &text, job.function, wanted * (1 + SPARE));
    for mutant in mutants {
        if report.mutants == wanted || started.elapsed() > bench.limits.mutants_time {
            break;
        }
        on(format!(
            "trying whether it can fail: {} ({} of {wanted})",
            mutant.what,
            report.mutants + 1
        ));
        let mut files = job.files.clone();
        files.retain(|(path, _)| *path != job.source);
        let mut mutated = Text::new(text.as_str());
        mutated.apply(&mutant.edit);
        files.push((job.source.clone(), mutated.as_str().to_owned()));
        if let Build::Built(program) = place.build(bench, &files, false).await? {
            report.mutants += 1;
            let result = bench.run(&program, allowance).await?;
            report.killed += usize::from(result.passed() < report.total);
        }
    }
    Ok(())
}

/// The text of the source file as the job has it.
async fn source(job: &Job) -> Result<Text, Refused> {
    if let Some((_, text)) = job.files.iter().find(|(path, _)| *path == job.source) {
        return Ok(Text::new(text.as_str()));
    }
    let read = tokio::fs::read_to_string(&job.source).await;
    read.map(Text::new).map_err(|error| {
        let path = job.source.display();
        Refused(format!("{path} cannot be read: {error}"))
    })
}

/// Where the program is built, by the way of the language.
enum Place {
    Overlay(Overlay),
    Copy(Box<Package>),
}

impl Place {
    async fn prepare(job: &Job, bench: &Bench<'_>) -> Result<Place, Refused> {
        Ok(match bench.tester.scratch {
            Scratch::Overlay => Place::Overlay(Overlay::prepare(job, bench).await?),
            Scratch::Copy => Place::Copy(Box::new(Package::prepare(job, bench).await?)),
        })
    }

    /// Builds the tests with these texts in place of the files; `first`: with all checks, and after a look at the user's files.
    async fn build(
        &mut self,
        bench: &Bench<'_>,
        files: &[(PathBuf, String)],
        first: bool,
    ) -> Result<Build, Refused> {
        match self {
            Place::Overlay(overlay) => overlay.build(bench, files, first).await,
            Place::Copy(package) => package.build(bench, files, first).await,
        }
    }
}

/// How the tests fared in one run.
struct Outcome {
    results: Vec<bool>,
    ran: Ran,
}

impl Outcome {
    fn passed(&self) -> usize {
        self.results.iter().filter(|passed| **passed).count()
    }
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
    fn new(job: &Job, limits: &'a Limits) -> Result<Bench<'a>, Refused> {
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

    async fn run(&self, program: &Program, allowance: &Allowance) -> Result<Outcome, Refused> {
        let arguments = (self.tester.run)(&program.tests);
        let ran = self.start(program, arguments, allowance).await?;
        let results = read::passed(
            self.tester,
            &ran.stdout.text(),
            &program.tests,
            ran.succeeded(),
        );
        Ok(Outcome { results, ran })
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
