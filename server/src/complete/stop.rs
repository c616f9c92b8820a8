//! Where a hole ends: reads the model's answer as it comes, in chunks cut anywhere, and says when to stop.

mod control;
mod repeat;
mod statement;

use std::sync::Arc;

use super::around::Around;
use super::lexer::{Bracket, Lexer, closer};
use crate::context::{HoleKind, Shape};

pub use control::{control_at_end, hidden_from};
pub use repeat::{loops, repeats_in_line};

/// Reads one answer.
pub struct Stop {
    around: Arc<Around>,
    lexer: Lexer,
    text: String,
    /// Where the line read now starts in `text`.
    line_start: usize,
    /// The finished lines, without the blanks around them.
    lines: Vec<String>,
    /// Closing brackets of those opened in the answer.
    open: Vec<char>,
    /// How many were open when the line began.
    open_before: usize,
    /// How many of the brackets around the hole the answer has closed.
    closed: usize,
    fenced: bool,
    /// Where a whole statement ends (bytes), while the line after it may still go on with it.
    complete: Option<usize>,
    ended: Option<&'static str>,
}

impl Stop {
    pub fn new(around: Arc<Around>) -> Stop {
        Stop {
            lexer: around.lexer.clone(),
            around,
            text: String::new(),
            line_start: 0,
            lines: Vec::new(),
            open: Vec::new(),
            open_before: 0,
            closed: 0,
            fenced: false,
            complete: None,
            ended: None,
        }
    }

    /// Reads a chunk; the name of the rule that ended the hole, where one did. What comes after that is not read.
    pub fn read(&mut self, chunk: &str) -> Option<&'static str> {
        for character in chunk.chars() {
            if self.ended.is_some() {
                break;
            }
            if character != '\r' {
                self.read_character(character);
            }
        }
        self.ended
    }

    /// The answer so far, its lines ended by `\n`.
    pub fn text(&self) -> &str {
        &self.text[..self.complete.unwrap_or(self.text.len())]
    }

    /// The finished lines so far.
    pub fn whole_lines(&self) -> &str {
        self.text[..self.line_start].trim_end_matches('\n')
    }

    /// The model says nothing more. `cut` says that it was not done: then a last line that is not finished is left out, unless
    /// it is the only one.
    pub fn finish(&mut self, cut: bool) {
        if self.ended.is_some() {
            return;
        }
        if let Some(keep) = self.complete {
            self.end("statement", keep);
        } else if self.line().trim_start().starts_with("```") {
            self.end("fence", self.line_start);
        } else if cut && !self.whole_lines().trim().is_empty() {
            self.end("too long", self.line_start);
        }
    }

    fn line(&self) -> &str {
        &self.text[self.line_start..]
    }

    /// Ends the hole, with the first `keep` bytes in it.
    fn end(&mut self, rule: &'static str, keep: usize) {
        self.text.truncate(self.complete.unwrap_or(keep).min(keep));
        self.complete = None;
        self.ended = Some(rule);
    }

    fn read_character(&mut self, character: char) {
        if character == '\n' {
            self.lexer.read(character);
            return self.end_line();
        }
        if let Some(rule) = self.stops_before(character) {
            let keep = match rule {
                "dedent" => self.line_start,
                _ => self.text.len(),
            };
            return self.end(rule, keep);
        }
        self.text.push(character);
        if let Some(keep) = self.complete {
            match statement::goes_on(self.line().trim_start()) {
                Some(true) => self.complete = None,
                Some(false) => return self.end("statement", keep),
                None => {}
            }
        }
        if let Some(start) = control_at_end(&self.text, &self.around.stops) {
            self.end("control token", start);
        } else if repeats_in_line(self.line()) {
            self.end("loop", self.line_start);
        }
    }

    /// Whether the hole ends right before this character; keeps account of the brackets.
    fn stops_before(&mut self, character: char) -> Option<&'static str> {
        if self.dedents(character) {
            return Some("dedent");
        }
        let quote = self.lexer.quote();
        let bracket = self.lexer.read(character);
        if quote == Some(character) && self.ends_outer_string(character) {
            return Some("end of the string");
        }
        match bracket? {
            Bracket::Open(open) => {
                self.open.push(closer(open));
                None
            }
            Bracket::Close(close) => self.closes(close),
        }
    }

    /// Whether this quote ends the string around the hole, and stands in the document already.
    fn ends_outer_string(&self, quote: char) -> bool {
        let outer = self.around.lexer.quote() == Some(quote) && self.lexer.in_code();
        outer && !self.text.contains(quote) && self.around.ends_string
    }

    fn closes(&mut self, close: char) -> Option<&'static str> {
        if let Some(expected) = self.open.pop() {
            return (expected != close).then_some("bracket");
        }
        let level = self.around.levels.get(self.closed);
        let missing = level.is_some_and(|(wanted, missing)| *wanted == close && *missing);
        if missing || self.types_over(close) {
            self.closed += 1;
            return None;
        }
        Some("bracket")
    }

    /// Whether the answer begins with the closing brackets that stand behind the cursor, up to this one.
    fn types_over(&self, close: char) -> bool {
        let said = self.text.trim();
        let rest = self.around.rest.trim_start();
        self.around.rest_is_closers()
            && rest
                .strip_prefix(said)
                .is_some_and(|rest| rest.starts_with(close))
    }

    /// Whether a line begins here that is indented less than the hole.
    fn dedents(&self, character: char) -> bool {
        let begins = self.line().trim().is_empty() && !character.is_whitespace();
        let closes = ")]}".contains(character);
        let code = self.lexer.in_code() && self.open.is_empty() && self.closed == 0;
        if !begins || closes || !code || self.fenced || self.lines.is_empty() {
            return false;
        }
        self.around.indent.width(self.line()) < self.around.level()
    }

    fn end_line(&mut self) {
        let line = self.line().trim().to_owned();
        if line.is_empty() && self.lines.iter().all(String::is_empty) {
            return self.end_blank_start();
        }
        if line.starts_with("```") || (self.around.chat && self.introduces(&line)) {
            return self.end_fence(line.starts_with("```"));
        }
        if self.around.hole.shape == Shape::Line {
            return self.end("line", self.text.len());
        }
        if let Some(rule) = self.ends_before(&line) {
            return self.end(rule, self.line_start);
        }
        let complete = self.around.amid && self.closed == 0 && self.in_block();
        let complete = complete && statement::is_whole(&line, &self.around);
        self.lines.push(line);
        if let Some(count) = loops(&self.lines) {
            let keep = self.start_of_last(count);
            return self.end("loop", keep);
        }
        if self.ends_definition() {
            return self.end("end of the definition", self.text.len());
        }
        self.complete = complete.then_some(self.text.len());
        self.next_line();
    }

    /// Whether the answer is in code, and all brackets that it opened are closed.
    fn in_block(&self) -> bool {
        self.open.is_empty() && self.lexer.in_code() && !self.fenced
    }

    fn next_line(&mut self) {
        self.text.push('\n');
        self.line_start = self.text.len();
        self.open_before = self.open.len();
    }

    /// A blank first line: on a blank line the answer starts below it; behind other text a single line ends there.
    fn end_blank_start(&mut self) {
        let fresh = self.around.on_blank_line();
        if self.fenced || fresh || !self.lines.is_empty() {
            self.text.truncate(self.line_start);
        } else if self.around.hole.shape == Shape::Line {
            self.end("line", 0);
        } else {
            self.text.truncate(self.line_start);
            self.lines.push(String::new());
            self.next_line();
        }
    }

    /// A fence begins the code of a chat's answer, and ends it.
    fn end_fence(&mut self, fence: bool) {
        let code_before = self.lines.iter().any(|line| !line.is_empty());
        if fence && (self.fenced || (code_before && !self.around.chat)) {
            return self.end("fence", self.line_start);
        }
        self.fenced = fence;
        self.lexer = self.around.lexer.clone();
        self.text.clear();
        self.lines.clear();
        self.open.clear();
        (self.line_start, self.open_before, self.closed) = (0, 0, 0);
    }

    /// Whether a chat's first line is a sentence about the code that follows.
    fn introduces(&self, line: &str) -> bool {
        let sentence = line.ends_with(':') && line.contains(' ') && !line.contains(['(', '"']);
        sentence && !self.fenced && self.lines.is_empty()
    }

    /// Whether the hole ends before the line that was just read.
    fn ends_before(&self, line: &str) -> Option<&'static str> {
        let outside = self.open.is_empty() && self.open_before == 0 && self.lexer.in_code();
        if line.is_empty() && outside {
            return Some("blank line");
        }
        let telling = line.len() > 3 && line.contains(char::is_alphanumeric);
        let below = self.around.below.first().map(|below| below.trim());
        let width = self.around.indent.width(self.line());
        let later = self.open_before == 0 && self.line_start > 0;
        let follows = below == Some(line) || (later && self.around.stands_below(line, width));
        (telling && follows).then_some("what follows")
    }

    /// Whether the line just read ended a whole definition, where one was to be filled in.
    fn ends_definition(&self) -> bool {
        let braced = self.lines.last().is_some_and(|line| line.ends_with('}'));
        self.around.hole.kind == HoleKind::Item && braced && self.open.is_empty()
    }

    /// Where the last `count` finished lines start; the newest of them has no line end yet.
    fn start_of_last(&self, count: usize) -> usize {
        let ends = self.text.rmatch_indices('\n').map(|(at, _)| at + 1);
        ends.chain([0]).nth(count - 1).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests;
