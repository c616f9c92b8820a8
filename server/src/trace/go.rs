//! What Go prints when it panics, deadlocks, finds a data race, or a test fails.

use std::path::PathBuf;

use super::lines::{Lines, place};
use super::{Frame, Kind, Stack, Trace};

/// The trace that begins on line `at`, and the line behind it.
pub fn read(lines: &Lines, at: usize) -> Option<(Trace, usize)> {
    let line = lines.get(at);
    if line.starts_with("panic: ") || line.starts_with("fatal error: ") {
        return Some(panic(lines, at));
    }
    if line.trim() == "WARNING: DATA RACE" {
        return Some(race(lines, at));
    }
    // Of a test's parts, only the one that says something.
    failure(lines, at).or_else(|| dump(lines, at))
}

/// Gives the tests that failed their package: the line `FAIL package` stands behind them.
pub fn name_packages(lines: &Lines, traces: &mut [Trace]) {
    for number in 0..lines.len() {
        let mut words = lines.get(number).split_whitespace();
        if words.next() != Some("FAIL") {
            continue;
        }
        let Some(package) = words.next() else {
            continue;
        };
        let end = lines.span(number, number + 1).start;
        for trace in traces.iter_mut() {
            if trace.span.start < end && trace.package.is_none() {
                trace.package = Some(package.to_owned());
            }
        }
    }
}

fn panic(lines: &Lines, at: usize) -> (Trace, usize) {
    let is_message = |line: &str| !line.is_empty() && !line.starts_with("goroutine ");
    let end = lines.after(at, is_message);
    let message: Vec<&str> = (at..end)
        .map(|line| lines.get(line))
        .filter(|line| !line.starts_with("[signal "))
        .collect();
    let message = message.join("\n");
    let message = message
        .trim_start_matches("panic: ")
        .trim_start_matches("fatal error: ")
        .trim_end_matches(" [recovered, repanicked]")
        .to_owned();
    let (stacks, end) = goroutines(lines, end);
    let test = test_of(lines, at);
    (
        trace(Kind::GoPanic, message, test, stacks, lines, at, end),
        end,
    )
}

/// Stacks without a word before them: `SIGQUIT`, or a part of a log.
fn dump(lines: &Lines, at: usize) -> Option<(Trace, usize)> {
    title(lines.get(at))?;
    let (stacks, end) = goroutines(lines, at);
    let any = stacks.iter().any(|stack| !stack.frames.is_empty());
    let message = "goroutines were dumped".to_owned();
    any.then(|| {
        let made = trace(Kind::GoPanic, message, None, stacks, lines, at, end);
        (made, end)
    })
}

/// Stacks from line `at` on, blank lines between them.
fn goroutines(lines: &Lines, mut at: usize) -> (Vec<Stack>, usize) {
    let mut stacks = Vec::new();
    loop {
        let next = lines.after(at, |line| line.trim().is_empty());
        let Some(title) = title(lines.get(next)) else {
            return (stacks, at);
        };
        let (frames, end) = frames(lines, next + 1);
        stacks.push(Stack { title, frames });
        at = end;
    }
}

/// `goroutine 7 [running]:`
fn title(line: &str) -> Option<String> {
    let title = line.strip_suffix(':')?;
    let fits = title.starts_with("goroutine ") && title.ends_with(']');
    fits.then(|| title.to_owned())
}

/// Pairs of lines: a call, and its file and line behind blanks.
fn frames(lines: &Lines, mut at: usize) -> (Vec<Frame>, usize) {
    let mut frames = Vec::new();
    loop {
        let call = lines.get(at);
        let file = lines.get(at + 1);
        let indented = file.starts_with(['\t', ' ']);
        let read = place(file.split(" +0x").next().unwrap_or_default());
        match read {
            Some((path, line, column)) if indented && !call.trim().is_empty() => {
                frames.push(Frame {
                    function: function(call),
                    file: PathBuf::from(path),
                    line,
                    column,
                });
                at += 2;
            }
            _ if call.starts_with("...") => at += 1,
            _ => return (frames, at),
        }
    }
}

/// The name of a call: less its arguments, and what `created by` adds.
fn function(call: &str) -> String {
    let call = call.trim();
    if let Some(created) = call.strip_prefix("created by ") {
        let name = created.split(" in goroutine ").next().unwrap_or(created);
        return name.to_owned();
    }
    match call.rfind('(').filter(|_| call.ends_with(')')) {
        Some(open) => call[..open].to_owned(),
        None => call.to_owned(),
    }
}

fn race(lines: &Lines, at: usize) -> (Trace, usize) {
    let mut stacks = Vec::new();
    let mut next = at + 1;
    while next < lines.len() && !lines.get(next).starts_with("====") {
        let title = lines.get(next);
        if title.ends_with(':') && !title.starts_with(' ') {
            let (frames, end) = frames(lines, next + 1);
            let title = title.trim_end_matches(':').to_owned();
            stacks.push(Stack { title, frames });
            next = end.max(next + 1);
        } else {
            next += 1;
        }
    }
    let titles: Vec<&str> = stacks.iter().take(2).map(|s| s.title.as_str()).collect();
    let message = titles.join("; ").to_lowercase();
    let end = (next + 1).min(lines.len());
    (
        trace(Kind::GoRace, message, None, stacks, lines, at, end),
        end,
    )
}

/// A line of a failed test, `    stock_test.go:8: Left(5, 7) = 5, want 0`, and those that go on with it.
fn failure(lines: &Lines, at: usize) -> Option<(Trace, usize)> {
    let line = lines.get(at);
    let indent = line.len() - line.trim_start().len();
    let (name, rest) = line.trim_start().split_once(".go:")?;
    if indent < 4 || name.contains(|c: char| c.is_whitespace() || c == ':') {
        return None;
    }
    let (number, message) = rest.split_once(':')?;
    let number = number.parse().ok()?;
    let deeper = |line: &str| line.len() - line.trim_start().len() > indent && !is_report(line);
    let end = lines.after(at + 1, deeper);
    let mut words = vec![message.trim()];
    words.extend((at + 1..end).map(|line| lines.get(line).trim()));
    let test = test_of(lines, at).or_else(|| test_behind(lines, end))?;
    let frame = Frame {
        function: test.clone(),
        file: PathBuf::from(format!("{name}.go")),
        line: number,
        column: None,
    };
    let stack = Stack {
        title: test.clone(),
        frames: vec![frame],
    };
    let message = words.join("\n").trim().to_owned();
    let stacks = vec![stack];
    Some((
        trace(Kind::GoTest, message, Some(test), stacks, lines, at, end),
        end,
    ))
}

fn is_report(line: &str) -> bool {
    line.trim_start().starts_with("--- ")
}

/// The test whose report line `at` belongs to: the nearest `--- FAIL: Name` or `=== RUN Name` above it.
fn test_of(lines: &Lines, at: usize) -> Option<String> {
    for number in (0..at).rev().take(200) {
        let line = lines.get(number).trim_start();
        if let Some(rest) = line.strip_prefix("--- FAIL: ") {
            return rest.split(" (").next().map(str::to_owned);
        }
        if let Some(rest) = line.strip_prefix("=== RUN") {
            return Some(rest.trim().to_owned());
        }
        if line.starts_with("FAIL") || line.starts_with("ok ") {
            return None;
        }
    }
    None
}

/// With `-v`, a test's words stand before the line that says that it failed.
fn test_behind(lines: &Lines, at: usize) -> Option<String> {
    let line = lines.get(at).trim_start();
    let rest = line.strip_prefix("--- FAIL: ")?;
    rest.split(" (").next().map(str::to_owned)
}

fn trace(
    kind: Kind,
    message: String,
    test: Option<String>,
    stacks: Vec<Stack>,
    lines: &Lines,
    from: usize,
    to: usize,
) -> Trace {
    Trace {
        kind,
        message,
        test,
        package: None,
        stacks,
        span: lines.span(from, to),
    }
}
