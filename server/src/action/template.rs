//! The templates of actions: strict names, no files, a limit to what they may do.

use std::path::Path;

use minijinja::syntax::SyntaxConfig;
use minijinja::value::Value;
use minijinja::{Environment, ErrorKind, UndefinedBehavior};

use super::{Action, Need, Problem, WORDS, Words, depth, names, words};

/// The text of a template.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Template {
    pub text: String,
    /// Where it begins in its file, from 1.
    pub line: usize,
}

impl From<&str> for Template {
    fn from(text: &str) -> Template {
        Template {
            text: text.to_owned(),
            line: 1,
        }
    }
}

/// What one template may cost: as many steps, and 64 times as many bytes of text.
const FUEL: u64 = 200_000;

/// The longest prompt that a template may give, in bytes.
const MOST_OUTPUT: usize = 1024 * 1024;

/// The instructions and the question of an action, in this order.
///
/// # Errors
/// Where the template does something that only these words make impossible.
pub fn render(action: &Action, words: &Words) -> Result<(String, String), Problem> {
    let path = action.path();
    let values = words::values(words);
    Ok((
        fill(&action.system, &values, &path)?,
        fill(&action.body, &values, &path)?,
    ))
}

/// What is wrong with the templates of an action: names that are not there or not needed, and what fails with all words filled
/// in or with none.
pub fn examine(action: &Action) -> Vec<Problem> {
    let path = action.path();
    let mut problems = Vec::new();
    for template in [&action.system, &action.body] {
        if let Some((line, message)) = depth::too_deep(&template.text, syntax()) {
            problems.push(Problem {
                path: path.clone(),
                line: template.line + line - 1,
                message,
            });
            continue;
        }
        problems.extend(named(template, &action.needs, &path));
        let full = words::with(|word| word.about);
        let tries = [full, words::values(&Words::default())];
        let failed = |values| fill(template, values, &path).err();
        // A name that is not there would be told twice.
        if problems.is_empty() {
            problems.extend(tries.iter().find_map(failed));
        }
    }
    problems
}

/// The names in a template that it does not set itself, in no order.
///
/// # Errors
/// Where it is no template.
pub fn names_in(template: &Template) -> Result<Vec<String>, minijinja::Error> {
    let environment = environment();
    let parsed = environment.template_from_str(&template.text)?;
    let globals: Vec<&str> = environment.globals().map(|(name, _)| name).collect();
    let names = parsed.undeclared_variables(false).into_iter();
    Ok(names.filter(|name| !globals.contains(&&**name)).collect())
}

fn fill(template: &Template, values: &Value, path: &Path) -> Result<String, Problem> {
    let environment = environment();
    let rendered = environment
        .template_from_str(&template.text)
        .and_then(|parsed| parsed.render(values.clone()));
    let text = rendered.map_err(|error| problem(template, path, &error))?;
    if text.len() > MOST_OUTPUT {
        return Err(Problem {
            path: path.to_owned(),
            line: template.line,
            message: format!("makes a prompt of more than {MOST_OUTPUT} bytes"),
        });
    }
    Ok(text.trim().to_owned())
}

fn environment() -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_fuel(Some(FUEL));
    environment.set_syntax(syntax());
    environment.add_filter("fenced", fenced);
    environment
}

/// A line that holds only a tag leaves no blank line.
fn syntax() -> SyntaxConfig {
    let syntax = SyntaxConfig::builder()
        .trim_blocks(true)
        .lstrip_blocks(true)
        .build();
    syntax.unwrap_or_default()
}

/// Code between fences that are longer than any inside, named after its language.
pub fn fenced(code: &str, language: &str) -> String {
    let longest = code
        .lines()
        .map(|line| line.trim_start())
        .map(|line| line.len() - line.trim_start_matches('`').len())
        .max();
    let fence = "`".repeat(longest.unwrap_or(0).max(2) + 1);
    let tag = language.to_lowercase();
    let code = code.trim_matches(['\r', '\n']);
    format!("{fence}{tag}\n{code}\n{fence}")
}

/// The names of a template that are not there, or that stay empty since the action does not need them.
fn named(template: &Template, needs: &[Need], path: &Path) -> Vec<Problem> {
    let names = match names_in(template) {
        Ok(names) => names,
        Err(error) => return vec![problem(template, path, &error)],
    };
    let known: Vec<&str> = WORDS.iter().map(|word| word.name).collect();
    let wrong = |name: &str| match WORDS.iter().find(|word| word.name == name) {
        None => Some(names::unknown(name, &known)),
        Some(word) => {
            let missing = word.need.filter(|need| !needs.contains(need))?;
            let need = names::of(names::NEEDS, &missing);
            Some(format!("uses `{name}`, but `needs` does not list {need}"))
        }
    };
    let mut problems: Vec<Problem> = names
        .iter()
        .filter_map(|name| {
            Some(Problem {
                path: path.to_owned(),
                line: template.line + line_of(&template.text, name),
                message: wrong(name)?,
            })
        })
        .collect();
    problems.sort_by(|one, other| (one.line, &one.message).cmp(&(other.line, &other.message)));
    problems
}

/// The line, from 0, of the first tag that holds a word.
fn line_of(text: &str, word: &str) -> usize {
    let is_part = |character: char| character.is_alphanumeric() || character == '_';
    let whole = |at: &usize| {
        let before = text[..*at].chars().next_back();
        let after = text[at + word.len()..].chars().next();
        !before.is_some_and(is_part) && !after.is_some_and(is_part)
    };
    let in_tag = |at: &usize| {
        let before = &text[..*at];
        let open = ["{{", "{%"]
            .iter()
            .filter_map(|tag| before.rfind(tag))
            .max();
        let closed = ["}}", "%}"]
            .iter()
            .filter_map(|tag| before.rfind(tag))
            .max();
        open > closed
    };
    let mut places = text.match_indices(word).map(|(at, _)| at);
    let place = places.find(|at| whole(at) && in_tag(at)).unwrap_or(0);
    text[..place].matches('\n').count()
}

fn problem(template: &Template, path: &Path, error: &minijinja::Error) -> Problem {
    let kind = error.kind();
    let message = match (kind, error.detail()) {
        (ErrorKind::OutOfFuel, _) => "does too much, or makes too long a text".to_owned(),
        (ErrorKind::UndefinedError, None) => "names a part of a word: there are none".to_owned(),
        (_, Some(detail)) => format!("{kind}: {detail}"),
        (_, None) => kind.to_string(),
    };
    Problem {
        path: path.to_owned(),
        line: template.line + error.line().unwrap_or(1).saturating_sub(1),
        message,
    }
}
