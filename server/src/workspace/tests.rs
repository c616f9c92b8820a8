//! Which test files are found on a real disk, and when they are read again.

use std::fs;
use std::path::PathBuf;

use support::fixture;

use super::*;

/// Writes a drawing's files into a new folder.
fn folder(drawing: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    let root = folder.path().canonicalize().expect("a real path");
    for file in fixture::parse(drawing) {
        let path = root.join(&file.path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        fs::write(path, file.text).expect("written");
    }
    (folder, root)
}

/// The neighbours' paths and first lines.
async fn found(
    workspace: &Workspace,
    root: &Path,
    source: &str,
    open: &[(&str, &str)],
) -> Vec<String> {
    let path = root.join(source);
    let text = fs::read_to_string(&path).expect("a source");
    let snapshot = Snapshot::parse(&path, text);
    let opened = |path: &Path| {
        let relative = path.strip_prefix(root).ok()?;
        let found = open.iter().find(|(name, _)| Path::new(name) == relative);
        found.map(|(_, text)| Snapshot::parse(path, *text))
    };
    let neighbours = workspace.neighbours(&snapshot, opened, |_| true).await;
    let line = |snapshot: &Arc<Snapshot>| {
        let path = snapshot.path.as_deref().expect("a path");
        let relative = path.strip_prefix(root).expect("inside");
        format!("{}: {}", relative.display(), snapshot.text.line(0))
    };
    neighbours.iter().map(line).collect()
}

const GO: &str = "//- go.mod
module a
//- shop/cart.go
package shop
//- shop/cart_test.go
package shop // cart
//- shop/bill_test.go
package shop // bill
//- shop/bill.go
package shop
//- other/other_test.go
package other
";

#[tokio::test]
async fn go_tests_lie_beside_the_file_its_own_first() {
    let (_folder, root) = folder(GO);
    assert_eq!(
        found(&Workspace::new(), &root, "shop/cart.go", &[]).await,
        [
            "shop/cart_test.go: package shop // cart",
            "shop/bill_test.go: package shop // bill"
        ]
    );
}

#[tokio::test]
async fn rust_tests_lie_in_the_packages_folder() {
    let (_folder, root) = folder(
        "//- Cargo.toml
[workspace]
//- tests/outer.rs
fn outer() {}
//- inner/Cargo.toml
[package]
//- inner/tests/b.rs
fn b() {}
//- inner/tests/a.rs
fn a() {}
//- inner/tests/data.txt
words
//- inner/src/deep/er/lib.rs
fn lib() {}
",
    );
    assert_eq!(
        found(&Workspace::new(), &root, "inner/src/deep/er/lib.rs", &[]).await,
        ["inner/tests/a.rs: fn a() {}", "inner/tests/b.rs: fn b() {}"]
    );
}

#[tokio::test]
async fn the_open_document_wins_over_the_disk() {
    let (_folder, root) = folder(GO);
    let workspace = Workspace::new();
    let open = [("shop/bill_test.go", "package shop // typed")];
    assert_eq!(
        found(&workspace, &root, "shop/cart.go", &open).await[1],
        "shop/bill_test.go: package shop // typed"
    );
    // One that was never saved.
    fs::remove_file(root.join("shop/cart_test.go")).expect("removed");
    let open = [("shop/cart_test.go", "package shop // new")];
    assert_eq!(
        found(&workspace, &root, "shop/cart.go", &open).await,
        [
            "shop/cart_test.go: package shop // new",
            "shop/bill_test.go: package shop // bill"
        ]
    );
}

#[tokio::test]
async fn a_file_is_read_again_only_when_it_changed() {
    let (_folder, root) = folder(GO);
    let workspace = Workspace::new();
    let snapshot = Snapshot::parse(root.join("shop/cart.go"), "package shop\n");
    let first = workspace.neighbours(&snapshot, |_| None, |_| true).await;
    let second = workspace.neighbours(&snapshot, |_| None, |_| true).await;
    assert!(Arc::ptr_eq(&first[0], &second[0]));
    fs::write(
        root.join("shop/cart_test.go"),
        "package shop // longer than before\n",
    )
    .expect("written");
    let third = workspace.neighbours(&snapshot, |_| None, |_| true).await;
    assert_eq!(third[0].text.line(0), "package shop // longer than before");
    assert!(Arc::ptr_eq(&first[1], &third[1]));
}

#[tokio::test]
async fn what_is_too_large_or_elsewhere_is_left_alone() {
    let (_folder, root) = folder(GO);
    let large = "// large\n".repeat(40_000);
    fs::write(root.join("shop/bill_test.go"), large).expect("written");
    #[cfg(unix)]
    {
        let (_elsewhere, outside) = folder("//- secret_test.go\npackage secret\n");
        std::os::unix::fs::symlink(
            outside.join("secret_test.go"),
            root.join("shop/link_test.go"),
        )
        .expect("linked");
        assert_eq!(
            found(&Workspace::new(), &root, "shop/cart.go", &[]).await,
            ["shop/cart_test.go: package shop // cart"]
        );
    }
}

#[tokio::test]
async fn a_document_without_a_file_has_no_neighbours() {
    let mut snapshot = Snapshot::parse("/nowhere/at/all.go", "package a\n");
    let workspace = Workspace::new();
    assert!(
        workspace
            .neighbours(&snapshot, |_| None, |_| true)
            .await
            .is_empty()
    );
    snapshot.path = None;
    assert!(
        workspace
            .neighbours(&snapshot, |_| None, |_| true)
            .await
            .is_empty()
    );
}

#[tokio::test]
async fn a_read_that_goes_on_does_not_hold_the_next_request() {
    let (_folder, root) = folder(GO);
    let workspace = Workspace::new();
    let snapshot = Snapshot::parse(root.join("shop/cart.go"), "package shop\n");
    let before = workspace.neighbours(&snapshot, |_| None, |_| true).await;
    // As if a read hung: the claim is taken and not given back.
    let path = snapshot.path.clone().expect("a path");
    assert!(lock(&workspace.kept).begin(&path));
    let meanwhile = workspace.neighbours(&snapshot, |_| None, |_| true).await;
    assert_eq!(meanwhile.len(), 2);
    assert!(Arc::ptr_eq(&before[0], &meanwhile[0]));
}
