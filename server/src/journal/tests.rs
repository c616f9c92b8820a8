//! The journal: what is remembered, what is kept on disk, and what a request's entry says.

use std::path::Path;

use expect_test::{Expect, expect};
use futures::StreamExt;

use super::disk::{self, Line};
use super::*;
use crate::model::scripted::{Scripted, Step};
use crate::model::{Backend, Chunk, Error, Event, Message, Purpose, Request, Role};

const KEEP: Keep = Keep { bytes: 1 << 20 };

fn request(id: &str, text: &str) -> Request {
    let part = |from: &str, range| Part {
        from: from.to_owned(),
        reason: "because".to_owned(),
        range,
        ..Part::default()
    };
    Request {
        prompt: Prompt::Chat(vec![Message {
            role: Role::User,
            text: text.to_owned(),
        }]),
        sampling: Sampling {
            max_tokens: 9,
            temperature: 0.0,
            seed: None,
            stops: Vec::new(),
        },
        cache_key: String::new(),
        purpose: Arc::new(Purpose {
            id: id.to_owned(),
            what: "completion".to_owned(),
            parts: vec![part("prefix", 0..2), part("suffix", 2..text.len())],
            written: text.to_owned(),
            ..Purpose::default()
        }),
    }
}

fn recorded(backend: impl Backend + 'static, records: &Records) -> Recorded {
    let names = Names {
        backend: "box".to_owned(),
        model: "m".to_owned(),
    };
    Recorded::new(Arc::new(backend), names, records.clone())
}

async fn generate(backend: &Recorded, request: Request) -> Vec<Result<Event, Error>> {
    backend.generate(request).collect().await
}

fn in_words(entry: &Entry) -> String {
    let parts = entry.parts.iter().map(|part| {
        let text = &entry.prompt.written()[part.range.clone()];
        format!("{} {text:?}", part.from)
    });
    let parts: Vec<String> = parts.collect();
    format!(
        "{} {}/{}: {} -> {:?}, {:?}",
        entry.id,
        entry.backend,
        entry.model,
        parts.join(" "),
        entry.answer,
        entry.ending
    )
}

fn check(records: &Records, expected: Expect) {
    let entries = records.journal.entries();
    let drawn: String = entries.iter().map(|entry| in_words(entry) + "\n").collect();
    expected.assert_eq(&drawn);
}

#[tokio::test]
async fn what_was_sent_and_what_came_back_is_remembered() {
    let records = Records::new(None);
    let failing = vec![Step::Fail(Error::Closed {
        target: "box".to_owned(),
    })];
    let scripts = [vec![Step::Say("one "), Step::Say("two")], failing];
    let backend = recorded(Scripted::new(scripts), &records);
    generate(&backend, request("a", "abcd")).await;
    generate(&backend, request("b", "xyz")).await;
    check(
        &records,
        expect![[r#"
            a box/m: prefix "ab" suffix "cd" -> "one two", Finished
            b box/m: prefix "xy" suffix "z" -> "", Failed("box closed the connection before the answer was complete")
        "#]],
    );
}

#[tokio::test]
async fn a_request_is_there_while_it_runs_and_when_it_is_dropped() {
    let records = Records::new(None);
    let script = vec![Step::Say("one"), Step::Hang];
    let backend = recorded(Scripted::new([script]), &records);
    let mut events = backend.generate(request("a", "abcd"));
    check(&records, expect![[r#""#]]);
    let first = events.next().await;
    let expected = Event::Chunk(Chunk {
        text: "one".to_owned(),
        log_prob: None,
    });
    assert_eq!(first, Some(Ok(expected)));
    check(
        &records,
        expect![[r#"
            a box/m: prefix "ab" suffix "cd" -> "", Running
        "#]],
    );
    drop(events);
    check(
        &records,
        expect![[r#"
            a box/m: prefix "ab" suffix "cd" -> "one", Enough
        "#]],
    );
}

#[tokio::test]
async fn only_the_last_requests_are_remembered() {
    let records = Records::new(None);
    let backend = recorded(Scripted::saying("x"), &records);
    for number in 0..40 {
        generate(&backend, request(&number.to_string(), "abcd")).await;
    }
    let entries = records.journal.entries();
    assert_eq!((entries.len(), entries[0].id.as_str()), (32, "8"));
    for number in 0..4 {
        generate(
            &backend,
            request(&format!("big{number}"), &"x".repeat(3 << 20)),
        )
        .await;
    }
    let entries = records.journal.entries();
    assert_eq!(entries.len(), 1, "a large one still, but only one");
    assert_eq!(entries[0].id, "big3");
}

#[tokio::test]
async fn notes_are_taken_in_and_the_longest_text_counts() {
    let records = Records::new(None);
    let backend = recorded(Scripted::saying("x"), &records);
    generate(&backend, request("a", "abcd")).await;
    let shown = |text: &str| Note::Shown {
        text: Some(text.to_owned()),
        verdict: "shown".to_owned(),
    };
    assert!(records.journal.note("a", shown("foo(1)")));
    assert!(records.journal.note("a", shown("(1)")));
    assert!(records.journal.note("a", Note::Accepted));
    let rated = Note::Rated {
        rating: Rating::Bad,
        correction: Some("bar()".to_owned()),
    };
    assert!(records.journal.note("a", rated));
    assert!(!records.journal.note("nobody", Note::Accepted));
    let entry = records.journal.find("a").expect("remembered");
    assert_eq!(entry.shown.as_deref(), Some("foo(1)"));
    assert_eq!((entry.accepted, entry.rating), (true, Some(Rating::Bad)));
    assert_eq!(entry.correction.as_deref(), Some("bar()"));
}

#[tokio::test]
async fn nothing_is_on_disk_unless_it_was_switched_on() {
    let folder = tempfile::tempdir().expect("a folder");
    let journal = folder.path().join("journal");
    let records = Records::new(Some(folder.path().to_owned()));
    let backend = recorded(Scripted::saying("x"), &records);
    generate(&backend, request("a", "abcd")).await;
    records.flush();
    assert!(!journal.exists());
    records.set(Some(KEEP), Source::built_in(), Budget::default());
    generate(&backend, request("b", "abcd")).await;
    records.journal.note("b", Note::Accepted);
    records.journal.idle("inside a comment", None);
    records.journal.idle("inside a comment", None);
    records.set(None, Source::built_in(), Budget::default());
    generate(&backend, request("c", "abcd")).await;
    records.flush();
    let read = disk::read(&journal);
    let ids: Vec<&str> = read.entries.iter().map(|entry| entry.id.as_str()).collect();
    assert_eq!(ids, ["b"]);
    assert!(read.entries[0].accepted);
    assert_eq!(read.idle.expect("noted").1, "inside a comment");
    let file = std::fs::read_to_string(journal.join("000001.jsonl")).expect("a file");
    assert_eq!(file.lines().count(), 3, "{file}");
}

#[tokio::test]
async fn the_users_own_secrets_are_not_on_disk_and_with_broken_rules_nothing_is() {
    let folder = tempfile::tempdir().expect("a folder");
    let rules = folder.path().join("rules.toml");
    let write = |text: &str| std::fs::write(&rules, text).expect("written");
    let rule = "[[rule]]\nname = \"ours\"\npattern = 'acme_[a-z]+'\n";
    write(rule);
    let records = Records::new(Some(folder.path().to_owned()));
    let source = Source::file(rules.clone());
    records.set(Some(KEEP), source, Budget::default());
    let backend = recorded(Scripted::saying("is acme_answer"), &records);
    generate(&backend, request("a", "what is acme_prompt?")).await;
    let rated = |words: &str| Note::Rated {
        rating: Rating::Bad,
        correction: Some(words.to_owned()),
    };
    records.journal.note("a", rated("it is acme_correction"));
    records.flush();
    let read = || disk::read(&folder.path().join("journal")).entries;
    let entry = &read()[0];
    assert_eq!(entry.prompt.written(), "what is REDACTED?");
    assert_eq!(entry.answer, "is REDACTED");
    assert_eq!(entry.correction.as_deref(), Some("it is REDACTED"));
    let remembered = records.journal.find("a").expect("remembered");
    assert_eq!(remembered.answer, "is acme_answer", "as it came");
    write("[[rule]]\nname = 1\n");
    generate(&backend, request("b", "what is acme_prompt?")).await;
    records.flush();
    assert_eq!(read().len(), 1);
    write(&format!("{rule}# mended\n"));
    generate(&backend, request("c", "what is acme_prompt?")).await;
    records.flush();
    let ids: Vec<String> = read().into_iter().map(|entry| entry.id).collect();
    assert_eq!(ids, ["a", "c"]);
}

fn entry(id: &str, answer: &str) -> Entry {
    let records = Records::new(None);
    let backend = recorded(Scripted::saying("x"), &records);
    futures::executor::block_on(generate(&backend, request(id, "abcd")));
    Entry {
        answer: answer.to_owned(),
        ..records.journal.find(id).expect("remembered")
    }
}

#[test]
fn the_disk_holds_no_more_than_it_may_and_the_newest() {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |number: usize| {
        let line = Line::Entry(Box::new(entry(&number.to_string(), &"x".repeat(500))));
        disk::append(folder.path(), &line, 20_000).expect("written");
    };
    let size = || -> u64 {
        let files = std::fs::read_dir(folder.path())
            .expect("a folder")
            .flatten();
        files
            .map(|file| file.metadata().expect("a file").len())
            .sum()
    };
    for number in 0..100 {
        write(number);
        assert!(size() <= 20_000, "{number}");
    }
    assert!(size() > 10_000);
    let read = disk::read(folder.path());
    assert_eq!(read.entries.last().expect("some").id, "99");
    let last = disk::read_last(folder.path(), 3);
    assert!(last.entries.len() >= 3 && last.entries.len() < read.entries.len());
    assert_eq!(last.entries.last().expect("some").id, "99");
}

#[test]
fn notes_count_wherever_they_stand_and_broken_lines_cost_only_themselves() {
    let folder = tempfile::tempdir().expect("a folder");
    let append = |line: &Line| disk::append(folder.path(), line, 1 << 20).expect("written");
    let note = |id: &str| Line::Note {
        id: id.to_owned(),
        note: Note::Accepted,
    };
    append(&note("b"));
    append(&Line::Entry(Box::new(entry("a", "x"))));
    crate::usage::pen::append(&folder.path().join("000001.jsonl"), "{\"entry\":").expect("written");
    append(&Line::Entry(Box::new(entry("b", "x"))));
    append(&note("gone"));
    let read = disk::read(folder.path());
    let accepted: Vec<bool> = read.entries.iter().map(|entry| entry.accepted).collect();
    assert_eq!(accepted, [false, true]);
}

#[tokio::test]
async fn a_spent_budget_sends_nothing() {
    let records = Records::new(None);
    let model = Scripted::saying("x");
    let backend = recorded(model.clone(), &records);
    records.set(
        None,
        Source::built_in(),
        Budget {
            tokens: Some(1),
            seconds: None,
        },
    );
    generate(&backend, request("a", "abcd")).await;
    let events = generate(&backend, request("b", "abcd")).await;
    let [Err(Error::Unavailable { message })] = &events[..] else {
        panic!("{events:?}");
    };
    assert!(message.contains("budget is spent"), "{message}");
    assert_eq!(model.requests().len(), 1);
    assert_eq!(
        records.journal.entries().len(),
        1,
        "what was not sent is not noted"
    );
}

#[test]
fn a_workspace_is_found_by_its_marks_and_paths_become_short() {
    let folder = tempfile::tempdir().expect("a folder");
    let (package, file) = (
        folder.path().join("a/b"),
        folder.path().join("a/b/src/x.go"),
    );
    std::fs::create_dir_all(package.join("src")).expect("a folder");
    let of = |path: &Path| place::workspace(path);
    assert_eq!(of(&file), Some(package.join("src")));
    std::fs::write(package.join("go.mod"), "").expect("written");
    assert_eq!(of(&file), Some(package.clone()));
    std::fs::create_dir(folder.path().join("a/.git")).expect("a folder");
    assert_eq!(of(&file), Some(folder.path().join("a")));
    let mut entry = entry("a", "x");
    entry.document = Some(file);
    entry.parts[0].path = Some(package.join("y.go"));
    place::settle(&mut entry);
    assert_eq!(entry.document.as_deref(), Some(Path::new("b/src/x.go")));
    assert_eq!(entry.parts[0].path.as_deref(), Some(Path::new("b/y.go")));
    assert_eq!(
        entry.key().workspace,
        folder.path().join("a").display().to_string()
    );
}

#[test]
fn the_page_holds_all_of_it() {
    let mut entry = entry("bcdfg", "``` odd");
    entry.figures = Figures::default();
    entry.verdict = Some("shown".to_owned());
    entry.shown = Some("odd".to_owned());
    expect![[r#"
        # completion · today

        bcdfg · box (m) · at most 9 tokens, temperature 0 · 0 ms · the model ended by itself · shown

        ## Sent, byte for byte

        **prefix**: because

        ```
        ab
        ```

        **suffix**: because

        ```
        cd
        ```

        ## Came back

        ````
        ``` odd
        ````

        ## Shown

        ```
        odd
        ```
    "#]]
    .assert_eq(&page::markdown(&entry, "today"));
}
