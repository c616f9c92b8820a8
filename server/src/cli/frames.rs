//! A crash as a terminal shows it: what happened, the line of the user's own code, and the frames as links.

use std::path::Path;

use super::out::Style;
use crate::trace::{Gathered, Place, Stack};

/// Lines shown around the crash.
const AROUND: usize = 2;

/// All of it; paths below `folder` are shown relative to it.
pub fn show(gathered: &Gathered, folder: &Path, style: Style) -> String {
    let mut out = format!("\n{}\n", style.bold(&gathered.trace.title()));
    for line in gathered.trace.message.lines().skip(1).take(12) {
        out += &format!("  {line}\n");
    }
    match gathered.places.first() {
        Some(place) => out += &source(place, folder, style),
        None => out += "  none of its frames is in this folder's own code\n",
    }
    for (number, stack) in gathered.trace.stacks.iter().enumerate().take(4) {
        out += &format!("{}\n", style.dim(&stack.title));
        out += &calls(gathered, number, stack, folder, style);
    }
    out
}

/// The frames of a stack; those of libraries in a row are counted.
fn calls(gathered: &Gathered, number: usize, stack: &Stack, folder: &Path, style: Style) -> String {
    let mut out = String::new();
    let mut foreign = 0;
    let skipped = |foreign: &mut usize, out: &mut String| {
        let calls = match std::mem::take(foreign) {
            0 => return,
            1 => "1 call in a library".to_owned(),
            count => format!("{count} calls in libraries"),
        };
        *out += &style.dim(&format!("  … {calls}\n"));
    };
    for (frame_number, frame) in stack.frames.iter().enumerate() {
        let at = (number, frame_number);
        match gathered.places.iter().find(|place| place.at == at) {
            Some(place) => {
                skipped(&mut foreign, &mut out);
                let link = link(place, folder, style);
                out += &format!("  {link}  {}\n", frame.function);
            }
            None => foreign += 1,
        }
    }
    skipped(&mut foreign, &mut out);
    out
}

/// The lines around the crash, its own one marked.
fn source(place: &Place, folder: &Path, style: Style) -> String {
    let mut out = format!("  {}\n", link(place, folder, style));
    let Ok(text) = std::fs::read_to_string(&place.path) else {
        return out;
    };
    let first = place.frame.line.saturating_sub(1 + AROUND);
    for (number, line) in text.lines().enumerate().skip(first).take(2 * AROUND + 1) {
        let here = number + 1 == place.frame.line;
        let row = format!("  {:>5} │ {}", number + 1, line.replace('\t', "    "));
        out += &match here {
            true => format!("{}\n", style.warn(&row)),
            false => format!("{}\n", style.dim(&row)),
        };
    }
    out
}

/// `src/main.rs:7`, which a terminal that knows links opens
/// (<https://gist.github.com/egmontkob/eb114294efbcd5adb1944c9f3cb5feda>).
fn link(place: &Place, folder: &Path, style: Style) -> String {
    let short = place.path.strip_prefix(folder).unwrap_or(&place.path);
    let shown = style.good(&format!("{}:{}", short.display(), place.frame.line));
    match url::Url::from_file_path(&place.path) {
        Ok(url) if style.colors() => format!("\x1b]8;;{url}\x1b\\{shown}\x1b]8;;\x1b\\"),
        _ => shown,
    }
}
