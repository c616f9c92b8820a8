//! Crash traces: text of a terminal → frames → places in the user's own code; without a model.

mod gather;
mod go;
mod lines;
mod locate;
mod rust;
#[cfg(test)]
mod tests;

use std::path::PathBuf;

use crate::text::Span;

pub use gather::{Gathered, gather};
pub use locate::{Roots, locate};

use lines::Lines;

/// One crash in some output: a panic, a failed test, a data race.
#[derive(Clone, Debug, PartialEq)]
pub struct Trace {
    pub kind: Kind,
    /// What the program said: `index out of range [5] with length 3`.
    pub message: String,
    /// The test that failed, where it was one.
    pub test: Option<String>,
    /// The package of a failed Go test, as its path of imports.
    pub package: Option<String>,
    /// The goroutine or thread that crashed comes first; of each the innermost call.
    pub stacks: Vec<Stack>,
    /// Where it stands in the output, bytes.
    pub span: Span,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    GoPanic,
    GoRace,
    GoTest,
    RustPanic,
    RustTest,
}

/// The calls of one goroutine or thread.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Stack {
    /// `goroutine 7 [running]`, `thread 'main'`, `previous write by goroutine 6`…
    pub title: String,
    pub frames: Vec<Frame>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Frame {
    /// As the trace writes it, less arguments and hashes: `main.(*Inventory).Sell`; empty where it says none.
    pub function: String,
    /// As the trace writes it.
    pub file: PathBuf,
    /// From 1.
    pub line: usize,
    /// From 1, where the trace has it.
    pub column: Option<usize>,
}

/// A frame found in the user's own code.
#[derive(Clone, Debug, PartialEq)]
pub struct Place {
    pub frame: Frame,
    /// The file on disk.
    pub path: PathBuf,
    /// Which stack and which frame of it.
    pub at: (usize, usize),
}

/// The most traces that are read out of one output.
const MOST: usize = 50;

/// The traces in `text`, in its order; colours of a terminal do not matter. A panic in a failed test is one trace.
pub fn parse(text: &str) -> Vec<Trace> {
    let lines = Lines::new(text);
    let mut found = Vec::new();
    let mut at = 0;
    while at < lines.len() && found.len() < MOST {
        let read = go::read(&lines, at).or_else(|| rust::read(&lines, at));
        match read {
            Some((trace, next)) => {
                found.push(trace);
                at = next.max(at + 1);
            }
            None => at += 1,
        }
    }
    go::name_packages(&lines, &mut found);
    found
}

/// Whether `text` holds a trace; quick, for every selection.
pub fn is_in(text: &str) -> bool {
    const MARKS: [&str; 6] = [
        "panicked at ",
        "panic: ",
        "fatal error: ",
        "goroutine ",
        "WARNING: DATA RACE",
        "--- FAIL: ",
    ];
    let bytes = text.as_bytes();
    let marked = |mark: &&str| memchr::memmem::find(bytes, mark.as_bytes()).is_some();
    MARKS.iter().any(marked) && !parse(text).is_empty()
}

impl Trace {
    /// All frames with their stack's and their own number, those of the crash first.
    pub fn frames(&self) -> impl Iterator<Item = ((usize, usize), &Frame)> {
        self.stacks.iter().enumerate().flat_map(|(stack, own)| {
            let frames = own.frames.iter().enumerate();
            frames.map(move |(number, frame)| ((stack, number), frame))
        })
    }

    /// What happened, in one line.
    pub fn title(&self) -> String {
        let what = match self.kind {
            Kind::GoPanic | Kind::RustPanic => "panic",
            Kind::GoRace => "data race",
            Kind::GoTest | Kind::RustTest => "failed test",
        };
        let test = self.test.as_deref().map(|test| format!(" {test}"));
        let first = self.message.lines().next().unwrap_or_default();
        format!("{what}{}: {first}", test.unwrap_or_default())
    }
}
