//! All rows of the built-in actions.

use super::super::template::names_in;
use super::super::*;

#[test]
fn each_can_be_used_and_is_called_like_its_file() {
    let actions = Actions::built_in();
    assert_eq!(actions.problems, []);
    let ids: Vec<&str> = actions.list.iter().map(|action| &*action.id).collect();
    assert_eq!(ids, BUILT_IN.map(|(id, _)| id));
    let mut titles: Vec<&str> = actions.list.iter().map(|action| &*action.title).collect();
    titles.sort_unstable();
    titles.dedup();
    assert_eq!(titles.len(), BUILT_IN.len());
}

#[test]
fn each_names_what_it_needs_and_needs_what_it_names() {
    for action in &Actions::built_in().list {
        let mut names = names_in(&action.system).expect("a template");
        names.extend(names_in(&action.body).expect("a template"));
        let used = WORDS
            .iter()
            .filter(|word| names.contains(&word.name.to_owned()));
        let used: Vec<Need> = used.filter_map(|word| word.need).collect();
        for need in &action.needs {
            assert!(used.contains(need), "{}: {need:?} is not used", action.id);
        }
        for need in used {
            assert!(action.needs.contains(&need), "{}: {need:?}", action.id);
        }
    }
}

#[test]
fn each_shows_every_word_it_was_given() {
    let full = full();
    for action in &Actions::built_in().list {
        // What is selected stands in place of the code before and after, a trace in place of a selection.
        let cursor = Words {
            selected: String::new(),
            ..full.clone()
        };
        let no_trace = Words {
            trace: String::new(),
            ..full.clone()
        };
        let all = [&full, &cursor, &no_trace].map(|words| render(action, words).expect("a prompt"));
        let all = format!("{all:?}").replace("\\n", "\n");
        let mut names = names_in(&action.system).expect("a template");
        names.extend(names_in(&action.body).expect("a template"));
        for name in names {
            let word = WORDS.iter().find(|word| word.name == name);
            let text = word.map(|word| (word.get)(&full)).expect("a word");
            assert!(all.contains(text), "{}: no {name} in\n{all}", action.id);
        }
        assert!(!all.contains("\n\n\n"), "{}: gaps in\n{all}", action.id);
        assert!(!all.contains("{{") && !all.contains("{%"), "{}", action.id);
    }
}

#[test]
fn each_reads_well_with_nothing_but_the_code() {
    let words = Words {
        language: "Go".to_owned(),
        path: "stock.go".to_owned(),
        selection: "func Sell() {}".to_owned(),
        ..Words::default()
    };
    for action in &Actions::built_in().list {
        let (system, question) = render(action, &words).expect("a prompt");
        assert!(!system.is_empty(), "{}", action.id);
        let empty_block = question.contains("```go\n\n```") || question.contains("```text\n\n```");
        assert!(!empty_block, "{}: an empty block in\n{question}", action.id);
        assert!(!question.contains("\n\n\n"), "{}:\n{question}", action.id);
    }
}

#[test]
fn what_is_code_is_checked() {
    for action in &Actions::built_in().list {
        let code = action.answer != AnswerKind::Answer;
        assert_eq!(
            code,
            action.checks.contains(&Check::Parses),
            "{}",
            action.id
        );
    }
}

/// Every word filled in, each with a text that nothing else holds.
fn full() -> Words {
    let word = |name: &str| format!("the {name} of it");
    Words {
        language: "Rust".to_owned(),
        path: word("path"),
        question: word("question"),
        selection: word("selection"),
        selected: word("selected"),
        before: word("before"),
        after: word("after"),
        function: word("function"),
        function_name: word("function_name"),
        imports: word("imports"),
        outline: word("outline"),
        tests: word("tests"),
        enclosing_type: word("enclosing_type"),
        definitions: word("definitions"),
        diagnostics: word("diagnostics"),
        trace: word("trace"),
    }
}

#[test]
fn a_new_one_can_be_used_as_it_is() {
    let action = Action::parse(&Action::example("mine"), Origin::User("mine.md".into()));
    let action = action.expect("an action");
    assert_eq!(action.id, "mine");
    assert!(!render(&action, &full()).expect("a prompt").1.contains('#'));
}

#[test]
fn sources_have_the_names_that_convive_context_prints() {
    for (name, need) in names::NEEDS {
        if let Need::Snippets(source) = need {
            assert_eq!(*name, source.name());
        }
    }
}

#[test]
fn the_one_in_the_readme_can_be_used() {
    let page = include_str!("../../../../README.md");
    let (_, from) = page.split_once("```markdown\n---\nid:").expect("an action");
    let (own, _) = from.split_once("\n```\n").expect("its end");
    let file = format!("---\nid:{own}");
    let read = Action::parse(&file, Origin::Workspace("shorter.md".into()));
    assert_eq!(read.map(|action| action.id), Ok("shorter".to_owned()));
}
