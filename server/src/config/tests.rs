//! What options mean, layer by layer, and that the page tells it.

use expect_test::{expect, expect_file};

use super::*;

/// Parses TOML layers, lowest first.
fn parse(layers: &[(Origin, &str)]) -> Parsed {
    let mut problems = Vec::new();
    let mut read = Vec::new();
    for (origin, text) in layers {
        let (layer, mut found) = files::from_toml(text, origin.clone());
        read.extend(layer);
        problems.append(&mut found);
    }
    let mut parsed = Config::parse(&read);
    problems.append(&mut parsed.problems);
    parsed.problems = problems;
    parsed
}

fn file() -> Origin {
    Origin::File("config.toml".into())
}

/// The problems of one file, a line each.
fn problems(layers: &[(Origin, &str)]) -> String {
    let lines = parse(layers).problems.into_iter();
    lines
        .map(|problem| {
            format!(
                "{}: {}: {}\n",
                problem.origin, problem.path, problem.message
            )
        })
        .collect()
}

fn open_ai(parsed: &Parsed, name: &str) -> OpenAiOptions {
    match parsed.config.backend.get(name) {
        Some(BackendOptions::OpenAi(options)) => options.clone(),
        other => panic!("{name} is {other:?}"),
    }
}

#[test]
fn without_any_layer_the_local_model_completes() {
    let parsed = Config::parse(&[]);
    assert_eq!(parsed.problems, []);
    assert_eq!(parsed.config.completion.backend, "local");
    assert_eq!(
        parsed.config.backend.get("local"),
        Some(&BackendOptions::Local(LocalOptions::default()))
    );
}

#[test]
fn the_example_of_the_page_has_no_problems() {
    let page = page::markdown();
    let example = page
        .split("```toml\n")
        .nth(1)
        .and_then(|rest| rest.split("```").next())
        .expect("an example");
    let parsed = parse(&[(file(), example)]);
    assert_eq!(parsed.problems, []);
    assert_eq!(
        open_ai(&parsed, "box").key_env.as_deref(),
        Some("OPENAI_API_KEY")
    );
}

#[test]
fn a_later_layer_wins_key_by_key() {
    let parsed = parse(&[
        (
            file(),
            "[completion]\nmax_tokens = 10\ndebounce_ms = 5\n[backend.box]\nkind = 'openai'\nmodel = 'a'\nurl = 'http://a/v1'",
        ),
        (
            Origin::Initialization,
            "[completion]\nmax_tokens = 20\n[backend.box]\nmodel = 'b'",
        ),
        (Origin::Workspace, "[convive.completion]\nmax_tokens = 30"),
    ]);
    assert_eq!(parsed.problems, []);
    assert_eq!(parsed.config.completion.max_tokens, 30);
    assert_eq!(parsed.config.completion.debounce_ms, 5);
    assert_eq!(open_ai(&parsed, "box").model, "b");
    assert_eq!(open_ai(&parsed, "box").url, "http://a/v1");
    assert_eq!(parsed.origins["backend.box.url"], "config.toml");
    assert_eq!(parsed.origins["backend.box.model"], "initializationOptions");
}

#[test]
fn a_bad_value_costs_only_itself() {
    let text = "
        [completion]
        debounce_ms = 'soon'
        max_tokens = 0
        trigger = 'sometimes'
        context_token = 5
        min_log_prob = -1.5
        [backend.box]
        kind = 'openai'
        url = 'localhost:8080'
        silence_timeout_ms = true
        fim = 'qwen9'
        model = 'm'
        [backend.cloud]
        url = 'http://x'
        [backend.rocket]
        kind = 'rocket'
        [extra]
    ";
    let parsed = parse(&[(file(), text)]);
    assert_eq!(parsed.config.completion.min_log_prob, Some(-1.5));
    assert_eq!(parsed.config.completion.max_tokens, 96);
    assert_eq!(open_ai(&parsed, "box").model, "m");
    let first_line = |text: String| {
        let lines: Vec<String> = text
            .lines()
            .map(|line| line.split(" none of").next().unwrap_or(line).to_owned())
            .collect();
        lines.join("\n")
    };
    expect![[r#"
        config.toml: backend.box.fim: is
        config.toml: backend.box.silence_timeout_ms: expected a whole number
        config.toml: backend.box.url: must begin with http:// or https:// and a host
        config.toml: backend.cloud: needs a kind: "local", "openai", "anthropic" or "ollama"
        config.toml: backend.rocket.kind: must be "local", "openai", "anthropic" or "ollama"
        config.toml: completion.context_token: is not an option; did you mean `context_tokens`?
        config.toml: completion.debounce_ms: expected a whole number
        config.toml: completion.max_tokens: must be between 1 and 4096
        config.toml: completion.trigger: expected "automatic" or "invoked"
        config.toml: extra: is not an option"#]]
    .assert_eq(&first_line(problems(&[(file(), text)])));
}

#[test]
fn broken_toml_costs_its_line() {
    let text = "[completion]\nmax_tokens = 7\ndebounce_ms = = 3\n[backend.local]\nthreads = 2\n";
    let parsed = parse(&[(file(), text)]);
    assert_eq!(parsed.config.completion.max_tokens, 7);
    expect![[r#"
        config.toml: line 3: extra `=`, expected nothing
    "#]]
    .assert_eq(&problems(&[(file(), text)]));
    let BackendOptions::Local(local) = &parsed.config.backend["local"] else {
        panic!("not local");
    };
    assert_eq!(local.threads, Some(2));
}

#[test]
fn settings_that_a_repository_can_bring_choose_no_address_command_or_file() {
    let user = "[backend.cloud]\nkind = 'openai'\nurl = 'https://mine.example/v1'\nmodel = 'm'\n[backend.small]\nkind = 'local'";
    let theirs = "
        [completion]
        backend = 'cloud'
        trigger = 'invoked'
        [backend.cloud]
        url = 'https://evil.example/v1'
        model = 'm'
        key_command = ['sh', '-c', 'evil']
        [backend.local]
        kind = 'openai'
        model = '/tmp/evil.gguf'
        [backend.new]
        kind = 'openai'
        url = 'https://evil.example/v1'
    ";
    let layers = [(file(), user), (Origin::Workspace, theirs)];
    let parsed = parse(&layers);
    assert_eq!(parsed.config.completion.backend, "local");
    assert_eq!(parsed.config.completion.trigger, TriggerOption::Invoked);
    assert_eq!(
        open_ai(&parsed, "cloud"),
        open_ai(&parse(&layers[..1]), "cloud")
    );
    assert_eq!(parsed.config.backend.get("new"), None);
    assert_eq!(
        parsed.config.backend["local"],
        BackendOptions::Local(LocalOptions::default())
    );
    let refused: Vec<&str> = parsed
        .problems
        .iter()
        .inspect(|problem| assert!(problem.message.contains("cloned repository")))
        .map(|problem| problem.path.as_str())
        .collect();
    assert_eq!(
        refused,
        [
            "backend.cloud.key_command",
            "backend.cloud.url",
            "backend.local.kind",
            "backend.local.model",
            "backend.new.kind",
            "completion.backend"
        ]
    );
    let local = parse(&[
        (file(), user),
        (Origin::Workspace, "completion.backend = 'small'"),
    ]);
    assert_eq!(local.problems, []);
    assert_eq!(local.config.completion.backend, "small");
}

#[test]
fn a_key_in_the_options_is_refused_and_never_repeated() {
    let secret = "sk-very-secret";
    let text = format!(
        "[backend.box]\nkind = 'openai'\napi_key = '{secret}'\nKey = '{secret}'\nkey_env = '{secret}'\nkey_command = []\nurl = 'https://u:{secret}@host/v1'"
    );
    let layers = [(file(), text.as_str())];
    assert!(!problems(&layers).contains(secret));
    let paths: Vec<String> = parse(&layers)
        .problems
        .into_iter()
        .map(|p| p.path)
        .collect();
    assert_eq!(
        paths,
        [
            "backend.box.Key",
            "backend.box.api_key",
            "backend.box.key_command",
            "backend.box.key_env",
            "backend.box.url"
        ]
    );
}

#[test]
fn a_backend_that_does_not_exist_leaves_the_local_one() {
    let parsed = parse(&[(file(), "completion.backend = 'bux'")]);
    assert_eq!(parsed.config.completion.backend, "local");
    assert_eq!(parsed.problems[0].path, "completion.backend");
    assert_eq!(parsed.problems[0].origin, "config.toml");
}

#[test]
fn every_option_has_a_doc_and_a_default_that_passes_its_own_check() {
    fn check(name: &str, table: &(impl option::Table + Clone)) {
        for row in table.rows() {
            assert!(row.doc.ends_with('.'), "{name}.{}: {}", row.name, row.doc);
            if !row.value.is_empty() {
                let value: toml::Table = toml::from_str(&format!("v = {}", row.value)).unwrap();
                let value = serde_json::to_value(&value["v"]).unwrap();
                let set = table.clone().set(row.name, &value);
                assert_eq!(set, Some(Ok(())), "{}", row.name);
            }
        }
    }
    for (kind, table) in &BackendOptions::kinds() {
        check(kind, table);
    }
    let config = Config::default();
    check("completion", &config.completion);
    check("ask", &config.ask);
    check("privacy", &config.privacy);
}

#[test]
fn the_page_is_up_to_date() {
    expect_file!["../../CONFIG.md"].assert_eq(&page::markdown());
    expect_file!["../../../editors/vscode/settings.json"].assert_eq(&super::vscode::settings());
}

#[test]
fn questions_go_to_the_backend_that_completes_unless_the_options_say_another() {
    let cloud = "[backend.cloud]\nkind = 'openai'\nmodel = 'm'\n";
    let ask = |text: &str| {
        let parsed = parse(&[(file(), &format!("{text}\n{cloud}"))]);
        let paths: Vec<String> = parsed.problems.iter().map(|p| p.path.clone()).collect();
        (parsed.config.ask_backend().to_owned(), paths)
    };
    assert_eq!(ask(""), ("local".to_owned(), vec![]));
    assert_eq!(
        ask("completion.backend = 'cloud'"),
        ("cloud".to_owned(), vec![])
    );
    assert_eq!(ask("ask.backend = 'cloud'"), ("cloud".to_owned(), vec![]));
    let wrong = vec!["ask.backend".to_owned()];
    assert_eq!(ask("ask.backend = 'clod'"), ("local".to_owned(), wrong));
}

#[test]
fn settings_that_a_repository_can_bring_change_nothing_about_privacy() {
    let theirs = "
        [ask]
        backend = 'cloud'
        max_tokens = 99
        [privacy]
        trust = ['/work']
        ignore = []
        rules = '/tmp/none.toml'
    ";
    let user = "[privacy]\nignore = ['*.pem']\n[backend.cloud]\nkind = 'openai'\nmodel = 'm'";
    let parsed = parse(&[(file(), user), (Origin::Workspace, theirs)]);
    let refused: Vec<&str> = parsed.problems.iter().map(|p| p.path.as_str()).collect();
    assert_eq!(
        refused,
        [
            "ask.backend",
            "privacy.ignore",
            "privacy.rules",
            "privacy.trust"
        ]
    );
    assert_eq!(parsed.config.ask_backend(), "local");
    assert_eq!(parsed.config.ask.max_tokens, 99);
    assert_eq!(parsed.config.privacy.ignore, ["*.pem"]);
    let started = parse(&[(file(), user), (Origin::Initialization, theirs)]);
    assert_eq!(started.problems, []);
    assert_eq!(started.config.privacy.trust, ["/work"]);
}

#[test]
fn folders_and_files_of_privacy_are_absolute() {
    let text = "[privacy]\ntrust = ['~/code', 'work']\nrules = 'rules.toml'";
    expect![[r#"
        config.toml: privacy.rules: must be an absolute path
        config.toml: privacy.trust: needs absolute folders
    "#]]
    .assert_eq(&problems(&[(file(), text)]));
}
