//! The folders that the editor has open, and which of them a file belongs to.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The open folders of one client.
#[derive(Debug, Default)]
pub struct Folders(Mutex<Vec<PathBuf>>);

impl Folders {
    pub fn set(&self, folders: Vec<PathBuf>) {
        *self.lock() = folders;
    }

    pub fn change(&self, removed: &[PathBuf], added: Vec<PathBuf>) {
        let mut folders = self.lock();
        folders.retain(|folder| !removed.contains(folder));
        for folder in added {
            if !folders.contains(&folder) {
                folders.push(folder);
            }
        }
    }

    pub fn all(&self) -> Vec<PathBuf> {
        self.lock().clone()
    }

    /// The innermost open folder that holds `path`.
    pub fn of(&self, path: &Path) -> Option<PathBuf> {
        let folders = self.lock();
        let holding = folders.iter().filter(|folder| path.starts_with(folder));
        holding
            .max_by_key(|folder| folder.as_os_str().len())
            .cloned()
    }

    fn lock(&self) -> MutexGuard<'_, Vec<PathBuf>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(path: &str, folders: &Folders) -> Option<PathBuf> {
        folders.of(Path::new(path))
    }

    #[test]
    fn a_file_belongs_to_the_innermost_folder() {
        let folders = Folders::default();
        folders.set(vec!["/work".into(), "/work/inner".into()]);
        assert_eq!(of("/work/a.rs", &folders), Some("/work".into()));
        assert_eq!(of("/work/inner/a.rs", &folders), Some("/work/inner".into()));
        assert_eq!(of("/workshop/a.rs", &folders), None);
        folders.change(&["/work/inner".into()], vec!["/tmp".into(), "/work".into()]);
        assert_eq!(of("/work/inner/a.rs", &folders), Some("/work".into()));
        assert_eq!(folders.all(), ["/work", "/tmp"].map(PathBuf::from));
    }
}
