//! The program and the network around it: certificates of one's own, and proxies named by the environment.

use std::process::{Command, Output, Stdio};

use serde_json::json;
use support::fake_model::{Act, FakeModel, stream_head};
use support::proxy::Proxy;

/// Every name by which a proxy is told; the surroundings of the tests may have some.
const VARIABLES: [&str; 8] = [
    "HTTP_PROXY",
    "http_proxy",
    "HTTPS_PROXY",
    "https_proxy",
    "ALL_PROXY",
    "all_proxy",
    "NO_PROXY",
    "no_proxy",
];

fn saying(text: &str) -> Vec<Vec<Act>> {
    let event = json!({ "choices": [{ "text": text, "finish_reason": "stop" }] });
    vec![vec![stream_head(), Act::send(format!("data: {event}\n\n"))]]
}

/// Runs `convive complete` against a server at `url`, with an authority to trust and variables of the environment.
async fn complete(url: &str, authority: Option<&str>, environment: &[(&str, &str)]) -> Output {
    let folder = tempfile::tempdir().expect("a folder");
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).expect("written");
        path
    };
    let ca_file = authority.map(|pem| format!("ca_file = '{}'\n", file("ca.pem", pem).display()));
    let options = format!(
        "completion.backend = 'box'\n[backend.box]\nkind = 'openai'\nmodel = 'qwen2.5-coder:1.5b'\nurl = '{url}'\n{}",
        ca_file.unwrap_or_default()
    );
    let mut command = Command::new(env!("CARGO_BIN_EXE_convive"));
    for variable in VARIABLES {
        command.env_remove(variable);
    }
    let source = file("a.go", "package a\n\nvar a = b\n");
    command
        .args(["complete", &format!("{}:3:9", source.display())])
        .env("CONVIVE_CONFIG", file("config.toml", &options))
        .env("CONVIVE_CACHE", folder.path().join("cache"))
        .envs(environment.iter().copied())
        .stdin(Stdio::null());
    tokio::task::spawn_blocking(move || command.output().expect("the program runs"))
        .await
        .expect("no panic")
}

fn printed(output: &Output) -> String {
    let complained = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{complained}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn complained(output: &Output) -> String {
    assert!(!output.status.success());
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_with_an_authority_of_its_own_needs_a_ca_file() {
    let (server, authority) = FakeModel::start_tls(saying("c"), &["localhost"]).await;
    let url = format!("https://localhost:{}/v1", server.address().port());
    let output = complete(&url, Some(&authority), &[]).await;
    assert_eq!(printed(&output), "c\n");
    assert_eq!(server.requests().len(), 1);

    let told = complained(&complete(&url, None, &[]).await);
    assert!(told.contains(&url) && told.contains("ca_file"), "{told}");
    // Another authority's word counts as little.
    let (_, other) = FakeModel::start_tls(saying("c"), &["localhost"]).await;
    let told = complained(&complete(&url, Some(&other), &[]).await);
    assert!(told.contains("ca_file"), "{told}");
    assert_eq!(server.requests().len(), 1, "nothing was sent");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_for_another_name_is_refused() {
    let (server, authority) = FakeModel::start_tls(saying("c"), &["model.invalid"]).await;
    let url = format!("https://localhost:{}/v1", server.address().port());
    let told = complained(&complete(&url, Some(&authority), &[]).await);
    assert!(told.contains("name"), "{told}");
    assert_eq!(server.requests(), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plain_server_is_reached_through_the_proxy_of_the_environment() {
    let server = FakeModel::start(saying("c")).await;
    let proxy = Proxy::start(server.address()).await;
    for variable in ["HTTP_PROXY", "http_proxy", "ALL_PROXY"] {
        let environment = [(variable, proxy.url())];
        let environment = environment
            .each_ref()
            .map(|(name, url)| (*name, url.as_str()));
        let output = complete("http://model.invalid/v1", None, &environment).await;
        assert_eq!(printed(&output), "c\n", "{variable}");
    }
    let line = "POST http://model.invalid/v1/completions";
    assert_eq!(proxy.asked(), [line; 3]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_behind_tls_is_reached_through_a_tunnel() {
    let (server, authority) = FakeModel::start_tls(saying("c"), &["model.invalid"]).await;
    let proxy = Proxy::start(server.address()).await;
    let url = proxy.url();
    let environment = [("HTTPS_PROXY", url.as_str())];
    let trusted = complete("https://model.invalid/v1", Some(&authority), &environment).await;
    assert_eq!(printed(&trusted), "c\n");
    assert_eq!(proxy.asked(), ["CONNECT model.invalid:443"]);
    // The proxy is none of those who are trusted.
    let told = complained(&complete("https://model.invalid/v1", None, &environment).await);
    assert!(told.contains("ca_file"), "{told}");
    assert_eq!(server.requests().len(), 1);
}

/// `0.0.0.0` is this machine, but not by a name for loopback.
#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn no_proxy_names_who_is_reached_without() {
    let server = FakeModel::start(saying("c")).await;
    let proxy = Proxy::start(server.address()).await;
    let through = proxy.url();
    let url = format!("http://0.0.0.0:{}/v1", server.address().port());
    let mut environment = vec![("HTTP_PROXY", through.as_str())];
    assert_eq!(printed(&complete(&url, None, &environment).await), "c\n");
    assert_eq!(proxy.asked().len(), 1);
    environment.push(("NO_PROXY", "other.invalid,0.0.0.0"));
    assert_eq!(printed(&complete(&url, None, &environment).await), "c\n");
    assert_eq!(proxy.asked().len(), 1);
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn loopback_needs_no_proxy() {
    let server = FakeModel::start(saying("c")).await;
    let proxy = Proxy::start(server.address()).await;
    let through = proxy.url();
    let environment = [("HTTP_PROXY", through.as_str()), ("ALL_PROXY", &through)];
    for host in ["127.0.0.1", "localhost"] {
        let url = format!("http://{host}:{}/v1", server.address().port());
        assert_eq!(printed(&complete(&url, None, &environment).await), "c\n");
    }
    assert_eq!(proxy.asked(), [""; 0]);
}
