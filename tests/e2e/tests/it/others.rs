//! Other completions: who asks once more where he has been shown one gets a list.

use std::time::Duration;

use convive::model::Error;
use convive::model::scripted::{Scripted, Step};
use serde_json::{Value, json};

use crate::server::{Setup, TestServer, run, with_kind};

const URI: &str = "file:///work/a.rs";
const TEXT: &str = "fn f() {\n    let x = $0;\n}\n";

/// A model that gives these answers, one to each request.
fn saying<const N: usize>(answers: [&'static str; N]) -> Scripted {
    Scripted::new(answers.map(|answer| vec![Step::Say(answer)]))
}

/// Opens the text, and asks so many times; gives the place and the texts of the last answer.
async fn asked(server: &mut TestServer, times: usize) -> (Value, Vec<String>) {
    let at = server.open(URI, "rust", TEXT).await;
    let mut shown = Vec::new();
    for _ in 0..times {
        let id = server.invoke(&at).await;
        shown = server.texts(id).await;
    }
    (at, shown)
}

#[test]
fn who_asks_once_more_gets_others_behind_the_one_that_was_shown() {
    let model = saying(["a(1)", "b(2)", "c(3)"]);
    run(Setup::new(model.clone()), async |server| {
        let (_, shown) = asked(server, 1).await;
        assert_eq!(shown, ["a(1)"]);
        let (_, shown) = asked(server, 1).await;
        assert_eq!(shown, ["a(1)", "b(2)", "c(3)"]);
    });
    let requests = model.requests();
    let drawn = requests.iter().map(|request| {
        let sampling = &request.sampling;
        (sampling.temperature, sampling.seed)
    });
    assert_eq!(
        drawn.collect::<Vec<_>>(),
        [(0.0, None), (0.7, Some(1)), (0.7, Some(2))]
    );
    assert!(requests.iter().all(|one| one.prompt == requests[0].prompt));
}

#[test]
fn equal_blank_and_broken_ones_are_left_out() {
    let model = saying(["a(1)", "a( 1)", "   ", "))((", "b(2)"]);
    run(Setup::new(model.clone()), async |server| {
        assert_eq!(asked(server, 3).await.1, ["a(1)", "b(2)"]);
    });
    let model = saying(["a(1)", "b(2)", "b(2)"]);
    run(Setup::new(model.clone()), async |server| {
        assert_eq!(asked(server, 2).await.1, ["a(1)", "b(2)"]);
        let last = json!({ "command": "convive.last", "arguments": [{}] });
        let last = server.request("workspace/executeCommand", last).await;
        let why = "not shown: dropped by the rule `the same as another`";
        assert_eq!(last["entry"]["verdict"], why);
        let other = json!({ "command": "convive.last", "arguments": [{ "back": 1 }] });
        let other = server.request("workspace/executeCommand", other).await;
        assert_eq!(other["entry"]["shown"], "b(2)");
        let page = other["markdown"].as_str().expect("a page");
        assert!(page.contains("another choice"), "{page}");
        assert!(page.contains("seed 1"), "{page}");
    });
}

#[test]
fn each_further_request_adds_some_until_there_are_enough() {
    let model = saying(["a0", "a1", "a2", "a3", "a4", "a5", "a6", "a7"]);
    run(Setup::new(model.clone()), async |server| {
        let (at, shown) = asked(server, 3).await;
        assert_eq!(shown, ["a0", "a1", "a2", "a3", "a4"]);
        for _ in 0..3 {
            let id = server.invoke(&at).await;
            let all = server.texts(id).await;
            assert_eq!(all, ["a0", "a1", "a2", "a3", "a4", "a5", "a6"]);
        }
    });
    assert_eq!(model.requests().len(), 7);
}

#[test]
fn an_editor_that_asks_by_itself_gets_no_others_but_those_that_are_there() {
    let model = saying(["a(1)", "b(2)", "c(3)"]);
    run(Setup::new(model.clone()), async |server| {
        let (at, _) = asked(server, 1).await;
        let id = server.automatic(&at).await;
        assert_eq!(server.texts(id).await, ["a(1)"]);
        assert_eq!(model.requests().len(), 1);
        let id = server.invoke(&at).await;
        assert_eq!(server.texts(id).await.len(), 3);
        let id = server.automatic(&at).await;
        assert_eq!(server.texts(id).await, ["a(1)", "b(2)", "c(3)"]);
        assert_eq!(model.requests().len(), 3);
    });
}

#[test]
fn typing_through_one_keeps_those_that_still_fit() {
    let model = saying(["alpha(1)", "beta(2)", "bear(3)"]);
    run(Setup::new(model.clone()), async |server| {
        let (mut at, _) = asked(server, 2).await;
        for (version, typed, left) in [
            (2, "b", vec!["eta(2)", "ear(3)"]),
            (3, "e", vec!["ta(2)", "ar(3)"]),
            (4, "a", vec!["r(3)"]),
        ] {
            let column = at["position"]["character"].as_u64().expect("a number") as u32;
            let here = [[1, column], [1, column]];
            server.change(URI, version, here, typed).await;
            at["position"]["character"] = json!(column + 1);
            let id = server.automatic(&at).await;
            assert_eq!(server.texts(id).await, left);
        }
        assert_eq!(model.requests().len(), 3);
    });
}

#[test]
fn menus_get_them_in_the_same_order() {
    let setup = Setup::new(saying(["a(1)", "b(2)", "c(3)"])).capable("textDocument", json!({}));
    let records = setup.records.clone();
    run(setup, async |server| {
        let at = server.open(URI, "rust", TEXT).await;
        let list = server.request("textDocument/completion", at.clone()).await;
        assert_eq!(list["items"].as_array().expect("a list").len(), 1);
        let list = server.request("textDocument/completion", at).await;
        let items = list["items"].as_array().expect("a list");
        let texts = |at: &str| -> Vec<&str> {
            let texts = items
                .iter()
                .map(|item| item.pointer(at).and_then(Value::as_str));
            texts.map(|text| text.expect("a text")).collect()
        };
        assert_eq!(texts("/textEdit/newText"), ["a(1)", "b(2)", "c(3)"]);
        assert_eq!(texts("/filterText"), ["a(1)", "b(2)", "c(3)"]);
        assert_eq!(texts("/sortText"), ["00", "01", "02"]);
        // Each is counted by itself.
        let arguments = items[2]["command"]["arguments"].clone();
        let params = json!({ "command": "convive.accepted", "arguments": arguments });
        server.request("workspace/executeCommand", params).await;
    });
    let accepted: Vec<_> = records.journal.entries();
    let accepted = accepted
        .iter()
        .map(|entry| (&*entry.answer, entry.accepted));
    assert_eq!(
        accepted.collect::<Vec<_>>(),
        [("a(1)", false), ("b(2)", false), ("c(3)", true)]
    );
}

#[test]
fn a_cancel_in_the_middle_stops_the_model_and_what_was_shown_stays() {
    let hang = vec![Step::Say("b"), Step::Hang];
    let model = Scripted::new([vec![Step::Say("a(1)")], hang.clone(), hang]);
    run(Setup::new(model.clone()), async |server| {
        let (at, _) = asked(server, 1).await;
        let id = server.invoke(&at).await;
        server.settle().await;
        assert_eq!(model.running(), 2, "both at once");
        server.cancel(id).await;
        assert_eq!(server.error_code(id).await, -32800);
        assert_eq!(model.running(), 0);
        let id = server.automatic(&at).await;
        assert_eq!(server.texts(id).await, ["a(1)"]);
        // Typing ends it too.
        let id = server.invoke(&at).await;
        server.settle().await;
        assert_eq!(model.running(), 2);
        server.change(URI, 2, [[1, 12], [1, 12]], "a").await;
        let mut then = at.clone();
        then["position"]["character"] = json!(13);
        let newer = server.automatic(&then).await;
        assert_eq!(server.texts(id).await, Vec::<String>::new());
        assert_eq!(server.texts(newer).await, ["(1)"]);
        assert_eq!(model.running(), 0);
    });
}

#[test]
fn closing_the_document_ends_it() {
    let model = Scripted::new([vec![Step::Say("a(1)")], vec![Step::Hang]]);
    run(Setup::new(model.clone()), async |server| {
        let (at, _) = asked(server, 1).await;
        let id = server.invoke(&at).await;
        server.settle().await;
        let params = json!({ "textDocument": { "uri": URI } });
        server.notify("textDocument/didClose", params).await;
        assert_eq!(server.texts(id).await, Vec::<String>::new());
        assert_eq!(model.running(), 0);
    });
}

#[test]
fn many_requests_get_one_answer_each() {
    let slow = |text| vec![Step::Wait(Duration::from_millis(10)), Step::Say(text)];
    let model = Scripted::new(["a", "b", "c", "d", "e", "f", "g", "h"].map(slow));
    run(Setup::new(model.clone()), async |server| {
        let (at, _) = asked(server, 1).await;
        let mut asked = Vec::new();
        for _ in 0..20 {
            asked.push(server.invoke(&at).await);
        }
        let last = asked.pop().expect("some");
        assert_eq!(server.texts(last).await.len(), 3);
        for id in asked {
            assert_eq!(server.texts(id).await, Vec::<String>::new());
        }
        assert_eq!(model.running(), 0);
    });
}

#[test]
fn a_failure_is_told_and_what_is_there_is_answered() {
    let error = Error::Closed {
        target: "a server".to_owned(),
    };
    let scripts = [
        vec![Step::Say("a(1)")],
        vec![Step::Say("b(2)")],
        vec![Step::Fail(error)],
    ];
    run(Setup::new(Scripted::new(scripts)), async |server| {
        assert_eq!(asked(server, 2).await.1, ["a(1)", "b(2)"]);
        server.notification("window/logMessage").await;
        server.told("window/showMessage", "a server").await;
    });
}

#[test]
fn what_is_there_is_drawn_at_once_where_text_grows() {
    let minute = Step::Wait(Duration::from_secs(60));
    let other = |text| vec![minute.clone(), Step::Say(text)];
    let model = Scripted::new([vec![Step::Say("a(1)")], other("b(2)"), other("c(3)")]);
    run(Setup::new(model).rich(), async |server| {
        let (at, _) = asked(server, 1).await;
        let mut params = with_kind(&at, 1);
        params["partialResultToken"] = json!("t");
        let id = server.ask("textDocument/inlineCompletion", params).await;
        let ghost = server.notification("convive/ghostText").await;
        assert_eq!(ghost["insertText"], "a(1)");
        assert!(!server.answered(id));
        assert_eq!(server.texts(id).await, ["a(1)", "b(2)", "c(3)"]);
    });
}

#[test]
fn the_rest_of_what_was_shown_in_part_comes_before_others() {
    let parts = vec![
        Step::Say("let a = 1;\n    let"),
        Step::Wait(Duration::from_secs(1)),
        Step::Say(" b = 2;"),
    ];
    let model = Scripted::new([parts, vec![Step::Say("g();")]]);
    run(Setup::new(model.clone()), async |server| {
        let at = server.open(URI, "rust", "fn f() {\n    $0\n}\n").await;
        let id = server.invoke(&at).await;
        assert_eq!(server.texts(id).await, ["let a = 1;"]);
        // The model still writes: who asks waits for the rest, who types does not.
        let id = server.automatic(&at).await;
        assert_eq!(server.texts(id).await, ["let a = 1;"]);
        let id = server.invoke(&at).await;
        let whole = "let a = 1;\n    let b = 2;";
        assert_eq!(server.texts(id).await, [whole]);
        assert_eq!(model.requests().len(), 1);
        let id = server.invoke(&at).await;
        assert_eq!(server.texts(id).await, [whole, "g();"]);
    });
}
