//! `convive trace`: output with a crash comes in by the pipe and goes out as it came; then the crash is explained.

use std::io::{BufRead, ErrorKind};
use std::path::{Path, PathBuf};

use super::Global;
use super::frames;
use super::out::{self, Style};
use crate::document::Snapshot;
use crate::trace::{self, Roots};

#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Print the crash and its frames alone, without asking a model
    #[arg(long)]
    no_model: bool,
    /// The folder with your own code; by default the repository around the current folder
    #[arg(long, value_name = "FOLDER")]
    root: Option<PathBuf>,
}

/// The most bytes of output that are looked through: its end, where the crash is.
const MOST: usize = 4 * 1024 * 1024;

/// Larger files of a frame are not read.
const MOST_FILE: u64 = 4 * 1024 * 1024;

/// Passes standard input on, and explains the crash in it.
///
/// # Errors
/// Output that cannot be written, a folder that is not there.
pub fn run(arguments: &Arguments, global: &Global) -> anyhow::Result<()> {
    let style = Style::new(global.no_color);
    let text = pass_on()?;
    let folder = std::env::current_dir()?.canonicalize()?;
    let root = match &arguments.root {
        Some(root) => root.canonicalize()?,
        None => repository(&folder),
    };
    // The current folder first: a relative path of a trace mostly starts there.
    let roots = Roots::new([folder.clone(), root]);
    let Some(gathered) = trace::gather(&text, &roots, read) else {
        eprintln!("convive: no crash in this output");
        return Ok(());
    };
    out::print(&frames::show(&gathered, &folder, style))?;
    Ok(())
}

/// Prints what comes in at once, and gives the end of it.
fn pass_on() -> anyhow::Result<String> {
    let mut input = std::io::stdin().lock();
    let mut kept = Vec::new();
    let mut line = Vec::new();
    loop {
        line.clear();
        match input.read_until(b'\n', &mut line) {
            Ok(0) => break,
            Ok(_) => {}
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(error) => return Err(error.into()),
        }
        let shown = String::from_utf8_lossy(&line);
        out::print(&shown)?;
        kept.extend_from_slice(&line);
        if kept.len() > 2 * MOST {
            kept.drain(..kept.len() - MOST);
        }
    }
    Ok(String::from_utf8_lossy(&kept).into_owned())
}

/// The nearest folder above with a repository, else the folder itself.
pub fn repository(folder: &Path) -> PathBuf {
    let mut above = folder.ancestors();
    let found = above.find(|folder| folder.join(".git").exists());
    found.unwrap_or(folder).to_owned()
}

/// A file of some frame, parsed.
pub fn read(path: &Path) -> Option<Snapshot> {
    let small = std::fs::metadata(path).is_ok_and(|data| data.len() <= MOST_FILE);
    let text = small
        .then(|| std::fs::read_to_string(path).ok())
        .flatten()?;
    Some(Snapshot::parse(path, text))
}
