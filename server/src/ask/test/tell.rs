//! What is said of an attempt: to the model, so that it does better, and to the user, plainly.

use super::super::Answer;
use super::Attempt;
use crate::model::Usage;
use crate::verify::Report;

const ANSWER_AGAIN: &str =
    "Answer with all test functions again, corrected, in one fenced block of code.";

impl Attempt {
    /// What the model is told; None where nothing is left to be said, or where no other answer would help.
    pub fn complaint(&self) -> Option<String> {
        let what = match (&self.placed, &self.report) {
            (Err(why), _) => format!("That cannot be used: {why}."),
            // It may not be run.
            (Ok(_), None) => return None,
            (Ok(_), Some(report)) => complaint(report)?,
        };
        Some(format!("{what}\n\n{ANSWER_AGAIN}"))
    }

    /// How good it is; more is better.
    pub fn rank(&self) -> usize {
        match (&self.placed, &self.report) {
            (Err(_), _) => 0,
            (Ok(_), None) => 1,
            (Ok(_), Some(report)) => match () {
                () if report.is_test() => 5,
                () if report.builds && passes(report) => 4,
                () if report.builds => 3,
                () if report.refused.is_some() => 2,
                () => 1,
            },
        }
    }

    /// The answer that the user gets after so many tries. What does not build is not offered.
    pub fn answer(self, usage: Usage, note: Option<String>, tries: usize) -> Answer {
        let mut notes: Vec<String> = note.into_iter().collect();
        notes.extend(self.note(tries));
        let is_broken = |report: &Report| !report.builds && report.refused.is_none();
        let edit = match &self.report {
            Some(report) if is_broken(report) => None,
            _ => self.placed.ok().map(|placed| placed.proposal),
        };
        Answer {
            id: self.said.id,
            text: self.said.text,
            edit,
            note: (!notes.is_empty()).then(|| notes.join(" ")),
            report: self.report,
            usage,
            first_chunk: self.said.first_chunk,
            sent: self.sent,
        }
    }

    /// What the user should know; None for a test of which there is nothing to say but its report.
    fn note(&self, tries: usize) -> Option<String> {
        let report = match (&self.placed, &self.report) {
            (Err(why), _) => return Some(format!("No test came of it: {why}.")),
            (Ok(_), None) => {
                return Some(
                    "This test was not run: generated code runs only in workspaces that you trust."
                        .to_owned(),
                );
            }
            (Ok(_), Some(report)) => report,
        };
        let unguarded = report
            .unguarded
            .map(|what| format!("It was run although {what}."));
        let attempts = match tries {
            1 => "one attempt".to_owned(),
            tries => format!("{tries} attempts"),
        };
        let what = match (&report.refused, report.builds) {
            (Some(why), false) => Some(format!("This test was not run: {why}.")),
            (Some(why), true) => Some(format!(
                "This test builds, but {why}. It can be taken anyway."
            )),
            (None, false) => Some(format!(
                "No test came of it: what the model wrote does not build after {attempts}. A larger model may do better."
            )),
            (None, true) if !passes(report) => Some(
                "This test builds, but does not pass: it is wrong, or the function is. It can be taken anyway."
                    .to_owned(),
            ),
            (None, true) if report.mutants == 0 => Some(
                "This test passes; whether it can fail could not be tried, since no change of the function builds."
                    .to_owned(),
            ),
            (None, true) if report.killed == 0 => Some(format!(
                "This is not much of a test: it passes just the same with the function broken in {} ways. It can be taken anyway.",
                report.mutants
            )),
            (None, true) => None,
        };
        match (what, unguarded) {
            (Some(what), Some(unguarded)) => Some(format!("{what} {unguarded}")),
            (what, unguarded) => what.or(unguarded),
        }
    }
}

fn complaint(report: &Report) -> Option<String> {
    let output = match report.output.trim() {
        "" => String::new(),
        output => format!("\n\n```\n{output}\n```"),
    };
    match (&report.refused, report.builds) {
        // Another test would fare no better.
        (Some(_), false) => None,
        (Some(why), true) => Some(format!("The test compiles, but {why}.{output}")),
        (None, false) => Some(format!("That does not compile:{output}")),
        (None, true) if !passes(report) => Some(format!(
            "The test compiles, but does not pass for the code as it is. Correct the expected values:{output}"
        )),
        (None, true) if report.mutants > 0 && report.killed == 0 => Some(
            "The test passes, but it also passes when the function is broken. Compare what the function returns with exact expected values."
                .to_owned(),
        ),
        (None, true) => None,
    }
}

fn passes(report: &Report) -> bool {
    report.total > 0 && report.passed == report.total && report.refused.is_none()
}
