//! `convive trace`: output with a crash comes in by the pipe and goes out as it came; then the crash is explained.

use std::io::{BufRead, ErrorKind};
use std::path::{Path, PathBuf};

use anyhow::Context;

use super::out::{self, Style};
use super::{Global, answer, frames as crash, runtime};
use crate::action::Actions;
use crate::ask::Query;
use crate::config::{connect, files};
use crate::document::Snapshot;
use crate::text::Span;
use crate::trace::{self, Gathered, Roots};

#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Print the crash and its frames alone, without asking a model
    #[arg(long)]
    no_model: bool,
    /// The backend to use, by its name in the options, instead of the configured one
    #[arg(long, value_name = "NAME")]
    backend: Option<String>,
    /// Write the fix that the answer shows into the file
    #[arg(long, conflicts_with = "no_model")]
    apply: bool,
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
    let roots = Roots::new([folder.clone(), root.clone()]);
    let ignored = connect::ignored(&global.options().config);
    let allowed = |path: &Path| match ignored.why(path) {
        Some(_) => None,
        None => read(path),
    };
    let Some(gathered) = trace::gather(&text, &roots, allowed) else {
        eprintln!("convive: no crash in this output");
        return Ok(());
    };
    out::print(&format!("{}\n", crash::show(&gathered, &folder, style)))?;
    if arguments.no_model {
        return Ok(());
    }
    let runtime = runtime()?;
    let query = runtime.block_on(query(arguments, gathered, &text, root, global))?;
    let answer = runtime.block_on(answer::follow(query.clone(), style))?;
    answer::finish(&query, &answer, arguments.apply, style)
}

/// The question why it crashed, asked at the first frame of the user's own code.
async fn query(
    arguments: &Arguments,
    gathered: Gathered,
    text: &str,
    root: PathBuf,
    global: &Global,
) -> anyhow::Result<Query> {
    let config = global.options().config;
    let actions = Actions::load(&files::actions_dir(), &[]);
    let action = actions.find("trace").cloned();
    let action = action.context("there is no action `trace`")?;
    let name = arguments.backend.as_deref().or(action.backend.as_deref());
    let records = connect::records(&config);
    let settings = connect::ask_settings(&config, name, &records).await?;
    let (snapshot, line) = match gathered.files.first() {
        Some(snapshot) => {
            let mut places = gathered.places.iter();
            let place = places.find(|place| snapshot.path.as_deref() == Some(place.path.as_path()));
            let line = place.map_or(1, |place| place.frame.line);
            (snapshot.clone(), line.saturating_sub(1))
        }
        None => (Snapshot::parse("output.txt", text), 0),
    };
    let last = snapshot.text.line_count() - 1;
    let span = Span::empty(snapshot.text.line_span(line.min(last)).start);
    Ok(Query {
        action,
        snapshot,
        span,
        question: String::new(),
        diagnostics: Vec::new(),
        neighbours: Vec::new(),
        open: Vec::new(),
        root: Some(root),
        trace: gathered.snippets,
        frames: gathered.files,
        earlier: Vec::new(),
        seed: None,
        settings,
    })
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
