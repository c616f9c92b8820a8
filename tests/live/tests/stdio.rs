//! The server on stdio, as an editor starts it, completes real Go and Rust code with the real weights.

use live::hole::{self, Hole};
use live::{Live, engines, golden};
use serde_json::{Value, json};
use support::stdio::StdioClient;

fn open(client: &mut StdioClient, name: &str, language: &str, hole: &Hole) -> Value {
    let uri = format!("file:///live/{name}");
    client.open(&uri, language, &hole.text());
    let (line, column) = hole.position();
    json!({ "textDocument": { "uri": uri }, "position": { "line": line, "character": column } })
}

fn inline(place: &Value) -> Value {
    let mut params = place.clone();
    params["context"] = json!({ "triggerKind": 1 });
    params
}

/// Of a few holes, the model fills in most; each answer stands on the hole's line.
fn completes(file: &str, language: &str) {
    let live = Live::new();
    let (_, text) = golden(file);
    let mut client = live.server();
    let holes = hole::cut(&text, 8, 7);
    let mut filled = 0;
    for (number, hole) in holes.iter().enumerate() {
        let extension = file.rsplit('.').next().expect("an extension");
        let place = open(
            &mut client,
            &format!("{number}.{extension}"),
            language,
            hole,
        );
        let answer = client.request("textDocument/inlineCompletion", inline(&place));
        let items = answer["items"]
            .as_array()
            .or(answer.as_array())
            .cloned()
            .unwrap_or_default();
        if let Some(item) = items.first() {
            assert_eq!(
                item["range"]["start"]["line"], place["position"]["line"],
                "{item}"
            );
            assert!(
                !item["insertText"]
                    .as_str()
                    .expect("a text")
                    .trim()
                    .is_empty(),
                "{item}"
            );
            filled += 1;
        }
        let list = client.request("textDocument/completion", place);
        let items = list["items"]
            .as_array()
            .or(list.as_array())
            .cloned()
            .unwrap_or_default();
        for item in items {
            assert!(
                item["textEdit"]["newText"]
                    .as_str()
                    .is_some_and(|text| !text.trim().is_empty()),
                "{item}"
            );
            assert!(item["filterText"].is_string(), "{item}");
        }
    }
    println!("{file}: {filled} of {} holes filled", holes.len());
    assert!(
        filled * 2 >= holes.len(),
        "only {filled} of {} holes were filled",
        holes.len()
    );
    assert!(client.shut_down().success());
}

#[test]
fn go_is_completed() {
    completes(GO, "go");
}

#[test]
fn rust_is_completed() {
    completes(RUST, "rust");
}

#[test]
fn a_killed_engine_costs_one_completion() {
    let live = Live::new();
    let (_, text) = golden(RUST);
    let mut client = live.server();
    let hole = &hole::cut(&text, 4, 11)[3];
    let place = open(&mut client, "first.rs", "rust", hole);
    client.request("textDocument/inlineCompletion", inline(&place));
    let engine = engines(live.surroundings.path());
    assert_eq!(engine.len(), 1, "one engine runs");

    let other = &hole::cut(&text, 4, 13)[3];
    let place = open(&mut client, "second.rs", "rust", other);
    let request = client.ask("textDocument/inlineCompletion", inline(&place));
    // The request is at the engine as soon as the engine computes.
    let busy = cpu_time(engine[0]);
    while cpu_time(engine[0]) < busy + 2 {
        std::thread::sleep(std::time::Duration::from_millis(1));
    }
    client.notifications.clear();
    kill(engine[0]);
    let answer = client.answer(request);
    let items = answer["result"]["items"].as_array().map_or(0, Vec::len);
    assert_eq!(items, 0, "{answer}");

    let place = open(&mut client, "third.rs", "rust", &sure(&text));
    let answer = client.request("textDocument/inlineCompletion", inline(&place));
    assert_eq!(
        answer["items"].as_array().map_or(0, Vec::len),
        1,
        "the next completion works: {answer}"
    );
    let changes: Vec<_> = client
        .notifications
        .iter()
        .filter(|message| message["method"] == "convive/status")
        .collect();
    let offline = changes
        .iter()
        .filter(|message| message["params"]["state"] == "offline")
        .count();
    assert_eq!(offline, 1, "one change to offline: {changes:?}");
    assert!(client.shut_down().success());
}

#[test]
fn two_servers_share_one_engine() {
    let live = Live::new();
    let (_, text) = golden(GO);
    let holes = hole::cut(&text, 2, 3);
    let mut clients = [live.server(), live.server()];
    for (client, hole) in clients.iter_mut().zip(&holes) {
        let place = open(client, "shared.go", "go", hole);
        client.request("textDocument/inlineCompletion", inline(&place));
    }
    assert_eq!(engines(live.surroundings.path()).len(), 1);
    for client in clients {
        assert!(client.shut_down().success());
    }
}

/// A hole that the default model fills well.
fn sure(text: &str) -> Hole {
    let (head, removed) = (
        "estimate: Duration) -> Job {\n        ",
        "self.estimate = estimate;\n        self",
    );
    let at = text.find(head).expect("the golden file has it") + head.len();
    Hole {
        before: text[..at].to_owned(),
        removed: removed.to_owned(),
        after: text[at + removed.len()..].to_owned(),
    }
}

const GO: &str = "go/stock/stock.go";
const RUST: &str = "rust/src/lib.rs";

/// Clock ticks that a process has computed.
fn cpu_time(process: u32) -> u64 {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).expect("a process");
    let behind_name = stat.rsplit(") ").next().expect("fields");
    behind_name
        .split(' ')
        .skip(11)
        .take(2)
        .map(|field| field.parse::<u64>().expect("ticks"))
        .sum()
}

fn kill(process: u32) {
    let status = std::process::Command::new("kill")
        .args(["-9", &process.to_string()])
        .status();
    assert!(status.expect("kill runs").success());
}
