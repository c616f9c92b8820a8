//! Golden folders: many cases of one kind, each with its input and what is expected of it, rewritten on demand.

use std::fmt::Write;
use std::path::{Path, PathBuf};

/// One case of a golden file: `=== name`, then sections that each open with `--- head`; the last section is what is expected.
/// A `␍` stands for a carriage return.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    pub name: String,
    /// Head and body of each section; a body ends with a line end or is empty.
    pub sections: Vec<(String, String)>,
}

impl Case {
    /// The body of the section whose head starts with `head`.
    pub fn section(&self, head: &str) -> Option<&str> {
        let mut sections = self.sections.iter();
        let found = sections.find(|(own, _)| own.split(' ').next() == Some(head));
        found.map(|(_, body)| body.as_str())
    }
}

/// Runs every case of a folder of `.txt` files below `tests/golden`. `show` gives what the last section should hold; with the
/// variable `UPDATE_EXPECT` it is written there. Panics with all that differ, and where there are fewer cases than `least`.
pub fn run(folder: &str, least: usize, show: impl Fn(&Case) -> String) {
    let update = std::env::var_os("UPDATE_EXPECT").is_some();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../golden")
        .join(folder);
    let (mut failures, mut count) = (String::new(), 0);
    for path in files(&folder) {
        let text = std::fs::read_to_string(&path).expect("a golden file");
        let mut written = String::new();
        for mut case in cases(&text) {
            count += 1;
            let mut shown = show(&case);
            if !shown.is_empty() && !shown.ends_with('\n') {
                shown.push('\n');
            }
            let (_, expected) = case.sections.last_mut().expect("a section");
            if *expected != shown {
                let _ = writeln!(
                    failures,
                    "{}: {}\nshown:\n{shown}\nexpected:\n{expected}",
                    path.display(),
                    case.name
                );
                *expected = shown;
            }
            write(&mut written, &case);
        }
        if update && written != text {
            std::fs::write(&path, written).expect("the golden file can be written");
        }
    }
    assert!(update || failures.is_empty(), "{failures}");
    assert!(count >= least, "only {count} cases were found");
}

/// The cases of a golden file.
pub fn cases(text: &str) -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    for line in text.split_inclusive('\n') {
        if let Some(name) = line.strip_prefix("=== ") {
            cases.push(Case {
                name: name.trim().to_owned(),
                sections: Vec::new(),
            });
            continue;
        }
        let case = cases.last_mut().expect("a case starts with `=== name`");
        match line.strip_prefix("--- ") {
            Some(head) => case.sections.push((head.trim().to_owned(), String::new())),
            None => {
                let (_, body) = case.sections.last_mut().expect("a section");
                body.push_str(&line.replace('␍', "\r"));
            }
        }
    }
    cases
}

fn write(out: &mut String, case: &Case) {
    let _ = writeln!(out, "=== {}", case.name);
    for (head, body) in &case.sections {
        let _ = write!(out, "--- {head}\n{}", body.replace('\r', "␍"));
    }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder)
        .expect("a golden folder")
        .flatten();
    let mut files: Vec<PathBuf> = entries
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "txt"))
        .collect();
    files.sort();
    files
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cases_have_sections_and_are_written_as_they_were_read() {
        let text = "=== one\n--- a.go x\npackage a␍\n--- shown\n=== two\n--- b\nb\n";
        let cases = cases(text);
        assert_eq!(cases.len(), 2);
        assert_eq!(cases[0].section("a.go"), Some("package a\r\n"));
        assert_eq!(cases[0].section("shown"), Some(""));
        let mut written = String::new();
        for case in &cases {
            write(&mut written, case);
        }
        assert_eq!(written, text);
    }
}
