//! Which files are never read into a prompt: those of `.gitignore`, of `.conviveignore`, and of the user's own list.
//!
//! A file of a repository can only add to what is left out: `!` takes back patterns of the same kind of file, and none of the user's.

use std::collections::HashMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use ::ignore::Match;
use ::ignore::gitignore::{Gitignore, GitignoreBuilder};

/// The files with patterns; those of git count up to the root of the repository.
const GIT: &str = ".gitignore";
const OWN: &str = ".conviveignore";

/// How many folders up are looked into, and how many files of patterns are remembered.
const MOST_LEVELS: usize = 64;
const MOST_KEPT: usize = 1024;

/// For so long what was found for a file holds on the rest of a request's way.
const LATELY: Duration = Duration::from_millis(250);

/// Why a file is left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Why {
    pub path: PathBuf,
    /// The file with the pattern; None: the user's options.
    pub by: Option<PathBuf>,
    pub pattern: String,
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Why { path, pattern, .. } = self;
        write!(f, "{} is never sent: `{pattern}` in ", path.display())?;
        match &self.by {
            Some(file) => write!(f, "{}", file.display()),
            None => f.write_str("the option privacy.ignore"),
        }
    }
}

/// The patterns of the options, and those on disk as far as they were needed.
#[derive(Debug, Default)]
pub struct Ignored {
    listed: Option<Gitignore>,
    kept: Mutex<HashMap<PathBuf, Kept>>,
    /// What was found for files, and when it was looked for.
    found: Mutex<HashMap<PathBuf, (Instant, Option<Why>)>>,
}

#[derive(Debug)]
struct Kept {
    modified: Option<SystemTime>,
    length: u64,
    patterns: Arc<Gitignore>,
}

/// Whether a pattern of the options can be understood.
///
/// # Errors
/// What is wrong with it.
pub fn check(pattern: &str) -> Result<(), String> {
    let mut builder = GitignoreBuilder::new("/");
    let added = builder.add_line(None, &anchored(pattern));
    added.map(|_| ()).map_err(|error| error.to_string())
}

/// A pattern of the options for a tree that begins at the root of the disk: one that is no absolute path holds everywhere.
fn anchored(pattern: &str) -> String {
    let (not, pattern) = match pattern.strip_prefix('!') {
        Some(rest) => ("!", rest),
        None => ("", pattern),
    };
    let home = pattern.strip_prefix("~/").zip(etcetera::home_dir().ok());
    match home {
        Some((rest, home)) => format!("{not}{}", home.join(rest).display()),
        None if pattern.starts_with('/') || !pattern.trim_end_matches('/').contains('/') => {
            format!("{not}{pattern}")
        }
        None => format!("{not}**/{pattern}"),
    }
}

impl Ignored {
    /// With the patterns of the options; one that cannot be understood was reported with the options.
    pub fn new(patterns: &[String]) -> Ignored {
        let mut builder = GitignoreBuilder::new("/");
        for pattern in patterns {
            let _ = builder.add_line(None, &anchored(pattern));
        }
        Ignored {
            listed: builder.build().ok(),
            kept: Mutex::default(),
            found: Mutex::default(),
        }
    }

    /// Why a file is left out; None: it is not. `path` is absolute; links are followed. Reads the disk.
    pub fn why(&self, path: &Path) -> Option<Why> {
        let now = Instant::now();
        let real = path.canonicalize().ok();
        let real = real.filter(|real| real != path);
        let found = self.why_named(path);
        let found = found.or_else(|| self.why_named(&real?));
        let mut all = self.found();
        if all.len() >= MOST_KEPT {
            all.clear();
        }
        all.insert(path.to_owned(), (now, found.clone()));
        found
    }

    /// The same; reads the disk only where that was not done within the last quarter of a second.
    pub fn why_lately(&self, path: &Path) -> Option<Why> {
        let known = self.known(path);
        known.unwrap_or_else(|| self.why(path))
    }

    /// Whether [`Ignored::why_lately`] reads no disk for this file.
    pub fn is_known(&self, path: &Path) -> bool {
        self.known(path).is_some()
    }

    fn known(&self, path: &Path) -> Option<Option<Why>> {
        let all = self.found();
        let (when, found) = all.get(path)?;
        (when.elapsed() < LATELY).then(|| found.clone())
    }

    fn found(&self) -> MutexGuard<'_, HashMap<PathBuf, (Instant, Option<Why>)>> {
        self.found.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The same off this thread. `None` only where it is known to be so.
    pub async fn why_off_thread(self: &Arc<Ignored>, path: &Path) -> Option<Why> {
        let (own, path) = (Arc::clone(self), path.to_owned());
        let unknown = Why {
            path: path.clone(),
            by: None,
            pattern: "(could not be checked)".to_owned(),
        };
        let found = tokio::task::spawn_blocking(move || own.why(&path)).await;
        found.unwrap_or(Some(unknown))
    }

    /// Asks of a path whether its file is not left out. Reads the disk.
    pub fn shows(self: &Arc<Ignored>) -> impl Fn(&Path) -> bool + Clone + Send + 'static {
        let own = Arc::clone(self);
        move |path| own.why(path).is_none()
    }

    /// The files with patterns that hold for what is right in a folder, the nearest first. Reads the disk.
    pub fn files(&self, folder: &Path) -> Vec<PathBuf> {
        let folders: Vec<&Path> = folder.ancestors().take(MOST_LEVELS).collect();
        let in_git = levels(&folders);
        let file = |(level, folder): (usize, &&Path)| {
            let git = (level < in_git).then(|| folder.join(GIT));
            git.into_iter().chain([folder.join(OWN)])
        };
        let files = folders.iter().enumerate().flat_map(file);
        files.filter(|file| file.is_file()).collect()
    }

    fn why_named(&self, path: &Path) -> Option<Why> {
        let folders = path.ancestors().skip(1).take(MOST_LEVELS);
        let folders: Vec<&Path> = folders.collect();
        let in_git = levels(&folders);
        let listed = self
            .listed
            .as_ref()
            .and_then(|listed| decide(&[(listed, Path::new("/"))], path));
        let of = |name: &str, levels: usize| {
            let files = folders[..levels].iter().rev();
            let files: Vec<(Arc<Gitignore>, &Path)> = files
                .filter_map(|folder| Some((self.read(&folder.join(name))?, *folder)))
                .collect();
            let files: Vec<_> = files
                .iter()
                .map(|(file, folder)| (&**file, *folder))
                .collect();
            decide(&files, path)
        };
        listed
            .or_else(|| of(OWN, folders.len()))
            .or_else(|| of(GIT, in_git))
    }

    /// The patterns of a file, if it is there; read again when it has changed.
    fn read(&self, file: &Path) -> Option<Arc<Gitignore>> {
        let about = std::fs::metadata(file)
            .ok()
            .filter(|about| about.is_file())?;
        let (modified, length) = (about.modified().ok(), about.len());
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(kept) = kept.get(file)
            && kept.modified.is_some()
            && (kept.modified, kept.length) == (modified, length)
        {
            return Some(Arc::clone(&kept.patterns));
        }
        // What cannot be understood of it is left out; the rest counts.
        let patterns = Arc::new(Gitignore::new(file).0);
        if kept.len() >= MOST_KEPT {
            kept.clear();
        }
        let entry = Kept {
            modified,
            length,
            patterns: Arc::clone(&patterns),
        };
        kept.insert(file.to_owned(), entry);
        Some(patterns)
    }
}

/// How many of the folders, from the innermost on, are in the repository; all of them where there is none.
fn levels(folders: &[&Path]) -> usize {
    let mut folders_up = folders.iter();
    let root = folders_up.position(|folder| folder.join(".git").exists());
    root.map_or(folders.len(), |root| root + 1)
}

/// What files of patterns say, the outermost first: a folder that is left out cannot be taken back further inside.
fn decide(files: &[(&Gitignore, &Path)], path: &Path) -> Option<Why> {
    let mut folders: Vec<&Path> = path.ancestors().skip(1).collect();
    folders.reverse();
    let steps = folders.into_iter().map(|folder| (folder, true));
    for (step, is_folder) in steps.chain([(path, false)]) {
        let mut last = None;
        for (file, root) in files {
            if step == *root || !step.starts_with(root) {
                continue;
            }
            match file.matched(step, is_folder) {
                Match::None => {}
                Match::Whitelist(_) => last = None,
                Match::Ignore(glob) => {
                    last = Some(Why {
                        path: path.to_owned(),
                        by: glob.from().map(Path::to_owned),
                        pattern: glob.original().to_owned(),
                    });
                }
            }
        }
        if last.is_some() {
            return last;
        }
    }
    None
}

#[cfg(test)]
mod tests;
