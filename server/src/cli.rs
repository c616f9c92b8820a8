//! The command line: what the server does for an editor, through the same functions; one file for each subcommand.

pub mod action;
pub mod answer;
pub mod change;
pub mod complete;
pub mod context;
pub mod corpus;
pub mod doctor;
pub mod engine;
pub mod entries;
pub mod explain;
pub mod frames;
pub mod ghost;
pub mod last;
pub mod model;
pub mod out;
pub mod pieces;
pub mod place;
pub mod query;
pub mod range;
pub mod rate;
pub mod replay;
pub mod serve;
pub mod trace;
pub mod usage;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;

use crate::config::{Config, Parsed, files};

/// Completes code with a model of your choice, in any editor that speaks LSP.
#[derive(Debug, clap::Parser)]
#[command(name = "convive", version)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    global: Global,
}

/// What every subcommand takes.
#[derive(Debug, clap::Args)]
pub struct Global {
    /// Options to use over those of your own config.toml
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Print no colours, also where the output is a terminal
    #[arg(long, global = true)]
    no_color: bool,
    /// Editors pass it on their own; stdio is what `serve` uses anyway
    #[arg(long, hide = true)]
    stdio: bool,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Serve an editor on stdin and stdout (what happens without a subcommand)
    Serve,
    /// Complete at a place in a file
    Complete(complete::Arguments),
    /// Show what the model is sent for a place in a file, why, and what was left out
    Context(context::Arguments),
    /// Explain the crash in some output: `cargo test 2>&1 | convive trace`
    Trace(trace::Arguments),
    /// List, change, write and ask actions: the questions that an editor's menu offers
    Action(action::Arguments),
    /// Show what the last request sent, piece by piece and why, and what came back
    Last(last::Arguments),
    /// Send a request of the journal again and compare the answers
    Replay(replay::Arguments),
    /// Mark an answer of the journal good or bad, or say what it should have been
    Rate(rate::Arguments),
    /// Export the answers that you have judged, import those of others
    Corpus(corpus::Arguments),
    /// Count tokens and seconds, and what was accepted and kept
    Usage(usage::Arguments),
    /// List, fetch and find the weights that are known by name
    Model(model::Arguments),
    /// Find out what works and what to do about the rest
    Doctor,
    /// Hold local weights for all windows of the user
    #[command(hide = true)]
    Engine(engine::Arguments),
}

/// Runs the program: reads the arguments, does what they say, and tells failures on stderr.
pub fn run() -> ExitCode {
    let arguments = Arguments::parse();
    let global = arguments.global;
    let done = match arguments.command {
        None | Some(Command::Serve) => serve::run(&global),
        Some(Command::Complete(own)) => complete::run(&own, &global).map(|()| ExitCode::SUCCESS),
        Some(Command::Context(own)) => context::run(&own, &global).map(|()| ExitCode::SUCCESS),
        Some(Command::Trace(own)) => trace::run(&own, &global).map(|()| ExitCode::SUCCESS),
        Some(Command::Action(own)) => action::run(own, &global),
        Some(Command::Last(own)) => last::run(&own, &global).map(|()| ExitCode::SUCCESS),
        Some(Command::Replay(own)) => replay::run(&own, &global).map(|()| ExitCode::SUCCESS),
        Some(Command::Rate(own)) => rate::run(&own, &global).map(|()| ExitCode::SUCCESS),
        Some(Command::Corpus(own)) => corpus::run(&own, &global).map(|()| ExitCode::SUCCESS),
        Some(Command::Usage(own)) => usage::run(&own, &global).map(|()| ExitCode::SUCCESS),
        Some(Command::Model(own)) => model::run(own, &global).map(|()| ExitCode::SUCCESS),
        Some(Command::Doctor) => doctor::run(&global),
        Some(Command::Engine(own)) => engine::run(own).map(|()| ExitCode::SUCCESS),
    };
    done.unwrap_or_else(|error| {
        // Whoever reads our output has read enough: nothing to complain about.
        if error.is::<out::Closed>() {
            return ExitCode::SUCCESS;
        }
        eprintln!("convive: {error:#}");
        ExitCode::FAILURE
    })
}

impl Global {
    /// The options of the user's file and of `--config`.
    pub fn options(&self) -> Parsed {
        let (layers, mut problems) = files::read(self.config.as_deref());
        let mut parsed = Config::parse(&layers);
        problems.append(&mut parsed.problems);
        Parsed { problems, ..parsed }
    }
}

/// What asynchronous work runs on.
///
/// # Errors
/// Where the system gives no threads.
pub fn runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    Ok(builder.worker_threads(2).enable_all().build()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_arguments_are_well_formed() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn no_subcommand_serves_and_stdio_is_accepted() {
        for line in [&["convive"][..], &["convive", "--stdio"]] {
            assert!(Arguments::try_parse_from(line).is_ok_and(|read| read.command.is_none()));
        }
    }

    #[test]
    fn the_config_may_stand_behind_the_subcommand() {
        let read = Arguments::try_parse_from(["convive", "serve", "--config", "a.toml"]);
        let config = read.expect("good arguments").global.config;
        assert_eq!(config, Some(PathBuf::from("a.toml")));
    }
}
