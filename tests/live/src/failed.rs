//! When a scenario fails: what is kept of it, and the few second tries that the whole tier has.

use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, Write};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::PathBuf;

/// How many second tries all test programs of one run have together.
const RETRIES: usize = 2;

/// The folder for what is kept of failures.
pub fn folder() -> PathBuf {
    let folder = crate::target().join("editors-failed");
    std::fs::create_dir_all(&folder).expect("a folder");
    folder
}

/// The name of the scenario of this thread, fit for a file.
pub fn name() -> String {
    let thread = std::thread::current();
    let name = thread.name().unwrap_or("scenario");
    name.replace("::", "-")
}

/// Runs a scenario; when it fails, once more, if the tier has a second try left. It says so.
///
/// The tries are counted in the file that `CONVIVE_RETRIES` names, a line for each; without it there are none.
pub fn retried(scenario: impl Fn()) {
    let Err(failure) = catch_unwind(AssertUnwindSafe(&scenario)) else {
        return;
    };
    let Some(number) = take_retry() else {
        resume_unwind(failure);
    };
    eprintln!(
        "{}: failed; second try ({number} of {RETRIES} in this run)",
        name()
    );
    scenario();
}

/// The number of a second try, if one is left.
fn take_retry() -> Option<usize> {
    let path = std::env::var_os("CONVIVE_RETRIES")?;
    let options = OpenOptions::new()
        .read(true)
        .append(true)
        .create(true)
        .open(path);
    let mut file = options.expect("the file of the tries");
    take(&mut file, &name())
}

fn take(file: &mut File, name: &str) -> Option<usize> {
    // Other test programs count in it too; closing it gives it free.
    file.lock().expect("a lock");
    file.rewind().expect("a file");
    let mut taken = String::new();
    file.read_to_string(&mut taken).expect("text");
    let number = taken.lines().count() + 1;
    (number <= RETRIES).then(|| {
        writeln!(file, "{name}").expect("written");
        number
    })
}

#[cfg(test)]
mod tests {
    use super::take;

    #[test]
    fn there_are_two() {
        let mut file = tempfile::tempfile().expect("a file");
        let taken = [1, 2, 3].map(|_| take(&mut file, "a"));
        assert_eq!(taken, [Some(1), Some(2), None]);
    }
}
