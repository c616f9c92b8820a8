//! Everything that CI runs, in the order in which a mistake shows soonest.

use crate::shell::{cargo, convive, output, run, target};
use crate::{build, editors, go, tools, weights};

/// All checks and tests; `fast` leaves out what needs the C++ build or the weights.
pub fn all(fast: bool) -> Result<(), String> {
    let mut report = Report::default();
    ensure_components()?;
    report.step("format", || run(&mut cargo(&["fmt", "--all", "--check"])))?;
    report.step("documentation", || {
        let mut doc = cargo(&[
            "doc",
            "--workspace",
            "--no-deps",
            "--no-default-features",
            "--document-private-items",
            "--quiet",
        ]);
        run(doc.env("RUSTDOCFLAGS", "-D warnings"))
    })?;
    if fast {
        report.step("lints", || {
            run(&mut cargo(&[
                "clippy",
                "--workspace",
                "--all-targets",
                "--no-default-features",
                "--quiet",
                "--",
                "-D",
                "warnings",
            ]))
        })?;
    }
    let path = go::ensure()?;
    report.step("tests without the engine", || {
        let mut test = cargo(&[
            "test",
            "--workspace",
            "--exclude",
            "live",
            "--no-default-features",
        ]);
        run(test.env("PATH", &path))
    })?;
    report.step("the plugin for VS Code", editors::vscode::check)?;
    if !fast {
        report.step("the plugin for Neovim", editors::lua::check)?;
        live(&mut report, &path)?;
    }
    report.print(fast);
    Ok(())
}

/// The lints over everything, and the tests with the real engine, weights and process. All in one profile: the C++ is built once.
fn live(report: &mut Report, path: &str) -> Result<(), String> {
    let tools = tools::ensure()?;
    report.step("build", build::release)?;
    report.step("lints", || {
        let mut clippy = cargo(&[
            "clippy",
            "--release",
            "--workspace",
            "--all-targets",
            "--quiet",
            "--",
            "-D",
            "warnings",
        ]);
        run(tools.apply(&mut clippy))
    })?;
    let weights = weights::ensure()?;
    report.step("engine with real weights", || {
        // Both packages, as in the build: alone, the engine would get other features of its dependencies, and the C++ a second build.
        let packages = ["--package", "convive", "--package", "convive-engine"];
        let mut test = cargo(&["test", "--release", "--lib", "--test", "weights"]);
        run(tools
            .apply(test.args(packages))
            .env("CONVIVE_TEST_MODEL", &weights)
            .env("CONVIVE_BIN", convive()))
    })?;
    let mut variables = Vec::new();
    report.step("the editors", || {
        variables = editors::ensure()?;
        Ok(())
    })?;
    report.step("live: the program with real weights, real editors", || {
        let retries = target().join("editors-retries");
        // The two second tries of the last run are not this one's.
        let _ = std::fs::remove_file(&retries);
        let mut test = cargo(&[
            "test",
            "--release",
            "--package",
            "live",
            "--",
            "--nocapture",
        ]);
        run(tools
            .apply(&mut test)
            .env("CONVIVE_TEST_MODEL", &weights)
            .env("CONVIVE_BIN", convive())
            .env("CONVIVE_TEST_PATH", path)
            .env("CONVIVE_RETRIES", &retries)
            .envs(variables))?;
        let taken = std::fs::read_to_string(&retries).unwrap_or_default();
        for scenario in taken.lines() {
            println!("needed a second try: {scenario}");
        }
        Ok(())
    })
}

fn ensure_components() -> Result<(), String> {
    let missing: Vec<&str> = [("rustfmt", "fmt"), ("clippy", "clippy")]
        .into_iter()
        .filter(|(_, command)| output("cargo", &[command, "--version"]).is_none())
        .map(|(component, _)| component)
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let mut rustup = std::process::Command::new("rustup");
    run(rustup.args(["component", "add"]).args(&missing))
        .map_err(|error| format!("{error}: please install {}", missing.join(" and ")))
}

#[derive(Default)]
struct Report {
    steps: Vec<(&'static str, u64)>,
}

impl Report {
    fn step(
        &mut self,
        name: &'static str,
        work: impl FnOnce() -> Result<(), String>,
    ) -> Result<(), String> {
        println!("\n== {name} ==");
        let start = std::time::Instant::now();
        work().map_err(|error| format!("{name}: {error}"))?;
        self.steps.push((name, start.elapsed().as_secs()));
        Ok(())
    }

    fn print(&self, fast: bool) {
        println!();
        for (name, seconds) in &self.steps {
            println!("ok  {name} ({seconds} s)");
        }
        if fast {
            println!(
                "left out by --fast: the engine (C++), lints of the engine's code, layout and types of the plugin for Neovim, and the live tier"
            );
        }
    }
}
