//! What every file of the project must have and must not have.

use std::path::{Path, PathBuf};
use std::process::Command;

/// Lines of one file, tests included; over this, look for the second thing the file does.
const MOST_LINES: usize = 500;

#[test]
fn every_source_file_says_what_it_is_for() {
    let silent: Vec<String> = tracked(&["rs", "scm", "sh", "ts", "lua"])
        .into_iter()
        .filter(|(_, text)| {
            let first = text
                .lines()
                .find(|line| !line.starts_with("#!/"))
                .unwrap_or_default();
            let comment = first.trim_start_matches(['/', '!', ';', '#', '-', '*', ' ']);
            comment.len() == first.len() || comment.len() < 10
        })
        .map(|(path, _)| path.display().to_string())
        .collect();
    assert!(silent.is_empty(), "no opening sentence: {silent:#?}");
}

#[test]
fn files_stay_small() {
    let long: Vec<String> = tracked(&["rs"])
        .into_iter()
        .map(|(path, text)| (path, text.lines().count()))
        .filter(|(path, lines)| *lines > MOST_LINES && !path.ends_with("tests.rs"))
        .map(|(path, lines)| format!("{}: {lines}", path.display()))
        .collect();
    assert!(long.is_empty(), "{long:#?}");
}

#[test]
fn nothing_is_left_unfinished_or_switched_off() {
    let marks = [
        concat!("to", "do!("),
        concat!("unimpl", "emented!("),
        concat!("#[ign", "ore"),
        concat!("FIX", "ME"),
        concat!("TO", "DO"),
    ];
    let mut found = Vec::new();
    for (path, text) in tracked(&["rs", "scm", "sh"]) {
        for (number, line) in text.lines().enumerate() {
            if marks.iter().any(|mark| line.contains(mark)) {
                found.push(format!(
                    "{}:{}: {}",
                    path.display(),
                    number + 1,
                    line.trim()
                ));
            }
        }
    }
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn the_top_level_holds_nothing_else() {
    let allowed = [
        "Cargo.toml",
        "Cargo.lock",
        "LICENSE",
        "README.md",
        "editors",
        "queries",
        "server",
        "tests",
    ];
    let paths = tracked_paths();
    let mut top: Vec<&str> = paths
        .iter()
        .filter_map(|path| path.split('/').next())
        .collect();
    top.sort_unstable();
    top.dedup();
    top.retain(|name| !name.starts_with('.') && !allowed.contains(name));
    assert!(top.is_empty(), "{top:?}");
}

fn tracked(extensions: &[&str]) -> Vec<(PathBuf, String)> {
    let wanted = |path: &Path| {
        path.extension()
            .is_some_and(|extension| extensions.contains(&extension.to_string_lossy().as_ref()))
    };
    let paths = tracked_paths().into_iter().map(PathBuf::from);
    // Golden sources are somebody's project, not ours.
    let paths = paths.filter(|path| wanted(path) && !path.starts_with("tests/golden"));
    paths
        .filter_map(|path| {
            Some((
                path.clone(),
                std::fs::read_to_string(root().join(&path)).ok()?,
            ))
        })
        .collect()
}

fn tracked_paths() -> Vec<String> {
    let listing = Command::new("git")
        .args(["ls-files"])
        .current_dir(root())
        .output()
        .expect("git lists the files");
    let paths: Vec<String> = String::from_utf8_lossy(&listing.stdout)
        .lines()
        .map(str::to_owned)
        .collect();
    assert!(paths.len() > 20, "git listed {} files", paths.len());
    paths
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}
