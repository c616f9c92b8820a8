//! All actions there are: the built-in ones, the user's and those of trusted workspaces; read anew when a file changes.

use std::ffi::OsString;
use std::fs::{File, Metadata};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use super::{Action, BUILT_IN, Origin, Problem};

/// Where a workspace keeps its actions, from its root.
pub const FOLDER: &str = ".convive/actions";

/// The longest file, in bytes.
const MOST_BYTES: u64 = 64 * 1024;

/// The most files of one folder.
const MOST_FILES: usize = 100;

/// Problems that are remembered, so that each is told once.
const MOST_REMEMBERED: usize = 1024;

/// The most problems of one message.
const MOST_TOLD: usize = 5;

/// The actions in use, each id once, and what is wrong with the files that are not.
#[derive(Clone, Debug, Default)]
pub struct Actions {
    /// The built-in ones first, in their order, then the user's, then those of the workspaces, by name. What takes the place of
    /// another stands where that one stood.
    pub list: Vec<Arc<Action>>,
    pub problems: Vec<Problem>,
}

impl Actions {
    /// Reads all files; blocks. Only the folders of trusted workspaces may be among `trusted`.
    pub fn load(user: &Path, trusted: &[PathBuf]) -> Actions {
        let mut actions = Actions::built_in();
        actions.add(None, user, Origin::User);
        for root in trusted {
            actions.add(Some(root), &root.join(FOLDER), Origin::Workspace);
        }
        actions
    }

    /// Those that need no files.
    pub fn built_in() -> Actions {
        let mut actions = Actions::default();
        for (_, text) in BUILT_IN {
            actions.take(Action::parse(text, Origin::BuiltIn));
        }
        actions
    }

    /// The good ones of a file, or of the files of a folder, and what is wrong with the others; blocks. What lies in a
    /// workspace's folder of actions is read as the workspace's.
    pub fn check(path: &Path) -> Actions {
        let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        let mut actions = Actions::default();
        let folder = match path.is_dir() {
            true => Some(&*path),
            false => path.parent(),
        };
        let folder = folder.filter(|folder| folder.ends_with(FOLDER));
        let root = folder.and_then(|folder| folder.ancestors().nth(2));
        let origin = match root {
            Some(_) => Origin::Workspace,
            None => Origin::User,
        };
        match path.is_dir() {
            true => actions.add(root, &path, origin),
            false => actions.take(file(root, &path, origin)),
        }
        actions
    }

    pub fn find(&self, id: &str) -> Option<&Arc<Action>> {
        self.list.iter().find(|action| action.id == id)
    }

    /// The files of one folder, none of which may be outside of `root`.
    fn add(&mut self, root: Option<&Path>, folder: &Path, origin: fn(PathBuf) -> Origin) {
        let (paths, left) = files(folder);
        let mut ids: Vec<String> = Vec::new();
        for path in paths {
            let read = file(root, &path, origin);
            let read = read.and_then(|action| match ids.contains(&action.id) {
                true => {
                    let message = format!("another file of this folder is `{}` already", action.id);
                    Err(whole(&path, message))
                }
                false => Ok(action),
            });
            ids.extend(read.as_ref().ok().map(|action| action.id.clone()));
            self.take(read);
        }
        if left > 0 {
            let message = format!("{left} files are not read: {MOST_FILES} is the most");
            self.problems.extend(whole(folder, message));
        }
    }

    fn take(&mut self, read: Result<Action, Vec<Problem>>) {
        match read {
            Err(mut problems) => self.problems.append(&mut problems),
            Ok(action) => {
                let place = self.list.iter_mut().find(|known| known.id == action.id);
                match place {
                    Some(place) => *place = Arc::new(action),
                    None => self.list.push(Arc::new(action)),
                }
            }
        }
    }
}

/// Actions that are read again when a file of their folders was added, removed or written.
#[derive(Debug)]
pub struct Store {
    user: PathBuf,
    last: Mutex<Option<(Vec<Stamp>, Arc<Actions>)>>,
    told: Mutex<Vec<Problem>>,
}

impl Store {
    /// A store over the user's folder; reads nothing yet.
    pub fn new(user: PathBuf) -> Store {
        Store {
            user,
            last: Mutex::new(None),
            told: Mutex::default(),
        }
    }

    /// What is wrong with files and was not told before, a line each; it then counts as told.
    pub fn news(&self, actions: &Actions) -> Option<String> {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        let new = |problem: &&Problem| !told.contains(problem);
        let new: Vec<Problem> = actions.problems.iter().filter(new).cloned().collect();
        let mut lines: Vec<String> = new.iter().take(MOST_TOLD).map(Problem::to_string).collect();
        if new.len() > MOST_TOLD {
            lines.push(format!("and {} more", new.len() - MOST_TOLD));
        }
        told.extend(new);
        let surplus = told.len().saturating_sub(MOST_REMEMBERED);
        told.drain(..surplus);
        (!lines.is_empty()).then(|| lines.join("\n"))
    }

    /// The actions as the files are now: looks at the folders each time; blocks.
    pub fn read(&self, trusted: &[PathBuf]) -> Arc<Actions> {
        let mut stamps = stamps(&self.user);
        for root in trusted {
            stamps.push((root.clone(), None));
            stamps.extend(self::stamps(&root.join(FOLDER)));
        }
        let lock = || self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((known, actions)) = &*lock()
            && *known == stamps
        {
            return actions.clone();
        }
        let actions = Arc::new(Actions::load(&self.user, trusted));
        *lock() = Some((stamps, actions.clone()));
        actions
    }
}

/// Whether a workspace has actions of its own, trusted or not; blocks.
pub fn has_actions(root: &Path) -> bool {
    !files(&root.join(FOLDER)).0.is_empty()
}

/// What changes when a file does: its path, size and time.
type Stamp = (PathBuf, Option<(u64, Option<SystemTime>)>);

fn stamps(folder: &Path) -> Vec<Stamp> {
    let stamp = |found: Metadata| (found.len(), found.modified().ok());
    let (paths, left) = files(folder);
    let stamped = paths.into_iter().map(|path| {
        let found = std::fs::metadata(&path).ok();
        (path, found.map(stamp))
    });
    let more = (left > 0).then(|| (PathBuf::from(left.to_string()), None));
    stamped.chain(more).collect()
}

/// The Markdown files of a folder by name, and how many more there are than may be.
fn files(folder: &Path) -> (Vec<PathBuf>, usize) {
    let names = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut names: Vec<OsString> = names.map(|entry| entry.file_name()).collect();
    names.retain(|name| {
        Path::new(name)
            .extension()
            .is_some_and(|extension| extension == "md")
    });
    names.sort();
    let left = names.len().saturating_sub(MOST_FILES);
    names.truncate(MOST_FILES);
    let paths = names.into_iter().map(|name| folder.join(name)).collect();
    (paths, left)
}

/// The action of a file.
fn file(
    root: Option<&Path>,
    path: &Path,
    origin: fn(PathBuf) -> Origin,
) -> Result<Action, Vec<Problem>> {
    Action::parse(&read(root, path)?, origin(path.to_owned()))
}

/// The text of a file that, links followed, lies below `root`.
fn read(root: Option<&Path>, path: &Path) -> Result<String, Vec<Problem>> {
    let cannot = |error: std::io::Error| whole(path, format!("cannot be read: {error}"));
    let target = path.canonicalize().map_err(cannot)?;
    if let Some(root) = root {
        let root = root.canonicalize().map_err(cannot)?;
        if !target.starts_with(&root) {
            let message = format!("leads out of {}", root.display());
            return Err(whole(path, message));
        }
    }
    // Opening what is no file, such as a pipe, may never come back.
    if !target.is_file() {
        return Err(whole(path, "is no file".to_owned()));
    }
    let mut bytes = Vec::new();
    let file = File::open(&target).map_err(cannot)?;
    file.take(MOST_BYTES + 1)
        .read_to_end(&mut bytes)
        .map_err(cannot)?;
    if bytes.len() as u64 > MOST_BYTES {
        let message = format!("is longer than {} KiB", MOST_BYTES / 1024);
        return Err(whole(path, message));
    }
    String::from_utf8(bytes).map_err(|_| whole(path, "is not UTF-8 text".to_owned()))
}

fn whole(path: &Path, message: String) -> Vec<Problem> {
    vec![Problem {
        path: path.to_owned(),
        line: 1,
        message,
    }]
}
