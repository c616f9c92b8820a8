//! The changes of an answer on the command line: shown as a diff, and written to the disk.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use similar::TextDiff;

use super::out::Style;
use super::place::short;
use crate::ask::Proposal;
use crate::document::Snapshot;
use crate::text::Text;

/// A file before and after.
#[derive(Debug)]
pub struct Change {
    pub path: PathBuf,
    /// Whether the file is there before.
    there: bool,
    before: String,
    after: String,
}

/// Unchanged lines around a change.
const RADIUS: usize = 3;

/// The files of a proposal that was made for `snapshot` and the disk.
///
/// # Errors
/// A file that cannot be read, or that would have to be made and is there.
pub fn read(proposal: &Proposal, snapshot: &Snapshot) -> anyhow::Result<Vec<Change>> {
    let each = proposal.files.iter().map(|file| {
        let own = *file.uri == *snapshot.uri;
        let path = match own {
            true => snapshot.path.as_deref().map(Path::to_owned),
            false => url::Url::parse(&file.uri)
                .ok()
                .and_then(|url| url.to_file_path().ok()),
        };
        let path = path.with_context(|| format!("{} is no file", file.uri))?;
        let shown = path.display();
        if file.create && path.exists() {
            bail!("{shown} is there already");
        }
        let before = match (own, file.create) {
            (true, _) => snapshot.text.as_str().to_owned(),
            (_, true) => String::new(),
            _ => std::fs::read_to_string(&path).with_context(|| format!("cannot read {shown}"))?,
        };
        let mut text = Text::new(before.clone());
        // From the end, so that an edit does not move the ones before it.
        for edit in file.edits.iter().rev() {
            text.apply(edit);
        }
        Ok(Change {
            there: !file.create,
            before,
            after: text.as_str().to_owned(),
            path,
        })
    });
    each.collect()
}

impl Change {
    /// A unified diff.
    pub fn diff(&self, style: Style) -> String {
        let name = short(&self.path);
        let old = if self.there { &*name } else { "/dev/null" };
        let diff = TextDiff::from_lines(&self.before, &self.after);
        let diff = diff
            .unified_diff()
            .context_radius(RADIUS)
            .header(old, &name)
            .to_string();
        let painted = diff.split_inclusive('\n').map(|line| {
            let (text, end) = line.split_at(line.trim_end_matches(['\r', '\n']).len());
            let text = match text.as_bytes().first() {
                _ if text.starts_with("+++") || text.starts_with("---") => style.bold(text),
                Some(b'+') => style.good(text),
                Some(b'-') => style.warn(text),
                Some(b'@') => style.dim(text),
                _ => text.to_owned(),
            };
            text + end
        });
        painted.collect()
    }

    /// Writes the file.
    ///
    /// # Errors
    /// It has changed meanwhile, or cannot be written.
    pub fn write(&self) -> anyhow::Result<()> {
        let shown = self.path.display();
        let now = std::fs::read_to_string(&self.path).ok();
        if now != self.there.then(|| self.before.clone()) {
            bail!("{shown} has changed meanwhile; nothing is written to it");
        }
        if let Some(folder) = self.path.parent() {
            std::fs::create_dir_all(folder)
                .with_context(|| format!("cannot make {}", folder.display()))?;
        }
        std::fs::write(&self.path, &self.after).with_context(|| format!("cannot write {shown}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ask::FileEdit;
    use crate::text::{Edit, Span};

    fn edit(path: &Path, create: bool, edits: Vec<Edit>) -> Proposal {
        let uri = url::Url::from_file_path(path).expect("a path");
        let file = FileEdit {
            uri: uri.as_str().into(),
            version: None,
            text: None,
            create,
            edits,
        };
        Proposal { files: vec![file] }
    }

    #[test]
    fn a_change_is_shown_and_written_once() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a b.rs");
        std::fs::write(&path, "one\ntwo\nthree\n").expect("written");
        let snapshot = Snapshot::parse(path.clone(), "one\ntwo\nthree\n");
        let edits = vec![
            Edit::new(Span::new(0, 3), "1"),
            Edit::new(Span::new(8, 13), "3\n4"),
        ];
        let changes = read(&edit(&path, false, edits), &snapshot).expect("changes");
        let diff = changes[0].diff(Style::plain());
        assert!(
            diff.ends_with("@@ -1,3 +1,4 @@\n-one\n+1\n two\n-three\n+3\n+4\n"),
            "{diff}"
        );
        changes[0].write().expect("written");
        let text = || std::fs::read_to_string(&path).expect("a text");
        assert_eq!(text(), "1\ntwo\n3\n4\n");
        let again = changes[0].write().expect_err("changed").to_string();
        assert!(again.ends_with("has changed meanwhile; nothing is written to it"));
        assert_eq!(text(), "1\ntwo\n3\n4\n");
    }

    #[test]
    fn a_new_file_is_made_and_never_overwritten() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("tests").join("a.rs");
        let snapshot = Snapshot::parse(folder.path().join("lib.rs"), "");
        let proposal = edit(&path, true, vec![Edit::new(Span::empty(0), "new\n")]);
        let changes = read(&proposal, &snapshot).expect("changes");
        assert!(
            changes[0]
                .diff(Style::plain())
                .starts_with("--- /dev/null\n+++ ")
        );
        changes[0].write().expect("written");
        assert_eq!(std::fs::read_to_string(&path).expect("a text"), "new\n");
        assert!(changes[0].write().is_err());
        assert!(read(&proposal, &snapshot).is_err());
    }
}
