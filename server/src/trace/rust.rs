//! What Rust prints when a thread panics, with a backtrace or without, in a program or in a test.

use std::path::PathBuf;

use super::lines::{At, Lines, place};
use super::{Frame, Kind, Stack, Trace};

/// The trace that begins on line `at`, and the line behind it.
pub fn read(lines: &Lines, at: usize) -> Option<(Trace, usize)> {
    let line = lines.get(at);
    let (before, after) = line.split_once("' panicked at ").or_else(|| {
        // With the number of the thread, as from Rust 1.91 on.
        let (before, after) = line.split_once(" panicked at ")?;
        Some((before.rsplit_once("' (")?.0, after))
    })?;
    let name = before.rsplit_once("thread '")?.1;
    let (message, frame) = match quoted(after) {
        Some((message, place)) => (message, frame("", place)),
        None => (message(lines, at + 1), frame("", place(after)?)),
    };
    let is_message = |line: &str| !is_end(line);
    let mut end = lines.after(at + 1, is_message);
    let mut frames = Vec::new();
    if lines.get(end).starts_with("stack backtrace:") {
        (frames, end) = backtrace(lines, end + 1);
    }
    let known =
        |other: &Frame| plain(&other.file) == plain(&frame.file) && other.line == frame.line;
    if !frames.iter().any(known) {
        frames.insert(0, frame);
    }
    let test = is_test(lines, at, name).then(|| name.to_owned());
    let stack = Stack {
        title: format!("thread '{name}'"),
        frames,
    };
    let trace = Trace {
        kind: match test {
            Some(_) => Kind::RustTest,
            None => Kind::RustPanic,
        },
        message,
        test,
        package: None,
        stacks: vec![stack],
        span: lines.span(at, end),
    };
    Some((trace, end))
}

/// The older form, before Rust 1.73: `'message', src/main.rs:2:5`.
fn quoted(after: &str) -> Option<(String, At<'_>)> {
    let (message, at) = after.strip_prefix('\'')?.rsplit_once("', ")?;
    Some((message.to_owned(), place(at)?))
}

fn message(lines: &Lines, from: usize) -> String {
    let end = lines.after(from, |line| !is_end(line));
    let words: Vec<&str> = (from..end).map(|line| lines.get(line)).collect();
    words.join("\n").trim_end().to_owned()
}

fn is_end(line: &str) -> bool {
    line.trim().is_empty() || line.starts_with("note: ") || line.starts_with("stack backtrace:")
}

/// Pairs of lines: `   5: name`, and `             at file:line:column`; a name may stand alone.
fn backtrace(lines: &Lines, mut at: usize) -> (Vec<Frame>, usize) {
    let mut frames = Vec::new();
    while let Some((_, name)) = numbered(lines.get(at)) {
        let under = lines.get(at + 1).trim_start().strip_prefix("at ");
        if let Some(place) = under.and_then(place) {
            frames.push(frame(without_hash(name), place));
            at += 1;
        }
        at += 1;
    }
    (frames, at)
}

fn numbered(line: &str) -> Option<(usize, &str)> {
    let (number, name) = line.trim_start().split_once(": ")?;
    let name = name.trim_start();
    // RUST_BACKTRACE=full writes addresses before names.
    let name = match name.split_once(" - ") {
        Some((address, name)) if address.trim().starts_with("0x") => name,
        _ => name,
    };
    Some((number.parse().ok()?, name))
}

/// `crate::function::h0123456789abcdef` without its last part.
fn without_hash(name: &str) -> &str {
    match name.rsplit_once("::h") {
        Some((rest, hash)) if hash.len() == 16 && hash.bytes().all(|b| b.is_ascii_hexdigit()) => {
            rest
        }
        _ => name,
    }
}

fn frame(function: &str, (path, line, column): At) -> Frame {
    Frame {
        function: function.to_owned(),
        file: PathBuf::from(path),
        line,
        column,
    }
}

fn plain(path: &std::path::Path) -> &std::path::Path {
    path.strip_prefix("./").unwrap_or(path)
}

/// Whether the thread ran a test: its output is shown under the test's name, or the thread has that name.
fn is_test(lines: &Lines, at: usize, name: &str) -> bool {
    let title = format!("---- {name} stdout ----");
    let mut above = (0..at).rev().take(400).map(|line| lines.get(line));
    above.any(|line| line == title) || name.contains("::")
}
