//! What the user takes: told by the documents, so that every editor is counted the same; and what he takes back.

use std::time::Duration;

use convive::journal::Records;
use convive::model::scripted::{Scripted, Step};
use convive::usage::Count;
use serde_json::{Value, json};

use crate::server::{Setup, TestServer, paused, run, with_kind};

const URI: &str = "file:///work/a.txt";

/// What is counted when the session is over.
fn check(setup: Setup, body: impl AsyncFnOnce(&mut TestServer), expected: Count) -> Records {
    let records = setup.records.clone();
    run(setup, body);
    let count = records.ledger.in_memory();
    let counted = Count {
        shown: count.shown,
        accepted: count.accepted,
        parts: count.parts,
        accepted_characters: count.accepted_characters,
        undone_characters: count.undone_characters,
        judged_characters: count.judged_characters,
        kept_characters: count.kept_characters,
        ..Count::default()
    };
    assert_eq!(counted, expected);
    records
}

/// One completion or answer that was shown, taken, and stands there at the end.
fn taken(characters: u64) -> Count {
    Count {
        shown: 1,
        accepted: 1,
        accepted_characters: characters,
        judged_characters: characters,
        kept_characters: characters,
        ..Count::default()
    }
}

/// Opens `x = $0`, asks for what follows, and gives the first item.
async fn ask(server: &mut TestServer) -> Value {
    let at = server.open(URI, "text", "x = $0\n").await;
    let id = server.invoke(&at).await;
    server.answer(id).await["result"]["items"][0].take()
}

/// The document's next version has this instead of the columns of its first line.
async fn edit(server: &mut TestServer, version: i32, columns: [u32; 2], text: &str) {
    let range = columns.map(|column| [0, column]);
    server.change(URI, version, range, text).await;
}

async fn accept(server: &mut TestServer, item: &Value) {
    let arguments = item["command"]["arguments"].clone();
    let params = json!({ "command": "convive.accepted", "arguments": arguments });
    server.request("workspace/executeCommand", params).await;
}

#[test]
fn a_completion_that_stands_there_was_taken_and_nobody_has_to_say_so() {
    let expected = taken(6);
    let setup = || Setup::new(Scripted::saying("foo(1)"));
    let records = check(
        setup(),
        async |server| {
            ask(server).await;
            edit(server, 2, [4, 4], "foo(1)").await;
        },
        expected,
    );
    let entry = records.journal.entries().pop().expect("remembered");
    assert_eq!((entry.accepted, entry.kept), (true, Some(6)));
    // Who does say it is not counted twice, whichever comes first.
    let both = async |server: &mut TestServer| {
        let item = ask(server).await;
        edit(server, 2, [4, 4], "foo(1)").await;
        accept(server, &item).await;
    };
    check(setup(), both, expected);
    let both = async |server: &mut TestServer| {
        let item = ask(server).await;
        accept(server, &item).await;
        edit(server, 2, [4, 4], "foo(1)").await;
    };
    check(setup(), both, expected);
}

#[test]
fn what_is_typed_was_not_taken() {
    let body = async |server: &mut TestServer| {
        ask(server).await;
        for (number, letter) in ["f", "o", "o", "(", "1", ")"].iter().enumerate() {
            let column = 4 + number as u32;
            edit(server, 2 + number as i32, [column, column], letter).await;
        }
    };
    let expected = Count {
        shown: 1,
        ..Count::default()
    };
    check(Setup::new(Scripted::saying("foo(1)")), body, expected);
}

#[test]
fn words_and_lines_are_counted_as_such() {
    let body = async |server: &mut TestServer| {
        ask(server).await;
        edit(server, 2, [4, 4], "foo").await;
        // The editor asks for the rest.
        let mut at = json!({ "textDocument": { "uri": URI } });
        at["position"] = json!({ "line": 0, "character": 7 });
        let id = server.automatic(&at).await;
        assert_eq!(server.text(id).await.as_deref(), Some("(bar, 1)"));
        edit(server, 3, [7, 7], "(bar").await;
        edit(server, 4, [11, 11], ", 1)").await;
    };
    let expected = Count {
        parts: 2,
        ..taken(11)
    };
    let setup = Setup::new(Scripted::saying("foo(bar, 1)"));
    let records = check(setup, body, expected);
    let entry = records.journal.entries().pop().expect("remembered");
    assert_eq!(
        (entry.accepted, entry.in_parts, entry.kept),
        (true, 7, Some(11))
    );
}

#[test]
fn what_is_taken_back_is_not_kept() {
    let body = async |server: &mut TestServer| {
        ask(server).await;
        edit(server, 2, [4, 4], "foo(1)").await;
        edit(server, 3, [4, 10], "").await;
    };
    let expected = Count {
        undone_characters: 6,
        kept_characters: 0,
        ..taken(6)
    };
    let records = check(Setup::new(Scripted::saying("foo(1)")), body, expected);
    let entry = records.journal.entries().pop().expect("remembered");
    assert_eq!((entry.accepted, entry.undone, entry.kept), (true, 6, None));
}

#[test]
fn a_list_is_shown_once_and_each_of_it_can_be_taken() {
    let answers = ["foo(1)", "bar(22)", "baz(333)"].map(|text| vec![Step::Say(text)]);
    let body = async |server: &mut TestServer| {
        let at = server.open(URI, "text", "x = $0\n").await;
        for _ in 0..2 {
            let id = server.invoke(&at).await;
            server.answer(id).await;
        }
        edit(server, 2, [4, 4], "bar(22)").await;
    };
    let expected = taken(7);
    let records = check(Setup::new(Scripted::new(answers)), body, expected);
    let accepted: Vec<bool> = records
        .journal
        .entries()
        .iter()
        .map(|entry| entry.accepted)
        .collect();
    assert_eq!(accepted, [false, true, false]);
}

#[test]
fn menus_that_take_the_word_before_along_are_understood() {
    let setup = Setup::new(Scripted::saying("foo(1)")).capable("textDocument", json!({}));
    let body = async |server: &mut TestServer| {
        let at = server.open(URI, "text", "x = $0\n").await;
        server.request("textDocument/completion", at).await;
        // Typed on while the menu is open, which then puts the whole in place of that.
        edit(server, 2, [4, 4], "f").await;
        edit(server, 3, [4, 5], "foo(1)").await;
    };
    check(setup, body, taken(5));
}

#[test]
fn text_that_still_grows_can_be_taken() {
    let setup = Setup::new(Scripted::new([vec![Step::Say("foo(1)"), Step::Hang]])).rich();
    let body = async |server: &mut TestServer| {
        let at = server.open(URI, "text", "x = $0\n").await;
        let mut params = with_kind(&at, 1);
        params["partialResultToken"] = json!("t");
        let id = server.ask("textDocument/inlineCompletion", params).await;
        let ghost = server.notification("convive/ghostText").await;
        assert_eq!(ghost["insertText"], "foo(1)");
        edit(server, 2, [4, 4], "foo(1)").await;
        server.cancel(id).await;
        assert_eq!(server.error_code(id).await, -32800);
    };
    check(setup, body, taken(6));
}

async fn save(server: &mut TestServer) {
    let params = json!({ "textDocument": { "uri": URI } });
    server.notify("textDocument/didSave", params).await;
    server.settle().await;
}

#[test]
fn what_was_kept_is_looked_for_when_it_is_saved_after_a_while() {
    let setup = Setup::new(Scripted::saying("foo(1)"));
    let counted = setup.records.clone();
    let body = async |server: &mut TestServer| {
        ask(server).await;
        edit(server, 2, [4, 4], "foo(1)").await;
        save(server).await;
        assert_eq!(counted.ledger.in_memory().judged_characters, 0, "too early");
        tokio::time::advance(Duration::from_secs(31)).await;
        save(server).await;
        save(server).await;
        assert_eq!(counted.ledger.in_memory().kept_characters, 6);
    };
    check(setup, body, taken(6));
}

#[test]
fn what_is_gone_at_the_close_was_not_kept() {
    let body = async |server: &mut TestServer| {
        ask(server).await;
        edit(server, 2, [4, 4], "foo(1)").await;
        edit(server, 3, [0, 10], "y").await;
        let params = json!({ "textDocument": { "uri": URI } });
        server.notify("textDocument/didClose", params).await;
    };
    let expected = Count {
        kept_characters: 0,
        ..taken(6)
    };
    check(Setup::new(Scripted::saying("foo(1)")), body, expected);
}

#[test]
fn an_editor_that_just_goes_leaves_what_was_kept() {
    let setup = Setup::new(Scripted::saying("foo(1)"));
    let records = setup.records.clone();
    paused(async {
        let mut server = setup.start().await;
        ask(&mut server).await;
        edit(&mut server, 2, [4, 4], "foo(1)").await;
        server.settle().await;
        assert_eq!(server.close().await, 1);
    });
    assert_eq!(records.ledger.in_memory().kept_characters, 6);
}

#[test]
fn an_editor_that_changes_what_it_accepts_says_so() {
    let body = async |server: &mut TestServer| {
        let item = ask(server).await;
        assert_eq!(item["command"]["command"], "convive.accepted");
        edit(server, 2, [4, 4], " foo(1)").await;
        accept(server, &item).await;
        // The same once more says nothing new.
        accept(server, &item).await;
    };
    check(Setup::new(Scripted::saying("foo(1)")), body, taken(6));
}

const CODE: &str = "fn f() {\n    $0\n}\n";

/// Asks for code at the cursor; gives the edit of the answer.
async fn wish(server: &mut TestServer, uri: &str) -> Value {
    let at = server.open(uri, "rust", CODE).await;
    let params = json!({
        "textDocument": { "uri": uri },
        "range": { "start": at["position"], "end": at["position"] },
        "action": "write",
        "question": "call g",
    });
    let id = server.ask("convive/ask", params).await;
    let mut answer = server.answer(id).await;
    answer["result"]["edit"]["documentChanges"][0]["edits"][0].take()
}

const CODE_URI: &str = "file:///work/a.rs";

#[test]
fn an_answer_whose_edit_the_editor_applies_was_taken() {
    let setup = || Setup::new(Scripted::saying("```rust\ng(1);\n```\n")).asking();
    let lines = |edit: &Value, at: &str| {
        let place = &edit["range"][at];
        let number = |name: &str| place[name].as_u64().expect("a number") as u32;
        [number("line"), number("character")]
    };
    let accepted = async |server: &mut TestServer| {
        let edit = wish(server, CODE_URI).await;
        let text = edit["newText"].as_str().expect("a text").to_owned();
        let range = [lines(&edit, "start"), lines(&edit, "end")];
        server.change(CODE_URI, 2, range, &text).await;
    };
    check(setup(), accepted, taken(5));
    let left = async |server: &mut TestServer| {
        wish(server, CODE_URI).await;
    };
    let expected = Count {
        shown: 1,
        ..Count::default()
    };
    check(setup(), left, expected);
}

#[test]
fn an_answer_that_the_server_has_applied_was_taken_unless_the_editor_refused() {
    let applied = async |server: &mut TestServer| {
        wish(server, CODE_URI).await;
        let params = json!({ "command": "convive.apply", "arguments": [{}] });
        server.request("workspace/executeCommand", params).await;
        server.settle().await;
    };
    let setup = || Setup::new(Scripted::saying("```rust\ng(1);\n```\n")).asking();
    let expected = Count {
        // The editor of this test has told no change.
        kept_characters: 0,
        ..taken(5)
    };
    check(setup(), applied, expected);
    let refused = async |server: &mut TestServer| {
        server.will_reply("workspace/applyEdit", Ok(json!({ "applied": false })));
        applied(server).await;
        server.notification("window/showMessage").await;
    };
    let expected = Count {
        shown: 1,
        ..Count::default()
    };
    check(setup(), refused, expected);
}
