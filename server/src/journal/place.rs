//! Which folder a file belongs to, and what it is called there; looks at the disk.

use std::path::{Path, PathBuf};

use super::Entry;

/// Files and folders that mark the top of a workspace, the surer ones first.
const MARKS: [&[&str]; 2] = [
    &[".git", ".hg", ".jj"],
    &[
        "go.work",
        "go.mod",
        "Cargo.toml",
        "package.json",
        "pyproject.toml",
    ],
];

/// The folder that a file belongs to: that of its repository, else of its package, else the one that it lies in.
pub fn workspace(path: &Path) -> Option<PathBuf> {
    let marked = |marks: &&[&str]| {
        let mut above = path.ancestors().skip(1);
        above.find(|folder| marks.iter().any(|mark| folder.join(mark).exists()))
    };
    let found = MARKS.iter().find_map(marked).or(path.parent());
    found.map(Path::to_owned)
}

/// A file as it is called in its workspace.
pub fn relative(path: &Path) -> PathBuf {
    let folder = workspace(path);
    let below = folder.and_then(|folder| path.strip_prefix(folder).ok().map(Path::to_owned));
    below.unwrap_or_else(|| path.to_owned())
}

/// Finds the entry's workspace, and makes its paths relative to it.
pub fn settle(entry: &mut Entry) {
    if entry.workspace.is_some() {
        return;
    }
    let Some(folder) = entry.document.as_deref().and_then(workspace) else {
        return;
    };
    let cut = |path: &mut PathBuf| {
        if let Ok(below) = path.strip_prefix(&folder) {
            *path = below.to_owned();
        }
    };
    entry.document.iter_mut().for_each(cut);
    let parts = entry.parts.iter_mut().chain(&mut entry.left_out);
    parts.filter_map(|part| part.path.as_mut()).for_each(cut);
    entry.workspace = Some(folder);
}
