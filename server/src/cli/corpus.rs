//! `convive corpus`: the answers that the user has judged, as a file of JSON lines; and those of others taken in.

use std::path::{Path, PathBuf};

use anyhow::Context;

use super::{Global, entries, out};
use crate::config::{connect, files};
use crate::journal::corpus::{self, Corpus};
use crate::journal::disk;
use crate::privacy::secrets::Rules;

#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Write every rated or corrected answer, and all that was imported, without secrets
    Export {
        file: PathBuf,
        /// Under which terms your own answers may be used, as an SPDX name: CC0-1.0
        #[arg(long, default_value = "")]
        licence: String,
    },
    /// Take in the records of a file; those that are known already change nothing
    Import { file: PathBuf },
}

/// Exports or imports.
///
/// # Errors
/// What cannot be read or written; the rules for secrets too.
pub fn run(arguments: &Arguments, global: &Global) -> anyhow::Result<()> {
    let rules = connect::rules(&global.options().config).read()?;
    match &arguments.command {
        Command::Export { file, licence } => export(file, licence, &rules),
        Command::Import { file } => import(file, &rules),
    }
}

fn export(file: &Path, licence: &str, rules: &Rules) -> anyhow::Result<()> {
    let mut all = corpus::read(&kept(), rules)?;
    let rated = disk::read(&entries::folder()).entries;
    let records = rated
        .iter()
        .filter_map(|entry| corpus::record(entry, licence, rules));
    all.extend(records.map(|record| (record.id.clone(), record)));
    let text = corpus::written(&all)?;
    std::fs::write(file, text).with_context(|| format!("cannot write {}", file.display()))?;
    let count = all.len();
    out::print(&format!("{count} records in {}\n", file.display()))
}

fn import(file: &Path, rules: &Rules) -> anyhow::Result<()> {
    let text = std::fs::read_to_string(file);
    let text = text.with_context(|| format!("cannot read {}", file.display()))?;
    let mut all = corpus::read(&kept(), rules)?;
    let before: Vec<String> = all.keys().cloned().collect();
    let merged = corpus::merge(&mut all, &text, rules);
    let is_new = |id: &String| before.binary_search(id).is_err();
    let new: Corpus = all.into_iter().filter(|(id, _)| is_new(id)).collect();
    corpus::add(&kept(), &new, rules)?;
    for line in &merged.unreadable {
        eprintln!("convive: {}:{line}: not a record", file.display());
    }
    out::print(&format!("{} new, {} known\n", merged.new, merged.known))
}

/// Where imported records are kept.
fn kept() -> PathBuf {
    files::state_dir().join("corpus.jsonl")
}
