//! Folders of actions on disk.

use std::fs;

use tempfile::TempDir;

use super::super::*;

struct Disk {
    folder: TempDir,
}

impl Disk {
    fn new() -> Disk {
        let folder = tempfile::tempdir().expect("a folder");
        let disk = Disk { folder };
        fs::create_dir_all(disk.user()).expect("a folder");
        fs::create_dir_all(disk.root().join(FOLDER)).expect("a folder");
        disk
    }

    fn user(&self) -> PathBuf {
        self.folder.path().join("user/actions")
    }

    fn root(&self) -> PathBuf {
        self.folder.path().join("work")
    }

    fn mine(&self, name: &str, text: &str) {
        fs::write(self.user().join(name), text).expect("written");
    }

    fn theirs(&self, name: &str, text: &str) {
        fs::write(self.root().join(FOLDER).join(name), text).expect("written");
    }

    fn load(&self) -> Actions {
        Actions::load(&self.user(), &[self.root()])
    }
}

fn file(id: &str, title: &str) -> String {
    format!("---\nid: {id}\ntitle: {title}\noffered: always\n---\nWhat?\n")
}

/// `id: title` of those that are not built in, and of those that take a built-in's place.
fn own(actions: &Actions) -> Vec<String> {
    let own = actions.list.iter();
    let own = own.filter(|action| action.origin != Origin::BuiltIn);
    own.map(|action| format!("{}: {}", action.id, action.title))
        .collect()
}

fn messages(actions: &Actions) -> Vec<String> {
    let problems = actions.problems.iter();
    let name = |path: &Path| {
        path.file_name()
            .map(|name| name.to_string_lossy().into_owned())
    };
    problems
        .map(|one| format!("{}: {}", name(&one.path).unwrap_or_default(), one.message))
        .collect()
}

#[test]
fn the_nearer_takes_the_place_of_the_farther() {
    let disk = Disk::new();
    disk.mine("z.md", &file("explain", "Mine"));
    disk.mine("b.md", &file("second", "Mine"));
    disk.mine("a.md", &file("first", "Mine"));
    disk.mine("notes.txt", "no action");
    disk.theirs("t.md", &file("second", "Theirs"));
    let actions = disk.load();
    assert_eq!(messages(&actions), [""; 0]);
    assert_eq!(
        own(&actions),
        ["explain: Mine", "first: Mine", "second: Theirs"]
    );
    assert_eq!(actions.list[0].id, "explain");
    let path = disk.root().join(FOLDER).join("t.md");
    let theirs = actions.find("second").expect("an action");
    assert_eq!(theirs.origin, Origin::Workspace(path));
}

#[test]
fn what_is_not_trusted_is_not_read() {
    let disk = Disk::new();
    disk.theirs("t.md", &file("second", "Theirs"));
    let actions = Actions::load(&disk.user(), &[]);
    assert!(own(&actions).is_empty() && actions.problems.is_empty());
    assert!(has_actions(&disk.root()));
    assert!(!has_actions(&disk.user()));
}

#[test]
fn a_bad_file_costs_only_itself() {
    let disk = Disk::new();
    disk.mine("a.md", "no action");
    disk.mine("b.md", &file("good", "Good"));
    disk.mine("c.md", &file("good", "Again"));
    disk.mine("explain.md", &file("explain", "[a, b]"));
    fs::write(disk.user().join("d.md"), b"\xff").expect("written");
    fs::create_dir(disk.user().join("e.md")).expect("a folder");
    let actions = disk.load();
    assert_eq!(own(&actions), ["good: Good"]);
    assert_eq!(
        messages(&actions),
        [
            "a.md: begins with a line `---` and its fields, as `convive action new` writes it",
            "c.md: another file of this folder is `good` already",
            "d.md: is not UTF-8 text",
            "e.md: is no file",
            "explain.md: `title` takes one value, not a list",
        ]
    );
    assert_eq!(
        actions.find("explain").map(|one| &*one.title),
        Some("Explain this code")
    );
}

#[test]
fn sizes_are_limited() {
    let disk = Disk::new();
    let long = "x".repeat(64 * 1024);
    disk.mine("long.md", &(file("long", "Long") + &long));
    for number in 0..101 {
        disk.theirs(
            &format!("{number:03}.md"),
            &file(&format!("n{number}"), "N"),
        );
    }
    let actions = disk.load();
    assert_eq!(own(&actions).len(), 100);
    assert_eq!(
        messages(&actions),
        [
            "long.md: is longer than 64 KiB",
            "actions: 1 files are not read: 100 is the most"
        ]
    );
}

#[test]
#[cfg(unix)]
fn links_do_not_lead_out_of_a_workspace() {
    use std::os::unix::fs::symlink;
    let disk = Disk::new();
    let out = disk.folder.path().join("out.md");
    fs::write(&out, file("out", "Out")).expect("written");
    let inside = disk.root().join("in.md");
    fs::write(&inside, file("in", "In")).expect("written");
    let folder = disk.root().join(FOLDER);
    symlink(&out, folder.join("a.md")).expect("a link");
    symlink(&inside, folder.join("b.md")).expect("a link");
    symlink("nowhere", folder.join("c.md")).expect("a link");
    // The user's own may lie anywhere.
    symlink(&out, disk.user().join("d.md")).expect("a link");
    let actions = disk.load();
    assert_eq!(own(&actions), ["out: Out", "in: In"]);
    let found = messages(&actions);
    assert!(found[0].starts_with("a.md: leads out of "), "{found:?}");
    assert!(found[1].starts_with("c.md: cannot be read: "), "{found:?}");

    // Nor does a link in place of the folder.
    fs::remove_dir_all(disk.root().join(".convive")).expect("removed");
    fs::create_dir(disk.root().join(".convive")).expect("a folder");
    symlink(disk.user(), &folder).expect("a link");
    disk.mine("b.md", &file("b", "B"));
    let actions = Actions::load(Path::new("/nowhere"), &[disk.root()]);
    assert_eq!(own(&actions), [""; 0]);
    assert_eq!(actions.problems.len(), 2);
}

#[test]
fn changes_are_seen_and_nothing_is_read_twice() {
    let disk = Disk::new();
    let store = Store::new(disk.user());
    let roots = [disk.root()];
    let first = store.read(&roots);
    assert!(std::sync::Arc::ptr_eq(&first, &store.read(&roots)));
    disk.mine("a.md", &file("mine", "Mine"));
    assert_eq!(own(&store.read(&roots)), ["mine: Mine"]);
    disk.mine("a.md", &file("mine", "Mine now"));
    assert_eq!(own(&store.read(&roots)), ["mine: Mine now"]);
    disk.theirs("a.md", &file("theirs", "Theirs"));
    assert_eq!(own(&store.read(&[])), ["mine: Mine now"]);
    let both = store.read(&roots);
    assert_eq!(own(&both), ["mine: Mine now", "theirs: Theirs"]);
    fs::remove_file(disk.user().join("a.md")).expect("removed");
    assert_eq!(own(&store.read(&roots)), ["theirs: Theirs"]);
}

#[test]
fn what_is_wrong_is_told_once() {
    let disk = Disk::new();
    let store = Store::new(disk.user());
    let news = || store.news(&store.read(&[])).unwrap_or_default();
    assert_eq!(news(), "");
    disk.mine("a.md", "---\nid: a\n---\nWhat?\n");
    let told = news();
    let lines: Vec<&str> = told.lines().collect();
    assert_eq!(lines.len(), 2);
    assert!(
        lines[0].ends_with(
            "a.md:1: `offered` says where: always, selection, function, diagnostic, trace"
        ),
        "{told}"
    );
    assert_eq!(news(), "");
    for number in 0..7 {
        disk.mine(&format!("b{number}.md"), "no action");
    }
    let told = news();
    assert!(
        told.contains("b4.md:1: ") && told.ends_with("\nand 2 more"),
        "{told}"
    );
    assert_eq!(news(), "");
}
