//! A test asked for, with scripted answers of a model and the real `go` and `cargo`: what is offered, and what is said of it.

use std::sync::Arc;
use std::time::Duration;

use crate::bench::{self, Bench, GO, RUST};
use convive::action::Actions;
use convive::ask::{Answer, FileEdit, Proposal, Query, Settings, Step, compile, test};
use convive::context;
use convive::document::Snapshot;
use convive::model::scripted::{self, Scripted};
use convive::model::{Prompt, Role};
use convive::text::{Edit, Span};
use convive::verify::Report;

/// A question about the project's function.
fn question(bench: &Bench, backend: &Scripted, trusted: bool) -> Query {
    let text = std::fs::read_to_string(bench.source()).expect("the source");
    let cursor = text.find(bench.function()).expect("the function") + 4;
    let action = Actions::built_in();
    Query {
        action: Arc::clone(action.find("test").expect("the action")),
        snapshot: Snapshot::parse(bench.source(), text),
        span: Span::empty(cursor),
        question: String::new(),
        diagnostics: Vec::new(),
        neighbours: Vec::new(),
        open: Vec::new(),
        root: Some(bench.project()),
        trace: Vec::new(),
        frames: Vec::new(),
        earlier: Vec::new(),
        seed: None,
        settings: Settings {
            backend: Arc::new(backend.clone()),
            backend_name: "box".to_owned(),
            limits: context::Limits {
                tokens: 2000,
                suffix_tokens: 200,
                bytes_per_token: 3.3,
            },
            max_tokens: 500,
            temperature: 0.2,
            repairs: 1,
            run_tests: trusted,
        },
    }
}

/// Asks for a test of the project's function; the model gives these answers, one after the other.
async fn asked(bench: &Bench, answers: &[String], trusted: bool) -> (Answer, Vec<Step>, Scripted) {
    asked_beside(bench, answers, trusted, Vec::new()).await
}

/// The same, with other documents open.
async fn asked_beside(
    bench: &Bench,
    answers: &[String],
    trusted: bool,
    open: Vec<Snapshot>,
) -> (Answer, Vec<Step>, Scripted) {
    let say = |answer: &String| vec![scripted::Step::Say(answer.clone().leak())];
    let backend = Scripted::new(answers.iter().map(say));
    let mut query = question(bench, &backend, trusted);
    query.open = open;
    let _turn = bench.turn().await;
    let before = bench::tree(&bench.project());
    let mut steps = Vec::new();
    let mut on = |step| steps.push(step);
    let answer = test::run_within(query, bench.limits, &bench.cache(), &mut on).await;
    assert_eq!(before, bench::tree(&bench.project()), "the user's tree");
    (answer.expect("an answer"), steps, backend)
}

/// What the model was told last.
fn told(backend: &Scripted) -> String {
    let requests = backend.requests();
    let Some(Prompt::Chat(messages)) = requests.last().map(|request| &request.prompt) else {
        panic!("a chat");
    };
    let last = messages.last().expect("a message");
    assert_eq!(last.role, Role::User);
    last.text.clone()
}

/// A project in each language, with a good test of it.
fn benches() -> [(Bench, &'static str); 2] {
    [GO, RUST].map(|language| (Bench::new(language), language.good))
}

/// Nothing, but where the system (a container, say) lets the sandbox forbid less.
fn note_of_the_system(report: &Report) -> Option<String> {
    let unguarded = report.unguarded.as_ref();
    unguarded.map(|what| format!("It was run although {what}."))
}

#[tokio::test]
async fn a_good_test_is_offered_with_its_report() {
    for (bench, good) in benches() {
        let (answer, steps, backend) = asked(&bench, &[bench.answer(good)], true).await;
        let report = answer.report.expect("a report");
        assert_eq!(report.in_words(), "builds · passes 1 of 1 · kills 1 of 1");
        assert_eq!(answer.note, note_of_the_system(&report));
        assert_eq!(answer.edit.expect("an edit").files.len(), 1);
        assert_eq!(backend.requests().len(), 1);
        assert!(!steps.contains(&Step::Again));
        let working = steps.iter().filter(|step| matches!(step, Step::Working(_)));
        assert!(working.count() >= 3, "{steps:?}");
    }
}

/// Some editors (Neovim) open a document with version 0, and what it holds need not be saved.
#[tokio::test]
async fn what_is_open_is_built_instead_of_what_is_on_disk() {
    let unsaved = [
        (
            "stock/other_test.go",
            "package stock\n\nfunc least() int { return 0 }\n",
            "if Clamp(-3, 10) != least() || Clamp(5, 10) != 5 || Clamp(99, 10) != 10 { t.Fail() }",
        ),
        (
            "units/src/lib.rs",
            "pub const LEAST: i64 = 0;\npub const TEN: i64 = 10;\n",
            "assert_eq!((clamp(-3, units::TEN), clamp(5, units::TEN), clamp(99, units::TEN)), (0, 5, 10));",
        ),
    ];
    for ((bench, _), (path, text, body)) in benches().into_iter().zip(unsaved) {
        let open = Snapshot {
            open: true,
            ..Snapshot::parse(bench.project().join(path), text)
        };
        assert_eq!(open.version, 0);
        let answers = [bench.answer(body)];
        let (answer, _, backend) = asked_beside(&bench, &answers, true, vec![open]).await;
        let report = answer.report.expect("a report");
        assert_eq!(report.in_words(), "builds · passes 1 of 1 · kills 1 of 1");
        assert_eq!(backend.requests().len(), 1);
    }
}

#[tokio::test]
async fn what_the_compiler_says_goes_back_to_the_model() {
    for ((bench, good), bad) in benches()
        .into_iter()
        .zip([GO.does_not_build, RUST.does_not_build])
    {
        let answers = [bench.answer(bad), bench.answer(good)];
        let (answer, steps, backend) = asked(&bench, &answers, true).await;
        let report = answer.report.expect("a report");
        assert!(report.is_test(), "{report:#?}");
        assert_eq!(answer.text, answers[1]);
        assert_eq!(answer.note, note_of_the_system(&report));
        let told = told(&backend);
        assert!(told.starts_with("That does not compile:"), "{told}");
        assert!(
            told.contains("lamp(1)") || told.contains("not enough arguments"),
            "{told}"
        );
        assert_eq!(steps.iter().filter(|step| **step == Step::Again).count(), 1);
    }
}

#[tokio::test]
async fn what_does_not_build_is_not_offered() {
    for ((bench, _), bad) in benches()
        .into_iter()
        .zip([GO.does_not_build, RUST.does_not_build])
    {
        let (answer, _, backend) = asked(&bench, &[bench.answer(bad)], true).await;
        assert_eq!(answer.edit, None);
        let note = answer.note.expect("a note");
        assert!(note.contains("does not build after 2 attempts"), "{note}");
        assert_eq!(backend.requests().len(), 2);
    }
}

#[tokio::test]
async fn what_is_no_code_is_not_offered() {
    let (bench, _) = benches().into_iter().next().expect("a project");
    let words = "I cannot write tests, but testing is important.".to_owned();
    let (answer, _, backend) = asked(&bench, &[words], true).await;
    assert_eq!((answer.edit, answer.report), (None, None));
    assert!(
        answer
            .note
            .expect("a note")
            .starts_with("No test came of it")
    );
    assert!(told(&backend).starts_with("That cannot be used"));
}

#[tokio::test]
async fn the_best_of_the_answers_is_offered() {
    for ((bench, _), (fails, bad)) in benches().into_iter().zip([
        (GO.fails, GO.does_not_build),
        (RUST.fails, RUST.does_not_build),
    ]) {
        let answers = [bench.answer(fails), bench.answer(bad)];
        let (answer, _, backend) = asked(&bench, &answers, true).await;
        assert_eq!(answer.text, answers[0]);
        assert!(answer.edit.is_some(), "it builds, and may be taken");
        let note = answer.note.expect("a note");
        assert!(note.contains("does not pass"), "{note}");
        assert!(told(&backend).contains("five is five"));
    }
}

#[tokio::test]
async fn a_test_that_notices_nothing_is_called_so() {
    let vacuous = [GO.passes_whatever_happens, RUST.passes_whatever_happens];
    for ((bench, _), vacuous) in benches().into_iter().zip(vacuous) {
        let (answer, _, backend) = asked(&bench, &[bench.answer(vacuous)], true).await;
        let note = answer.note.expect("a note");
        assert!(note.contains("not much of a test"), "{note}");
        assert!(answer.edit.is_some() && !answer.report.expect("a report").is_test());
        assert!(told(&backend).contains("when the function is broken"));
    }
}

#[tokio::test]
async fn an_endless_test_is_told_to_the_model() {
    for ((mut bench, good), endless) in benches().into_iter().zip([GO.endless, RUST.endless]) {
        bench.limits.run.time = Duration::from_secs(1);
        let answers = [bench.answer(endless), bench.answer(good)];
        let (answer, _, backend) = asked(&bench, &answers, true).await;
        assert!(answer.report.expect("a report").is_test());
        assert!(told(&backend).contains("ran longer than 1 s"));
    }
}

#[tokio::test]
async fn nothing_runs_in_a_workspace_that_is_not_trusted() {
    for (bench, good) in benches() {
        let (answer, steps, _) = asked(&bench, &[bench.answer(good)], false).await;
        assert!(answer.edit.is_some() && answer.report.is_none());
        assert!(answer.note.expect("a note").contains("was not run"));
        assert!(!steps.iter().any(|step| matches!(step, Step::Working(_))));
        assert!(!bench.cache().exists(), "nothing was built");
    }
}

/// What becomes of a change of the project's source that must compile.
async fn changed(bench: &Bench, from: &str, to: &str, trusted: bool) -> (bool, String) {
    let query = question(bench, &Scripted::default(), trusted);
    let at = query.snapshot.text.find(from).expect("it is there");
    let edit = Edit::new(Span::new(at, at + from.len()), to);
    let proposal = Proposal {
        files: vec![FileEdit {
            uri: query.snapshot.uri.clone(),
            version: None,
            text: None,
            create: false,
            edits: vec![edit],
        }],
    };
    let _turn = bench.turn().await;
    let mut on = |_| {};
    let cache = bench.cache();
    let checked = compile::check_within(&query, proposal, bench.limits, &cache, &mut on);
    let (proposal, note) = checked.await;
    (proposal.is_some(), note.unwrap_or_default())
}

#[tokio::test]
async fn code_that_must_compile_is_offered_only_where_it_does() {
    for (bench, _) in benches() {
        let good = changed(&bench, "return most", "return most + 0", true).await;
        assert_eq!(good, (true, String::new()));
        let (offered, note) = changed(&bench, "return most", "return moist", true).await;
        assert!(
            !offered && note.contains("does not compile") && note.contains("moist"),
            "{note}"
        );
        let (offered, note) = changed(&bench, "return most", "return moist", false).await;
        assert!(offered && note.contains("folders that you trust"), "{note}");
    }
}
