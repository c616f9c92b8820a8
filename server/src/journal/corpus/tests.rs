//! The corpus: what a record holds, that secrets are gone, that merging is harmless.

use super::*;
use crate::journal::{Ending, Figures};
use crate::model::{Message, Sampling, purpose};

/// A key that only looks like one.
const SECRET: &str = "ghp_x7Kq2mWb9RtZ4vLs8NcY1pJd6HfGa3Eu5ToB";

fn entry(text: &str, answer: &str, rating: Option<Rating>) -> Entry {
    let part = |from: &str, range| purpose::Part {
        from: from.to_owned(),
        range,
        ..purpose::Part::default()
    };
    let message = |role, text: &str| Message {
        role,
        text: text.to_owned(),
    };
    Entry {
        id: "bcdfghjkmn".to_owned(),
        time: 0,
        what: "ask".to_owned(),
        workspace: Some("/home/me/work".into()),
        document: Some("a.go".into()),
        backend: "box".to_owned(),
        model: "m".to_owned(),
        prompt: Prompt::Chat(vec![
            message(Role::System, "Be short."),
            message(Role::User, text),
        ]),
        sampling: Sampling {
            max_tokens: 9,
            temperature: 0.0,
            seed: None,
            stops: Vec::new(),
        },
        parts: vec![part("frame", 0..9), part("question", 9..9 + text.len())],
        left_out: Vec::new(),
        answer: answer.to_owned(),
        ending: Ending::Finished,
        figures: Figures::default(),
        shown: None,
        verdict: None,
        accepted: false,
        in_parts: 0,
        undone: 0,
        kept: None,
        rating,
        correction: None,
    }
}

fn corpus(entries: &[Entry]) -> Corpus {
    let records = entries
        .iter()
        .filter_map(|entry| record(entry, "CC0-1.0", Rules::built_in()));
    records.map(|record| (record.id.clone(), record)).collect()
}

#[test]
fn a_record_holds_the_pieces_and_nothing_of_the_machine() {
    assert_eq!(
        record(&entry("why?", "so", None), "", Rules::built_in()),
        None,
        "nobody judged it"
    );
    let corpus = corpus(&[entry("why?", "so", Some(Rating::Good))]);
    let text = written(&corpus).expect("JSON");
    let rest = text.split_once(',').expect("an id first").1;
    let expected = r#""what":"ask","model":"m","prompt":[{"from":"frame","role":"system","text":"Be short."},{"from":"question","role":"user","text":"why?"}],"answer":"so","rating":"good","licence":"CC0-1.0"}"#;
    assert_eq!(rest.trim_end(), expected);
}

#[test]
fn secrets_are_gone_whether_exported_or_imported() {
    let mut secret = entry(
        &format!("token = \"{SECRET}\" why?"),
        SECRET,
        Some(Rating::Bad),
    );
    secret.correction = Some(format!("use {SECRET}"));
    let exported = written(&corpus(&[secret])).expect("JSON");
    assert!(!exported.contains(SECRET), "{exported}");
    assert!(exported.contains("why?"), "{exported}");
    let foreign = format!(
        r#"{{"what":"ask","model":"m","prompt":[{{"from":"prefix","text":"a = \"{SECRET}\""}}],"answer":"{SECRET}","licence":""}}"#
    );
    let mut corpus = Corpus::new();
    assert_eq!(merge(&mut corpus, &foreign, Rules::built_in()).new, 1);
    assert!(!written(&corpus).expect("JSON").contains(SECRET));
}

#[test]
fn merging_is_a_union_whatever_the_order_and_however_often() {
    let one = written(&corpus(&[
        entry("a?", "1", Some(Rating::Good)),
        entry("b?", "2", Some(Rating::Good)),
    ]))
    .expect("JSON");
    // The same answer judged otherwise is another opinion.
    let two = written(&corpus(&[
        entry("b?", "2", Some(Rating::Good)),
        entry("b?", "2", Some(Rating::Bad)),
    ]))
    .expect("JSON");
    let merged = |texts: &[&str]| {
        let mut corpus = Corpus::new();
        let counts: Vec<usize> = texts
            .iter()
            .map(|text| merge(&mut corpus, text, Rules::built_in()).new)
            .collect();
        (written(&corpus).expect("JSON"), counts)
    };
    let (text, counts) = merged(&[&one, &two, &one, &two]);
    assert_eq!(counts, [2, 1, 0, 0]);
    assert_eq!(text.lines().count(), 3);
    assert_eq!(merged(&[&two, &one]).0, text);
    assert_eq!(merged(&[&text]).0, text);
}

#[test]
fn a_forged_id_counts_for_nothing_and_a_broken_line_is_told() {
    let good = written(&corpus(&[entry("a?", "1", Some(Rating::Good))])).expect("JSON");
    let id = good.split('"').nth(3).expect("an id").to_owned();
    let forged = good.replace(&id, "00000000000000000000000000000000");
    let mut corpus = Corpus::new();
    merge(&mut corpus, &good, Rules::built_in());
    let merged = merge(
        &mut corpus,
        &format!("{forged}\n\nnonsense\n"),
        Rules::built_in(),
    );
    assert_eq!((merged.known, merged.unreadable), (1, vec![4]));
    assert_eq!(corpus.len(), 1);
}

#[test]
fn a_file_gains_only_what_it_lacks() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("corpus.jsonl");
    assert!(
        read(&path, Rules::built_in())
            .expect("no file is an empty corpus")
            .is_empty()
    );
    let all = corpus(&[entry("a?", "1", Some(Rating::Good)), entry("b?", "2", None)]);
    for _ in 0..2 {
        add(&path, &all, Rules::built_in()).expect("written");
        assert_eq!(read(&path, Rules::built_in()).expect("a corpus"), all);
    }
    assert_eq!(
        std::fs::read_to_string(&path)
            .expect("a file")
            .lines()
            .count(),
        1
    );
}
