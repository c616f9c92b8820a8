//! Crash traces: text of a terminal → frames → places in the user's own code; without a model.

use std::path::PathBuf;

use crate::text::Span;

/// One crash in some output: a panic, a failed test, a data race.
#[derive(Clone, Debug, PartialEq)]
pub struct Trace {
    pub kind: Kind,
    /// What the program said: `index out of range [5] with length 3`.
    pub message: String,
    /// The test that failed, where it was one.
    pub test: Option<String>,
    /// The innermost call first, of the goroutine or thread that crashed; others after it.
    pub stacks: Vec<Stack>,
    /// Where it stands in the output.
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
    /// As the trace writes it, less arguments and hashes: `main.(*Inventory).Sell`.
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
