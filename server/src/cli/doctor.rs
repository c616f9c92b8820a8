//! `convive doctor`: what is configured, whether each backend answers and completes, and what to do about each problem.

mod examine;
mod privacy;
mod question;
mod reasons;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::process::ExitCode;

use super::out::{self, Style};
use super::{Global, entries, runtime};
use crate::config::{Config, Parsed, connect, files};
use crate::journal::{Records, disk};
use examine::{Examined, examine};

/// Examines everything; gives failure when the configured backend does not work.
///
/// # Errors
/// Where nothing can be printed.
pub fn run(global: &Global) -> anyhow::Result<ExitCode> {
    let style = Style::new(global.no_color);
    let parsed = global.options();
    out::print(&options(&parsed, style))?;
    let chosen = parsed.config.completion.backend.clone();
    let records = connect::records(&parsed.config);
    let mut works = false;
    for name in order(&parsed.config) {
        let in_use = name == chosen;
        let label = if in_use { ", in use" } else { "" };
        out::print(&style.bold(&format!("\nBackend {name}{label}\n")))?;
        let examined = runtime()?.block_on(examine(&parsed.config, &name, &records));
        works |= in_use && examined.works();
        out::print(&report(&examined, style))?;
    }
    let answers = ask(&parsed.config, &records, style)?;
    let folder = std::env::current_dir().unwrap_or_default();
    out::print(&privacy::privacy(&parsed.config, &folder, style))?;
    let read = disk::read_last(&entries::folder(), 1);
    let kept = parsed.config.journal.keep;
    out::print(&reasons::reasons(kept, &read, style))?;
    if !answers {
        return Ok(ExitCode::FAILURE);
    }
    Ok(match works {
        true => ExitCode::SUCCESS,
        false => {
            out::print(&style.warn(&format!("\nThe backend {chosen} does not work.\n")))?;
            ExitCode::FAILURE
        }
    })
}

/// Asks the backend that answers questions; gives whether it does.
fn ask(config: &Config, records: &Records, style: Style) -> anyhow::Result<bool> {
    let name = config.ask_backend();
    out::print(&style.bold(&format!("\nQuestions, answered by {name}\n")))?;
    let answer = runtime()?.block_on(question::question(config, name, records));
    out::print(&match &answer {
        Ok(answer) => style.good(&format!("  {answer}\n")),
        Err(error) => style.warn(&format!("  ! {error}\n")),
    })?;
    Ok(answer.is_ok())
}

/// The names of the backends, the one in use first.
fn order(config: &Config) -> Vec<String> {
    let chosen = &config.completion.backend;
    let others = config.backend.keys().filter(|name| *name != chosen);
    [chosen].into_iter().chain(others).cloned().collect()
}

/// What is configured, where, and what of it is wrong.
fn options(parsed: &Parsed, style: Style) -> String {
    let file = files::user_file();
    let state = match file.is_file() {
        true => "is read",
        false => "is not there, which is fine",
    };
    let mut text = style.bold("Options\n");
    text += &format!("  {} {state}\n", file.display());
    let mut origins: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (path, origin) in &parsed.origins {
        origins.entry(origin).or_default().push(path);
    }
    for (origin, paths) in origins {
        text += &style.dim(&format!("  {origin} sets {}\n", paths.join(", ")));
    }
    for problem in &parsed.problems {
        let line = format!(
            "  ! {}: {} {}\n",
            problem.origin, problem.path, problem.message
        );
        text += &style.warn(&line);
    }
    text
}

fn report(examined: &Examined, style: Style) -> String {
    let mut text = format!("  {}\n", examined.what);
    for (name, value) in &examined.details {
        text += &style.dim(&format!("  {name}: {value}\n"));
    }
    match &examined.completed {
        Ok(completed) => text += &style.good(&format!("  {completed}\n")),
        Err(error) => text += &style.warn(&format!("  ! {error}\n")),
    }
    for advice in &examined.advice {
        text += &format!("  -> {advice}\n");
    }
    text
}
