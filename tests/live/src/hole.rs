//! Holes cut into real source, the same ones on every run, and the marks of a bad answer.

use convive::document::Snapshot;
use convive::text::Span;

/// A text with a piece taken out.
#[derive(Clone, Debug)]
pub struct Hole {
    pub before: String,
    pub removed: String,
    pub after: String,
}

impl Hole {
    /// Protocol position (line and UTF-8 column) of the hole.
    pub fn position(&self) -> (usize, usize) {
        let line = self.before.matches('\n').count();
        let column = self.before.rsplit('\n').next().unwrap_or_default().len();
        (line, column)
    }

    pub fn text(&self) -> String {
        format!("{}{}", self.before, self.after)
    }
}

/// Cuts `count` holes: the rest of a line from a word's start, what stands before a line's closing brackets, a whole line, a
/// block's body; spread over the text by a fixed seed.
pub fn cut(text: &str, count: usize, seed: u64) -> Vec<Hole> {
    let mut random = seed;
    let mut next = move |below: usize| {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        (random % below.max(1) as u64) as usize
    };
    let lines: Vec<(usize, &str)> = offsets(text).filter(|(_, line)| is_code(line)).collect();
    let mut holes = Vec::new();
    while holes.len() < count {
        let (start, line) = lines[next(lines.len())];
        let end = start + line.trim_end().len();
        let span = match holes.len() % 4 {
            0 => Span::new(start + word_start(line, next(line.len())), end),
            1 => Span::new(
                start + word_start(line, next(line.len())),
                end - closers(line),
            ),
            2 => Span::new(start + indent(line), end),
            _ => match body(text, start + line.len()) {
                Some(span) => span,
                None => Span::new(start + indent(line), end),
            },
        };
        if !span.is_empty() {
            holes.push(Hole {
                before: text[..span.start].to_owned(),
                removed: text[span.range()].to_owned(),
                after: text[span.end..].to_owned(),
            });
        }
    }
    holes
}

/// What is wrong with `answer`, put in place of `replaced` bytes around the hole; nothing where it is fine.
pub fn faults(
    path: &str,
    hole: &Hole,
    before: &str,
    answer: &str,
    after: &str,
) -> Vec<&'static str> {
    let filled = format!("{before}{answer}{after}");
    let mut faults = Vec::new();
    if errors(path, &filled) > errors(path, &hole.text()) {
        faults.push("adds a parse error");
    }
    if doubles_closer(answer, after) && errors(path, &filled) > 0 {
        faults.push("doubles a closing bracket");
    }
    if repeats(answer, after) {
        faults.push("repeats what follows");
    }
    faults
}

/// Error and missing nodes in the text.
pub fn errors(path: &str, text: &str) -> usize {
    let snapshot = Snapshot::parse(path, text);
    let syntax = snapshot.syntax.expect("a language with a grammar");
    let mut cursor = syntax.tree.walk();
    let mut count = 0;
    loop {
        let node = cursor.node();
        count += usize::from(node.is_error() || node.is_missing());
        if node.has_error() && cursor.goto_first_child() {
            continue;
        }
        while !cursor.goto_next_sibling() {
            if !cursor.goto_parent() {
                return count;
            }
        }
    }
}

fn doubles_closer(answer: &str, after: &str) -> bool {
    let last = answer.trim_end().chars().next_back();
    let next = after.trim_start_matches([' ', '\t']).chars().next();
    last == next && last.is_some_and(|character| ")]}".contains(character))
}

/// Whether the answer's last line stands below it again, or the rest of the line is in its end.
fn repeats(answer: &str, after: &str) -> bool {
    let rest = after.lines().next().unwrap_or_default().trim();
    if rest.len() > 3 && answer.trim_end().ends_with(rest) {
        return true;
    }
    let last = answer
        .trim_end()
        .lines()
        .next_back()
        .unwrap_or_default()
        .trim();
    let below = after
        .lines()
        .skip(1)
        .map(str::trim)
        .find(|line| !line.is_empty())
        .unwrap_or_default();
    last.len() > 3 && last == below
}

fn offsets(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.split_inclusive('\n').scan(0, |at, line| {
        let start = *at;
        *at += line.len();
        Some((start, line.trim_end_matches('\n')))
    })
}

fn is_code(line: &str) -> bool {
    let line = line.trim();
    line.len() > 6
        && !line.starts_with("//")
        && !line.starts_with("import")
        && !line.starts_with("package")
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

/// The start of the word at or before `at`.
fn word_start(line: &str, at: usize) -> usize {
    let mut start = line.floor_char_boundary(at).max(indent(line));
    while let Some(before) = line[indent(line)..start].chars().next_back() {
        if !before.is_alphanumeric() && before != '_' {
            break;
        }
        start -= before.len_utf8();
    }
    start
}

/// Bytes of closing brackets and separators at the end of a line.
fn closers(line: &str) -> usize {
    let line = line.trim_end();
    line.len()
        - line
            .trim_end_matches([')', ']', '}', ',', ';', '{', ' '])
            .len()
}

/// The lines between the `{` that ends a line at `end` and its `}`, without the last line end; at most 12 lines.
fn body(text: &str, end: usize) -> Option<Span> {
    if !text[..end].trim_end().ends_with('{') {
        return None;
    }
    let start_line = text[..end].rfind('\n').map_or(0, |at| at + 1);
    let outer = indent(&text[start_line..end]);
    let mut span_end = None;
    for (offset, line) in offsets(&text[end..]).skip(1).take(13) {
        if !line.trim().is_empty() && indent(line) <= outer {
            span_end = Some(end + offset - 1);
            break;
        }
    }
    let first = end + 1;
    let first_line = text.get(first..)?.lines().next()?;
    span_end
        .filter(|to| *to > first + indent(first_line))
        .map(|to| Span::new(first + indent(first_line), to))
}
