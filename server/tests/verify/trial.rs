//! Generated tests are built, run and tried with the real `go` and `cargo`, and what they must not do is stopped.

use std::time::Duration;

use crate::bench::{Bench, GO, RUST, tree, with};
use convive::verify::{Report, compiles, verify};

/// Verifies a test in each language; `check` is told the language and the report.
async fn each(tests: [&str; 2], check: impl Fn(&str, &Bench, Report)) {
    for (language, body) in [GO, RUST].into_iter().zip(tests) {
        let bench = Bench::new(language);
        let report = bench.verify(body).await;
        check(language.name, &bench, report);
    }
}

#[tokio::test]
async fn a_good_test_builds_passes_and_can_fail() {
    for (language, body) in [(GO, GO.good), (RUST, RUST.good)] {
        let name = language.name;
        let mut bench = Bench::new(language);
        bench.limits.mutants = 5;
        let report = bench.verify(body).await;
        assert!(report.is_test(), "{name}: {report:#?}");
        assert_eq!((report.passed, report.total), (1, 1), "{name}");
        // Some mutants are as good as the original: `< 0` and `<= 0` both give 0 for 0.
        assert!(report.killed >= 3, "{name}: {report:#?}");
        let words = format!("builds · passes 1 of 1 · kills {} of 5", report.killed);
        assert_eq!(report.in_words(), words);
        assert_eq!(report.output, "");
        let left = std::fs::read_dir(bench.cache())
            .expect("the cache")
            .flatten();
        let runs = left.filter(|entry| entry.file_name().to_string_lossy().starts_with("run-"));
        assert_eq!(runs.count(), 0, "{name}: scratch folders are gone");
    }
}

#[tokio::test]
async fn a_test_that_notices_no_mutant_is_none() {
    let vacuous = [GO.passes_whatever_happens, RUST.passes_whatever_happens];
    each(vacuous, |name, _, report| {
        assert_eq!(
            (report.passed, report.killed),
            (1, 0),
            "{name}: {report:#?}"
        );
        assert!(report.mutants > 0 && !report.is_test(), "{name}");
    })
    .await;
}

#[tokio::test]
async fn the_compilers_words_come_back() {
    each(
        [GO.does_not_build, RUST.does_not_build],
        |name, _, report| {
            assert!(
                !report.builds && report.refused.is_none(),
                "{name}: {report:#?}"
            );
            let file = if name == "Go" {
                "stock_test.go"
            } else {
                "src/stock.rs"
            };
            assert!(report.output.contains(file), "{name}: {}", report.output);
            assert!(
                !report.output.contains("warning:"),
                "{name}: {}",
                report.output
            );
            assert!(
                !report.output.contains("cache/run-"),
                "{name}: {}",
                report.output
            );
        },
    )
    .await;
}

#[tokio::test]
async fn the_tests_words_come_back() {
    each([GO.fails, RUST.fails], |name, _, report| {
        assert!(report.builds && report.passed == 0, "{name}: {report:#?}");
        assert!(
            report.output.contains("five is five"),
            "{name}: {}",
            report.output
        );
        assert_eq!(report.mutants, 0, "{name}: only passing tests meet mutants");
    })
    .await;
}

#[tokio::test]
async fn a_test_that_passes_once_is_flaky() {
    each([GO.flaky, RUST.flaky], |name, _, report| {
        let refused = report.refused.as_deref().unwrap_or_default();
        assert!(refused.starts_with("flaky"), "{name}: {report:#?}");
        assert!(report.builds && !report.is_test());
    })
    .await;
}

#[tokio::test]
async fn writes_outside_of_its_folder_fail() {
    each([GO.writes, RUST.writes], |name, bench, report| {
        assert_eq!(report.passed, 1, "{name}: {report:#?}");
        assert!(!bench.project().join("../outside").exists());
        let outside = std::path::Path::new("/tmp/convive-was-here");
        let told = report.unguarded.unwrap_or_default().contains("write");
        assert_eq!(outside.exists(), told, "{name}: {report:#?}");
    })
    .await;
}

#[tokio::test]
async fn it_reaches_itself_and_no_network() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address").to_string();
    let address = format!("\"{address}\"");
    let tests = [GO.connects, RUST.connects].map(|body| with(body, "ADDRESS", &address));
    each([&tests[0], &tests[1]], |name, _, report| {
        let told = report.unguarded.unwrap_or_default().contains("network");
        assert_eq!(report.passed, usize::from(!told), "{name}: {report:#?}");
        let reached = report.output.contains("reached the network");
        assert_eq!(reached, told, "{name}: {report:#?}");
    })
    .await;
    // This process does reach it: the test above can fail.
    assert!(std::net::TcpStream::connect(address.trim_matches('"')).is_ok());
}

/// What is stopped, and the words for it.
async fn stopped(tests: [&str; 2], words: &str, change: impl Fn(&mut Bench)) {
    for (language, body) in [GO, RUST].into_iter().zip(tests) {
        let mut bench = Bench::new(language);
        change(&mut bench);
        let report = bench.verify(body).await;
        let refused = report.refused.clone().unwrap_or_default();
        assert!(refused.contains(words), "{}: {report:#?}", language.name);
        assert!(report.builds && !report.is_test());
        assert!(report.output.len() < 8 * 1024, "{}", report.output.len());
    }
}

#[tokio::test]
async fn an_endless_test_is_stopped() {
    stopped([GO.endless, RUST.endless], "ran longer than 1 s", |bench| {
        bench.limits.run.time = Duration::from_secs(1);
    })
    .await;
}

#[tokio::test]
async fn a_bomb_of_processes_is_stopped() {
    stopped(
        [GO.starts_itself, RUST.starts_itself],
        "processes",
        |bench| {
            bench.limits.run.tasks = 200;
            bench.alone = true;
        },
    )
    .await;
}

#[tokio::test]
async fn endless_output_is_stopped() {
    stopped(
        [GO.prints, RUST.prints],
        "printed more than 2 MiB",
        |bench| {
            bench.limits.run.printed = 2 * 1024 * 1024;
        },
    )
    .await;
}

#[tokio::test]
async fn memory_has_an_end() {
    for (language, body) in [(GO, GO.eats), (RUST, RUST.eats)] {
        let mut bench = Bench::new(language);
        bench.limits.run.memory = 256 * 1024 * 1024;
        let report = bench.verify(body).await;
        // The system refuses more, or the count is over: whichever comes first.
        assert!(
            report.builds && report.passed == 0,
            "{}: {report:#?}",
            language.name
        );
        let told = format!("{:?} {}", report.refused, report.output);
        assert!(told.contains("memory"), "{}: {told}", language.name);
    }
}

#[tokio::test]
async fn nothing_outlives_the_test() {
    for (language, body) in [(GO, GO.leaves_one_behind), (RUST, RUST.leaves_one_behind)] {
        let bench = Bench::new(language);
        let seconds = format!("{}.{}", 1000, std::process::id());
        bench.verify(&with(body, "SECONDS", &seconds)).await;
        assert!(!is_running(&seconds), "{}", language.name);
    }
}

#[tokio::test]
async fn dropping_the_verification_ends_all_of_it() {
    for (language, body) in [(GO, GO.endless), (RUST, RUST.endless)] {
        let bench = Bench::new(language);
        let (told, mut running) = tokio::sync::mpsc::unbounded_channel();
        let verifying = verify(bench.job(body), bench.limits, move |what| {
            let _nobody_waits_any_more = told.send(what);
        });
        let mut verifying = Box::pin(verifying);
        let started =
            async { while running.recv().await.as_deref() != Some("running the test") {} };
        tokio::select! {
            report = &mut verifying => panic!("it ended: {report:?}"),
            () = started => {}
        }
        let cache = bench.cache().display().to_string();
        // It is about to be started; poll until it is.
        let look = async {
            while !is_running(&cache) {
                tokio::task::yield_now().await;
            }
        };
        tokio::select! {
            report = &mut verifying => panic!("it ended: {report:?}"),
            () = look => {}
        }
        drop(verifying);
        // The system needs a moment to take a killed process away; a living one would stay for 10 s.
        let gone = async {
            while is_running(&cache) {
                tokio::task::yield_now().await;
            }
        };
        let gone = tokio::time::timeout(Duration::from_secs(5), gone).await;
        assert!(gone.is_ok(), "{}", language.name);
    }
}

/// Whether a process has these words in its command line.
fn is_running(words: &str) -> bool {
    let processes = std::fs::read_dir("/proc").expect("processes").flatten();
    processes
        .filter_map(|process| std::fs::read(process.path().join("cmdline")).ok())
        .any(|line| {
            String::from_utf8_lossy(&line)
                .replace('\0', " ")
                .contains(words)
        })
}

#[tokio::test]
async fn rust_tests_run_wherever_they_are() {
    let bench = Bench::new(RUST);
    let program = "fn half(number: u32) -> u32 {\n    number / 2\n}\n\nfn main() {\n    println!(\"{}\", half(4));\n}\n";
    let inside = "\n#[cfg(test)]\nmod tests {\n    #[test]\n    fn halves() {\n        assert_eq!(super::half(9), 4);\n    }\n}\n";
    let outside = "use shop::stock::clamp;\n\n#[test]\nfn clamps() {\n    assert_eq!((clamp(5, 3), clamp(-1, 3)), (3, 0));\n}\n";
    let main = bench.project().join("shop/src/main.rs");
    std::fs::write(&main, program).expect("a file");

    let mut job = bench.job(RUST.good);
    job.test_file = bench.project().join("shop/tests/run.rs");
    job.files = vec![(job.test_file.clone(), outside.to_owned())];
    job.tests = vec!["clamps".to_owned()];
    let report = verify(job, bench.limits, |_| {}).await;
    assert!(report.is_test(), "{report:#?}");
    assert!(!bench.project().join("shop/tests").exists());

    let mut job = bench.job(RUST.good);
    job.source = main.clone();
    job.test_file = main.clone();
    job.function = convive::text::Span::new(0, program.find("\n\n").expect("the end"));
    job.files = vec![(main, format!("{program}{inside}"))];
    job.tests = vec!["tests::halves".to_owned()];
    let report = verify(job, bench.limits, |_| {}).await;
    assert!(report.is_test(), "{report:#?}");
}

#[tokio::test]
async fn a_change_compiles_or_does_not_and_nothing_runs() {
    for language in [GO, RUST] {
        let bench = Bench::new(language);
        let _turn = bench.turn().await;
        let before = tree(&bench.project());
        let good = compiles(
            bench.changed("return most", "return most + 0"),
            bench.limits,
        )
        .await;
        assert!(good.builds && good.refused.is_none(), "{good:#?}");
        let bad = compiles(bench.changed("return most", "return moist"), bench.limits).await;
        assert!(!bad.builds && bad.refused.is_none(), "{bad:#?}");
        assert!(bad.output.contains("moist"), "{bad:#?}");
        assert_eq!(before, tree(&bench.project()));
    }
}
