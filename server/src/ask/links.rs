//! Makes the places that an answer names, `stock.go:12`, lead to the code: as links of Markdown, or as whole paths. Pure.
//!
//! Only files that are known are linked, and lines that they have; what stands in fences stays as it is.

#[cfg(test)]
mod tests;

use std::collections::HashSet;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use crate::document::Snapshot;

/// What may stand around a place in a text.
const OPENING: &[char] = &['(', '*', '_', '"', '\'', '`', '<'];
const CLOSING: &[char] = &[
    '.', ',', ';', ':', '!', '?', ')', '*', '_', '"', '\'', '`', '>',
];

/// How a client shows an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// As Markdown: places become links.
    Markdown,
    /// As text: places become paths that the editor can go to.
    Plain,
}

/// A file that an answer may name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    path: Arc<Path>,
    lines: usize,
}

/// The places of an answer, as it comes.
#[derive(Clone, Debug)]
pub struct Links {
    style: Style,
    known: Vec<Known>,
    root: Option<PathBuf>,
    /// What came and cannot be shown yet: it may be the beginning of a place.
    held: String,
    /// Of the line so far.
    line: Line,
    /// What closes the fence that the next line is in.
    fence: Option<String>,
}

#[derive(Clone, Debug, Default)]
struct Line {
    text: String,
    /// Whether an odd number of backticks came.
    code: bool,
    /// Whether the beginning of its last word was shown: it is no place.
    shown: bool,
}

impl Known {
    /// None for a document that is no file.
    pub fn of(snapshot: &Snapshot) -> Option<Known> {
        Some(Known {
            path: snapshot.path.clone()?,
            lines: snapshot.text.line_count(),
        })
    }
}

impl Links {
    /// Of several texts of a file the first counts. `root`: what paths are shown relative to.
    pub fn new(style: Style, mut known: Vec<Known>, root: Option<PathBuf>) -> Links {
        let mut seen = HashSet::new();
        known.retain(|known| seen.insert(known.path.clone()));
        Links {
            style,
            known,
            root,
            held: String::new(),
            line: Line::default(),
            fence: None,
        }
    }

    /// Takes the next piece of the answer; gives what can be shown by now: all but a word that may become a place.
    pub fn take(&mut self, chunk: &str) -> String {
        let held = std::mem::take(&mut self.held);
        let mut out = String::new();
        for piece in (held + chunk).split_inclusive(char::is_whitespace) {
            let ended = piece.ends_with(char::is_whitespace);
            if !ended && !self.line.shown && self.may_be_place(piece) {
                self.held = piece.to_owned();
                break;
            }
            out.push_str(&self.piece(piece, ended));
        }
        out
    }

    /// What was held back when the answer has ended.
    pub fn end(&mut self) -> String {
        let rest = std::mem::take(&mut self.held);
        let text = self.piece(&rest, true);
        (self.line, self.fence) = (Line::default(), None);
        text
    }

    /// A whole answer.
    pub fn whole(&self, answer: &str) -> String {
        let mut links = Links::new(self.style, self.known.clone(), self.root.clone());
        let text = links.take(answer);
        text + &links.end()
    }

    /// A word with the blank behind it where it has `ended`, or a part of one that is no place.
    fn piece(&mut self, piece: &str, ended: bool) -> String {
        let word = piece.trim_end_matches(char::is_whitespace);
        let shown = match self.line.shown || !ended {
            true => word.to_owned(),
            false => self.word(word),
        };
        self.line.text.push_str(piece);
        self.line.shown = !ended;
        if word.matches('`').count() % 2 == 1 {
            self.line.code = !self.line.code;
        }
        if piece.ends_with('\n') {
            let line = std::mem::take(&mut self.line);
            self.end_line(line.text.trim());
        }
        shown + &piece[word.len()..]
    }

    /// Whether the beginning of a word may be that of a place.
    fn may_be_place(&self, word: &str) -> bool {
        let begun = word.trim_start_matches(OPENING);
        let begun = begun.trim_start_matches("./");
        self.known.iter().any(|known| {
            let path = known.path.to_string_lossy();
            let names = path.match_indices(['/', '\\']).map(|(at, _)| at + 1);
            let mut names = std::iter::once(0).chain(names).map(|at| &path[at..]);
            names.any(|name| {
                let named = begun.strip_prefix(name);
                name.starts_with(begun) || named.is_some_and(|rest| rest.starts_with(':'))
            })
        })
    }

    fn end_line(&mut self, line: &str) {
        let mark = ["```", "~~~"]
            .into_iter()
            .find(|mark| line.starts_with(mark));
        self.fence = match (self.fence.take(), mark) {
            (None, mark) => mark.map(str::to_owned),
            (Some(open), _)
                if line.starts_with(&open) && line.chars().all(|c| open.starts_with(c)) =>
            {
                None
            }
            (open, _) => open,
        };
    }

    /// A word with its place linked, where it names one.
    fn word(&self, word: &str) -> String {
        let place = word.trim_start_matches(OPENING);
        let place = place.trim_end_matches(CLOSING);
        let start = place.as_ptr() as usize - word.as_ptr() as usize;
        let (before, after) = (&word[..start], &word[start + place.len()..]);
        let opens = self.line.text.trim_start();
        let is_fence = |text: &str| text.starts_with("```") || text.starts_with("~~~");
        if self.fence.is_some() || is_fence(opens) || (opens.is_empty() && is_fence(word)) {
            return word.to_owned();
        }
        let Some((path, line, rest)) = split(place) else {
            return word.to_owned();
        };
        let Some(known) = self.find(path, line) else {
            return word.to_owned();
        };
        match self.style {
            Style::Plain => {
                let path = self.shown(&known.path);
                format!("{before}{path}:{line}{rest}{after}")
            }
            Style::Markdown => {
                let ticks = (before.matches('`').count(), after.matches('`').count());
                let own = before.ends_with('`') && after.starts_with('`') && ticks == (1, 1);
                let Some(uri) =
                    uri(&known.path, line).filter(|_| own || (ticks == (0, 0) && !self.line.code))
                else {
                    return word.to_owned();
                };
                match own {
                    true => {
                        let (before, after) = (&before[..before.len() - 1], &after[1..]);
                        format!("{before}[`{place}`]({uri}){after}")
                    }
                    false => format!("{before}[{place}]({uri}){after}"),
                }
            }
        }
    }

    /// The one file that is meant, if it has that line.
    fn find(&self, path: &str, line: usize) -> Option<&Known> {
        let path = Path::new(path.trim_start_matches("./"));
        let plain = |part: Component| {
            matches!(
                part,
                Component::Normal(_) | Component::RootDir | Component::Prefix(_)
            )
        };
        if !path.components().all(plain) {
            return None;
        }
        let mut found = self.known.iter().filter(|known| known.path.ends_with(path));
        let whole = self.root.as_ref().map(|root| root.join(path));
        let exact = |known: &&Known| Some(&*known.path) == whole.as_deref();
        let known = match (found.clone().find(exact), found.next(), found.next()) {
            (Some(exact), _, _) => exact,
            (None, Some(one), None) => one,
            _ => return None,
        };
        (1..=known.lines).contains(&line).then_some(known)
    }

    /// Relative to the root where it is below.
    fn shown(&self, path: &Path) -> String {
        let below = self
            .root
            .as_ref()
            .and_then(|root| path.strip_prefix(root).ok());
        below.unwrap_or(path).display().to_string()
    }
}

/// `a.go:12:5` → `a.go`, 12, `:5`; None for what names no line.
fn split(place: &str) -> Option<(&str, usize, &str)> {
    let colons = place.match_indices(':').map(|(at, _)| at);
    let is_digit = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_digit);
    let mut colons = colons.filter(|at| is_digit(place.as_bytes().get(at + 1)));
    let at = colons.next()?;
    let (path, line) = (&place[..at], &place[at + 1..]);
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    let rest = &line[digits..];
    let counts = rest
        .bytes()
        .all(|byte| byte.is_ascii_digit() || b":-".contains(&byte));
    let is_path =
        path.contains('.') && !path.contains(['[', ']', '(', ')', '`']) && !path.contains("//");
    (counts && is_path).then_some(())?;
    Some((path, line[..digits].parse().ok()?, rest))
}

/// The address of a line, with nothing in it that would end a link.
fn uri(path: &Path, line: usize) -> Option<String> {
    let uri = url::Url::from_file_path(path).ok()?;
    let uri = uri.as_str().replace('(', "%28").replace(')', "%29");
    Some(format!("{uri}#L{line}"))
}
