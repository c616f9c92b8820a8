//! Recognises secrets in text and replaces them, so that the syntax around them stays whole; pure.

mod pattern;
mod random;
mod table;
#[cfg(test)]
mod tests;
mod user;

use std::borrow::Cow;
use std::ops::Range;
use std::sync::LazyLock;

use regex::{Regex, RegexSet};

use pattern::Pattern;
pub use user::Wrong;

/// What stands in the place of a secret. The quotes, names and separators around it stay.
pub const REDACTED: &str = "REDACTED";

/// A rule: what a kind of secret looks like.
#[derive(Clone, Debug)]
pub struct Rule {
    pub name: Cow<'static, str>,
    /// The secret is the first group, or all of the match where there is none.
    pattern: Pattern,
    /// Whether what matches really is one.
    check: fn(&str) -> bool,
    scope: Scope,
}

/// Where a rule is tried: the larger patterns are slow, and need not be tried everywhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Scope {
    All,
    /// Only in texts that hold this.
    Having(&'static str),
    /// Only in lines with a word behind which values are secret; what matches a line by itself also matches it in its text.
    Lines,
}

/// What [`Scope::Lines`] looks for; in any case.
static WORDS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let words = r"(?i-u)pass|pwd|secret|token|key|credential|auth|dsn|salt";
    Regex::new(words).ok()
});

/// A set of rules.
#[derive(Clone, Debug)]
pub struct Rules {
    rules: Vec<Rule>,
    /// All patterns in one: tells in one reading of a text which rules match somewhere, most often none.
    all: Option<RegexSet>,
}

/// A secret in a text: bytes, and the name of the rule that found it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found<'a> {
    pub range: Range<usize>,
    pub rule: &'a str,
}

/// The built-in rules.
static BUILT_IN: LazyLock<Rules> = LazyLock::new(|| Rules::new(table::rules()));

impl Rules {
    /// The built-in rules alone.
    pub fn built_in() -> &'static Rules {
        &BUILT_IN
    }

    /// The built-in rules and those of a user's file.
    ///
    /// # Errors
    /// What is wrong with the file, and in which line.
    pub fn with(text: &str) -> Result<Rules, Wrong> {
        let mut rules = BUILT_IN.rules.clone();
        rules.extend(user::parse(text)?);
        Ok(Rules::new(rules))
    }

    fn new(rules: Vec<Rule>) -> Rules {
        let patterns = rules.iter().map(|rule| rule.pattern.as_str());
        Rules {
            // Together they may be too large; then each is tried.
            all: RegexSet::new(patterns).ok(),
            rules,
        }
    }

    /// The names of all rules, the built-in ones first.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.rules.iter().map(|rule| rule.name.as_ref())
    }

    /// The secrets in a text, in its order and apart from each other.
    pub fn find(&self, text: &str) -> Vec<Found<'_>> {
        let mut found: Vec<Found> = Vec::new();
        let matching = self.all.as_ref().map(|all| all.matches(text));
        let may = |number| matching.as_ref().is_none_or(|found| found.matched(number));
        let rules = self.rules.iter().enumerate();
        for (_, rule) in rules.filter(|(number, _)| may(*number)) {
            let ranges = rule.find(text);
            found.extend(ranges.into_iter().map(|range| Found {
                range,
                rule: &rule.name,
            }));
        }
        found.sort_by_key(|found| (found.range.start, found.range.end));
        let mut apart: Vec<Found> = Vec::new();
        for next in found {
            match apart.last_mut() {
                Some(last) if next.range.start < last.range.end => {
                    last.range.end = last.range.end.max(next.range.end);
                }
                _ => apart.push(next),
            }
        }
        apart
    }

    /// The text without its secrets.
    pub fn redact<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let found = self.find(text);
        if found.is_empty() {
            return Cow::Borrowed(text);
        }
        let mut kept = String::with_capacity(text.len());
        let mut end = 0;
        for secret in found {
            kept.push_str(&text[end..secret.range.start]);
            kept.push_str(REDACTED);
            end = secret.range.end;
        }
        kept.push_str(&text[end..]);
        Cow::Owned(kept)
    }
}

impl Rule {
    fn find(&self, text: &str) -> Vec<Range<usize>> {
        match self.scope {
            Scope::All => self.within(text, 0).collect(),
            Scope::Having(word)
                if memchr::memmem::find(text.as_bytes(), word.as_bytes()).is_none() =>
            {
                Vec::new()
            }
            Scope::Having(_) => self.within(text, 0).collect(),
            Scope::Lines => lines(text)
                .flat_map(|(start, line)| self.within(line, start))
                .collect(),
        }
    }

    /// The secrets in a piece that begins at `start` of the text.
    fn within<'t>(
        &'t self,
        piece: &'t str,
        start: usize,
    ) -> impl Iterator<Item = Range<usize>> + 't {
        let pattern = self.pattern.get().into_iter();
        pattern
            .flat_map(move |pattern| pattern.captures_iter(piece))
            .filter_map(|captures| captures.get(1).or(captures.get(0)))
            .filter(|secret| !secret.is_empty() && secret.as_str() != REDACTED)
            .filter(|secret| (self.check)(secret.as_str()))
            .map(move |secret| start + secret.start()..start + secret.end())
    }
}

/// The lines with one of [`WORDS`] in them, and where each begins. Should those ever not compile: all of the text.
fn lines(text: &str) -> Box<dyn Iterator<Item = (usize, &str)> + '_> {
    let Some(words) = WORDS.as_ref() else {
        return Box::new(std::iter::once((0, text)));
    };
    let mut from = 0;
    Box::new(std::iter::from_fn(move || {
        let found = words.find_at(text, from)?;
        let start = text[..found.start()].rfind('\n').map_or(0, |at| at + 1);
        let end = text[found.start()..].find('\n');
        let end = end.map_or(text.len(), |at| found.start() + at);
        from = end;
        Some((start, &text[start..end]))
    }))
}
