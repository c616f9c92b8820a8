//! A small project in each language, and tests that a model could have written for it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use convive::language;
use convive::text::Span;
use convive::verify::{Job, Limits, Report, verify};

/// A project of one function, and where its tests go.
#[derive(Clone, Copy, Debug)]
pub struct Language {
    pub name: &'static str,
    files: &'static [(&'static str, &'static str)],
    source: &'static str,
    /// The first words of the function.
    function: &'static str,
    test_file: &'static str,
    /// What stands before and after the tests.
    around: fn(&str) -> String,
    test: &'static str,
    pub good: &'static str,
    pub passes_whatever_happens: &'static str,
    pub does_not_build: &'static str,
    pub fails: &'static str,
    pub flaky: &'static str,
    pub endless: &'static str,
    pub starts_itself: &'static str,
    pub writes: &'static str,
    pub prints: &'static str,
    pub eats: &'static str,
    pub connects: &'static str,
    pub leaves_one_behind: &'static str,
}

pub const GO: Language = Language {
    name: "Go",
    files: &[
        ("go.mod", "module shop\n\ngo 1.21\n"),
        ("stock/stock.go", GO_SOURCE),
        (
            "stock/other_test.go",
            "package stock\n\nimport \"testing\"\n\nfunc TestOther(t *testing.T) {}\n",
        ),
    ],
    source: "stock/stock.go",
    function: "func Clamp",
    test_file: "stock/stock_test.go",
    around: |body| {
        format!(
            "package stock\n\nimport (\n\t\"fmt\"\n\t\"net\"\n\t\"os\"\n\t\"os/exec\"\n\t\"strings\"\n\t\"testing\"\n\t\"time\"\n)\n\nvar _ = fmt.Sprint\nvar _ = net.Dial\nvar _ = os.Getpid\nvar _ = exec.Command\nvar _ = strings.Repeat\nvar _ = time.Now\n\nfunc TestClamp(t *testing.T) {{\n{body}\n}}\n"
        )
    },
    test: "TestClamp",
    good: "for _, c := range [][2]int{{5, 5}, {-3, 0}, {0, 0}, {99, 10}, {10, 10}} {\n if got := Clamp(c[0], 10); got != c[1] { t.Errorf(\"Clamp(%d) = %d\", c[0], got) }\n}",
    passes_whatever_happens: "_ = Clamp(1, 10)",
    does_not_build: "if Clamp(1) != \"x\" { t.Fail() }",
    fails: "if Clamp(5, 10) != 6 { t.Error(\"five is five\") }",
    flaky: "if time.Now().UnixNano()/7%2 == 0 || os.Getpid() >= 0 { name := os.TempDir() + \"/seen\"; if _, err := os.Stat(name); err == nil { t.Fatal(\"seen\") }; os.WriteFile(name, nil, 0o600) }",
    endless: "for { Clamp(1, 2) }",
    starts_itself: "for i := 0; i < 4; i++ { c := exec.Command(os.Args[0], \"-test.run=^TestClamp$\"); c.Start() }\ntime.Sleep(5 * time.Second)",
    writes: "for _, name := range []string{\"here\", \"../../outside\", \"stock.go\", \"/tmp/convive-was-here\"} { if os.WriteFile(name, []byte(\"x\"), 0o644) == nil { t.Log(\"written: \" + name) } }\nos.Remove(\"stock.go\"); os.Remove(\"other_test.go\")\nif os.WriteFile(os.TempDir() + \"/may\", nil, 0o600) != nil { t.Fatal(\"temporary files are needed\") }\nif Clamp(5, 3) != 3 || Clamp(-1, 3) != 0 { t.Fail() }",
    prints: "line := strings.Repeat(\"x\", 1000)\nfor { fmt.Println(line) }",
    eats: "var all [][]byte\nfor { one := make([]byte, 1<<20); for i := range one { one[i] = 1 }; all = append(all, one) }",
    connects: "l, err := net.Listen(\"tcp\", \"127.0.0.1:0\"); if err != nil { t.Fatal(err) }\nif _, err := net.Dial(\"tcp\", l.Addr().String()); err != nil { t.Fatal(err) }\nif c, err := net.DialTimeout(\"tcp\", os.Getenv(\"NOWHERE\") + ADDRESS, time.Second); err == nil { c.Close(); t.Fatal(\"reached the network\") }\nif Clamp(5, 3) != 3 || Clamp(-1, 3) != 0 { t.Fail() }",
    leaves_one_behind: "c := exec.Command(\"sleep\", \"SECONDS\"); c.Start(); c2 := exec.Command(\"setsid\", \"sleep\", \"SECONDS\"); c2.Start()",
};

const GO_SOURCE: &str = "package stock

// Clamp keeps a number between 0 and most.
func Clamp(number, most int) int {
\tif number < 0 {
\t\treturn 0
\t}
\tif number > most {
\t\treturn most
\t}
\treturn number
}
";

pub const RUST: Language = Language {
    name: "Rust",
    files: &[
        (
            "Cargo.toml",
            "[workspace]\nmembers = [\"shop\", \"units\"]\nresolver = \"3\"\n",
        ),
        (
            "shop/Cargo.toml",
            "[package]\nname = \"shop\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[dependencies]\nunits = { path = \"../units\" }\nbeside = { path = \"../../beside\" }\n",
        ),
        ("shop/src/lib.rs", "pub mod stock;\n"),
        ("shop/src/stock.rs", RUST_SOURCE),
        (
            "units/Cargo.toml",
            "[package]\nname = \"units\"\nversion = \"0.1.0\"\nedition = \"2024\"\n",
        ),
        ("units/src/lib.rs", "pub const LEAST: i64 = 0;\n"),
        (
            "../beside/Cargo.toml",
            "[package]\nname = \"beside\"\nversion = \"0.1.0\"\nedition = \"2024\"\n",
        ),
        (
            "../beside/src/lib.rs",
            "pub fn same(number: i64) -> i64 { number }\n",
        ),
        (".gitignore", "target\n"),
        (
            "target/CACHEDIR.TAG",
            "Signature: 8a477f597d28d172789f06886806bc55\n",
        ),
        ("target/large", "not copied"),
    ],
    source: "shop/src/stock.rs",
    function: "pub fn clamp",
    test_file: "shop/src/stock.rs",
    around: |body| {
        format!(
            "{RUST_SOURCE}\n#[cfg(test)]\nmod tests {{\n    use super::*;\n\n    #[test]\n    fn clamps() {{\n{body}\n    }}\n}}\n"
        )
    },
    test: "tests::clamps",
    good: "for (number, is) in [(5, 5), (-3, 0), (0, 0), (99, 10), (10, 10)] { assert_eq!(clamp(number, 10), is); }",
    passes_whatever_happens: "let _ = clamp(1, 10);",
    does_not_build: "assert_eq!(clamp(1), \"x\");",
    fails: "assert_eq!(clamp(5, 10), 6, \"five is five\");",
    flaky: "let name = std::env::temp_dir().join(\"seen\"); assert!(!name.exists(), \"seen\"); std::fs::write(name, \"\").unwrap();",
    endless: "loop { clamp(1, 2); }",
    starts_itself: "for _ in 0..4 { let _ = std::process::Command::new(std::env::current_exe().unwrap()).args([\"--exact\", \"stock::tests::clamps\"]).spawn(); }\nstd::thread::sleep(std::time::Duration::from_secs(5));",
    writes: "for name in [\"here\", \"../../outside\", \"src/stock.rs\", \"/tmp/convive-was-here\"] { if std::fs::write(name, \"x\").is_ok() { println!(\"written: {name}\"); } }\nlet _ = std::fs::remove_file(\"src/lib.rs\");\nstd::fs::write(std::env::temp_dir().join(\"may\"), \"\").expect(\"temporary files are needed\");\nassert_eq!((clamp(5, 3), clamp(-1, 3)), (3, 0));",
    prints: "use std::io::Write;\nlet line = \"x\".repeat(1000);\nloop { writeln!(std::io::stdout(), \"{line}\").unwrap(); }",
    eats: "let mut all = Vec::new(); loop { all.push(vec![1u8; 1 << 20]); }",
    connects: "let l = std::net::TcpListener::bind(\"127.0.0.1:0\").unwrap();\nstd::net::TcpStream::connect(l.local_addr().unwrap()).unwrap();\nassert!(std::net::TcpStream::connect(ADDRESS).is_err(), \"reached the network\");\nassert_eq!((clamp(5, 3), clamp(-1, 3)), (3, 0));",
    leaves_one_behind: "let _ = std::process::Command::new(\"sleep\").arg(\"SECONDS\").spawn(); let _ = std::process::Command::new(\"setsid\").args([\"sleep\", \"SECONDS\"]).spawn();",
};

const RUST_SOURCE: &str = "/// Keeps a number between the least and `most`.
pub fn clamp(number: i64, most: i64) -> i64 {
    if number < units::LEAST {
        return units::LEAST;
    }
    if number > most {
        return most;
    }
    beside::same(number)
}
";

/// Most tests may run side by side; one that eats the machine runs alone.
static MACHINE: tokio::sync::RwLock<()> = tokio::sync::RwLock::const_new(());

/// Held while something runs.
pub enum Turn {
    Shared(
        #[expect(dead_code, reason = "held, not read")] tokio::sync::RwLockReadGuard<'static, ()>,
    ),
    Alone(
        #[expect(dead_code, reason = "held, not read")] tokio::sync::RwLockWriteGuard<'static, ()>,
    ),
}

/// A project on disk, and a cache beside it.
pub struct Bench {
    language: Language,
    folder: tempfile::TempDir,
    pub limits: Limits,
    /// Whether nothing else may run meanwhile.
    pub alone: bool,
}

impl Bench {
    pub fn new(language: Language) -> Bench {
        if language.name == "Go" {
            let version = std::process::Command::new("go").arg("version").output();
            assert!(
                version.is_ok_and(|ran| ran.status.success()),
                "these tests need Go on PATH: `cargo xtask test` puts it there, or see https://go.dev/dl"
            );
        }
        let folder = tempfile::tempdir().expect("a folder");
        let mut bench = Bench {
            language,
            folder,
            limits: Limits::default(),
            alone: false,
        };
        // Each costs a build; the test that is about them takes more.
        bench.limits.mutants = 1;
        for (path, text) in language.files {
            let path = bench.project().join(path);
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
            std::fs::write(path, text).expect("a file");
        }
        bench
    }

    /// The user's workspace.
    pub fn project(&self) -> PathBuf {
        let project = self.folder.path().join("user").join("project");
        std::fs::create_dir_all(&project).expect("a folder");
        project
    }

    pub fn cache(&self) -> PathBuf {
        self.folder.path().join("cache")
    }

    pub fn job(&self, body: &str) -> Job {
        let language = self.language;
        let text = (language.around)(body);
        let source = self.project().join(language.source);
        let test_file = self.project().join(language.test_file);
        let (_, original) = language
            .files
            .iter()
            .find(|(path, _)| *path == language.source)
            .expect("the source");
        let start = original.find(language.function).expect("the function");
        Job {
            language: language::find(None, Some(&source)).expect("a language"),
            function: Span::new(start, original.len() - 1),
            source,
            files: vec![(test_file.clone(), text)],
            test_file,
            tests: vec![language.test.to_owned()],
            cache: self.cache(),
        }
    }

    pub async fn turn(&self) -> Turn {
        match self.alone {
            true => Turn::Alone(MACHINE.write().await),
            false => Turn::Shared(MACHINE.read().await),
        }
    }

    /// The source with `to` in place of `from`, and no test.
    pub fn changed(&self, from: &str, to: &str) -> Job {
        let mut job = self.job("");
        let text = std::fs::read_to_string(&job.source).expect("the source");
        assert!(text.contains(from), "{text}");
        job.files = vec![(job.source.clone(), text.replacen(from, to, 1))];
        job.test_file = job.source.clone();
        job.tests.clear();
        job
    }

    /// Verifies a test with this body; the user's tree must be the same afterwards.
    pub async fn verify(&self, body: &str) -> Report {
        let _turn = self.turn().await;
        let before = tree(&self.folder.path().join("user"));
        let report = verify(self.job(body), self.limits, |_| {}).await;
        let after = tree(&self.folder.path().join("user"));
        assert_eq!(
            before, after,
            "{}: the user's tree changed",
            self.language.name
        );
        report
    }
}

impl Bench {
    pub fn source(&self) -> PathBuf {
        self.project().join(self.language.source)
    }

    /// What a model would answer: the tests alone, in a fence.
    pub fn answer(&self, body: &str) -> String {
        let language = self.language;
        let text = (language.around)(body);
        let text = text.strip_prefix(RUST_SOURCE).unwrap_or(&text);
        format!(
            "Here it is:\n\n```{}\n{text}```\n",
            language.name.to_lowercase()
        )
    }

    pub fn function(&self) -> &'static str {
        self.language.function
    }
}

/// All files below a folder, with what they hold.
pub fn tree(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(&folder).expect("a folder").flatten() {
            match entry.path().is_dir() {
                true => open.push(entry.path()),
                false => {
                    let held = std::fs::read(entry.path()).expect("a file");
                    found.insert(entry.path(), held);
                }
            }
        }
    }
    found
}

/// A test's body with a word in place of a name.
pub fn with(body: &str, name: &str, word: &str) -> String {
    body.replace(name, word)
}
