//! Questions asked of a scripted model: what is streamed, what comes back, and what fails.

use std::sync::Arc;

use expect_test::{Expect, expect};
use futures::FutureExt;
use support::fixture;

use super::*;
use crate::action::{Action, AnswerKind, BUILT_IN, Origin};
use crate::model::scripted::{self, Scripted};

/// An action with these words that wants everything.
pub fn action(answer: AnswerKind, body: &str) -> Action {
    Action {
        id: "try".to_owned(),
        title: "Try this".to_owned(),
        languages: Vec::new(),
        offered: Vec::new(),
        kind: String::new(),
        needs: Vec::new(),
        backend: None,
        temperature: None,
        max_tokens: None,
        answer,
        checks: Vec::new(),
        system: "You help.".into(),
        body: body.into(),
        origin: Origin::BuiltIn,
    }
}

/// A query at the `$0` of a drawing, or of what stands between two.
pub fn query(path: &str, drawing: &str, action: Action, backend: &Scripted) -> Query {
    let (text, start) = fixture::cursor(drawing);
    let (text, span) = match text.find("$0") {
        Some(end) => (text.replacen("$0", "", 1), Span::new(start, end)),
        None => (text, Span::empty(start)),
    };
    Query {
        action: Arc::new(action),
        snapshot: Snapshot {
            open: true,
            ..Snapshot::parse(path, text)
        },
        span,
        question: String::new(),
        diagnostics: Vec::new(),
        neighbours: Vec::new(),
        open: Vec::new(),
        root: None,
        trace: Vec::new(),
        frames: Vec::new(),
        earlier: Vec::new(),
        seed: None,
        settings: Settings {
            backend: Arc::new(backend.clone()),
            backend_name: "box".to_owned(),
            limits: Limits {
                tokens: 1000,
                suffix_tokens: 200,
                bytes_per_token: 3.3,
            },
            max_tokens: 300,
            temperature: 0.2,
            repairs: 0,
            run_tests: false,
        },
    }
}

/// Asks, and gives what was streamed with the answer.
async fn heard(query: Query) -> (Vec<Step>, Result<Answer, Failure>) {
    let mut steps = Vec::new();
    let answer = ask(query, &mut |step| steps.push(step)).await;
    (steps, answer)
}

fn simple(backend: &Scripted) -> Query {
    let action = action(AnswerKind::Answer, "{{ selection }}");
    query(
        "a.go",
        "package a\n\nfunc f() {\n\t$0\n}\n",
        action,
        backend,
    )
}

#[tokio::test]
async fn an_answer_streams_and_is_whole_in_the_end() {
    let backend = Scripted::new([vec![
        scripted::Step::Say("It does "),
        scripted::Step::Say("nothing."),
    ]]);
    let (steps, answer) = heard(simple(&backend)).await;
    let chunk = |text: &str| Step::Chunk(text.to_owned());
    assert_eq!(steps, [chunk("It does "), chunk("nothing.")]);
    let answer = answer.expect("an answer");
    assert_eq!(answer.text, "It does nothing.");
    assert!(answer.edit.is_none() && answer.first_chunk.is_some());
    assert_eq!(backend.requests()[0].prompt, answer.sent.prompt);
}

/// A small model says the same for as long as it may.
#[tokio::test]
async fn an_answer_that_goes_round_in_circles_is_ended() {
    const SAID: &str = "It counts the items that are in stock, and nothing else.\n\n";
    let mut script = vec![scripted::Step::Say(SAID); 3];
    script.push(scripted::Step::Hang);
    let backend = Scripted::new([script]);
    let (steps, answer) = heard(simple(&backend)).await;
    let answer = answer.expect("an answer");
    assert_eq!((answer.text.as_str(), answer.note), (SAID, None));
    assert_eq!(steps, [Step::Chunk(SAID.to_owned())]);
    assert_eq!(backend.running(), 0);
}

#[tokio::test]
async fn a_failure_says_what_to_do() {
    let error = Error::Unreachable {
        target: "http://here".to_owned(),
        reason: "refused".to_owned(),
    };
    let backend = Scripted::new([vec![
        scripted::Step::Say("It"),
        scripted::Step::Fail(error.clone()),
    ]]);
    let (steps, answer) = heard(simple(&backend)).await;
    assert_eq!(steps.len(), 1);
    let failure = answer.expect_err("a failure");
    assert_eq!(failure, Failure::Model(error));
    assert!(failure.to_string().contains("Is the server running"));
}

#[tokio::test]
async fn dropping_the_question_stops_the_model() {
    let backend = Scripted::new([vec![scripted::Step::Say("It"), scripted::Step::Hang]]);
    let mut on = |_| {};
    let mut asking = Box::pin(ask(simple(&backend), &mut on));
    assert!((&mut asking).now_or_never().is_none());
    assert_eq!(backend.running(), 1);
    drop(asking);
    assert_eq!(backend.running(), 0);
}

/// Go code at `drawing`, asked with one of the actions that are built in.
fn built_in(id: &str, drawing: &str, answer: &'static str) -> (Scripted, Query) {
    let backend = Scripted::saying(answer);
    let text = BUILT_IN.iter().find(|(name, _)| *name == id);
    let (_, text) = text.expect("a built-in action");
    let action = Action::parse(text, Origin::BuiltIn).expect("no problem");
    let query = query("stock/a.go", drawing, action, &backend);
    (backend, query)
}

/// The document with the answer's edit.
fn edited(query: &Query, answer: &Answer) -> String {
    let file = &answer.edit.as_ref().expect("an edit").files[0];
    assert_eq!(file.version, query.snapshot.open_version());
    let mut text = (*query.snapshot.text).clone();
    for edit in file.edits.iter().rev() {
        text.apply(edit);
    }
    text.as_str().to_owned()
}

#[tokio::test]
async fn code_is_written_where_the_comment_asks_for_it() {
    let drawing = "package a\n\nfunc f(a []int) {\n\t// sort a,\n\t// the largest first\n\t$0\n}\n";
    let answer = "```go\nsort.Sort(sort.Reverse(sort.IntSlice(a)))\n```";
    let (backend, query) = built_in("write", drawing, answer);
    let answer = ask(query.clone(), &mut |_| {}).await.expect("an answer");
    let prompt = backend.requests()[0].prompt.written();
    assert!(prompt.contains("sort a, the largest first\n\n"), "{prompt}");
    let expected = "package a\n\nimport \"sort\"\n\nfunc f(a []int) {\n\t// sort a,\n\t// the largest first\n\t\
        sort.Sort(sort.Reverse(sort.IntSlice(a)))\n}\n";
    assert_eq!(edited(&query, &answer), expected);
    assert_eq!(answer.note, None);
}

#[tokio::test]
async fn what_was_typed_counts_more_than_a_comment() {
    let drawing = "package a\n\n// a comment\n$0\n";
    let (backend, mut query) = built_in("write", drawing, "```go\nvar a int\n```");
    query.question = "a variable".to_owned();
    ask(query, &mut |_| {}).await.expect("an answer");
    let prompt = backend.requests()[0].prompt.written();
    assert!(
        prompt.contains(": a variable") && !prompt.contains(": a comment"),
        "{prompt}"
    );
}

#[tokio::test]
async fn a_problem_in_a_word_is_corrected_in_its_function() {
    let drawing = "package a\n\nfunc f() int {\n\treturn $0undefined$0\n}\n";
    let (backend, mut query) =
        built_in("fix", drawing, "```go\nfunc f() int {\n\treturn 0\n}\n```");
    query.diagnostics.push(Diagnostic {
        span: query.span,
        severity: "error",
        source: "compiler".to_owned(),
        message: "undefined: undefined".to_owned(),
    });
    let answer = ask(query.clone(), &mut |_| {}).await.expect("an answer");
    let prompt = backend.requests()[0].prompt.written();
    assert!(
        prompt.contains("4:9: error: undefined: undefined\n    return undefined\n"),
        "{prompt}"
    );
    assert_eq!(
        edited(&query, &answer),
        "package a\n\nfunc f() int {\n\treturn 0\n}\n"
    );
}

#[tokio::test]
async fn no_code_means_no_edit_and_the_reason() {
    let drawing = "package a\n\nfunc f() {\n\tg($0)\n}\n";
    let (_, query) = built_in("fix", drawing, "I cannot see a problem.");
    let answer = ask(query, &mut |_| {}).await.expect("an answer");
    assert_eq!(answer.edit, None);
    assert!(answer.note.expect("a note").contains("holds no code"));
}

#[tokio::test]
async fn a_crash_is_corrected_in_the_file_of_its_frame() {
    let answer =
        "The index is wrong.\n\n```go\nfunc (l List) At(n int) int {\n\treturn l[n-1]\n}\n```";
    let (_, mut query) = built_in("trace", "panic: $0index out of range", answer);
    let source = "package a\n\n// At gives one.\nfunc (l List) At(n int) int {\n\treturn l[n]\n}\n";
    let frame = |open| Snapshot {
        open,
        ..Snapshot::parse("/work/list.go", source)
    };
    query.frames = vec![frame(false)];
    let answer = ask(query.clone(), &mut |_| {}).await.expect("an answer");
    let files = answer.edit.expect("an edit").files;
    assert_eq!(&*files[0].uri, "file:///work/list.go");
    assert_eq!(files[0].version, None);
    assert!(
        files[0].edits[0]
            .new_text
            .contains("// At gives one.\nfunc (l List) At(n int) int {\n\treturn l[n-1]")
    );
    query.frames = vec![frame(true)];
    let answer = ask(query, &mut |_| {}).await.expect("an answer");
    assert_eq!(answer.edit.expect("an edit").files[0].version, Some(0));
}

#[tokio::test]
async fn a_selection_that_is_too_long_is_explained_in_part_and_never_rewritten() {
    let body: String = (0..2000).map(|n| format!("\tcall({n})\n")).collect();
    let drawing = format!("package a\n\nfunc f() {{\n$0{body}$0}}\n");
    let (backend, query) = built_in("explain", &drawing, "It calls.");
    let answer = ask(query, &mut |_| {}).await.expect("an answer");
    assert!(answer.note.expect("a note").contains("lines in the middle"));
    let size = backend.requests()[0].prompt.written().len();
    assert!(size <= 3300, "{size} bytes for 1000 tokens of 3.3 bytes");
    let (backend, query) = built_in("fix", &drawing, "");
    let failure = ask(query, &mut |_| {}).await.expect_err("a failure");
    assert!(failure.to_string().contains("select less"), "{failure}");
    assert!(backend.requests().is_empty());
}

/// Every built-in action, at several sizes of the budget: the prompt holds the code, and no more than it may.
#[test]
fn prompts_keep_to_their_budget() {
    let go = include_str!("../../../tests/golden/go/stock/stock.go");
    let drawing = go.replacen(
        "return defaultReorderLevel",
        "return $0defaultReorderLevel",
        1,
    );
    for (id, _) in BUILT_IN {
        for tokens in [600, 1000, 4000] {
            let (_, mut query) = built_in(id, &drawing, "");
            query.settings.limits.tokens = tokens;
            let sent = lay_out(&query).expect("a prompt").sent;
            let written = sent.prompt.written();
            let most = (tokens as f32 * query.settings.limits.bytes_per_token) as usize;
            assert!(
                written.len() <= most,
                "{id}: {} > {most}\n{written}",
                written.len()
            );
            assert!(
                id == "trace" || written.contains("defaultReorderLevel"),
                "{id}"
            );
        }
    }
}

#[tokio::test]
async fn a_conversation_is_one_prompt_that_grows() {
    let drawing = "package a\n\nfunc f() int {\n\treturn $01\n}\n";
    let (backend, mut query) = built_in("explain", drawing, "It returns one.");
    let mut sessions = session::Sessions::default();
    let mut written = Vec::new();
    for question in ["", "and why?", "really?"] {
        query.question = question.to_owned();
        query.earlier = sessions.earlier("one");
        let answer = ask(query.clone(), &mut |_| {}).await.expect("an answer");
        sessions.keep("one", &query, &answer);
        let prompt = backend
            .requests()
            .last()
            .expect("a request")
            .prompt
            .written();
        written.push(prompt);
    }
    assert!(written[1].starts_with(&written[0]) && written[2].starts_with(&written[1]));
    assert!(written[2].ends_with("It returns one.and why?It returns one.really?"));
}

#[tokio::test]
async fn answers_of_a_place_are_kept_side_by_side() {
    let drawing = "package a\n\nfunc f() int {\n\treturn $01\n}\n";
    let (_, mut query) = built_in("explain", drawing, "It returns one.");
    let mut sessions = session::Sessions::default();
    let key = session::Key::of(&query);
    let mut seeds = Vec::new();
    for _ in 0..20 {
        let answer = ask(query.clone(), &mut |_| {}).await.expect("an answer");
        sessions.keep("one", &query, &answer);
        query.earlier = sessions.earlier_than_last("one");
        query.seed = Some(sessions.next_seed(&key));
        seeds.push(query.seed);
    }
    seeds.dedup();
    assert_eq!(seeds.len(), 20);
    // Asked again, it is still one turn; and the oldest answers make room.
    assert_eq!(sessions.earlier("one").len(), 1);
    let kept: Vec<Option<u32>> = sessions
        .alternatives(&key)
        .iter()
        .map(|one| one.seed)
        .collect();
    assert_eq!(kept, (5..=20).map(Some).collect::<Vec<_>>());
    sessions.forget(&key.uri);
    assert!(sessions.alternatives(&key).is_empty());
    assert!(sessions.earlier("another").is_empty());
}

#[test]
fn a_long_crash_keeps_the_lines_that_it_is_about() {
    let piece = |reason: &str, text: String| Snippet {
        source: crate::context::Source::Trace,
        path: None,
        lines: 0..0,
        tokens: 0,
        text,
        reason: reason.to_owned(),
    };
    let lines = |range: std::ops::Range<usize>| -> String {
        range.map(|n| format!("\tcall({n})\n")).collect()
    };
    let (_, mut query) = built_in("trace", "panic: $0x", "");
    query.trace = vec![
        piece("the crash", "panic: x\n  main.f a.go:500".to_owned()),
        piece(
            "frame 0",
            format!(
                "func f() {{\n{}\tboom()  // <- here\n{}}}",
                lines(0..500),
                lines(501..900)
            ),
        ),
        piece("frame 1", lines(0..300)),
        piece("frame 2", lines(0..300)),
    ];
    let sent = lay_out(&query).expect("a prompt").sent;
    let written = sent.prompt.written();
    assert!(written.len() <= 3300, "{}", written.len());
    for part in [
        "main.f a.go:500",
        "func f() {",
        "call(499)\n\tboom()  // <- here\n\tcall(501)",
    ] {
        assert!(written.contains(part), "{part}\n{written}");
    }
    let left_out: Vec<&str> = sent
        .left_out
        .iter()
        .map(|one| one.snippet.reason.as_str())
        .collect();
    assert_eq!(left_out, ["frame 2"]);
}

/// What the parts of a prompt are called, with their lines and what they say; the words of the action are left out.
fn check_parts(query: &Query, expected: Expect) {
    let sent = lay_out(query).expect("a prompt").sent;
    let purpose = sent.purpose(query);
    let joined: String = purpose
        .parts
        .iter()
        .map(|part| &purpose.written[part.range.clone()])
        .collect();
    assert_eq!(joined, sent.prompt.written(), "without gaps");
    let parts = purpose.parts.iter().filter(|part| part.from != "frame");
    let drawn = parts.map(|part| {
        let text = &purpose.written[part.range.clone()];
        format!(
            "{} {:?}: {}: {text:?}\n",
            part.from, part.lines, part.reason
        )
    });
    expected.assert_eq(&drawn.collect::<String>());
}

#[test]
fn each_piece_of_a_question_has_its_name() {
    let drawing =
        "package a\n\nimport \"os\"\n\nfunc f() {\n\tx := 1\n\t$0y := os.Args$0\n\tz := 3\n}\n";
    let (_, mut query) = built_in("ask", drawing, "");
    query.question = "why y?".to_owned();
    query.diagnostics = vec![Diagnostic {
        span: query.span,
        severity: "error",
        source: "go".to_owned(),
        message: "y is not used".to_owned(),
    }];
    check_parts(
        &query,
        expect![[r#"
        function 5..10: the function around the selection: "func f() {\n\tx := 1\n\ty := os.Args\n\tz := 3\n}"
        selection 7..8: what is selected: "y := os.Args"
        diagnostics 0..0: what the editor reports there: "7:2: error: y is not used\n    y := os.Args"
        question 0..0: what you asked: "why y?"
    "#]],
    );
    query.span = Span::empty(query.span.start);
    query.diagnostics.clear();
    query.earlier = vec![Turn {
        title: "Explain this".to_owned(),
        question: String::new(),
        sent: String::new(),
        answer: "It is y.".to_owned(),
    }];
    check_parts(
        &query,
        expect![[r#"
        question 0..0: what you asked before: "Explain this"
        answer 0..0: what the model answered before: "It is y."
        before 1..8: the code before the place: "package a\n\nimport \"os\"\n\nfunc f() {\n\tx := 1"
        after 7..11: the code after the place: "y := os.Args\n\tz := 3\n}"
        question 0..0: what you asked: "why y?"
    "#]],
    );
}
