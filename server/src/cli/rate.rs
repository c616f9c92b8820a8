//! `convive rate`: marks an answer of the journal good or bad, or replaces it by the user's own words.

use std::io::Read;
use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::ValueEnum;

use super::entries;
use super::{Global, out};
use crate::config::connect;
use crate::journal::disk::{self, Line};
use crate::journal::{Note, Rating, scrub};

#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The id of a request, or how many back it is (1: the last)
    #[arg(value_name = "ID")]
    which: String,
    #[arg(value_enum)]
    rating: Word,
    /// A file with what the answer should have been; - for standard input
    #[arg(long, value_name = "FILE")]
    correction: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Word {
    Good,
    Bad,
}

/// Notes the rating in the journal on disk.
///
/// # Errors
/// Where there is no such request, or the file or the rules for secrets cannot be read.
pub fn run(arguments: &Arguments, global: &Global) -> anyhow::Result<()> {
    let entry = entries::find(&arguments.which)?;
    let rating = match arguments.rating {
        Word::Good => Rating::Good,
        Word::Bad => Rating::Bad,
    };
    let correction = arguments.correction.as_deref().map(read).transpose()?;
    let note = Note::Rated { rating, correction };
    let config = global.options().config;
    let rules = connect::rules(&config).read()?;
    let id = entry.id.clone();
    let line = scrub::line(Line::Note { id, note }, &rules);
    let most = config.journal.megabytes * 1024 * 1024;
    disk::append(&entries::folder(), &line, most)?;
    out::print(&format!("rated {}\n", entry.id))
}

fn read(path: &Path) -> anyhow::Result<String> {
    if path == Path::new("-") {
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text)?;
        return Ok(text);
    }
    std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
}
