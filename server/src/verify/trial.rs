//! The questions in their order: does it build, does it pass, does it pass again, does it notice a mutant.

use std::path::PathBuf;

use super::allowance::{Allowance, Limits};
use super::bench::{Bench, Build, Program, Refused};
use super::overlay::Overlay;
use super::package::Package;
use super::process::{End, Ran};
use super::{Job, Report, mutate, read};
use crate::language::Scratch;
use crate::text::Text;

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
    let first = run(&bench, &program, &limits.run).await?;
    report.unguarded = first.ran.guards.missing();
    report.passed = first.passed();
    if report.passed < report.total {
        report.output = bench.useful(&first.ran.text());
    }
    if let End::Over(over) = first.ran.end {
        return Err(Refused(over.in_words(&limits.run)));
    }
    let second = run(&bench, &program, &limits.run).await?;
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

/// Answers the first question alone.
///
/// # Errors
/// Where an answer is not to be had.
pub async fn build(job: &Job, limits: &Limits, report: &mut Report) -> Result<(), Refused> {
    let bench = Bench::new(job, limits)?;
    let mut place = Place::prepare(job, &bench).await?;
    match place.build(&bench, &job.files, true).await? {
        Build::Built(_) => report.builds = true,
        Build::Broken(output) => report.output = output,
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
            let result = run(bench, &program, allowance).await?;
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

/// Runs the tests once.
async fn run(
    bench: &Bench<'_>,
    program: &Program,
    allowance: &Allowance,
) -> Result<Outcome, Refused> {
    let arguments = (bench.tester.run)(&program.tests);
    let ran = bench.start(program, arguments, allowance).await?;
    let results = read::passed(
        bench.tester,
        &ran.stdout.text(),
        &program.tests,
        ran.succeeded(),
    );
    Ok(Outcome { results, ran })
}
