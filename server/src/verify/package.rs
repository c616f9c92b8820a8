//! Rust: the workspace is copied into Convive's own folder and built there; what was built stays for the next time.

mod manifest;

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use sha2::{Digest, Sha256};

use super::bench::{Bench, Build, Program, Refused, no_folder};
use super::environment::{self, Environment};
use super::{Job, copy, read};
use manifest::{Layout, Target};

/// A copy of a workspace that was not used for so long is removed.
const KEPT_FOR: Duration = Duration::from_secs(14 * 24 * 60 * 60);

/// How often a verification looks whether another one of the same workspace has ended.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// A package of a workspace.
pub struct Package {
    layout: Layout,
    /// What stands above all folders that are copied.
    above: PathBuf,
    /// Convive's folder for this workspace: `tree`, `target`, `lock`.
    home: PathBuf,
    /// The part of the package that holds the tests; known after the first build.
    target: Option<Target>,
    module: String,
    test_file: PathBuf,
    tests: Vec<String>,
    environment: Environment,
    writable: Vec<PathBuf>,
    _only_one: std::fs::File,
}

impl Package {
    /// # Errors
    /// Where the file is in no package, or there is no toolchain.
    pub async fn prepare(job: &Job, bench: &Bench<'_>) -> Result<Package, Refused> {
        let (mut environment, cargo_home) = toolchain(bench);
        let layout = Layout::read(&job.source, bench, &environment).await?;
        let above = common(&layout.folders);
        let home = job.cache.join(name(&layout.workspace));
        let (cache, kept) = (job.cache.clone(), home.clone());
        // Nobody waits for it: removing gigabytes takes long, and what is not removed now is next time.
        tokio::task::spawn_blocking(move || forget_unused(&cache, &kept));
        std::fs::create_dir_all(&home).map_err(|error| no_folder(&home, &error))?;
        let only_one = lock(&home).await?;
        environment::set(&mut environment, "CARGO_TARGET_DIR", home.join("target"));
        let mut writable = vec![home.clone()];
        writable.extend(
            ["registry", "git", ".package-cache", ".package-cache-mutate"]
                .map(|name| cargo_home.join(name)),
        );
        Ok(Package {
            module: manifest::module(&layout.package, &job.test_file),
            test_file: job.test_file.clone(),
            tests: job.tests.clone(),
            layout,
            above,
            home,
            target: None,
            environment,
            writable,
            _only_one: only_one,
        })
    }

    /// # Errors
    /// Where the build takes too much, or cannot be started.
    pub async fn build(
        &mut self,
        bench: &Bench<'_>,
        files: &[(PathBuf, String)],
        first: bool,
    ) -> Result<Build, Refused> {
        let texts: Vec<(PathBuf, String)> = files
            .iter()
            .filter_map(|(path, text)| Some((self.copied(&manifest::real(path))?, text.clone())))
            .collect();
        if first {
            self.mirror(texts).await?;
        } else {
            let put = || {
                texts
                    .iter()
                    .try_for_each(|(path, text)| copy::put(path, text))
            };
            put().map_err(|error| no_folder(&self.home, &error))?;
        }
        let candidates = match &self.target {
            Some(target) => vec![target.clone()],
            None => self.layout.candidates(&self.test_file),
        };
        for target in candidates {
            match self.build_target(bench, &target, first).await? {
                Some(built) => {
                    self.target = Some(target);
                    return Ok(built);
                }
                None => continue,
            }
        }
        Err(Refused(
            "the new tests are in no part of the package that `cargo test` runs".to_owned(),
        ))
    }

    /// Builds one part of the package; None where it does not hold the tests.
    async fn build_target(
        &self,
        bench: &Bench<'_>,
        target: &Target,
        first: bool,
    ) -> Result<Option<Build>, Refused> {
        let command = match first {
            true => bench.tester.build,
            false => bench.tester.rebuild,
        };
        let arguments = Bench::fill(command, &[("{target}", &target.argument)]);
        let folder = self.copied(&self.layout.package).unwrap_or_default();
        let ran = bench
            .compile(arguments, &folder, &self.environment, self.writable.clone())
            .await?;
        if !ran.succeeded() {
            return bench.broken(&ran).map(Some);
        }
        for binary in read::built(&ran.stdout.text()) {
            let mut program = Program {
                binary,
                folder: folder.clone(),
                tests: Vec::new(),
                environment: self.run_environment(bench, &folder),
            };
            if self.tests.is_empty() {
                return Ok(Some(Build::Built(program)));
            }
            if let Some(names) = self.names(bench, &program).await? {
                program.tests = names;
                return Ok(Some(Build::Built(program)));
            }
        }
        Ok(None)
    }

    /// The full names of the tests, where the program holds them.
    async fn names(
        &self,
        bench: &Bench<'_>,
        program: &Program,
    ) -> Result<Option<Vec<String>>, Refused> {
        let arguments = Bench::fill(bench.tester.list.unwrap_or_default(), &[]);
        // Its own programs are not limited in what they print.
        let listed = bench.start(program, arguments, &bench.limits.build).await?;
        if !listed.succeeded() {
            return Ok(None);
        }
        Ok(read::full_names(
            &listed.stdout.text(),
            &self.module,
            &self.tests,
        ))
    }

    fn run_environment(&self, bench: &Bench<'_>, folder: &Path) -> Environment {
        let mut environment = bench.environment.clone();
        environment::set(&mut environment, "CARGO_MANIFEST_DIR", folder);
        let debug = self.home.join("target").join("debug");
        let libraries = [debug.join("deps"), debug];
        if let Ok(libraries) = std::env::join_paths(libraries) {
            environment::set(&mut environment, "LD_LIBRARY_PATH", libraries);
        }
        environment
    }

    /// Makes the copies the same as the user's folders, but for `texts`.
    async fn mirror(&self, texts: Vec<(PathBuf, String)>) -> Result<(), Refused> {
        for folder in &self.layout.folders {
            let Some(to) = self.copied(folder) else {
                continue;
            };
            let here = texts.iter().filter(|(path, _)| path.starts_with(&to));
            let here = here.cloned().collect();
            let apart = vec![self.layout.target.clone()];
            copy::mirror(folder.clone(), to, here, apart).await?;
        }
        Ok(())
    }

    /// Where the copy of a file or folder is.
    fn copied(&self, path: &Path) -> Option<PathBuf> {
        let inside = |folder: &PathBuf| path.starts_with(folder);
        if !self.layout.folders.iter().any(inside) {
            return None;
        }
        let below = path.strip_prefix(&self.above).ok()?;
        Some(self.home.join("tree").join(below))
    }
}

/// The compiler's environment, with the user's toolchain, and the folder of downloaded packages.
fn toolchain(bench: &Bench<'_>) -> (Environment, PathBuf) {
    let mut environment = bench.environment.clone();
    let home = etcetera::home_dir().unwrap_or_default();
    let folder = |name: &str, below: &str| {
        std::env::var_os(name).map_or_else(|| home.join(below), PathBuf::from)
    };
    let cargo_home = folder("CARGO_HOME", ".cargo");
    let rustup_home = folder("RUSTUP_HOME", ".rustup");
    if rustup_home.is_dir() {
        environment::set(&mut environment, "RUSTUP_HOME", rustup_home);
    }
    environment::set(&mut environment, "CARGO_HOME", &cargo_home);
    environment::set(&mut environment, "CARGO_TERM_COLOR", "never");
    // What a failed assertion says needs none, and linking is faster without.
    environment::set(&mut environment, "CARGO_PROFILE_DEV_DEBUG", "0");
    (environment, cargo_home)
}

/// The folder above all of these.
fn common(folders: &[PathBuf]) -> PathBuf {
    let mut above = folders.first().cloned().unwrap_or_default();
    above.pop();
    while !folders.iter().all(|folder| folder.starts_with(&above)) && above.pop() {}
    above
}

/// A name for a workspace's folder.
fn name(workspace: &Path) -> String {
    let digest = Sha256::digest(workspace.as_os_str().as_encoded_bytes());
    digest[..8]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// Waits until no other verification uses the folder.
async fn lock(home: &Path) -> Result<std::fs::File, Refused> {
    let path = home.join("lock");
    let file = std::fs::File::create(&path).map_err(|error| no_folder(&path, &error))?;
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(std::fs::TryLockError::WouldBlock) => tokio::time::sleep(LOOK_EVERY).await,
            Err(std::fs::TryLockError::Error(error)) => return Err(no_folder(&path, &error)),
        }
    }
}

/// Removes copies of workspaces, other than `home`, that were not used for long, and what a killed server left.
fn forget_unused(cache: &Path, home: &Path) {
    let entries = std::fs::read_dir(cache).into_iter().flatten().flatten();
    for path in entries.map(|entry| entry.path()) {
        // The lock is made anew by each verification.
        let used = std::fs::metadata(path.join("lock")).or_else(|_| std::fs::metadata(&path));
        let unused = used.and_then(|about| about.modified()).is_ok_and(|time| {
            SystemTime::now().duration_since(time).unwrap_or_default() > KEPT_FOR
        });
        if unused && path != home {
            let _next_time = std::fs::remove_dir_all(path);
        }
    }
}
