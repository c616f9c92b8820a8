//! Reads a user's own rules: TOML with a table `[[rule]]` for each.

use regex::Regex;
use serde::Deserialize;
use toml::Spanned;

use super::{Rule, Scope};

/// What is wrong with a file of rules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    /// From 1.
    pub line: usize,
    pub message: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    rule: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    name: Spanned<String>,
    /// A regular expression; the secret is its first group, or all of the match.
    pattern: Spanned<String>,
    /// A text in which the pattern must find something.
    sample: Option<Spanned<String>>,
}

/// The rules of a file.
///
/// # Errors
/// The first thing that is wrong: one rule left out would be a secret sent.
pub fn parse(text: &str) -> Result<Vec<Rule>, Wrong> {
    let at = |offset: usize, message: String| Wrong {
        line: 1 + text
            .bytes()
            .take(offset)
            .filter(|byte| *byte == b'\n')
            .count(),
        message,
    };
    let file: File = toml::from_str(text).map_err(|error| {
        let start = error.span().map_or(0, |span| span.start);
        at(start, error.message().to_owned())
    })?;
    let read = |entry: Entry| {
        let start = entry.pattern.span().start;
        let wrong = |message: &str| at(start, format!("pattern: {message}"));
        let pattern = Regex::new(entry.pattern.get_ref())
            .map_err(|error| wrong(error.to_string().lines().last().unwrap_or_default()))?;
        if pattern.is_match("") {
            return Err(wrong(
                "it matches an empty text, so it would be found everywhere",
            ));
        }
        if let Some(sample) = entry.sample.filter(|own| !pattern.is_match(own.get_ref())) {
            let message = "the pattern finds nothing in this sample".to_owned();
            return Err(at(sample.span().start, message));
        }
        if entry.name.get_ref().trim().is_empty() {
            return Err(at(
                entry.name.span().start,
                "a rule needs a name".to_owned(),
            ));
        }
        Ok(Rule {
            name: entry.name.into_inner().into(),
            pattern: pattern.into(),
            check: |_| true,
            scope: Scope::All,
        })
    };
    file.rule.into_iter().map(read).collect()
}
