//! Whether a folder is in one that the user trusts.

use std::path::{Path, PathBuf};

/// Whether `folder` is one of the trusted ones or in one, symbolic links followed. Asks the disk; a folder that is not there is not
/// trusted.
pub fn is_trusted(trusted: &[PathBuf], folder: &Path) -> bool {
    let Ok(folder) = folder.canonicalize() else {
        return false;
    };
    trusted
        .iter()
        .filter_map(|trusted| trusted.canonicalize().ok())
        .any(|trusted| folder.starts_with(trusted))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trust_holds_for_all_that_is_in_a_folder_and_for_nothing_beside_it() {
        let disk = tempfile::tempdir().unwrap();
        let folder = |name: &str| {
            let path = disk.path().join(name);
            std::fs::create_dir_all(&path).unwrap();
            path
        };
        let trusted = [folder("mine"), disk.path().join("gone")];
        assert!(is_trusted(&trusted, &trusted[0]));
        assert!(is_trusted(&trusted, &folder("mine/deep/down")));
        assert!(is_trusted(&trusted, &folder("mine/deep").join("../deep")));
        assert!(!is_trusted(&trusted, &folder("mine-too")));
        assert!(!is_trusted(&trusted, disk.path()));
        assert!(!is_trusted(&trusted, &trusted[1]));
        assert!(!is_trusted(&trusted, &folder("mine").join("..")));
        assert!(!is_trusted(&[], &trusted[0]));
    }

    #[cfg(unix)]
    #[test]
    fn a_link_into_a_trusted_folder_is_followed_and_one_out_of_it_too() {
        let disk = tempfile::tempdir().unwrap();
        let (mine, other) = (disk.path().join("mine"), disk.path().join("other"));
        std::fs::create_dir_all(&mine).unwrap();
        std::fs::create_dir_all(&other).unwrap();
        std::os::unix::fs::symlink(&other, mine.join("out")).unwrap();
        std::os::unix::fs::symlink(&mine, other.join("in")).unwrap();
        let trusted = [mine.clone()];
        assert!(!is_trusted(&trusted, &mine.join("out")));
        assert!(is_trusted(&trusted, &other.join("in")));
    }
}
