//! `convive action`: the actions there are, their files, and asking one from the command line.

mod run;

use std::fs::OpenOptions;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, bail};

use super::Global;
use super::out::{self, Style};
use super::place::short;
use crate::action::{Action, Actions, BUILT_IN, FOLDER, Origin, has_actions};
use crate::config::{connect, files};
use crate::privacy::trust::is_trusted;

#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Show the actions there are, where each is from, and what is wrong with files
    List,
    /// Print the file of an action
    Show { id: String },
    /// Write a built-in action into your folder, where you can change it
    Eject { id: String },
    /// Write an example with comments into your folder
    New { name: String },
    /// Say what is wrong with a file, or with those of a folder
    Check { path: PathBuf },
    /// Ask a model by an action about a place in a file
    Run(run::Arguments),
}

/// Does what the arguments say.
///
/// # Errors
/// An unknown action, a file that cannot be read or is there already, an answer that failed.
pub fn run(arguments: Arguments, global: &Global) -> anyhow::Result<ExitCode> {
    match arguments.command {
        Command::List => list(global)?,
        Command::Show { id } => show(&id, global)?,
        Command::Eject { id } => eject(&id)?,
        Command::New { name } => new(&name)?,
        Command::Check { path } => return check(&path),
        Command::Run(own) => run::run(&own, global)?,
    }
    Ok(ExitCode::SUCCESS)
}

/// The actions in use for a file or folder, the workspace around it, and whether that one's actions are left out since the user
/// does not trust it.
fn actions(at: &Path, global: &Global) -> (Actions, Option<PathBuf>, bool) {
    let trusted = connect::trusted(&global.options().config);
    let at = at.canonicalize().unwrap_or_else(|_| at.to_owned());
    let root = at.ancestors().find(|folder| has_actions(folder));
    let used = root.filter(|root| is_trusted(&trusted, root));
    let used: Vec<PathBuf> = used.into_iter().map(Path::to_owned).collect();
    let left_out = root.is_some() && used.is_empty();
    let actions = Actions::load(&files::actions_dir(), &used);
    (actions, root.map(Path::to_owned), left_out)
}

fn find(actions: &Actions, id: &str) -> anyhow::Result<std::sync::Arc<Action>> {
    let Some(action) = actions.find(id) else {
        let ids: Vec<&str> = actions.list.iter().map(|action| &*action.id).collect();
        bail!("there is no action `{id}`, only {}", ids.join(", "));
    };
    Ok(action.clone())
}

fn list(global: &Global) -> anyhow::Result<()> {
    let (actions, root, left_out) = actions(&std::env::current_dir()?, global);
    let style = Style::new(global.no_color);
    let width = |text: fn(&Action) -> &str| {
        let texts = actions.list.iter();
        texts.map(|action| text(action).chars().count()).max()
    };
    let ids = width(|action| &action.id).unwrap_or(0);
    let titles = width(|action| &action.title).unwrap_or(0);
    let mut text = String::new();
    for action in &actions.list {
        let from = match &action.origin {
            Origin::BuiltIn => "built in".to_owned(),
            Origin::User(path) => format!("yours: {}", short(path)),
            Origin::Workspace(path) => format!("the workspace's: {}", short(path)),
        };
        let id = format!("{:ids$}", action.id);
        let title = format!("{:titles$}", action.title);
        text += &format!("{}  {title}  {}\n", style.bold(&id), style.dim(&from));
    }
    if let (true, Some(root)) = (left_out, root) {
        text += &format!(
            "\nThe actions in {} are not used: put that workspace into `trust` under [privacy] in {}\n",
            short(&root.join(FOLDER)),
            files::user_file().display()
        );
    }
    if !actions.problems.is_empty() {
        text += "\nnot used:\n";
    }
    for problem in &actions.problems {
        text += &format!("  {}\n", style.warn(&problem.to_string()));
    }
    out::print(&text)
}

fn show(id: &str, global: &Global) -> anyhow::Result<()> {
    let (actions, ..) = actions(&std::env::current_dir()?, global);
    let action = find(&actions, id)?;
    match &action.origin {
        Origin::BuiltIn => out::print(built_in(id).unwrap_or_default()),
        Origin::User(path) | Origin::Workspace(path) => out::print(&std::fs::read_to_string(path)?),
    }
}

fn eject(id: &str) -> anyhow::Result<()> {
    let Some(text) = built_in(id) else {
        let ids = BUILT_IN.map(|(id, _)| id).join(", ");
        bail!("there is no built-in action `{id}`, only {ids}");
    };
    let path = write(id, text)?;
    eprintln!(
        "convive: this file now takes the place of the built-in `{id}`; change it as you like"
    );
    out::print(&format!("{}\n", path.display()))
}

fn new(name: &str) -> anyhow::Result<()> {
    if !Action::is_id(name) {
        bail!("`{name}` is no name for an action: up to 40 letters a to z, digits, - and _");
    }
    if built_in(name).is_some() {
        bail!("`{name}` is built in; `convive action eject {name}` gives you its file to change");
    }
    let path = write(name, &Action::example(name))?;
    eprintln!("convive: change this file as you like; editors see it at once");
    out::print(&format!("{}\n", path.display()))
}

fn check(path: &Path) -> anyhow::Result<ExitCode> {
    let Actions { list, problems } = Actions::check(path);
    for problem in &problems {
        eprintln!("convive: {problem}");
    }
    for action in &list {
        let path = short(&action.path());
        out::print(&format!("{path}: `{}` can be used\n", action.id))?;
    }
    match (problems.is_empty(), list.is_empty()) {
        (true, true) => bail!("no .md files in {}", path.display()),
        (true, false) => Ok(ExitCode::SUCCESS),
        _ => Ok(ExitCode::FAILURE),
    }
}

fn built_in(id: &str) -> Option<&'static str> {
    let found = BUILT_IN.iter().find(|(known, _)| *known == id);
    found.map(|(_, text)| *text)
}

/// Writes a file of the user's folder that is not there yet.
fn write(id: &str, text: &str) -> anyhow::Result<PathBuf> {
    let folder = files::actions_dir();
    let path = folder.join(format!("{id}.md"));
    let shown = path.display();
    std::fs::create_dir_all(&folder)
        .with_context(|| format!("cannot make {}", folder.display()))?;
    let file = OpenOptions::new().write(true).create_new(true).open(&path);
    let mut file = match file {
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
            bail!("{shown} is there already; it stays as it is")
        }
        file => file.with_context(|| format!("cannot write {shown}"))?,
    };
    file.write_all(text.as_bytes())
        .with_context(|| format!("cannot write {shown}"))?;
    Ok(path)
}
