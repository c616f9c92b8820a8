//! Documents as the client changes them: in all encodings, with all line ends, of any size. The model's prompt tells what the
//! server's text is.

use convive::model::Prompt;
use convive::model::scripted::Scripted;
use serde_json::{Value, json};

use crate::server::{Setup, TestServer, run};

const URI: &str = "file:///work/a.txt";

/// Prefix and suffix of the prompt for a position (line and column in the encoding agreed on).
async fn seen(
    server: &mut TestServer,
    backend: &Scripted,
    line: usize,
    column: usize,
) -> [String; 2] {
    let at = json!({ "textDocument": { "uri": URI }, "position": { "line": line, "character": column } });
    let before = backend.requests().len();
    let id = server.invoke(&at).await;
    server.answer(id).await;
    let requests = backend.requests();
    assert_eq!(requests.len(), before + 1, "the model is asked");
    match &requests[before].prompt {
        Prompt::Insert { prefix, suffix } => [prefix.clone(), suffix.clone()],
        other => panic!("{other:?}"),
    }
}

fn in_encoding(encoding: &str, body: impl AsyncFnOnce(&mut TestServer, &Scripted)) {
    // An answer that is never typed through.
    let backend = Scripted::saying("§");
    let setup = Setup::new(backend.clone()).capable("general.positionEncodings", json!([encoding]));
    run(setup, async |server| body(server, &backend).await);
}

#[test]
fn columns_count_in_the_encoding_agreed_on() {
    // Columns behind `é🙂` and behind the second emoji.
    for (encoding, first, second) in [("utf-8", 6, 11), ("utf-16", 3, 6), ("utf-32", 2, 4)] {
        in_encoding(encoding, async |server, backend| {
            server.open(URI, "text", "é🙂x🙂y").await;
            assert_eq!(
                seen(server, backend, 0, first).await,
                ["é🙂", "x🙂y"],
                "{encoding}"
            );
            let to = second as u32;
            server
                .change(URI, 2, [[0, first as u32], [0, to]], "∞")
                .await;
            assert_eq!(
                seen(server, backend, 0, first).await,
                ["é🙂", "∞y"],
                "{encoding}"
            );
        });
    }
}

#[test]
fn the_answers_range_is_in_that_encoding_too() {
    for (encoding, column) in [("utf-8", 6), ("utf-16", 3), ("utf-32", 2)] {
        in_encoding(encoding, async |server, _| {
            server.open(URI, "text", "é🙂").await;
            let at = json!({ "textDocument": { "uri": URI }, "position": { "line": 0, "character": column } });
            let id = server.invoke(&at).await;
            let answer = server.answer(id).await;
            assert_eq!(
                answer["result"]["items"][0]["range"]["end"]["character"],
                column
            );
        });
    }
}

#[test]
fn lf_crlf_and_a_lone_cr_end_lines_and_nothing_else_does() {
    in_encoding("utf-16", async |server, backend| {
        server
            .open(URI, "text", "a\u{2028}b\nc\r\nd\re\u{b}f\u{85}g")
            .await;
        assert_eq!(seen(server, backend, 3, 0).await[1], "e\u{b}f\u{85}g");
        server.change(URI, 2, [[0, 1], [2, 1]], "-").await;
        assert_eq!(
            seen(server, backend, 0, 2).await,
            ["a-", "\re\u{b}f\u{85}g"]
        );
    });
}

#[test]
fn positions_past_the_end_are_the_end() {
    in_encoding("utf-16", async |server, backend| {
        server.open(URI, "text", "ab\ncd").await;
        assert_eq!(seen(server, backend, 0, 99).await, ["ab", "\ncd"]);
        server.change(URI, 2, [[7, 0], [9, 9]], "!").await;
        assert_eq!(seen(server, backend, 99, 0).await[0], "ab\ncd!");
    });
}

#[test]
fn several_changes_apply_one_after_the_other() {
    in_encoding("utf-16", async |server, backend| {
        server.open(URI, "text", "one\ntwo").await;
        let range = |from: [u32; 2], to: [u32; 2]| {
            let [from, to] =
                [from, to].map(|[line, column]| json!({ "line": line, "character": column }));
            json!({ "start": from, "end": to })
        };
        let changes = json!([
            { "range": range([0, 0], [0, 3]), "text": "zero\nhalf" },
            { "range": range([1, 0], [1, 4]), "text": "1" },
            { "range": range([2, 3], [2, 3]), "text": "!" },
        ]);
        server.changes(URI, 2, changes).await;
        assert_eq!(seen(server, backend, 9, 9).await[0], "zero\n1\ntwo!");
        server.changes(URI, 3, json!([{ "text": "all new" }])).await;
        assert_eq!(seen(server, backend, 9, 9).await[0], "all new");
    });
}

#[test]
fn a_change_that_cannot_be_placed_drops_the_document() {
    let range =
        |from: Value, to: Value| json!([{ "range": { "start": from, "end": to }, "text": "x" }]);
    let at = |line: i64, column: i64| json!({ "line": line, "character": column });
    for (version, changes) in [
        (2, range(at(0, 2), at(0, 1))),
        (0, range(at(0, 0), at(0, 0))),
        (2, range(at(-1, 0), at(0, 0))),
        (2, json!([{ "range": null, "txt": "x" }])),
        (2, json!("nonsense")),
    ] {
        in_encoding("utf-16", async |server, _| {
            let place = server.open(URI, "text", "abc$0").await;
            server.changes(URI, version, changes.clone()).await;
            let id = server.invoke(&place).await;
            assert_eq!(server.text(id).await, None, "{changes}");
            server.open(URI, "text", "abc").await;
            let id = server.invoke(&place).await;
            assert_eq!(server.text(id).await.as_deref(), Some("§"));
        });
    }
}

#[test]
fn twenty_megabytes_and_more_are_served() {
    for megabytes in [20, 21] {
        in_encoding("utf-16", async |server, backend| {
            let line = "let value = compute(one, two, three);\n";
            let text = line.repeat((megabytes << 20) / line.len() + 1);
            server.open(URI, "rust", &text).await;
            server
                .change(URI, 2, [[1000, 0], [1000, 0]], "let 🙂 = ")
                .await;
            let [prefix, _] = seen(server, backend, 1000, 6).await;
            assert!(
                prefix.ends_with("three);\nlet 🙂"),
                "{:?}",
                &prefix[prefix.len() - 40..]
            );
        });
    }
}

#[test]
fn the_same_file_may_be_closed_and_opened_again() {
    in_encoding("utf-16", async |server, backend| {
        for text in ["first", "second", "third"] {
            server.open(URI, "text", text).await;
            assert_eq!(seen(server, backend, 0, 99).await[0], text);
            server
                .notify(
                    "textDocument/didClose",
                    json!({ "textDocument": { "uri": URI } }),
                )
                .await;
        }
    });
}
