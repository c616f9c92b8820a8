//! `convive model`: which weights are known, fetching them, and where they are.

use std::io::{IsTerminal, Write};
use std::time::{Duration, Instant};

use super::out::{self, Style};
use super::{Global, runtime};
use crate::model::catalogue::{self, CATALOGUE, Progress, Weights};
use crate::model::local::files;

#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Show the weights that are known by name
    List,
    /// Fetch weights, going on where an earlier fetch stopped, and verify them
    Pull {
        #[arg(default_value = catalogue::DEFAULT)]
        name: String,
    },
    /// Print where the file of weights is; fails when it is not there
    Path {
        #[arg(default_value = catalogue::DEFAULT)]
        name: String,
    },
}

/// Does what the arguments say.
///
/// # Errors
/// An unknown name, a file that is not there, a fetch that failed.
pub fn run(arguments: Arguments, global: &Global) -> anyhow::Result<()> {
    match arguments.command {
        Command::List => out::print(&list(Style::new(global.no_color))),
        Command::Pull { name } => pull(find(&name)?),
        Command::Path { name } => path(find(&name)?),
    }
}

fn find(name: &str) -> anyhow::Result<&'static Weights> {
    let names: Vec<&str> = CATALOGUE.iter().map(|weights| weights.name).collect();
    catalogue::find(name)
        .ok_or_else(|| anyhow::anyhow!("there is no model `{name}`, only {}", names.join(", ")))
}

fn list(style: Style) -> String {
    let models = files::models_dir();
    let mut text = String::new();
    for weights in CATALOGUE {
        let here = match weights.is_here(&models) {
            true => style.good("  on this machine"),
            false => String::new(),
        };
        let fim = match weights.fim {
            Some(_) => "knows what follows the cursor (FIM)",
            None => "left to right only",
        };
        text += &format!("{}{here}\n", style.bold(weights.name));
        text += &format!("  {}; {fim}\n", weights.about);
        text += &format!(
            "  {} MB to fetch, about {:.1} GB of memory, licence {}\n",
            weights.bytes / 1_000_000,
            weights.memory_mb as f32 / 1000.0,
            weights.licence
        );
        let origin = format!("  {}\n  sha256 {}\n", weights.origin(), weights.sha256);
        text += &style.dim(&origin);
    }
    text + &format!(
        "\nFetch with `convive model pull NAME`, then write model = \"NAME\" under [backend.local].\nThe files are in {}\n",
        models.display()
    )
}

fn path(weights: &Weights) -> anyhow::Result<()> {
    let models = files::models_dir();
    if !weights.is_here(&models) {
        let name = weights.name;
        anyhow::bail!(
            "the weights of {name} are not here; fetch them with `convive model pull {name}`"
        );
    }
    out::print(&format!("{}\n", weights.path(&models).display()))
}

fn pull(weights: &Weights) -> anyhow::Result<()> {
    let mut line = Line::new(weights.name);
    let models = files::models_dir();
    let pulled = runtime()?.block_on(weights.pull(&models, &mut |progress| line.show(progress)));
    line.end();
    let path = pulled?;
    eprintln!("{} is complete and verified (sha256)", weights.name);
    out::print(&format!("{}\n", path.display()))
}

/// A line on stderr that grows: redrawn on a terminal, else printed every tenth.
struct Line {
    name: &'static str,
    start: Instant,
    /// Bytes that were here before.
    first: Option<u64>,
    shown: Option<(Instant, u64)>,
    drawn: bool,
    terminal: bool,
}

impl Line {
    fn new(name: &'static str) -> Line {
        Line {
            name,
            start: Instant::now(),
            first: None,
            shown: None,
            drawn: false,
            terminal: std::io::stderr().is_terminal(),
        }
    }

    fn show(&mut self, progress: Progress) {
        match progress {
            Progress::Handed(package) => {
                eprintln!("{}: fetching the Python package {package}", self.name);
            }
            Progress::Verifying => {
                self.end();
                eprintln!("{}: verifying", self.name);
            }
            Progress::Fetching(have, all) => self.fetching(have, all),
        }
    }

    fn fetching(&mut self, have: u64, all: u64) {
        let first = *self.first.get_or_insert(have);
        let tenth = have * 10 / all.max(1);
        let due = match self.shown {
            None => true,
            Some((at, _)) if self.terminal => {
                at.elapsed() > Duration::from_millis(200) || have == all
            }
            Some((_, shown)) => tenth > shown,
        };
        if !due {
            return;
        }
        self.shown = Some((Instant::now(), tenth));
        let text = fetching(self.name, have, all, have - first, self.start.elapsed());
        let mut stderr = std::io::stderr().lock();
        // Whoever closed stderr does not want to know.
        let _ = match self.terminal {
            true => write!(stderr, "\r{text}\x1b[K").and_then(|()| stderr.flush()),
            false => writeln!(stderr, "{text}"),
        };
        self.drawn = self.terminal;
    }

    fn end(&mut self) {
        if std::mem::take(&mut self.drawn) {
            eprintln!();
        }
    }
}

/// `name  312 of 1646 MB  19 %  24.0 MB/s  55 s left`, of which `new` bytes came in `time`.
fn fetching(name: &str, have: u64, all: u64, new: u64, time: Duration) -> String {
    let megabytes = |bytes: u64| bytes / 1_000_000;
    let percent = have * 100 / all.max(1);
    let mut text = format!(
        "{name}  {} of {} MB  {percent} %",
        megabytes(have),
        megabytes(all)
    );
    if time > Duration::from_secs(1) && new > 0 {
        let speed = new as f64 / time.as_secs_f64();
        let left = all.saturating_sub(have) as f64 / speed;
        text += &format!("  {:.1} MB/s  {left:.0} s left", speed / 1e6);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_tells_what_one_must_know_to_choose() {
        let list = list(Style::new(true));
        for weights in CATALOGUE {
            for part in [weights.name, weights.licence, weights.sha256] {
                assert!(list.contains(part), "{part}");
            }
            assert!(list.contains(&format!("{} MB to fetch", weights.bytes / 1_000_000)));
        }
    }

    #[test]
    fn an_unknown_name_lists_the_known_ones() {
        let error = find("qwen").expect_err("unknown").to_string();
        assert!(
            error.contains("smollm2-135m, qwen2.5-coder-0.5b"),
            "{error}"
        );
    }

    #[test]
    fn progress_is_a_line_with_speed_and_time_left() {
        let line = |new, seconds| {
            fetching(
                "m",
                500_000_000,
                1_500_000_000,
                new,
                Duration::from_secs(seconds),
            )
        };
        assert_eq!(line(0, 0), "m  500 of 1500 MB  33 %");
        assert_eq!(
            line(200_000_000, 10),
            "m  500 of 1500 MB  33 %  20.0 MB/s  50 s left"
        );
    }
}
