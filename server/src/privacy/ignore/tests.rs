//! Which files are left out, by which patterns, and for how long that is known.

use super::*;

/// Lays out files (`path: content`), and asks about each path whether it is left out, and by which file.
fn check_files(files: &[(&str, &str)], listed: &[&str], expected: &[(&str, Option<&str>)]) {
    let disk = tempfile::tempdir().unwrap();
    let root = disk.path().canonicalize().unwrap();
    for (path, content) in files {
        let path = root.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }
    let listed: Vec<String> = listed
        .iter()
        .map(|pattern| pattern.replace("ROOT", &root.display().to_string()))
        .collect();
    let ignored = Ignored::new(&listed);
    for (path, by) in expected {
        let why = ignored.why(&root.join(path));
        let found = why.map(|why| match why.by {
            Some(file) => file.strip_prefix(&root).unwrap().display().to_string(),
            None => "options".to_owned(),
        });
        assert_eq!(found.as_deref(), *by, "{path}");
    }
}

#[test]
fn what_git_ignores_is_left_out_up_to_the_root_of_the_repository() {
    check_files(
        &[
            (".gitignore", "*.go"),
            ("repo/.git/HEAD", ""),
            ("repo/.gitignore", "*.env\n/build/\n!public.env\n"),
            ("repo/src/.gitignore", "secret.rs\n!kept.env\n"),
        ],
        &[],
        &[
            ("repo/a.go", None),
            ("repo/prod.env", Some("repo/.gitignore")),
            ("repo/deep/down/prod.env", Some("repo/.gitignore")),
            ("repo/public.env", None),
            ("repo/src/kept.env", None),
            ("repo/build/out.rs", Some("repo/.gitignore")),
            ("repo/src/build/out.rs", None),
            ("repo/src/secret.rs", Some("repo/src/.gitignore")),
            ("repo/secret.rs", None),
            ("other/a.go", Some(".gitignore")),
        ],
    );
}

#[test]
fn a_folder_that_is_left_out_cannot_be_taken_back_inside() {
    check_files(
        &[
            ("a/.gitignore", "private/\n"),
            ("a/private/.gitignore", "!*\n"),
        ],
        &[],
        &[("a/private/x.rs", Some("a/.gitignore"))],
    );
}

#[test]
fn own_patterns_add_to_those_of_git_and_hold_across_repositories() {
    check_files(
        &[
            (".conviveignore", "customers/\n"),
            ("repo/.git/HEAD", ""),
            ("repo/.gitignore", ".env\n"),
            ("repo/.conviveignore", "!.env\n*.sql\n!customers/\n"),
        ],
        &[],
        &[
            ("repo/.env", Some("repo/.gitignore")),
            ("repo/dump.sql", Some("repo/.conviveignore")),
            ("repo/a.rs", None),
            ("else/customers/a.rs", Some(".conviveignore")),
        ],
    );
}

#[test]
fn nothing_takes_back_the_list_of_the_options() {
    check_files(
        &[("repo/.conviveignore", "!*\n"), ("repo/.gitignore", "!*\n")],
        &[
            "*.pem",
            "config/prod/*.toml",
            "ROOT/repo/exact.rs",
            "vault/",
        ],
        &[
            ("repo/key.pem", Some("options")),
            ("repo/config/prod/db.toml", Some("options")),
            ("repo/config/test/db.toml", None),
            ("repo/exact.rs", Some("options")),
            ("repo/src/exact.rs", None),
            ("repo/vault/deep/a.rs", Some("options")),
            ("repo/vault", None),
        ],
    );
}

#[test]
fn a_change_of_the_patterns_is_seen() {
    let disk = tempfile::tempdir().unwrap();
    let (file, patterns) = (disk.path().join("a.rs"), disk.path().join(OWN));
    let ignored = Ignored::new(&[]);
    assert_eq!(ignored.why(&file), None);
    std::fs::write(&patterns, "*.rs\n").unwrap();
    let told = ignored.why(&file).expect("a reason").to_string();
    assert!(told.contains("`*.rs` in ") && told.ends_with(OWN), "{told}");
    std::fs::write(&patterns, "*.go # none\n").unwrap();
    assert_eq!(ignored.why(&file), None);
}

#[test]
fn what_was_found_holds_for_the_rest_of_a_request() {
    let disk = tempfile::tempdir().unwrap();
    let file = disk.path().join("a.rs");
    let ignored = Ignored::new(&[]);
    assert!(!ignored.is_known(&file));
    assert_eq!(ignored.why_lately(&file), None);
    assert!(ignored.is_known(&file));
    std::fs::write(disk.path().join(OWN), "*.rs\n").unwrap();
    std::thread::sleep(LATELY);
    assert!(!ignored.is_known(&file) && ignored.why_lately(&file).is_some());
}

#[cfg(unix)]
#[test]
fn a_link_to_a_file_that_is_left_out_is_left_out() {
    let disk = tempfile::tempdir().unwrap();
    std::fs::write(disk.path().join(OWN), "hidden.rs\n").unwrap();
    std::fs::write(disk.path().join("hidden.rs"), "").unwrap();
    let link = disk.path().join("seen.rs");
    std::os::unix::fs::symlink(disk.path().join("hidden.rs"), &link).unwrap();
    assert!(Ignored::new(&[]).why(&link).is_some());
}

#[test]
fn a_pattern_that_cannot_be_understood_is_told() {
    assert_eq!(check("*.pem"), Ok(()));
    assert!(check("[z-a]").is_err());
}
