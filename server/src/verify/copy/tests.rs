//! Copies of small folders: what is copied, what is touched, what goes.

use std::time::{Duration, SystemTime};

use super::*;

struct Folders {
    held: tempfile::TempDir,
}

impl Folders {
    fn new(files: &[(&str, &str)]) -> Folders {
        let folders = Folders {
            held: tempfile::tempdir().expect("a folder"),
        };
        for (path, text) in files {
            folders.write(path, text);
        }
        folders
    }

    fn from(&self) -> PathBuf {
        self.held.path().join("from")
    }

    fn to(&self) -> PathBuf {
        self.held.path().join("to")
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.from().join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("a file");
    }

    async fn mirror(&self, texts: &[(&str, &str)]) {
        let texts = texts
            .iter()
            .map(|(path, text)| (self.to().join(path), (*text).to_owned()));
        let apart = vec![self.from().join("out")];
        let done = mirror(self.from(), self.to(), texts.collect(), apart).await;
        assert_eq!(done, Ok(()));
    }

    fn read(&self, path: &str) -> Option<String> {
        fs::read_to_string(self.to().join(path)).ok()
    }

    fn modified(&self, path: &str) -> SystemTime {
        let about = fs::metadata(self.to().join(path)).expect("a file");
        about.modified().expect("a time")
    }
}

#[tokio::test]
async fn all_is_copied_but_what_no_build_reads() {
    let folders = Folders::new(&[
        ("a.rs", "a"),
        ("deep/er/b.rs", "b"),
        (".git/config", "x"),
        ("deep/node_modules/x", "x"),
        ("built/CACHEDIR.TAG", "x"),
        ("out/large", "x"),
    ]);
    folders.mirror(&[("new/c.rs", "c")]).await;
    let held = |path: &str| folders.read(path);
    assert_eq!(held("a.rs").as_deref(), Some("a"));
    assert_eq!(held("deep/er/b.rs").as_deref(), Some("b"));
    assert_eq!(held("new/c.rs").as_deref(), Some("c"));
    for path in [
        ".git/config",
        "deep/node_modules/x",
        "built/CACHEDIR.TAG",
        "out/large",
    ] {
        assert_eq!(held(path), None, "{path}");
    }
}

#[tokio::test]
async fn only_what_differs_is_touched() {
    let folders = Folders::new(&[("a.rs", "a"), ("b.rs", "b"), ("gone.rs", "x")]);
    let long_ago = SystemTime::now() - Duration::from_secs(1000);
    for name in ["a.rs", "b.rs"] {
        let file = fs::OpenOptions::new()
            .append(true)
            .open(folders.from().join(name));
        file.and_then(|file| file.set_modified(long_ago))
            .expect("a time");
    }
    folders.mirror(&[("a.rs", "changed")]).await;
    assert_eq!(folders.read("a.rs").as_deref(), Some("changed"));
    assert_eq!(folders.modified("b.rs"), long_ago);

    fs::remove_file(folders.from().join("gone.rs")).expect("a file");
    folders.mirror(&[]).await;
    assert_eq!(folders.read("a.rs").as_deref(), Some("a"));
    // Older than what was built of the changed file, it would count as built.
    let put_back = folders.modified("a.rs");
    assert!(put_back > long_ago + Duration::from_secs(500));
    assert_eq!(folders.read("gone.rs"), None);

    folders.mirror(&[]).await;
    assert_eq!(folders.modified("a.rs"), put_back);
    assert_eq!(folders.modified("b.rs"), long_ago);
}

#[tokio::test]
async fn the_original_is_not_behind_the_copy() {
    let folders = Folders::new(&[("a.rs", "a"), ("deep/b.rs", "b")]);
    #[cfg(unix)]
    std::os::unix::fs::symlink("a.rs", folders.from().join("link.rs")).expect("a link");
    #[cfg(unix)]
    std::os::unix::fs::symlink("deep", folders.from().join("linked")).expect("a link");
    folders.mirror(&[]).await;
    for path in ["a.rs", "linked/b.rs", "link.rs"] {
        let _not_everywhere = fs::write(folders.to().join(path), "overwritten");
    }
    for (path, text) in [("a.rs", "a"), ("deep/b.rs", "b")] {
        let held = fs::read_to_string(folders.from().join(path)).expect("a file");
        assert_eq!(held, text);
    }
}

#[tokio::test]
async fn a_file_in_the_place_of_a_folder_is_replaced() {
    let folders = Folders::new(&[("a/b.rs", "b"), ("c", "c")]);
    folders.mirror(&[]).await;
    fs::remove_dir_all(folders.from()).expect("a folder");
    folders.write("a", "now a file");
    folders.write("c/d.rs", "now in a folder");
    folders.mirror(&[]).await;
    assert_eq!(folders.read("a").as_deref(), Some("now a file"));
    assert_eq!(folders.read("c/d.rs").as_deref(), Some("now in a folder"));
}
