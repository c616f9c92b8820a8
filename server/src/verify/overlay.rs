//! Go: the compiler reads other texts in place of some files (`-overlay`); the user's folders are only read.

use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use super::bench::{Bench, Build, Program, Refused, may_run_in_place, no_folder};
use super::environment::{self, Environment};
use super::{Job, copy};

/// A Go package.
pub struct Overlay {
    /// Its folder, without symbolic links.
    folder: PathBuf,
    /// Where the test program is started: the package's folder, or a copy of it.
    run_folder: PathBuf,
    tests: Vec<String>,
    environment: Environment,
    writable: Vec<PathBuf>,
    builds: usize,
}

impl Overlay {
    /// # Errors
    /// Where there is no such package, or no toolchain.
    pub async fn prepare(job: &Job, bench: &Bench<'_>) -> Result<Overlay, Refused> {
        let folder = job.source.parent().unwrap_or(Path::new("/"));
        let folder = real(folder).map_err(|error| no_folder(folder, &error))?;
        let (environment, writable) = caches(bench, &folder).await?;
        let run_folder = match may_run_in_place() {
            true => folder.clone(),
            false => copied(&folder, bench.scratch.path()).await?,
        };
        Ok(Overlay {
            folder,
            run_folder,
            tests: job.tests.clone(),
            environment,
            writable,
            builds: 0,
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
        self.builds += 1;
        let scratch = bench.scratch.path().join(format!("build-{}", self.builds));
        let overlay = write(&scratch, files).map_err(|error| no_folder(&scratch, &error))?;
        let binary = scratch.join(format!("test{}", std::env::consts::EXE_SUFFIX));
        let words = [
            ("{overlay}", &*overlay.to_string_lossy()),
            ("{binary}", &*binary.to_string_lossy()),
        ];
        let command = match first {
            true => bench.tester.build,
            false => bench.tester.rebuild,
        };
        let arguments = Bench::fill(command, &words);
        let ran = bench
            .compile(
                arguments,
                &self.folder,
                &self.environment,
                self.writable.clone(),
            )
            .await?;
        // Without tests there is no program, and the package was built all the same.
        let built = binary.is_file() || self.tests.is_empty();
        if !ran.succeeded() || !built {
            return bench.broken(&ran);
        }
        Ok(Build::Built(Program {
            binary,
            folder: self.run_folder.clone(),
            tests: self.tests.clone(),
            environment: bench.environment.clone(),
        }))
    }
}

/// The environment of the compiler, which keeps its caches where the user has them, and these folders.
async fn caches(bench: &Bench<'_>, folder: &Path) -> Result<(Environment, Vec<PathBuf>), Refused> {
    let mut environment = bench.environment.clone();
    // It has to find the user's own settings once.
    for name in [
        "HOME",
        "USERPROFILE",
        "LOCALAPPDATA",
        "APPDATA",
        "GOENV",
        "GOPATH",
        "GOCACHE",
        "GOMODCACHE",
        "XDG_CONFIG_HOME",
        "XDG_CACHE_HOME",
    ] {
        if let Some(value) = std::env::var_os(name) {
            environment::set(&mut environment, name, value);
        }
    }
    let arguments = Bench::fill(bench.tester.describe, &[]);
    // It makes its cache where there is none yet.
    let cache = etcetera::choose_base_strategy().map(|strategy| {
        use etcetera::BaseStrategy;
        strategy.cache_dir()
    });
    // `GOCACHE` may name one that is as new.
    let own = std::env::var_os("GOCACHE").map(PathBuf::from);
    let caches = cache
        .ok()
        .into_iter()
        .chain(own.filter(|own| own.is_absolute()));
    let cache: Vec<_> = caches
        .filter(|cache| std::fs::create_dir_all(cache).is_ok())
        .collect();
    let ran = bench
        .compile(arguments, folder, &environment, cache)
        .await?;
    let described: Value = serde_json::from_str(&ran.stdout.text()).unwrap_or_default();
    let mut environment = bench.environment.clone();
    for name in ["GOENV", "GOPATH", "GOCACHE", "GOMODCACHE"] {
        let Some(value) = described[name].as_str() else {
            return Err(Refused(format!(
                "`go env` does not tell {name}: {}",
                ran.text()
            )));
        };
        environment::set(&mut environment, name, value);
    }
    environment::set(&mut environment, "GOPROXY", "off");
    let folders = ["GOCACHE", "GOMODCACHE"].map(|name| {
        let folder = PathBuf::from(described[name].as_str().unwrap_or_default());
        // A folder that is not there cannot be made writable.
        let _said_by_the_compiler = std::fs::create_dir_all(&folder);
        folder
    });
    Ok((environment, folders.into()))
}

/// Writes the texts and the list that says in place of which files they are read.
fn write(scratch: &Path, files: &[(PathBuf, String)]) -> std::io::Result<PathBuf> {
    std::fs::create_dir_all(scratch)?;
    let mut replaced = Map::new();
    for (number, (path, text)) in files.iter().enumerate() {
        let folder = path.parent().unwrap_or(Path::new("/"));
        let name = path.file_name().unwrap_or_default();
        // Compilers and panics name this file: it has the name that the user knows.
        let written = scratch.join(number.to_string()).join(name);
        std::fs::create_dir_all(scratch.join(number.to_string()))?;
        std::fs::write(&written, text)?;
        let read = real(folder)?.join(name).to_string_lossy().into_owned();
        replaced.insert(read, written.to_string_lossy().into());
    }
    let list = scratch.join("overlay.json");
    std::fs::write(
        &list,
        serde_json::json!({ "Replace": replaced }).to_string(),
    )?;
    Ok(list)
}

/// A copy of the module; gives the package's folder in it.
async fn copied(folder: &Path, scratch: &Path) -> Result<PathBuf, Refused> {
    let module = folder
        .ancestors()
        .find(|folder| folder.join("go.mod").is_file());
    let module = module.unwrap_or(folder).to_owned();
    let to = scratch.join("module");
    let below = folder.strip_prefix(&module).unwrap_or(Path::new(""));
    let package = to.join(below);
    copy::mirror(module, to, Vec::new(), Vec::new()).await?;
    Ok(package)
}

/// The folder as the toolchain sees it.
fn real(folder: &Path) -> std::io::Result<PathBuf> {
    match cfg!(windows) {
        true => std::path::absolute(folder),
        false => folder.canonicalize(),
    }
}
