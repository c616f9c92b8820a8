//! Loops of an answer: a small model says the same paragraph again and again. Pure.
//!
//! Text that may become a repetition is held back until it differs or is one, so that the end of the answer shows nothing of it.

/// What is said twice in a row has to be so long to count, in bytes; a paragraph of some other place has to be longer, since a good
/// answer too says short things twice.
const NEAR: usize = 40;
const FAR: usize = 120;

/// So many lines count though they are no whole paragraph.
const LINES: usize = 3;

/// What fences begin with.
const MARKS: [&str; 2] = ["```", "~~~"];

/// What to do with a piece of the answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Heard {
    /// To be shown now.
    pub text: String,
    /// What comes next was said already: there is no more to read.
    pub repeats: bool,
}

/// An answer as it comes.
#[derive(Debug, Default)]
pub struct Repeat {
    /// All that came.
    text: String,
    /// Bytes of it that were shown.
    shown: usize,
    /// The lines that are whole, without blank ones and fences.
    lines: Vec<Line>,
    /// Where the line begins that is not whole yet.
    start: usize,
    /// Whether the next line is the first of its paragraph.
    first: bool,
    /// The fence that the next line is in, and how many there were.
    fence: Option<String>,
    fences: usize,
}

#[derive(Debug)]
struct Line {
    /// Without what counts the items of a list.
    words: String,
    start: usize,
    /// Whether it begins a paragraph.
    first: bool,
    /// The number of the block of code that it is in; 0: none.
    fence: usize,
    indented: bool,
    /// Whether it begins a line, and not only a sentence.
    opens: bool,
}

impl Repeat {
    /// Takes the next piece.
    pub fn take(&mut self, chunk: &str) -> Heard {
        self.text.push_str(chunk);
        while let Some(length) = self.whole() {
            let end = self.start + length;
            if let Some(line) = self.line(end) {
                return self.cut(line);
            }
            self.start = end;
        }
        let held = self.held().unwrap_or(self.text.len());
        self.show(held)
    }

    /// What was held back when the answer has ended; a repetition, a part of one too, is left out.
    pub fn end(&mut self) -> Heard {
        let end = self.text.len();
        if self.start < end {
            if let Some(line) = self.line(end) {
                return self.cut(line);
            }
            self.start = end;
        }
        if let Some(line) = self.repeated(true) {
            return self.cut(line);
        }
        self.show(end)
    }

    /// How long the next line is, where it is whole. A long sentence of prose counts as one.
    fn whole(&self) -> Option<usize> {
        let rest = &self.text[self.start..];
        let line = rest.find('\n').map(|at| at + 1);
        if self.fence.is_some() || MARKS.iter().any(|mark| rest.starts_with(mark)) {
            return line;
        }
        let ends = [". ", "! ", "? "]
            .iter()
            .flat_map(|end| rest.match_indices(end));
        let ends = ends.map(|(at, end)| at + end.len());
        let sentence = ends.filter(|end| *end >= NEAR).min();
        match (line, sentence) {
            (Some(line), Some(sentence)) => Some(line.min(sentence)),
            (line, sentence) => line.or(sentence),
        }
    }

    /// Takes the line that ends at `end`; gives the first line of a repetition that is whole with it.
    fn line(&mut self, end: usize) -> Option<usize> {
        let line = &self.text[self.start..end];
        let words = line.trim();
        let opens = self.start == 0 || self.text[..self.start].ends_with('\n');
        let mark = MARKS.iter().find(|mark| opens && words.starts_with(*mark));
        let closes = self.fence.as_deref().is_none_or(|open| {
            words.starts_with(open) && words.trim_start_matches(&open[..1]).is_empty()
        });
        if words.is_empty() || (mark.is_some() && closes) {
            let found = self.repeated(true);
            self.first = true;
            if let Some(mark) = mark {
                self.fences += usize::from(self.fence.is_none());
                self.fence = match self.fence {
                    None => Some((*mark).to_owned()),
                    Some(_) => None,
                };
            }
            return found;
        }
        let fence = if self.fence.is_some() { self.fences } else { 0 };
        self.lines.push(Line {
            words: uncounted(words, fence > 0).to_owned(),
            start: self.start,
            first: self.first || self.lines.is_empty(),
            fence,
            indented: line.starts_with([' ', '\t']),
            opens,
        });
        self.first = false;
        self.repeated(false)
    }

    /// The line from which on all was said before; `ended`: a paragraph ends here.
    fn repeated(&self, ended: bool) -> Option<usize> {
        let count = self.lines.len();
        let mut starts = (0..count)
            .rev()
            .take_while(|at| self.lines[*at].start >= self.shown);
        starts.find(|at| (0..*at).any(|earlier| self.is_repetition(*at, earlier, ended)))
    }

    /// Whether the lines from `at` on say enough of what is said from `earlier` on.
    fn is_repetition(&self, at: usize, earlier: usize, ended: bool) -> bool {
        if !self.is_same(at, earlier) {
            return false;
        }
        let count = self.lines.len() - at;
        let (one, other) = (&self.lines[at], &self.lines[earlier]);
        let whole = ended && one.first && other.first && self.lines[earlier + count].first;
        let said = &self.lines[at..];
        let bytes: usize = said.iter().map(|line| line.words.len()).sum();
        let lines = said.iter().filter(|line| line.opens).count();
        let directly = count >= at - earlier && bytes >= NEAR;
        match one.fence {
            0 if directly => whole || count >= LINES,
            0 => (whole || lines >= LINES) && bytes >= FAR,
            // Code says the same in two places for good reasons, but not twice in a row.
            _ => whole && count >= LINES && directly,
        }
    }

    /// Whether all whole lines from `at` on are those from `earlier` on.
    fn is_same(&self, at: usize, earlier: usize) -> bool {
        let pairs = self.lines[at..].iter().zip(&self.lines[earlier..]);
        let mut same =
            pairs.map(|(one, other)| one.words == other.words && one.fence == other.fence);
        let code = self.lines.get(at).is_some_and(|line| line.fence > 0);
        let begins = |at: usize| {
            let line = &self.lines[at];
            line.first && !line.indented
        };
        same.all(|same| same) && (!code || (begins(at) && begins(earlier)))
    }

    /// Where what may become a repetition begins; None where nothing may.
    fn held(&self) -> Option<usize> {
        let rest = &self.text[self.start..];
        let fence = if self.fence.is_some() { self.fences } else { 0 };
        let words = uncounted(rest.trim(), fence > 0);
        let count = self.lines.len();
        // A blank line, or a fence.
        let may_end = MARKS
            .iter()
            .any(|mark| mark.starts_with(rest.trim()) || rest.trim().starts_with(mark));
        let begun = |at: usize| {
            (0..at).any(|earlier| {
                let next = &self.lines[earlier + count - at];
                let goes_on = next.fence == fence && next.words.starts_with(words);
                self.is_same(at, earlier) && (may_end || goes_on)
            })
        };
        let unshown = self.lines.iter().position(|line| line.start >= self.shown);
        if let Some(at) = (unshown.unwrap_or(count)..count).find(|at| begun(*at)) {
            return Some(self.lines[at].start);
        }
        let can_begin = fence == 0 || (self.first && !rest.starts_with([' ', '\t']));
        let begins = |line: &Line| {
            let code = line.fence == 0 || (line.first && !line.indented);
            code && line.fence == fence && line.words.starts_with(words)
        };
        let holds = !rest.is_empty() && can_begin && self.lines.iter().any(begins);
        holds.then_some(self.start)
    }

    fn show(&mut self, end: usize) -> Heard {
        let end = end.max(self.shown);
        let text = self.text[self.shown..end].to_owned();
        self.shown = end;
        Heard {
            text,
            repeats: false,
        }
    }

    /// Shows what stands before a repetition, and ends the block of code that it is in.
    fn cut(&mut self, line: usize) -> Heard {
        let line = &self.lines[line];
        let (start, code) = (line.start, line.fence > 0);
        let mut heard = self.show(start);
        if code {
            heard.text.push_str("```\n");
        }
        Heard {
            repeats: true,
            ..heard
        }
    }
}

/// A line of prose without the mark of a list's item: the next one has another number.
fn uncounted(words: &str, code: bool) -> &str {
    if code {
        return words;
    }
    let rest = words.trim_start_matches(|letter: char| letter.is_ascii_digit());
    let counted = rest.len() < words.len();
    match rest.strip_prefix(['.', ')']) {
        Some(rest) if counted => rest.trim_start(),
        // Its mark may be half written.
        None if rest.is_empty() => rest,
        _ => words,
    }
}

#[cfg(test)]
mod tests;
