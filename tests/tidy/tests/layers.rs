//! The rules of dependency between the server's modules, read off their `use` lines.

use std::path::{Path, PathBuf};

/// Lowest first. A module may use those before it, and itself.
const ORDER: &[&str] = &[
    "text",
    "language",
    "document",
    "workspace",
    "context",
    "model",
    "privacy",
    "prompt",
    "complete",
    "trace",
    "verify",
    "action",
    "ask",
    "usage",
    "journal",
    "config",
    "lsp",
    "cli",
];

/// Uses that the order would allow and the design forbids.
const FORBIDDEN: &[(&str, &[&str])] = &[
    ("context", &["workspace"]),
    (
        "model",
        &["document", "workspace", "context", "text", "language"],
    ),
    ("prompt", &["workspace"]),
    ("complete", &["workspace"]),
    ("config", &["workspace"]),
    ("trace", &["workspace", "model", "prompt", "complete"]),
    (
        "verify",
        &["workspace", "context", "model", "prompt", "complete"],
    ),
];

/// Crates that only some modules may name.
const OWNERS: &[(&str, &[&str])] = &[
    ("tower_lsp", &["lsp"]),
    ("reqwest", &["model"]),
    ("interprocess", &["model"]),
    ("convive_engine", &["model", "cli"]),
    ("tree_sitter_go", &["language"]),
    ("tree_sitter_rust", &["language"]),
    ("clap", &["cli", "main"]),
    ("minijinja", &["action"]),
    ("saphyr_parser", &["action"]),
];

#[test]
fn no_module_uses_one_above_it() {
    let mut wrong = Vec::new();
    for (module, path, text) in sources() {
        let Some(rank) = ORDER.iter().position(|name| *name == module) else {
            continue;
        };
        let forbidden = FORBIDDEN
            .iter()
            .find(|(name, _)| *name == module)
            .map_or(&[][..], |(_, uses)| uses);
        for used in uses(&text) {
            let upward = ORDER
                .iter()
                .position(|name| *name == used)
                .is_some_and(|other| other > rank);
            if upward || forbidden.contains(&used.as_str()) {
                wrong.push(format!(
                    "{}: `{module}` must not use `{used}`",
                    path.display()
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn some_crates_have_one_owner() {
    let mut wrong = Vec::new();
    for (module, path, text) in sources() {
        for (name, owners) in OWNERS {
            let named = code_lines(&text).any(|line| line.contains(&format!("{name}::")));
            if named && !owners.contains(&module.as_str()) {
                wrong.push(format!(
                    "{}: only {owners:?} may name `{name}`",
                    path.display()
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_module_is_in_the_order() {
    let listed = |module: &String| {
        ORDER.contains(&module.as_str()) || ["lib", "main"].contains(&module.as_str())
    };
    let unknown: Vec<String> = sources()
        .into_iter()
        .map(|(module, ..)| module)
        .filter(|module| !listed(module))
        .collect();
    assert!(unknown.is_empty(), "add to ORDER: {unknown:?}");
}

/// The server's files: top-level module, path, text without the tests at its end.
fn sources() -> Vec<(String, PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../server/src");
    let mut found = Vec::new();
    let mut open = vec![root.clone()];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
            let path = entry.path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs")
                && !path.ends_with("tests.rs")
            {
                let below = path
                    .strip_prefix(&root)
                    .expect("below the root")
                    .to_path_buf();
                let first = below
                    .components()
                    .next()
                    .expect("a name")
                    .as_os_str()
                    .to_string_lossy()
                    .into_owned();
                let text = std::fs::read_to_string(&path).expect("a text");
                let text = text
                    .split("#[cfg(test)]\nmod tests")
                    .next()
                    .unwrap_or_default()
                    .to_owned();
                found.push((first.trim_end_matches(".rs").to_owned(), below, text));
            }
        }
    }
    assert!(found.len() > 20, "the sources were not found");
    found
}

/// The top-level modules that a file names by `crate::…`.
fn uses(text: &str) -> Vec<String> {
    let mut names = Vec::new();
    for line in code_lines(text) {
        for after in line.split("crate::").skip(1) {
            match after.strip_prefix('{') {
                Some(list) => names.extend(list.split([',', '}']).map(first_name)),
                None => names.push(first_name(after)),
            }
        }
    }
    names.retain(|name| !name.is_empty());
    names
}

fn first_name(text: &str) -> String {
    text.trim_start()
        .chars()
        .take_while(|character| character.is_ascii_lowercase() || *character == '_')
        .collect()
}

fn code_lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines()
        .filter(|line| !line.trim_start().starts_with("//"))
}
