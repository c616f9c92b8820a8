//! What cargo says of a workspace: its folders, the parts of a package.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::super::bench::{Bench, Refused};
use super::super::environment::Environment;

/// A workspace that may reach into other folders.
#[derive(Debug)]
pub struct Layout {
    pub workspace: PathBuf,
    pub package: PathBuf,
    /// Where the user's own builds go; not copied.
    pub target: PathBuf,
    /// All that has to be copied: the workspace, and what it depends on by paths that lead out of it. None is inside another.
    pub folders: Vec<PathBuf>,
    targets: Vec<Value>,
}

/// A part of a package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// `--lib`, `--bins`, `--test=name`.
    pub argument: String,
}

impl Layout {
    /// # Errors
    /// Where the source is in no package that cargo knows.
    pub async fn read(
        source: &Path,
        bench: &Bench<'_>,
        environment: &Environment,
    ) -> Result<Layout, Refused> {
        let source = real(source);
        let package = source
            .ancestors()
            .skip(1)
            .find(|folder| folder.join("Cargo.toml").is_file());
        let Some(package) = package.map(Path::to_owned) else {
            return Err(Refused(format!("{} is in no package", source.display())));
        };
        let described = describe(&package, bench, environment).await?;
        let of = |name: &str| PathBuf::from(described[name].as_str().unwrap_or_default());
        let ours = |one: &&Value| path(&one["manifest_path"]).parent() == Some(&package);
        let Some(found) = list(&described["packages"]).iter().find(ours) else {
            let shown = package.display();
            return Err(Refused(format!(
                "{shown} is not a package of its workspace"
            )));
        };
        let targets = list(&found["targets"]).to_vec();
        Ok(Layout {
            workspace: of("workspace_root"),
            target: of("target_directory"),
            folders: folders(described, bench, environment).await?,
            package,
            targets,
        })
    }

    /// The parts that may hold the tests of a file, the most likely first.
    pub fn candidates(&self, test_file: &Path) -> Vec<Target> {
        let test_file = real(test_file);
        let of_kind = |kind: &str| {
            let kind = kind.to_owned();
            let fits = move |target: &&Value| {
                let kinds = list(&target["kind"]);
                kinds.iter().any(|one| one.as_str() == Some(&kind))
            };
            self.targets.iter().filter(fits)
        };
        let integration = of_kind("test").find(|target| path(&target["src_path"]) == test_file);
        let integration = integration.and_then(|target| target["name"].as_str());
        // A new file below `tests/` is a part by its place.
        let integration = integration.or_else(|| {
            let beside = test_file.parent() == Some(&self.package.join("tests"));
            test_file.file_stem().filter(|_| beside)?.to_str()
        });
        if let Some(name) = integration {
            return vec![Target {
                argument: format!("--test={name}"),
            }];
        }
        let is_program = of_kind("bin").any(|target| path(&target["src_path"]) == test_file);
        let library = ["lib", "rlib", "cdylib", "dylib", "staticlib", "proc-macro"]
            .iter()
            .any(|kind| of_kind(kind).next().is_some());
        let programs = of_kind("bin").next().is_some().then_some("--bins");
        let mut arguments: Vec<&str> = library.then_some("--lib").into_iter().collect();
        arguments.extend(programs);
        if is_program {
            arguments.reverse();
        }
        let target = |argument: &str| Target {
            argument: argument.to_owned(),
        };
        arguments.into_iter().map(target).collect()
    }
}

/// The module that a file is by its place in the package: `src/shop/stock.rs` is `shop::stock`.
pub fn module(package: &Path, file: &Path) -> String {
    let file = real(file);
    let below = file
        .strip_prefix(package.join("src"))
        .unwrap_or(Path::new(""));
    let mut names: Vec<String> = below
        .with_extension("")
        .iter()
        .map(|name| name.to_string_lossy().into_owned())
        .collect();
    if names
        .last()
        .is_some_and(|name| ["mod", "lib", "main"].contains(&name.as_str()))
    {
        names.pop();
    }
    names.join("::")
}

/// A path without symbolic links, as cargo prints it; a file that is not there yet keeps its name.
pub fn real(path: &Path) -> PathBuf {
    if cfg!(windows) {
        return std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    }
    if let Ok(real) = path.canonicalize() {
        return real;
    }
    match (path.parent(), path.file_name()) {
        (Some(folder), Some(name)) => real(folder).join(name),
        _ => path.to_owned(),
    }
}

async fn describe(
    package: &Path,
    bench: &Bench<'_>,
    environment: &Environment,
) -> Result<Value, Refused> {
    let arguments = Bench::fill(bench.tester.describe, &[]);
    // Nothing is written, not even a lock file: packages are not looked up.
    let ran = bench
        .compile(arguments, package, environment, Vec::new())
        .await?;
    let described = serde_json::from_str(&ran.stdout.text());
    match described {
        Ok(described) if ran.succeeded() => Ok(described),
        _ => Err(Refused(format!(
            "cargo cannot describe {}: {}",
            package.display(),
            bench.useful(&ran.stderr.text())
        ))),
    }
}

/// The folders of a workspace and of all that it depends on by a path.
async fn folders(
    described: Value,
    bench: &Bench<'_>,
    environment: &Environment,
) -> Result<Vec<PathBuf>, Refused> {
    let mut folders: Vec<PathBuf> = Vec::new();
    let mut open = vec![described];
    while let Some(described) = open.pop() {
        folders.push(path(&described["workspace_root"]));
        let packages = list(&described["packages"]);
        let manifests = packages.iter().map(|one| path(&one["manifest_path"]));
        let mut reached: Vec<PathBuf> = manifests
            .filter_map(|path| Some(path.parent()?.to_owned()))
            .collect();
        let dependencies = packages.iter().flat_map(|one| list(&one["dependencies"]));
        reached.extend(dependencies.filter_map(|one| Some(PathBuf::from(one["path"].as_str()?))));
        reached.extend(patches(&path(&described["workspace_root"])));
        for folder in reached {
            let known = |known: &PathBuf| folder.starts_with(known);
            if folders.iter().any(known) || !folder.is_dir() {
                continue;
            }
            folders.push(folder.clone());
            open.push(describe(&folder, bench, environment).await?);
        }
    }
    folders.sort();
    folders.dedup_by(|later, earlier| later.starts_with(earlier));
    Ok(folders)
}

/// The folders that take the place of published packages.
fn patches(workspace: &Path) -> Vec<PathBuf> {
    let text = std::fs::read_to_string(workspace.join("Cargo.toml")).unwrap_or_default();
    let manifest: toml::Table = toml::from_str(&text).unwrap_or_default();
    let tables = manifest.get("patch").and_then(toml::Value::as_table);
    let sources = tables.into_iter().flat_map(|tables| tables.values());
    let packages = sources
        .filter_map(toml::Value::as_table)
        .flat_map(|one| one.values());
    let paths = packages.filter_map(|one| one.get("path")?.as_str());
    paths.map(|path| real(&workspace.join(path))).collect()
}

fn path(value: &Value) -> PathBuf {
    PathBuf::from(value.as_str().unwrap_or_default())
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}
