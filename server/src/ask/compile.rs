//! Whether the code of an answer compiles where it is put: built in a scratch copy before it is offered.

use std::path::{Path, PathBuf};

use super::{FileEdit, OnStep, Proposal, Query, Step};
use crate::model::local::files;
use crate::text::{Span, Text};
use crate::verify::{Job, Limits, compiles};

/// The proposal where it compiles or nobody can say, and what the user should know of it.
pub async fn check(
    query: &Query,
    proposal: Proposal,
    on: OnStep<'_>,
) -> (Option<Proposal>, Option<String>) {
    let cache = files::cache_dir().join("verify");
    check_within(query, proposal, Limits::default(), &cache, on).await
}

/// The same, with these limits and this folder for copies and builds.
pub async fn check_within(
    query: &Query,
    proposal: Proposal,
    limits: Limits,
    cache: &Path,
    on: OnStep<'_>,
) -> (Option<Proposal>, Option<String>) {
    if !query.settings.run_tests {
        let why = "It was not compiled: code is built only in folders that you trust.";
        return (Some(proposal), Some(why.to_owned()));
    }
    let Some(job) = job(query, &proposal, cache) else {
        let why = "It was not compiled: there is no file or no language to build.";
        return (Some(proposal), Some(why.to_owned()));
    };
    on(Step::Working("compiling it".to_owned()));
    let report = compiles(job, limits).await;
    match (report.refused, report.builds) {
        (Some(why), _) => (Some(proposal), Some(format!("It was not compiled: {why}."))),
        (None, true) => (Some(proposal), None),
        (None, false) => {
            let output = report.output.trim_end();
            let why = format!("There is no edit: it does not compile.\n```\n{output}\n```");
            (None, Some(why))
        }
    }
}

fn job(query: &Query, proposal: &Proposal, cache: &Path) -> Option<Job> {
    let snapshot = &query.snapshot;
    let source = snapshot.path.as_deref()?.to_owned();
    let mut files = query.open_files();
    for file in &proposal.files {
        let own = file.uri == snapshot.uri;
        let path = match own {
            true => source.clone(),
            false => path(file)?,
        };
        let before = match (own, file.create) {
            (true, _) => snapshot.text.as_str().to_owned(),
            (false, true) => String::new(),
            // What a file on disk holds is not known here.
            (false, false) => query.open_file(&path)?.text.as_str().to_owned(),
        };
        files.retain(|(other, _)| *other != path);
        files.push((path, edited(before, file)));
    }
    Some(Job {
        language: snapshot.language?,
        function: Span::empty(0),
        test_file: source.clone(),
        source,
        files,
        tests: Vec::new(),
        cache: cache.to_owned(),
    })
}

fn path(file: &FileEdit) -> Option<PathBuf> {
    url::Url::parse(&file.uri).ok()?.to_file_path().ok()
}

fn edited(before: String, file: &FileEdit) -> String {
    let mut text = Text::new(before);
    for edit in file.edits.iter().rev() {
        text.apply(edit);
    }
    text.as_str().to_owned()
}
