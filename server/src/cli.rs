//! The command line: what the server does for an editor, through the same functions; one file for each subcommand.

pub mod engine;
pub mod out;
pub mod place;
pub mod serve;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;

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
