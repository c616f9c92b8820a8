//! What really leaves the program: an editor's session over the pipe, a server that records every byte, and secrets planted wherever
//! a prompt takes text from.

use std::path::PathBuf;
use std::process::Command;

use serde_json::{Value, json};
use support::fake_model::{Act, FakeModel, Recorded, stream_head};
use support::stdio::StdioClient;

/// Planted, each cut in two so that no scanner takes this file for a leak, with the place that it is planted in.
const SECRETS: [(&str, [&str; 2]); 10] = [
    (
        "before the cursor",
        ["ghp", "_4f9Kq2Lm8Nv6Xc1Zb3Qw7Er5Ty0Ui2Op4As"],
    ),
    ("after the cursor", ["x9!kQ2#", "mZ7wLp4T"]),
    ("at the cursor", ["glpat-7Hs2Kd9", "Lq4Zx8Vb1Nm6Ty"]),
    (
        "a private key",
        ["MHcCAQEEIIrYSSNQ", "FaA2Hwf1duRSxKtLYX5CB04fSeQ6tF1aY"],
    ),
    ("a sibling test", ["sk_live", "_9Zx8Cv7Bn6Mq5Wr4"]),
    ("the message of a crash", ["S3cr3t", "Db9Pw"]),
    ("the file of a frame", ["AKIA", "QYLPMN5HHHFPXMPL"]),
    (
        "a diagnostic",
        [
            "eyJhbGciOiJIUzI1NiJ9",
            ".eyJzdWIiOiIxMjM0In0.h4Kq2Lm8Nv6Xc1Zb3",
        ],
    ),
    ("the question", ["sk-ant-", "api03-Kq2Lm8Nv6Xc1Zb3Qw7"]),
    ("an own rule", ["acme", "-0815-4711"]),
];

fn secret(place: &str) -> String {
    let found = SECRETS.iter().find(|(name, _)| *name == place);
    found.map(|(_, halves)| halves.concat()).expect("a secret")
}

/// A package on disk, with a file that is ignored, and what the options say.
struct Package {
    folder: tempfile::TempDir,
}

impl Package {
    fn new() -> Package {
        let package = Package {
            folder: tempfile::tempdir().expect("a folder"),
        };
        package.write("go.mod", "module shop\n\ngo 1.22\n");
        package.write(".gitignore", "hidden*.go\nhidden_test.go\n");
        let test = format!(
            "package shop\n\nimport \"testing\"\n\nfunc TestSellSibling(t *testing.T) {{\n\tkey := \"{}\"\n\tif Sell(key) != 1 {{\n\t\tt.Fatal(key)\n\t}}\n}}\n",
            secret("a sibling test")
        );
        package.write("shop_test.go", &test);
        package.write(
            "hidden_test.go",
            "package shop\n\nfunc TestHiddenMarker() {}\n",
        );
        package.write("hidden.go", "package shop\n\nfunc HiddenMarker() {}\n");
        let frame = format!(
            "package shop\n\nfunc Crash(n int) int {{\n\tid := \"{}\"\n\treturn len(id[n:])\n}}\n",
            secret("the file of a frame")
        );
        package.write("crash.go", &frame);
        package
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder
            .path()
            .canonicalize()
            .expect("it is there")
            .join(name)
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).expect("written");
    }

    fn uri(&self, name: &str) -> String {
        format!("file://{}", self.path(name).display())
    }

    fn start(&self, url: &str, more: &str) -> StdioClient {
        let rules = self.path("rules.toml");
        let options = format!(
            "completion.backend = 'far'\n[privacy]\nrules = '{}'\n[backend.far]\nurl = '{url}'\n{more}\n",
            rules.display()
        );
        self.write("config.toml", &options);
        let mut command = Command::new(env!("CARGO_BIN_EXE_convive"));
        command
            .env("CONVIVE_CONFIG", self.path("config.toml"))
            .env("CONVIVE_CACHE", self.path("cache"))
            .env("XDG_STATE_HOME", self.path("state"));
        let mut client = StdioClient::start(&mut command);
        let folder = json!([{ "uri": self.uri(""), "name": "shop" }]);
        client.request(
            "initialize",
            json!({ "processId": std::process::id(), "rootUri": null, "workspaceFolders": folder,
                "capabilities": { "general": { "positionEncodings": ["utf-8"] }, "textDocument": { "inlineCompletion": {} } } }),
        );
        client.notify("initialized", json!({}));
        client
    }
}

/// Everything that an editor asks for in this test. Gives the messages of the failures.
fn session(package: &Package, client: &mut StdioClient) -> Vec<String> {
    let cut = secret("at the cursor");
    let (first, second) = cut.split_at(15);
    let shop = format!(
        "package shop\n\n// Sell sells what openMarker names.\nfunc Sell(item string) int {{\n\ttoken := \"{}\"\n\tpem := `-----BEGIN EC PRIVATE KEY-----\n{}\nabc=\n-----END EC PRIVATE KEY-----`\n\tid := \"{}\"\n\tother := \"{first}{second}\"\n\tdbPassword := \"{}\"\n\treturn len(item + token + pem + id + other + dbPassword)\n}}\n",
        secret("before the cursor"),
        secret("a private key"),
        secret("an own rule"),
        secret("after the cursor"),
    );
    let uri = package.uri("shop.go");
    client.open(&uri, "go", &shop);
    client.open(
        &package.uri("hidden.go"),
        "go",
        "package shop\n\nfunc HiddenMarker() {\n\t\n}\n",
    );
    let output = format!(
        "panic: cannot reach postgres://app:{}@db/shop crashMarker\n\ngoroutine 1 [running]:\nshop.Crash(0x9)\n\t{}:5 +0x1d\nmain.main()\n\t{}:8 +0x1d\nexit status 2\n",
        secret("the message of a crash"),
        package.path("crash.go").display(),
        package.path("hidden.go").display(),
    );
    client.open(&package.uri("out.txt"), "plaintext", &output);

    let line = shop
        .lines()
        .position(|line| line.contains(first))
        .expect("the line");
    let column = shop
        .lines()
        .nth(line)
        .and_then(|line| line.find(second))
        .expect("the cut");
    let place = |uri: &str, line: usize, column: usize| {
        json!({
            "textDocument": { "uri": uri }, "position": { "line": line, "character": column }, "context": { "triggerKind": 1 },
        })
    };
    let range = |from: usize, to: usize| {
        json!({
            "start": { "line": from, "character": 0 }, "end": { "line": to, "character": 0 },
        })
    };
    let ask = |uri: &str, action: &str, range: Value| {
        json!({
            "textDocument": { "uri": uri }, "range": range, "action": action, "conversation": "c",
            "question": format!("questionMarker {}?", secret("the question")),
            "diagnostics": [{ "range": range, "severity": 1, "message": format!("diagnosticMarker {}", secret("a diagnostic")) }],
        })
    };
    let hidden = package.uri("hidden.go");
    let requests = [
        ("textDocument/inlineCompletion", place(&uri, line, column)),
        ("textDocument/completion", place(&uri, line, column)),
        ("textDocument/inlineCompletion", place(&hidden, 3, 1)),
        ("convive/ask", ask(&uri, "ask", range(3, 11))),
        ("convive/ask", ask(&uri, "explain", range(4, 5))),
        ("convive/ask", ask(&uri, "fix", range(4, 5))),
        ("convive/ask", ask(&uri, "test", range(3, 3))),
        ("convive/ask", ask(&uri, "write", range(5, 5))),
        (
            "convive/ask",
            ask(&package.uri("out.txt"), "trace", range(0, 9)),
        ),
        ("convive/ask", ask(&hidden, "explain", range(2, 4))),
    ];
    let mut failures = Vec::new();
    for (method, params) in requests {
        let id = client.ask(method, params);
        let answer = client.answer(id);
        failures.extend(answer["error"]["message"].as_str().map(str::to_owned));
    }
    failures
}

fn texts(requests: &[Recorded]) -> Vec<String> {
    let text = |request: &Recorded| String::from_utf8_lossy(&request.body).into_owned();
    requests.iter().map(text).collect()
}

/// Streams of the three protocols at once: each backend reads the lines that it knows.
fn answering(kind: &str) -> Vec<Act> {
    let text = match kind {
        "anthropic" => "data: {\"type\":\"content_block_delta\",\"delta\":{\"text\":\"ok\"}}\n\ndata: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\"}}\n\n".to_owned(),
        "ollama" => "{\"response\":\"ok\",\"message\":{\"content\":\"ok\"},\"done\":true}\n".to_owned(),
        _ => "data: {\"choices\":[{\"text\":\"ok\",\"finish_reason\":\"stop\"}]}\n\n".to_owned(),
    };
    vec![stream_head(), Act::send(text)]
}

async fn check(kind: &str, more: &str) {
    let server = FakeModel::start([answering(kind)]).await;
    let package = Package::new();
    package.write(
        "rules.toml",
        "[[rule]]\nname = 'acme'\npattern = 'acme-[0-9-]+'\n",
    );
    let mut client = package.start(&server.url(), &format!("kind = '{kind}'\n{more}"));
    let failures = session(&package, &mut client);
    assert!(client.shut_down().success());

    let sent = texts(&server.requests());
    for (place, halves) in SECRETS {
        let whole = halves.concat();
        for text in &sent {
            for part in [whole.as_str(), halves[1]] {
                assert!(!text.contains(part), "{kind}: {place}: {part}\n{text}");
            }
        }
    }
    assert!(
        !sent.concat().contains("HiddenMarker"),
        "{kind}: an ignored file was sent"
    );
    // All places were really read: their harmless words arrive, and marks of what was taken out.
    for word in [
        "openMarker",
        "TestSellSibling",
        "crashMarker",
        "func Crash",
        "diagnosticMarker",
        "questionMarker",
        "REDACTED",
    ] {
        assert!(
            sent.iter().any(|text| text.contains(word)),
            "{kind}: {word} was not sent"
        );
    }
    assert!(
        failures.iter().any(|told| told.contains(".gitignore")),
        "{failures:?}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_planted_secret_reaches_a_server_that_fills_in() {
    check("openai", "model = 'qwen2.5-coder:1.5b'").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_planted_secret_reaches_a_server_that_lays_prompts_out() {
    check("openai", "model = 'm'\nfim = 'suffix'").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_planted_secret_reaches_a_server_that_chats() {
    check("openai", "model = 'm'\nfim = 'none'").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_planted_secret_reaches_anthropic_s_protocol() {
    check("anthropic", "model = 'm'").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_planted_secret_reaches_ollama_s_protocol() {
    check("ollama", "model = 'qwen2.5-coder:1.5b'").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_the_rules_have_an_error_nothing_arrives() {
    let server = FakeModel::start([answering("openai")]).await;
    let package = Package::new();
    package.write(
        "rules.toml",
        "[[rule]]\nname = 'acme'\npattern = 'acme-['\n",
    );
    let mut client = package.start(&server.url(), "kind = 'openai'\nmodel = 'm'");
    let failures = session(&package, &mut client);
    assert!(client.shut_down().success());
    assert_eq!(texts(&server.requests()), Vec::<String>::new());
    assert!(
        failures.iter().any(|told| told.contains("rules.toml:3:")),
        "{failures:?}"
    );
}
