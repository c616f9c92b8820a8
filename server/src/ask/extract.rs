//! Takes the code out of a model's answer: out of its fences, or out of the prose around it; pure.

use crate::document::Syntax;
use crate::language::Language;
use crate::text::Text;

/// The most paragraphs of an answer without fences in which code is looked for.
const PARAGRAPHS: usize = 24;

/// What comments say that stand for code which the model did not write again.
const PLACEHOLDERS: &[&str] = &[
    "existing code",
    "existing implementation",
    "rest of",
    "remaining code",
    "unchanged",
    "same as before",
    "as before",
    "previous code",
    "other code",
    "other methods",
    "other functions",
    "your code here",
    "code here",
    "implementation here",
    "omitted",
];

/// A piece of an answer between fences.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fence {
    /// The language's tag in lower case; empty where there is none.
    pub tag: String,
    /// The whole of what stands behind the opening fence.
    pub rest: String,
    /// Without the fences and their indentation; ends without a line end.
    pub text: String,
}

/// The code of an answer, lines ended by LF: the first piece between fences that is of the file's language, parses, and is not in
/// the file already; else the first of its language. Without fences, the part of the answer that parses. `own` is the text of the file.
///
/// # Errors
/// Why there is none, in words for the user.
pub fn code(
    answer: &str,
    language: Option<&'static Language>,
    own: &str,
) -> Result<String, String> {
    let answer = without_thoughts(answer).replace("\r\n", "\n");
    let fences = fences(&answer);
    let found = match fences.is_empty() {
        true => bare(&answer, language),
        false => choose(&fences, language, own),
    };
    let found = found.ok_or("the answer holds no code that can be put here")?;
    match placeholder(&found, own) {
        Some(line) => Err(format!("the answer leaves out code: `{line}`")),
        None => Ok(found),
    }
}

/// The pieces of an answer between fences, in order; the last one may be open.
pub fn fences(answer: &str) -> Vec<Fence> {
    let mut fences = Vec::new();
    let mut open: Option<(Mark, Vec<&str>)> = None;
    for line in answer.lines() {
        open = match open.take() {
            None => mark(line).map(|mark| (mark, Vec::new())),
            Some((begun, lines)) if begun.is_closed_by(line) => {
                fences.push(begun.fence(&lines));
                None
            }
            Some((begun, mut lines)) => {
                lines.push(line);
                Some((begun, lines))
            }
        };
    }
    if let Some((begun, lines)) = open {
        fences.push(begun.fence(&lines));
    }
    fences.retain(|fence| !fence.text.trim().is_empty());
    fences
}

/// Whether a text is without syntax errors by itself.
pub fn parses(language: &Language, text: &str) -> bool {
    Syntax::parse(language, &Text::new(text))
        .is_some_and(|syntax| !syntax.tree.root_node().has_error())
}

/// The answer without what the model thought before it.
pub fn without_thoughts(answer: &str) -> &str {
    let start = answer.trim_start();
    match start.strip_prefix("<think>") {
        Some(thoughts) => match thoughts.split_once("</think>") {
            Some((_, rest)) => rest,
            None => "",
        },
        None => answer,
    }
}

/// An opening fence.
struct Mark {
    character: char,
    length: usize,
    indent: usize,
    tag: String,
    rest: String,
}

/// The fence that a line opens. Blanks before it are allowed in any number: models put code into lists.
fn mark(line: &str) -> Option<Mark> {
    let content = line.trim_start();
    let character = content
        .chars()
        .next()
        .filter(|first| matches!(first, '`' | '~'))?;
    let rest = content.trim_start_matches(character);
    let length = content.len() - rest.len();
    if length < 3 || rest.contains('`') {
        return None;
    }
    let tag = rest
        .trim_start()
        .trim_start_matches(['{', '.'])
        .split(|c: char| c.is_whitespace() || matches!(c, ',' | ':' | '{' | '}'))
        .next();
    Some(Mark {
        character,
        length,
        indent: line.len() - content.len(),
        tag: tag.unwrap_or_default().to_lowercase(),
        rest: rest.trim().to_owned(),
    })
}

impl Mark {
    fn is_closed_by(&self, line: &str) -> bool {
        let content = line.trim();
        content.len() >= self.length && content.chars().all(|c| c == self.character)
    }

    fn fence(&self, lines: &[&str]) -> Fence {
        let less = |line: &&str| {
            let blanks = line.len() - line.trim_start_matches([' ', '\t']).len();
            line[blanks.min(self.indent)..].to_owned()
        };
        let lines: Vec<String> = lines.iter().map(less).collect();
        let text = lines.join("\n");
        Fence {
            tag: self.tag.clone(),
            rest: self.rest.clone(),
            text: text.trim_end().trim_start_matches('\n').to_owned(),
        }
    }
}

fn choose(fences: &[Fence], language: Option<&'static Language>, own: &str) -> Option<String> {
    let Some(language) = language else {
        return fences.first().map(|fence| fence.text.clone());
    };
    let of_language: Vec<&Fence> = fences
        .iter()
        .filter(|fence| is_tag_of(&fence.tag, language))
        .collect();
    let untagged: Vec<&Fence> = fences
        .iter()
        .filter(|fence| matches!(fence.tag.as_str(), "" | "code" | "text" | "plaintext"))
        .collect();
    let own = squeezed(own);
    let new = |fence: &&&Fence| !own.contains(&squeezed(&fence.text));
    let whole = |fence: &&&Fence| parses(language, &fence.text);
    let first = |from: &[&Fence]| -> Option<String> {
        let best = from.iter().filter(whole).find(new);
        let best = best.or_else(|| from.iter().find(whole));
        best.map(|fence| fence.text.clone())
    };
    first(&of_language)
        .or_else(|| first(&untagged))
        .or_else(|| Some(of_language.first().or(untagged.first())?.text.clone()))
}

fn is_tag_of(tag: &str, language: &Language) -> bool {
    language.ids.contains(&tag)
        || language.extensions.contains(&tag)
        || tag == language.name.to_lowercase()
}

/// Without its blanks, to compare code however it is indented.
fn squeezed(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The longest row of paragraphs that is code, of an answer without fences.
fn bare(answer: &str, language: Option<&'static Language>) -> Option<String> {
    let language = language?;
    let is_code = |text: &str| looks_like_code(text, language) && parses(language, text);
    let mut starts = vec![0];
    starts.extend(answer.match_indices("\n\n").map(|(at, _)| at + 2));
    // "Here it is:" may stand right above the code.
    let introduction = answer.lines().next().filter(|line| line.ends_with(':'));
    starts.extend(introduction.map(|line| line.len() + 1));
    starts.sort_unstable();
    starts.truncate(PARAGRAPHS);
    let mut ends: Vec<usize> = starts.iter().skip(1).copied().collect();
    ends.push(answer.len());
    let spans = starts
        .iter()
        .flat_map(|start| ends.iter().rev().map(move |end| (*start, *end)));
    spans
        .filter_map(|(start, end)| answer.get(start..end))
        .map(|text| text.trim_end().trim_start_matches('\n'))
        .find(|text| is_code(text))
        .map(str::to_owned)
}

/// A word by itself parses, and is no code.
fn looks_like_code(text: &str, language: &Language) -> bool {
    text.lines().any(|line| {
        let line = line.trim();
        line.starts_with(language.line_comment)
            || line.ends_with(['{', '}', ';', ')', ','])
            || line.contains(" = ")
            || line.contains(":= ")
    })
}

/// A comment that stands for code which was left out, and which the file does not have itself.
fn placeholder<'a>(code: &'a str, own: &str) -> Option<&'a str> {
    code.lines().map(str::trim).find(|line| {
        let comment = ["//", "/*", "#", "--"]
            .iter()
            .find_map(|mark| line.find(mark).map(|at| &line[at + mark.len()..]));
        comment.is_some_and(|comment| stands_for_code(comment) && !own.contains(line))
    })
}

fn stands_for_code(comment: &str) -> bool {
    let comment = comment.trim_end_matches("*/").trim().to_lowercase();
    if matches!(comment.as_str(), "..." | "…") {
        return true;
    }
    let dots = comment.contains("...") || comment.contains('…');
    let alone = comment.starts_with("existing code") || comment.ends_with("code here");
    (dots && PLACEHOLDERS.iter().any(|what| comment.contains(what))) || alone
}

#[cfg(test)]
mod tests;
