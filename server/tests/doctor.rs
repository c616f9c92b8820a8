//! `convive doctor` and `convive model` as programs: what they print, and their exit codes.

use std::process::{Command, Output};

use support::fake_model::{Act, FakeModel, answer, stream_head};

/// Runs the program with these options, and a cache that is empty.
async fn convive(arguments: &[&str], options: &str) -> Output {
    let folder = tempfile::tempdir().expect("a folder");
    let config = folder.path().join("config.toml");
    std::fs::write(&config, options).expect("written");
    let mut command = Command::new(env!("CARGO_BIN_EXE_convive"));
    command
        .args(arguments)
        .env("CONVIVE_CONFIG", &config)
        .env("CONVIVE_CACHE", folder.path().join("cache"))
        .env("CONVIVE_TEST_KEY", "sk-hidden");
    tokio::task::spawn_blocking(move || command.output().expect("the program runs"))
        .await
        .expect("no panic")
}

/// The options for a server in use.
fn server(server: &FakeModel) -> String {
    format!(
        "completion.backend = 'box'\n[backend.box]\nkind = 'openai'\nmodel = 'm'\nendpoint = 'completions'\nkey_env = 'CONVIVE_TEST_KEY'\nurl = '{}'\n",
        server.url()
    )
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_working_backend_is_success_whatever_the_others_do() {
    let list = answer("200 OK", "application/json", r#"{"data":[{"id":"m"}]}"#);
    let event = r#"data: {"choices":[{"text":"a + b","finish_reason":"stop"}]}"#;
    let good = vec![stream_head(), Act::send(format!("{event}\n\n"))];
    let fake = FakeModel::start([list, good]).await;
    let output = convive(&["doctor"], &server(&fake)).await;
    let printed = text(&output.stdout);
    assert!(output.status.success(), "{printed}");
    assert!(
        printed.contains("Backend box, in use") && printed.contains("`a + b`"),
        "{printed}"
    );
    assert!(
        printed.contains("Questions, answered by box\n  works: it answers `a + b`"),
        "{printed}"
    );
    assert!(printed.contains("built-in rules"), "{printed}");
    // The local weights are not in the empty cache.
    assert!(
        printed.contains("convive model pull smollm2-135m"),
        "{printed}"
    );
    let key = fake.requests()[1]
        .header("authorization")
        .map(str::to_owned);
    assert_eq!(key.as_deref(), Some("Bearer sk-hidden"));
    assert!(!printed.contains("sk-hidden") && !text(&output.stderr).contains("sk-hidden"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backend_in_use_that_does_not_work_is_failure() {
    let refuse = answer(
        "403 Forbidden",
        "application/json",
        r#"{"error":"not you"}"#,
    );
    let fake = FakeModel::start([refuse]).await;
    let output = convive(&["doctor"], &server(&fake)).await;
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stdout).contains("not you"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_path_of_weights_that_are_not_there_is_not_printed() {
    for name in ["smollm2-135m", "no-such-model"] {
        let output = convive(&["model", "path", name], "").await;
        assert_eq!(output.status.code(), Some(1));
        assert_eq!(text(&output.stdout), "");
        assert!(text(&output.stderr).contains(name));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_options_are_told_and_the_rest_is_used() {
    let fake = FakeModel::start([answer("403 Forbidden", "text/plain", "no")]).await;
    let options = server(&fake) + "colour = 'blue'\n";
    let printed = text(&convive(&["doctor"], &options).await.stdout);
    assert!(
        printed.contains("backend.box.colour is not an option"),
        "{printed}"
    );
    assert!(printed.contains("Backend box, in use"), "{printed}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_never_sent_is_told_with_where_it_is_written() {
    let folder = tempfile::tempdir().expect("a folder");
    let rules = folder.path().join("rules.toml");
    std::fs::write(&rules, "[[rule]]\nname = 'acme'\npattern = 'acme_[0-9]+'\n").expect("written");
    let options = format!(
        "[privacy]\nignore = ['*.pem']\nrules = '{}'\n",
        rules.display()
    );
    let printed = text(&convive(&["doctor"], &options).await.stdout);
    assert!(
        printed.contains("files: *.pem (privacy.ignore)"),
        "{printed}"
    );
    assert!(printed.contains("secrets: acme ("), "{printed}");
    // The tests run in this repository, which has such a file.
    assert!(
        printed.contains("files: those of ") && printed.contains(".gitignore"),
        "{printed}"
    );

    std::fs::write(&rules, "[[rule]]\nname = 'acme'\npattern = '('\n").expect("written");
    let printed = text(&convive(&["doctor"], &options).await.stdout);
    assert!(printed.contains("rules.toml:3:"), "{printed}");
}
