//! Traces as programs printed them, and what is read out of them.

use std::path::PathBuf;

use expect_test::{Expect, expect};

use super::*;

/// One line for each trace, then a line for each frame.
fn check(text: &str, expected: Expect) {
    let mut shown = String::new();
    for trace in parse(text) {
        shown += &format!("{:?} {}\n", trace.kind, trace.title());
        for stack in &trace.stacks {
            shown += &format!("  {}\n", stack.title);
            for frame in &stack.frames {
                let column = frame.column.map(|c| format!(":{c}")).unwrap_or_default();
                let (file, line) = (frame.file.display(), frame.line);
                shown += &format!("    {} {file}:{line}{column}\n", frame.function);
            }
        }
    }
    expected.assert_eq(&shown);
}

#[test]
fn go_panics_in_one_of_several_goroutines() {
    check(
        "to Ada\npanic: runtime error: invalid memory address or nil pointer dereference\n\
         [signal SIGSEGV: segmentation violation code=0x1 addr=0x0 pc=0x49a9e6]\n\n\
         goroutine 7 [running]:\nmain.(*order).ship(...)\n\t/home/me/shop/main.go:19\n\
         main.main.func1()\n\t/home/me/shop/main.go:29 +0x46\n\
         created by main.main in goroutine 1\n\t/home/me/shop/main.go:27 +0x74\n\n\
         goroutine 1 [semacquire]:\nsync.(*WaitGroup).Wait(0x0?)\n\t/usr/local/go/src/sync/waitgroup.go:120 +0x52\n\
         exit status 2\n",
        expect![[r#"
            GoPanic panic: runtime error: invalid memory address or nil pointer dereference
              goroutine 7 [running]
                main.(*order).ship /home/me/shop/main.go:19
                main.main.func1 /home/me/shop/main.go:29
                main.main /home/me/shop/main.go:27
              goroutine 1 [semacquire]
                sync.(*WaitGroup).Wait /usr/local/go/src/sync/waitgroup.go:120
        "#]],
    );
}

#[test]
fn go_tests_that_fail_and_one_that_panics() {
    let text = "--- FAIL: TestLeft (0.00s)\n    stock_test.go:8: Left(5, 7) = 5, want 0\n        more of it\n\
        --- FAIL: TestShare (0.00s)\n    --- FAIL: TestShare/nobody (0.00s)\n\
        panic: runtime error: integer divide by zero [recovered, repanicked]\n\n\
        goroutine 20 [running]:\nexample.com/crashes/stock.Share(...)\n\t/home/me/stock/stock.go:14\n\
        FAIL\texample.com/crashes/stock\t0.005s\nFAIL\n";
    check(
        text,
        expect![[r#"
            GoTest failed test TestLeft: Left(5, 7) = 5, want 0
              TestLeft
                TestLeft stock_test.go:8
            GoPanic panic TestShare/nobody: runtime error: integer divide by zero
              goroutine 20 [running]
                example.com/crashes/stock.Share /home/me/stock/stock.go:14
        "#]],
    );
    let packages: Vec<_> = parse(text).into_iter().map(|t| t.package).collect();
    assert_eq!(
        packages,
        [
            Some("example.com/crashes/stock".to_owned()),
            Some("example.com/crashes/stock".to_owned())
        ]
    );
}

#[test]
fn go_tests_told_at_length() {
    check(
        "=== RUN   TestLeft\n    stock_test.go:8: Left(5, 7) = 5, want 0\n--- FAIL: TestLeft (0.00s)\nFAIL\n",
        expect![[r#"
            GoTest failed test TestLeft: Left(5, 7) = 5, want 0
              TestLeft
                TestLeft stock_test.go:8
        "#]],
    );
}

#[test]
fn a_data_race() {
    check(
        "==================\nWARNING: DATA RACE\nRead at 0x00c0000180e8 by goroutine 8:\n  main.(*tally).add()\n      /x/race/main.go:14 +0x7e\n\n\
         Previous write at 0x00c0000180e8 by goroutine 7:\n  main.(*tally).add()\n      /x/race/main.go:14 +0x90\n\n\
         Goroutine 8 (running) created at:\n  main.main()\n      /x/race/main.go:22 +0x78\n==================\nFound 1 data race(s)\n",
        expect![[r#"
            GoRace data race: read at 0x00c0000180e8 by goroutine 8; previous write at 0x00c0000180e8 by goroutine 7
              Read at 0x00c0000180e8 by goroutine 8
                main.(*tally).add /x/race/main.go:14
              Previous write at 0x00c0000180e8 by goroutine 7
                main.(*tally).add /x/race/main.go:14
              Goroutine 8 (running) created at
                main.main /x/race/main.go:22
        "#]],
    );
}

#[test]
fn rust_panics_with_a_backtrace_and_without() {
    check(
        "\nthread 'main' (21241) panicked at src/bin/unwrap.rs:6:23:\ncalled `Option::unwrap()` on a `None` value\n\
         note: run with `RUST_BACKTRACE=1` environment variable to display a backtrace\n\n\
         thread 'reader' panicked at /rustc/5980/library/alloc/src/raw_vec/mod.rs:28:5:\ncapacity overflow\nstack backtrace:\n\
         \x20  0: rust_begin_unwind\n             at /rustc/5980/library/std/src/panicking.rs:689:5\n\
         \x20  1: capacity::room_for::h0123456789abcdef\n             at ./src/bin/capacity.rs:4:5\n\
         \x20  2: main\n\
         note: Some details are omitted, run with `RUST_BACKTRACE=full` for a verbose backtrace.\n",
        expect![[r#"
            RustPanic panic: called `Option::unwrap()` on a `None` value
              thread 'main'
                 src/bin/unwrap.rs:6:23
            RustPanic panic: capacity overflow
              thread 'reader'
                 /rustc/5980/library/alloc/src/raw_vec/mod.rs:28:5
                rust_begin_unwind /rustc/5980/library/std/src/panicking.rs:689:5
                capacity::room_for ./src/bin/capacity.rs:4:5
        "#]],
    );
}

#[test]
fn rust_tests_that_fail_and_the_older_words() {
    check(
        "---- tests::takes stdout ----\n\nthread 'tests::takes' (22311) panicked at src/lib.rs:16:9:\nassertion `left == right` failed\n  left: 3\n right: 4\n\n\
         thread 'main' panicked at 'no, it's over', src/main.rs:2:5\n",
        expect![[r#"
            RustTest failed test tests::takes: assertion `left == right` failed
              thread 'tests::takes'
                 src/lib.rs:16:9
            RustPanic panic: no, it's over
              thread 'main'
                 src/main.rs:2:5
        "#]],
    );
}

#[test]
fn colours_and_line_ends_do_not_matter() {
    check(
        "\x1b[31mthread 'main' panicked at src/main.rs:2:5:\x1b[0m\r\nboom\r\n\r\n",
        expect![[r#"
            RustPanic panic: boom
              thread 'main'
                 src/main.rs:2:5
        "#]],
    );
}

#[test]
fn what_is_no_trace() {
    for text in [
        "",
        "all is well\n",
        "// panics: never\nfn f() { panic!(\"panic: no\") }\n",
        "goroutine 7 is a nice name:\n",
        "thread 'main' panicked at nothing\n",
        "    see main.go:12: there\n",
    ] {
        assert_eq!(parse(text), [], "{text}");
        assert!(!is_in(text), "{text}");
    }
}

#[test]
fn broken_traces_end_somewhere() {
    let whole =
        "panic: x\n\ngoroutine 1 [running]:\nmain.f(...)\n\t/a/b.go:1\nmain.g(...)\n\t/a/b.go:2\n";
    for end in 0..whole.len() {
        // Never panics, never hangs.
        parse(&whole[..end]);
    }
    assert!(is_in(whole));
}

/// A folder with these files.
fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for (path, text) in files {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        std::fs::write(path, text).expect("written");
    }
    folder
}

fn found(roots: &Roots, path: &str, package: Option<&str>) -> Option<String> {
    let found = roots.find(&PathBuf::from(path), package)?;
    let root = roots.folders[0].clone();
    let below = found.strip_prefix(&root).expect("below the root");
    Some(below.to_string_lossy().into_owned())
}

#[test]
fn files_are_found_by_path_and_by_its_end() {
    let folder = folder(&[
        ("src/main.rs", ""),
        ("a/stock_test.go", ""),
        ("b/stock_test.go", ""),
        ("b/stock.go", ""),
        ("vendor/lib/src/lib.rs", ""),
    ]);
    let roots = Roots::new([folder.path().to_owned()]);
    let own = |path, package| found(&roots, path, package);
    assert_eq!(own("src/main.rs", None).as_deref(), Some("src/main.rs"));
    assert_eq!(own("./src/main.rs", None).as_deref(), Some("src/main.rs"));
    // Built elsewhere, as in a container.
    assert_eq!(own("/app/b/stock.go", None).as_deref(), Some("b/stock.go"));
    let test = own("stock_test.go", Some("example.com/x/b"));
    assert_eq!(test.as_deref(), Some("b/stock_test.go"));
    assert_eq!(own("/rustc/5980/library/core/src/main.rs", None), None);
    assert_eq!(own("vendor/lib/src/lib.rs", None), None);
    assert_eq!(own("/home/x/.cargo/registry/src/y/src/main.rs", None), None);
    assert_eq!(own("../../etc/passwd", None), None);
}

#[test]
fn a_model_reads_the_crash_and_its_functions() {
    let source = "package main\n\nfunc share(have, n int) int {\n\treturn have / n\n}\n\nfunc main() {\n\tshare(1, 0)\n}\n";
    let folder = folder(&[("main.go", source)]);
    let path = folder.path().join("main.go");
    let path = path.canonicalize().expect("there");
    let text = format!(
        "panic: divide\n\ngoroutine 1 [running]:\nmain.share(...)\n\t{0}:4\nmain.main()\n\t{0}:8 +0x1\n",
        path.display()
    );
    let roots = Roots::new([folder.path().to_owned()]);
    let open = |path: &Path| {
        let text = std::fs::read_to_string(path).ok()?;
        Some(Snapshot::parse(path, text))
    };
    let gathered = gather(&text, &roots, open).expect("a trace");
    let mut shown = String::new();
    for snippet in &gathered.snippets {
        shown += &format!("{:?} {}\n{}\n", snippet.lines, snippet.reason, snippet.text);
    }
    let shown = shown.replace(&path.display().to_string(), "main.go");
    expect![[r#"
        0..0 the crash
        panic: divide
        goroutine 1 [running]
          main.share main.go:4  <- this code
          main.main main.go:8  <- this code
        3..6 frame 0, line 4
        // main.go, from line 3
        func share(have, n int) int {
        	return have / n  // <- here
        }

        7..10 frame 1, line 8
        // main.go, from line 7
        func main() {
        	share(1, 0)  // <- here
        }

    "#]]
    .assert_eq(&shown);
}

use std::path::Path;

use crate::document::Snapshot;
