//! Finds the files of a trace among the user's own: by path where it is theirs, else by the end of the path.

use std::path::{Component, Path, PathBuf};
use std::sync::OnceLock;

use super::{Frame, Place, Trace};

/// The folders that hold the user's own code.
#[derive(Debug, Default)]
pub struct Roots {
    pub(super) folders: Vec<PathBuf>,
    files: OnceLock<Vec<PathBuf>>,
}

/// The most files that are looked through for one whose path ends alike.
const MOST_FILES: usize = 50_000;

/// Folders with code that is not the user's own, and with what was built.
const NOT_OWN: [&str; 5] = ["vendor", "node_modules", "target", "testdata", "build"];

impl Roots {
    /// The user's folders, absolute.
    pub fn new(folders: impl IntoIterator<Item = PathBuf>) -> Roots {
        let folders = folders.into_iter();
        Roots {
            folders: folders
                .map(|folder| folder.canonicalize().unwrap_or(folder))
                .collect(),
            files: OnceLock::new(),
        }
    }

    /// The user's own file that a trace calls `path`. Reads the disk.
    pub fn find(&self, path: &Path, package: Option<&str>) -> Option<PathBuf> {
        if is_library(path) {
            return None;
        }
        if path.is_absolute() {
            let own = path.canonicalize().ok().filter(|path| self.owns(path));
            return own.or_else(|| self.by_end(path, package, 2));
        }
        let plain: PathBuf = path
            .components()
            .filter(|part| *part != Component::CurDir)
            .collect();
        let direct = self.folders.iter().map(|folder| folder.join(&plain));
        let direct = direct.filter_map(|path| path.canonicalize().ok());
        let mut direct = direct.filter(|path| path.is_file() && self.owns(path));
        // A name alone may be in any folder: the package decides.
        match package {
            Some(_) if plain.components().count() == 1 => self.by_end(&plain, package, 1),
            _ => direct.next().or_else(|| self.by_end(&plain, package, 1)),
        }
    }

    fn owns(&self, path: &Path) -> bool {
        self.folders.iter().any(|folder| {
            let below = path.strip_prefix(folder);
            below.is_ok_and(|below| !below.components().any(|part| is_not_own(part.as_os_str())))
        })
    }

    /// The file that shares the longest end of its path, of `least` parts at least; with `package`, the one in its folder.
    fn by_end(&self, path: &Path, package: Option<&str>, least: usize) -> Option<PathBuf> {
        let wanted: Vec<_> = path.components().rev().collect();
        let rank = |file: &Path| {
            let shared = file.components().rev().zip(&wanted);
            let shared = shared.take_while(|(own, other)| own == *other).count();
            let folder = file.parent().unwrap_or(file);
            let of_package = package.map_or(0, |package| {
                let parts = folder.components().rev().zip(package.rsplit('/'));
                parts
                    .take_while(|(own, other)| own.as_os_str() == *other)
                    .count()
            });
            (shared, of_package)
        };
        let files = self.files.get_or_init(|| self.list());
        let fits = files
            .iter()
            .filter(|file| rank(file).0 >= least.min(wanted.len()));
        // Of equals the first in the order of names.
        fits.rev().max_by_key(|file| rank(file)).cloned()
    }

    fn list(&self) -> Vec<PathBuf> {
        let mut found = Vec::new();
        let mut open = self.folders.clone();
        while let Some(folder) = open.pop() {
            let Ok(entries) = std::fs::read_dir(&folder) else {
                continue;
            };
            for entry in entries.flatten().take(MOST_FILES) {
                let name = entry.file_name();
                let hidden = name.to_string_lossy().starts_with('.');
                match entry.file_type() {
                    Ok(kind) if kind.is_dir() && !hidden && !is_not_own(&name) => {
                        open.push(entry.path());
                    }
                    Ok(kind) if kind.is_file() => found.push(entry.path()),
                    _ => {}
                }
            }
            if found.len() >= MOST_FILES {
                break;
            }
        }
        found.sort();
        found
    }
}

/// The frames of a trace that are in the user's own code, the first of the crash first.
pub fn locate(trace: &Trace, roots: &Roots) -> Vec<Place> {
    let frames = trace.frames().filter(|(_, frame)| !calls_library(frame));
    let package = trace.package.as_deref();
    let places = frames.filter_map(|(at, frame)| {
        Some(Place {
            path: roots.find(&frame.file, package)?,
            frame: frame.clone(),
            at,
        })
    });
    places.collect()
}

fn is_not_own(name: &std::ffi::OsStr) -> bool {
    NOT_OWN.iter().any(|other| name == *other)
}

/// Paths where toolchains and package managers keep code.
fn is_library(path: &Path) -> bool {
    let text = path.to_string_lossy().replace('\\', "/");
    const LIBRARY: [&str; 6] = [
        "/rustc/",
        "/registry/src/",
        "/git/checkouts/",
        "/pkg/mod/",
        "/library/std/src/",
        "_cgo_gotypes.go",
    ];
    LIBRARY.iter().any(|part| text.contains(part))
}

/// A function of Go's own library, told by its name where the path may mislead.
fn calls_library(frame: &Frame) -> bool {
    const GO: [&str; 5] = ["runtime.", "testing.", "panic", "internal/", "sync."];
    let is_go = frame
        .file
        .extension()
        .is_some_and(|extension| extension == "go");
    is_go && GO.iter().any(|start| frame.function.starts_with(start))
}
