//! An action out of its file: every field checked, every problem with its line and the names that exist.

use super::front::{self, Entry, Text};
use super::{Action, AnswerKind, Check, Need, Origin, Problem, Template, names, template};

/// All fields, as the documentation lists them.
const FIELDS: [&str; 12] = [
    "id",
    "title",
    "languages",
    "offered",
    "kind",
    "needs",
    "backend",
    "temperature",
    "max_tokens",
    "answer",
    "checks",
    "system",
];

/// The most tokens that an action may ask for.
const MOST_TOKENS: usize = 65_536;

/// Reads a file and tries its templates.
pub fn read(file: &str, origin: Origin) -> Result<Action, Vec<Problem>> {
    let parts = match front::split(file) {
        Ok(parts) => parts,
        Err(mistake) => return Err(vec![problem(&origin, mistake)]),
    };
    let mut fields = Fields {
        entries: &parts.entries,
        mistakes: Vec::new(),
    };
    fields.known();
    let action = action(&mut fields, &parts.body, origin.clone());
    fields.mistakes.sort();
    let mut problems: Vec<Problem> = fields
        .mistakes
        .into_iter()
        .map(|mistake| Problem {
            path: origin.path(&action.id),
            line: mistake.0,
            message: mistake.1,
        })
        .collect();
    problems.append(&mut template::examine(&action));
    match problems.is_empty() {
        true => Ok(action),
        false => Err(problems),
    }
}

fn problem(origin: &Origin, (line, message): (usize, String)) -> Problem {
    Problem {
        path: origin.path(""),
        line,
        message,
    }
}

fn action(fields: &mut Fields, body: &Text, origin: Origin) -> Action {
    if body.text.is_empty() {
        let message = "has no question below its fields".to_owned();
        fields.mistakes.push((body.line, message));
    }
    let action = Action {
        id: fields.id(),
        title: fields.required("title"),
        languages: fields.texts("languages"),
        offered: fields.named("offered", names::OFFERED),
        kind: fields.kind(),
        needs: fields.named("needs", names::NEEDS),
        backend: fields.backend(&origin),
        temperature: fields.number("temperature", 0.0..=2.0),
        max_tokens: fields.number("max_tokens", 1..=MOST_TOKENS),
        answer: *fields
            .named("answer", names::ANSWERS)
            .first()
            .unwrap_or(&AnswerKind::Answer),
        checks: fields.named("checks", names::CHECKS),
        system: fields.text("system").map(template).unwrap_or_default(),
        body: template(body),
        origin,
    };
    fields.fit(&action);
    action
}

fn template(text: &Text) -> Template {
    Template {
        text: text.text.clone(),
        line: text.line,
    }
}

/// The fields of one file, and what is wrong with them.
struct Fields<'a> {
    entries: &'a [Entry],
    mistakes: Vec<front::Mistake>,
}

impl<'a> Fields<'a> {
    /// Every field is known and written once, and only those hold lists that may.
    fn known(&mut self) {
        for (index, entry) in self.entries.iter().enumerate() {
            let Text { text: key, line } = &entry.key;
            if !FIELDS.contains(&key.as_str()) {
                self.wrong(*line, names::unknown(key, &FIELDS));
            } else if self.entries[..index].iter().any(|one| one.key.text == *key) {
                self.wrong(*line, format!("`{key}` is written twice"));
            }
            let lists = ["languages", "offered", "needs", "checks"];
            if entry.list && !lists.contains(&key.as_str()) {
                self.wrong(*line, format!("`{key}` takes one value, not a list"));
            }
        }
    }

    fn wrong(&mut self, line: usize, message: impl Into<String>) {
        self.mistakes.push((line, message.into()));
    }

    fn entry(&self, key: &str) -> Option<&'a Entry> {
        self.entries.iter().find(|entry| entry.key.text == key)
    }

    /// The only value of a field; None where it is empty, as with `kind:`.
    fn text(&self, key: &str) -> Option<&'a Text> {
        let values = &self.entry(key)?.values;
        values.first().filter(|value| !is_none(value))
    }

    fn texts(&self, key: &str) -> Vec<String> {
        let values = self.entry(key).map_or(&[][..], |entry| &entry.values);
        let some = values.iter().filter(|value| !is_none(value));
        some.map(|value| value.text.clone()).collect()
    }

    fn required(&mut self, key: &str) -> String {
        match self.text(key) {
            Some(value) => value.text.trim().to_owned(),
            None => {
                let line = self.entry(key).map_or(1, |entry| entry.key.line);
                self.wrong(line, format!("`{key}` is missing"));
                String::new()
            }
        }
    }

    fn id(&mut self) -> String {
        let id = self.required("id");
        if !is_id(&id) && !id.is_empty() {
            let line = self.text("id").map_or(1, |value| value.line);
            let message = format!("`{id}` is no id: up to 40 letters a to z, digits, - and _");
            self.wrong(line, message);
        }
        id
    }

    fn named<T: Copy>(&mut self, key: &str, known: &[(&str, T)]) -> Vec<T> {
        let mut found = Vec::new();
        let values = self.entry(key).map_or(&[][..], |entry| &entry.values);
        for value in values.iter().filter(|value| !is_none(value)) {
            match names::find(known, &value.text) {
                Ok(value) => found.push(value),
                Err(message) => self.wrong(value.line, format!("{key}: {message}")),
            }
        }
        found
    }

    fn kind(&mut self) -> String {
        let Some(value) = self.text("kind") else {
            return String::new();
        };
        let below = |kind: &&str| match value.text.strip_prefix(*kind) {
            Some(rest) => rest.is_empty() || (rest.starts_with('.') && rest.len() > 1),
            None => false,
        };
        if !names::KINDS.iter().any(below) {
            let message = names::unknown(&value.text, names::KINDS);
            self.wrong(value.line, format!("kind: {message}, or below one of them"));
        }
        value.text.clone()
    }

    /// The backend; a workspace's file must not choose where a prompt goes.
    fn backend(&mut self, origin: &Origin) -> Option<String> {
        let value = self.text("backend")?;
        if matches!(origin, Origin::Workspace(_)) {
            let message = "a workspace's action cannot choose the backend; yours is used";
            self.wrong(value.line, message);
        }
        Some(value.text.clone())
    }

    fn number<T>(&mut self, key: &str, range: std::ops::RangeInclusive<T>) -> Option<T>
    where
        T: std::str::FromStr + PartialOrd + std::fmt::Display,
    {
        let value = self.text(key)?;
        let number = value.text.parse().ok();
        let number = number.filter(|number| range.contains(number));
        if number.is_none() {
            let (from, to) = (range.start(), range.end());
            let message = format!("{key}: {} is no number from {from} to {to}", value.text);
            self.wrong(value.line, message);
        }
        number
    }

    /// What each field says fits what the others say.
    fn fit(&mut self, action: &Action) {
        let line = |fields: &Self, key: &str| fields.entry(key).map_or(1, |entry| entry.key.line);
        if action.offered.is_empty()
            && self
                .entry("offered")
                .is_none_or(|one| one.values.is_empty())
        {
            let known: Vec<&str> = names::OFFERED.iter().map(|(name, _)| *name).collect();
            let message = format!("`offered` says where: {}", known.join(", "));
            self.wrong(line(self, "offered"), message);
        }
        let code = action.answer != AnswerKind::Answer;
        if !code && !action.checks.is_empty() {
            let message = "checks are for answers that are code: insert, replace, test, file";
            self.wrong(line(self, "checks"), message);
        }
        if action.checks.contains(&Check::TestRuns) && action.answer != AnswerKind::Test {
            self.wrong(line(self, "checks"), "test-runs needs `answer: test`");
        }
        let on_trace = action.offered.contains(&super::Offered::Trace);
        if action.needs.contains(&Need::Trace) && !on_trace {
            let message =
                "a trace is there only where the action is offered on one: `offered: trace`";
            self.wrong(line(self, "needs"), message);
        }
    }
}

/// YAML's words for nothing.
fn is_none(value: &Text) -> bool {
    ["", "~", "null"].contains(&value.text.trim())
}

pub fn is_id(id: &str) -> bool {
    let allowed =
        |one: char| one.is_ascii_lowercase() || one.is_ascii_digit() || "-_".contains(one);
    !id.is_empty() && id.len() <= 40 && id.chars().all(allowed)
}
