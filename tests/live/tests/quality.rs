//! What is shown is fit to be shown: measured over holes in the golden sources, with the real weights.

use std::collections::BTreeMap;

use live::hole::{self, Hole};
use live::{Live, golden};
use serde_json::json;
use support::stdio::StdioClient;

const FILES: &[(&str, &str)] = &[("go/stock/stock.go", "go"), ("rust/src/lib.rs", "rust")];
const HOLES: usize = 60;

#[test]
fn what_is_shown_parses_and_repeats_nothing() {
    let live = Live::new();
    let mut client = live.server();
    let mut shown = 0;
    let mut exact = 0;
    let mut faults: BTreeMap<&str, usize> = BTreeMap::new();
    for (file, language) in FILES {
        let (path, text) = golden(file);
        for (number, hole) in hole::cut(&text, HOLES, 42).iter().enumerate() {
            let uri = format!(
                "file://{}-{number}.{}",
                path.display(),
                path.extension().expect("one").display()
            );
            let Some((before, answer, after)) = complete(&mut client, &uri, language, hole) else {
                continue;
            };
            shown += 1;
            exact += usize::from(answer == hole.removed);
            for fault in hole::faults(file, hole, &before, &answer, &after) {
                *faults.entry(fault).or_default() += 1;
                println!(
                    "{fault}: …{:?} ⟨{answer:?}⟩ {:?}…",
                    tail(&before),
                    head(&after)
                );
            }
        }
    }
    let asked = HOLES * FILES.len();
    println!("holes {asked}, shown {shown}, exactly as written {exact}, faults {faults:?}");
    assert!(
        shown * 3 >= asked,
        "too little is shown: {shown} of {asked}"
    );
    let broken = faults.remove("adds a parse error").unwrap_or_default();
    assert!(
        broken * 20 <= shown,
        "{broken} of {shown} answers add a parse error"
    );
    assert!(faults.is_empty(), "{faults:?}");
    assert!(client.shut_down().success());
}

/// The text before, the completion, and the text after it.
fn complete(
    client: &mut StdioClient,
    uri: &str,
    language: &str,
    hole: &Hole,
) -> Option<(String, String, String)> {
    client.open(uri, language, &hole.text());
    let (line, column) = hole.position();
    let answer = client.request(
        "textDocument/inlineCompletion",
        json!({ "textDocument": { "uri": uri }, "position": { "line": line, "character": column }, "context": { "triggerKind": 1 }, "partialResultToken": uri }),
    );
    client.notify(
        "textDocument/didClose",
        json!({ "textDocument": { "uri": uri } }),
    );
    let items = answer["items"]
        .as_array()
        .or(answer.as_array())
        .cloned()
        .unwrap_or_default();
    let item = items.first()?;
    let text = item["insertText"].as_str()?.to_owned();
    let column_of = |end: &str| {
        item["range"][end]["character"]
            .as_u64()
            .map(|column| column as usize)
    };
    let start = column_of("start").unwrap_or(column);
    let end = column_of("end").unwrap_or(column);
    let before = hole.before[..hole.before.len() - (column - start)].to_owned();
    let after = hole.after[end - column..].to_owned();
    // An item may repeat what stands between the start of its range and the cursor.
    Some((before, text, after))
}

fn tail(text: &str) -> &str {
    let start = text.floor_char_boundary(text.len().saturating_sub(40));
    &text[start..]
}

fn head(text: &str) -> &str {
    &text[..text.floor_char_boundary(text.len().min(40))]
}
