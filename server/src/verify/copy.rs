//! Makes one folder the same as another, touching only what differs, so that what was built of it stays valid.

#[cfg(test)]
mod tests;

use std::collections::HashSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::bench::Refused;

/// A workspace with more is not copied.
const MOST_FILES: usize = 50_000;
const MOST_BYTES: u64 = 1024 * 1024 * 1024;

/// Folders that no build reads.
const LEFT_OUT: [&str; 5] = [".git", ".hg", ".svn", ".jj", "node_modules"];

/// Makes `to` the same as `from`, but for the folders of `apart` and what is built or kept by tools, with `texts` in place of some
/// files of `to`. Runs off this thread.
///
/// # Errors
/// Where a file cannot be read or written, or there are too many.
pub async fn mirror(
    from: PathBuf,
    to: PathBuf,
    texts: Vec<(PathBuf, String)>,
    apart: Vec<PathBuf>,
) -> Result<(), Refused> {
    let shown = from.display().to_string();
    let work = move || {
        let mut mirror = Mirror {
            kept: kept(&texts),
            apart,
            root: from.canonicalize()?,
            files: 0,
            bytes: 0,
        };
        mirror.folder(&from, &to)?;
        texts.iter().try_for_each(|(path, text)| put(path, text))
    };
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or_else(|error| Err(io::Error::other(error)))
        .map_err(|error| Refused(format!("{shown} cannot be copied: {error}")))
}

/// Writes a text, where the file does not hold it already.
///
/// # Errors
/// Where it cannot be written.
pub fn put(path: &Path, text: &str) -> io::Result<()> {
    if fs::read(path).is_ok_and(|held| held == text.as_bytes()) {
        return Ok(());
    }
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    // It may be a link or not writable: the file is made anew.
    let _was_not_there = fs::remove_file(path);
    fs::write(path, text)
}

/// The files of `texts` and the folders that hold them.
fn kept(texts: &[(PathBuf, String)]) -> HashSet<PathBuf> {
    let paths = texts.iter().flat_map(|(path, _)| path.ancestors());
    paths.map(Path::to_owned).collect()
}

struct Mirror {
    /// What stays although it is not in the original.
    kept: HashSet<PathBuf>,
    apart: Vec<PathBuf>,
    /// The original, without symbolic links.
    root: PathBuf,
    files: usize,
    bytes: u64,
}

impl Mirror {
    fn folder(&mut self, from: &Path, to: &Path) -> io::Result<()> {
        if to.symlink_metadata().is_ok_and(|about| !about.is_dir()) {
            fs::remove_file(to)?;
        }
        fs::create_dir_all(to)?;
        let mut there = HashSet::new();
        for entry in fs::read_dir(from)? {
            let entry = entry?;
            let path = entry.path();
            let target = to.join(entry.file_name());
            there.insert(entry.file_name());
            let kind = entry.file_type()?;
            if kind.is_dir() {
                match self.leaves_out(&path) {
                    true => there.remove(&entry.file_name()),
                    false => {
                        self.folder(&path, &target)?;
                        true
                    }
                };
            } else if kind.is_symlink() && path.is_dir() {
                link(&self.behind(&path)?, &target)?;
            } else if path.is_file() && !self.kept.contains(&target) {
                self.file(&path, &target)?;
            }
        }
        self.remove_others(to, &there)
    }

    /// What the copy of a link to a folder points to: the copy of that folder, where it is copied too.
    fn behind(&self, link: &Path) -> io::Result<PathBuf> {
        let written = fs::read_link(link)?;
        let real = link.canonicalize()?;
        match written.is_relative() && real.starts_with(&self.root) {
            true => Ok(written),
            false => Ok(real),
        }
    }

    fn leaves_out(&self, folder: &Path) -> bool {
        let name = folder.file_name().unwrap_or_default();
        LEFT_OUT.iter().any(|left_out| name == *left_out)
            || self.apart.iter().any(|apart| apart == folder)
            || folder.join("CACHEDIR.TAG").is_file()
    }

    /// Copies a file that differs. A new copy gets the time of the original; one that takes the place of another is newer than
    /// all that was built of that.
    fn file(&mut self, from: &Path, to: &Path) -> io::Result<()> {
        let about = fs::metadata(from)?;
        self.files += 1;
        self.bytes += about.len();
        if self.files > MOST_FILES || self.bytes > MOST_BYTES {
            let message = format!(
                "it has more than {MOST_FILES} files or {} MiB",
                MOST_BYTES / 1024 / 1024
            );
            return Err(io::Error::other(message));
        }
        let held = fs::symlink_metadata(to).ok();
        if let Some(held) = &held
            && held.is_file()
            && held.len() == about.len()
            && (held.modified()? == about.modified()? || fs::read(from)? == fs::read(to)?)
        {
            return Ok(());
        }
        match &held {
            Some(held) if held.is_dir() => fs::remove_dir_all(to)?,
            Some(_) => fs::remove_file(to)?,
            None => {}
        }
        fs::copy(from, to)?;
        let copy = fs::OpenOptions::new().append(true).open(to);
        match (held, copy) {
            (None, Ok(copy)) => copy.set_modified(about.modified()?),
            (Some(_), Ok(copy)) => copy.set_modified(std::time::SystemTime::now()),
            // Not writable, as the original.
            (_, Err(_)) => Ok(()),
        }
    }

    fn remove_others(&self, folder: &Path, there: &HashSet<std::ffi::OsString>) -> io::Result<()> {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let path = entry.path();
            if there.contains(&entry.file_name()) || self.kept.contains(&path) {
                continue;
            }
            match entry.file_type()?.is_dir() {
                true => fs::remove_dir_all(path)?,
                false => fs::remove_file(path)?,
            }
        }
        Ok(())
    }
}

#[cfg(unix)]
fn link(target: &Path, at: &Path) -> io::Result<()> {
    if fs::read_link(at).is_ok_and(|held| held == target) {
        return Ok(());
    }
    let _was_not_there = fs::remove_file(at);
    std::os::unix::fs::symlink(target, at)
}

/// Links need rights that few have on Windows; a folder behind one is left out.
#[cfg(not(unix))]
fn link(_target: &Path, _at: &Path) -> io::Result<()> {
    Ok(())
}
