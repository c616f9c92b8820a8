//! A unit test for the function at a place: asked for, placed among its siblings, built and run, repaired, and told how it fared.

mod items;
pub mod place;
mod tell;

use std::path::Path;
use std::sync::Arc;

use super::lay_out::lay_out;
use super::listen::{self, Said};
use super::{Answer, Failure, OnStep, Query, Sent, Step, extract};
use crate::document::Snapshot;
use crate::model::local::files;
use crate::model::{Message, Prompt, Role, Usage};
use crate::prompt::purpose::Told;
use crate::text::{Edit, Span};
use crate::verify::{Job, Limits, Report, verify};
use place::{Placed, Wanted};

/// Asks for a test, and as often as the settings say for a better one.
///
/// # Errors
/// Why there is no answer at all, in words for the user. A test that is no good is an answer, with a note.
pub async fn run(query: Query, on: OnStep<'_>) -> Result<Answer, Failure> {
    let cache = files::cache_dir().join("verify");
    run_within(query, Limits::default(), &cache, on).await
}

/// The same, with these limits and this folder for copies and builds.
///
/// # Errors
/// The same.
pub async fn run_within(
    query: Query,
    limits: Limits,
    cache: &Path,
    on: OnStep<'_>,
) -> Result<Answer, Failure> {
    let laid = lay_out(&query)?;
    let name = laid.around.function_name.clone();
    let (Some(function), Some(name)) = (laid.around.function, name) else {
        let why = "put the cursor into the function that is to be tested";
        return Err(Failure::Nothing(why.to_owned()));
    };
    let subject = Subject {
        others: others(&query).await,
        query: &query,
        function,
        name,
        limits,
        cache,
    };
    let mut best: Option<Attempt> = None;
    let mut usage = Usage::default();
    let mut sent = Arc::new(laid.sent.clone());
    let mut tries = 0;
    loop {
        let said = match listen::listen(&query, &sent, on).await {
            Ok(said) => said,
            // What came before is worth more than this failure.
            Err(failure) => match best {
                Some(best) => return Ok(best.answer(usage, laid.note, tries)),
                None => return Err(failure),
            },
        };
        usage = sum(usage, said.usage);
        tries += 1;
        let attempt = subject.attempt(said, Arc::clone(&sent), on).await;
        let complaint = attempt.complaint();
        if let (Some(complaint), true) = (&complaint, tries <= query.settings.repairs) {
            sent = Arc::new(again(&laid.sent, &attempt.said.text, complaint));
        }
        let best_now = match best {
            Some(best) if best.rank() > attempt.rank() => best,
            _ => attempt,
        };
        if complaint.is_none() || tries > query.settings.repairs {
            return Ok(best_now.answer(usage, laid.note, tries));
        }
        best = Some(best_now);
        on(Step::Again);
    }
}

/// What is tested, and within what.
struct Subject<'a> {
    query: &'a Query,
    /// From its docs to its end.
    function: Span,
    name: String,
    others: Vec<Arc<Snapshot>>,
    limits: Limits,
    cache: &'a Path,
}

/// One answer of the model, and what came of it.
struct Attempt {
    said: Said,
    sent: Arc<Sent>,
    /// Why it cannot be placed, in words.
    placed: Result<Placed, String>,
    /// How it fared; None where it was not placed or may not be run.
    report: Option<Report>,
}

impl Subject<'_> {
    async fn attempt(&self, said: Said, sent: Arc<Sent>, on: OnStep<'_>) -> Attempt {
        let snapshot = &self.query.snapshot;
        let code = extract::code(&said.text, snapshot.language, &snapshot.text);
        let placed = code.and_then(|code| {
            place::place(&Wanted {
                source: snapshot,
                function: &self.name,
                code: &code,
                others: &self.others,
            })
        });
        let job = match &placed {
            Ok(placed) if self.query.settings.run_tests => self.job(placed),
            _ => None,
        };
        let report = match job {
            Some(job) => Some(verify(job, self.limits, |what| on(Step::Working(what))).await),
            None => None,
        };
        Attempt {
            said,
            sent,
            placed,
            report,
        }
    }

    fn job(&self, placed: &Placed) -> Option<Job> {
        let snapshot = &self.query.snapshot;
        let source = snapshot.path.as_deref()?.to_owned();
        let mut files = self.query.open_files();
        files.retain(|(path, _)| *path != placed.file);
        files.push((placed.file.clone(), placed.text.clone()));
        let edits = placed.proposal.files.first().map(|file| &file.edits[..]);
        let function = match placed.file == source {
            true => moved(self.function, edits.unwrap_or_default()),
            false => self.function,
        };
        Some(Job {
            language: snapshot.language?,
            source,
            function,
            files,
            test_file: placed.file.clone(),
            tests: placed.tests.clone(),
            cache: self.cache.to_owned(),
        })
    }
}

/// Files with tests: those that the query knows, and the one that holds the module of tests of the source.
async fn others(query: &Query) -> Vec<Arc<Snapshot>> {
    let mut others = query.neighbours.clone();
    let snapshot = &query.snapshot;
    let (Some(language), Some(path)) = (snapshot.language, snapshot.path.as_deref()) else {
        return others;
    };
    for file in place::files_of_tests(language, path, &snapshot.text) {
        let is_known = |one: &Arc<Snapshot>| one.path.as_deref() == Some(&file);
        if others.iter().any(is_known) {
            continue;
        }
        if let Some(open) = query.open_file(&file) {
            others.push(Arc::new(open.clone()));
        } else if let Ok(text) = tokio::fs::read_to_string(&file).await {
            others.push(Arc::new(Snapshot::parse(file, text)));
        }
    }
    others
}

/// Where a span is after insertions.
fn moved(span: Span, edits: &[Edit]) -> Span {
    let before = edits.iter().filter(|edit| edit.span.end <= span.start);
    let by: usize = before.map(|edit| edit.new_text.len()).sum();
    Span::new(span.start + by, span.end + by)
}

/// The first prompt, with the last answer and what is wrong with it.
fn again(first: &Sent, answer: &str, complaint: &str) -> Sent {
    let Prompt::Chat(messages) = &first.prompt else {
        return first.clone();
    };
    let message = |role, text: &str| Message {
        role,
        text: text.to_owned(),
    };
    let mut messages = messages.clone();
    messages.push(message(Role::Assistant, answer));
    messages.push(message(Role::User, complaint));
    let mut told = first.told.clone();
    told.push(Told {
        from: "output",
        reason: "what is wrong with the answer",
        text: complaint.to_owned(),
        ..Told::default()
    });
    Sent {
        prompt: Prompt::Chat(messages),
        told,
        ..first.clone()
    }
}

fn sum(one: Usage, other: Usage) -> Usage {
    fn both<T: std::ops::Add<Output = T>>(one: Option<T>, other: Option<T>) -> Option<T> {
        match (one, other) {
            (Some(one), Some(other)) => Some(one + other),
            (one, other) => one.or(other),
        }
    }
    Usage {
        prompt_tokens: both(one.prompt_tokens, other.prompt_tokens),
        cached_tokens: both(one.cached_tokens, other.cached_tokens),
        generated_tokens: both(one.generated_tokens, other.generated_tokens),
        prompt_time: both(one.prompt_time, other.prompt_time),
        generation_time: both(one.generation_time, other.generation_time),
    }
}
