//! What it takes to verify a generated test, against the language's own command for tests; both warm, with a new test each time.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use convive::language;
use convive::text::Span;
use convive::verify::{Job, Limits, verify};

use crate::Subject;
use crate::table::{milliseconds, quantile, ratio, table};

/// Rounds that are measured, after one that is not.
const ROUNDS: usize = 7;
const LIMIT: f64 = 1.5;

/// A golden project, and how a test is added to it.
struct Project {
    name: &'static str,
    golden: &'static str,
    source: &'static str,
    function: &'static str,
    test_file: &'static str,
    /// The name of the test for the command, and within the file.
    tests: [&'static str; 2],
    command: &'static [&'static str],
    /// A test that differs from round to round.
    test: fn(usize) -> String,
}

const GO: Project = Project {
    name: "Go",
    golden: "go",
    source: "stock/stock.go",
    function: "func ParseSKU",
    test_file: "stock/made_test.go",
    tests: ["^TestMade$", "TestMade"],
    command: &["go", "test", "-count=1", "-run"],
    test: |round| {
        format!(
            "package stock\n\nimport \"testing\"\n\nfunc TestMade(t *testing.T) {{\n\tif sku, err := ParseSKU(\" a{round} \"); err != nil || sku != \"A{round}\" {{\n\t\tt.Fatal(sku, err)\n\t}}\n}}\n"
        )
    },
};

const RUST: Project = Project {
    name: "Rust",
    golden: "rust",
    source: "src/lib.rs",
    function: "    pub fn as_str",
    test_file: "src/lib.rs",
    tests: ["made::made", "made::made"],
    command: &["cargo", "test", "--offline", "--lib", "--"],
    test: |round| {
        format!(
            "\n#[cfg(test)]\nmod made {{\n    #[test]\n    fn made() {{\n        assert_eq!({round} + 1, 1 + {round});\n    }}\n}}\n"
        )
    },
};

pub fn measure(_: &Subject) -> String {
    let rows: Vec<Vec<String>> = [GO, RUST].iter().map(row).collect();
    table(
        "Verification of a generated test, warm",
        &[
            "language",
            "its own command",
            "built and run twice",
            "ratio",
            "with 5 mutants",
        ],
        &rows,
    )
}

fn row(project: &Project) -> Vec<String> {
    let (mut plain, mut verified, mut tried) = (Vec::new(), Vec::new(), Vec::new());
    let folder = tempfile::tempdir().expect("a folder");
    let theirs = folder.path().join("theirs");
    let ours = folder.path().join("ours");
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("../golden");
    for copy in [&theirs, &ours] {
        copy_folder(&golden.join(project.golden), copy);
    }
    let cache = folder.path().join("cache");
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    for round in 0..=ROUNDS {
        let theirs = command(project, &theirs, round);
        let without = Limits {
            mutants: 0,
            ..Limits::default()
        };
        let time = |round: usize, limits: Limits| {
            let start = Instant::now();
            let report =
                runtime.block_on(verify(job(project, &ours, &cache, round), limits, |_| {}));
            let time = start.elapsed();
            assert_eq!(
                (report.passed, report.refused),
                (1, None),
                "{}",
                report.output
            );
            time
        };
        let ours = time(round, without);
        let all = time(ROUNDS + 1 + round, Limits::default());
        if round > 0 {
            plain.push(theirs);
            verified.push(ours);
            tried.push(all);
        }
    }
    let (plain, verified) = (quantile(&mut plain, 0.5), quantile(&mut verified, 0.5));
    vec![
        project.name.to_owned(),
        milliseconds(plain),
        milliseconds(verified),
        ratio(verified, plain, LIMIT),
        milliseconds(quantile(&mut tried, 0.5)),
    ]
}

/// The file with the tests: what it holds in the golden project, and the test of this round.
fn with_test(project: &Project, folder: &Path, round: usize) -> String {
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("../golden");
    let original = golden.join(project.golden).join(project.test_file);
    let held = std::fs::read_to_string(original).unwrap_or_default();
    assert!(folder.is_dir());
    held + &(project.test)(round)
}

/// Runs the language's own command with the test on disk.
fn command(project: &Project, folder: &Path, round: usize) -> Duration {
    let file = folder.join(project.test_file);
    std::fs::write(&file, with_test(project, folder, round)).expect("a file");
    let start = Instant::now();
    let status = Command::new(project.command[0])
        .args(&project.command[1..])
        .arg(project.tests[0])
        .current_dir(file.parent().expect("a folder"))
        .env_remove("CARGO_TARGET_DIR")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    let time = start.elapsed();
    assert!(
        status.is_ok_and(|status| status.success()),
        "{} runs",
        project.name
    );
    time
}

fn job(project: &Project, folder: &Path, cache: &Path, round: usize) -> Job {
    let source = folder.join(project.source);
    let text = std::fs::read_to_string(&source).expect("the source");
    let start = text.find(project.function).expect("the function");
    let end = start + text[start..].find("}\n").expect("its end") + 2;
    let test_file = folder.join(project.test_file);
    Job {
        language: language::find(None, Some(&source)).expect("a language"),
        source,
        function: Span::new(start, end),
        files: vec![(test_file.clone(), with_test(project, folder, round))],
        test_file,
        tests: vec![project.tests[1].to_owned()],
        cache: cache.to_owned(),
    }
}

fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("a folder").flatten() {
        let target: PathBuf = to.join(entry.file_name());
        match entry.path().is_dir() {
            true => copy_folder(&entry.path(), &target),
            false => _ = std::fs::copy(entry.path(), target).expect("a file"),
        }
    }
}
