//! Runs the drawn cases of `tests/golden/clean`: what the model said, in place, and what the user is shown.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::*;
use crate::complete::stop::Stop;
use crate::complete::tests::drawn_as;
use crate::context::{HoleKind, Shape};

/// One case: `=== name`, `--- path flags…`, the drawing, `--- shown`, the expected drawing.
struct Case {
    name: String,
    head: String,
    drawing: String,
    expected: String,
}

#[test]
fn answers_are_shown_as_drawn() {
    let update = std::env::var_os("UPDATE_EXPECT").is_some();
    let mut failures = String::new();
    let mut count = 0;
    for path in files() {
        let text = std::fs::read_to_string(&path).expect("a golden file");
        let mut written = String::new();
        for case in cases(&text) {
            count += 1;
            let shown = show(&case);
            if shown != case.expected {
                let _ = writeln!(
                    failures,
                    "{}: {}\nshown:\n{shown}\nexpected:\n{}",
                    path.display(),
                    case.name,
                    case.expected
                );
            }
            let Case {
                name,
                head,
                drawing,
                ..
            } = case;
            let _ = write!(
                written,
                "=== {name}\n--- {head}\n{drawing}--- shown\n{shown}"
            );
        }
        if update && written != text {
            std::fs::write(&path, written).expect("the golden file can be written");
        }
    }
    assert!(update || failures.is_empty(), "{failures}");
    assert!(count > 60, "only {count} cases were found");
}

fn files() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/golden/clean");
    let entries = std::fs::read_dir(folder).expect("the golden folder");
    let mut paths: Vec<PathBuf> = entries
        .map(|entry| entry.expect("an entry").path())
        .collect();
    paths.sort();
    paths
}

fn cases(text: &str) -> Vec<Case> {
    let parts = text.split("=== ").skip(1);
    let parse = |part: &str| {
        let (name, rest) = part.split_once("\n--- ").expect("a path and flags");
        let (head, rest) = rest.split_once('\n').expect("a drawing");
        let (drawing, expected) = rest.split_once("--- shown\n").unwrap_or((rest, ""));
        Case {
            name: name.to_owned(),
            head: head.to_owned(),
            drawing: drawing.to_owned(),
            expected: expected.to_owned(),
        }
    };
    parts.map(parse).collect()
}

/// What is shown for a case, drawn in place.
fn show(case: &Case) -> String {
    let mut words = case.head.split(' ');
    let path = words.next().expect("a path");
    let flags: Vec<&str> = words.collect();
    let has = |flag: &str| flags.contains(&flag);
    let mut drawing = case.drawing.clone();
    if has("open") {
        drawing.pop();
    }
    if has("crlf") {
        drawing = drawing.replace('\n', "\r\n");
    }
    let (before, rest) = drawing.split_once('├').expect("├");
    let (answer, after) = rest.split_once('┤').expect("┤");
    let mut around = drawn_as(
        path,
        &format!("{before}$0{after}"),
        kind(&flags),
        shape(&flags),
    );
    around.chat = has("chat");
    let around = Arc::new(around);
    let stopped = stop(&around, answer, has("cut"));
    let mut shown = match clean(&around, &stopped) {
        Err(why) => return format!("dropped: {why}\n"),
        Ok(draft) => format!("{before}├{}┤{}", draft.text, &after[draft.replaces..]),
    };
    if has("crlf") {
        assert!(
            !shown.replace("\r\n", "").contains('\n'),
            "{}: a lone LF in {shown:?}",
            case.name
        );
        shown = shown.replace("\r\n", "\n");
    }
    if has("open") {
        shown.push('\n');
    }
    shown
}

/// What the stop rules leave; the same wherever chunks are cut.
fn stop(around: &Arc<Around>, answer: &str, cut: bool) -> String {
    let read = |chunks: &mut dyn Iterator<Item = &str>| {
        let mut stop = Stop::new(around.clone());
        for chunk in chunks {
            let _ = stop.read(chunk);
        }
        stop.finish(cut);
        stop.text().to_owned()
    };
    let whole = read(&mut [answer].into_iter());
    let single = read(&mut answer.split_inclusive(|_| true));
    assert_eq!(whole, single, "{answer:?}");
    whole
}

fn kind(flags: &[&str]) -> HoleKind {
    let kinds = [
        ("statement", HoleKind::Statement),
        ("item", HoleKind::Item),
        ("arguments", HoleKind::Arguments),
        ("string", HoleKind::String),
        ("comment", HoleKind::Comment),
        ("import", HoleKind::Import),
    ];
    let found = kinds.iter().find(|(name, _)| flags.contains(name));
    found.map_or(HoleKind::Code, |(_, kind)| *kind)
}

fn shape(flags: &[&str]) -> Shape {
    if flags.contains(&"block") {
        Shape::Block
    } else {
        Shape::Line
    }
}

/// What is shown while the answer grows only ever gets longer, and is the start of what is shown in the end.
#[test]
fn growing_text_only_grows() {
    let text = "fn f(a: u32) {\n    $0\n}\n";
    let around = Arc::new(drawn_as("a.rs", text, HoleKind::Statement, Shape::Block));
    let answer = "let b = a < 1;\n\tif b {\n\t\tg(\"<|x\");\n\t}\n}\n";
    let mut stop = Stop::new(around.clone());
    let mut shown = String::new();
    for chunk in answer.split_inclusive(|_| true) {
        let _ = stop.read(chunk);
        let grown = clean_growing(&around, stop.text());
        assert!(
            grown.len() < shown.len() || grown.starts_with(&shown),
            "{shown:?} then {grown:?}"
        );
        shown = grown;
    }
    let end = clean(&around, stop.text()).expect("an answer");
    assert_eq!(
        end.text,
        "let b = a < 1;\n    if b {\n        g(\"<|x\");\n    }"
    );
    assert_eq!(end.text, shown);
}

/// A model that knows the text and never stops: what is shown is what was there, and fits.
#[test]
fn a_model_that_goes_on_and_on_is_cut_where_the_hole_ends() {
    let (mut right, mut all) = (0, 0);
    for (path, text) in sources() {
        for (hole, end, shape) in holes(&text) {
            all += 1;
            let shown = fill(&path, &text, (hole, end, shape), &text[hole..], false);
            right += usize::from(shown.is_some_and(|shown| shown == text[hole..]));
        }
    }
    assert!(all > 300, "only {all} holes");
    assert!(right * 100 >= all * 98, "{right} of {all} right");
}

/// A model that is cut off anywhere, or says what stands elsewhere: what is shown fits all the same.
#[test]
fn whatever_is_shown_fits() {
    let mut random = support::random::Random::new(4);
    let mut shown = 0;
    for (path, text) in sources() {
        for hole in holes(&text) {
            let length = 1 + random.below(120);
            for start in [hole.0, text.floor_char_boundary(random.below(text.len()))] {
                let answer = &text[start..text.floor_char_boundary(start + length)];
                let found = fill(&path, &text, hole, answer, true);
                shown += usize::from(found.is_some());
            }
        }
    }
    assert!(shown > 300, "only {shown} shown");
}

/// The text from the hole on with what is shown of an answer in it; must add no error and double no bracket.
fn fill(
    path: &str,
    text: &str,
    hole: (usize, usize, Shape),
    answer: &str,
    cut: bool,
) -> Option<String> {
    let (hole, end, shape) = hole;
    let drawing = format!("{}$0{}", &text[..hole], &text[end..]);
    let around = Arc::new(drawn_as(path, &drawing, HoleKind::Statement, shape));
    let draft = clean(&around, &stop(&around, answer, cut)).ok()?;
    let span = crate::text::Span::new(hole, hole + draft.replaces);
    let added = adds_error(&around.snapshot, span, &draft.text);
    let after = &text[end + draft.replaces..];
    assert_eq!(
        added,
        Some(false),
        "{path}: {:?} {:?}",
        &text[..hole],
        draft.text
    );
    let filled = format!("{}{}{after}", &text[..hole], draft.text);
    let snapshot = crate::document::Snapshot::parse(path, filled.as_str());
    let doubled = draft.text.ends_with([')', ']', '}'])
        && after.trim_start_matches(' ').chars().next() == draft.text.chars().next_back();
    assert!(
        !doubled || errors(&snapshot) == Some(0),
        "{path}: {:?}",
        draft.text
    );
    Some(filled[hole..].to_owned())
}

fn sources() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/golden");
    let mut folders = vec![folder.join("go"), folder.join("rust")];
    let mut sources = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path
                .extension()
                .is_some_and(|extension| extension == "go" || extension == "rs")
            {
                let text = std::fs::read_to_string(&path).expect("a source");
                sources.push((path.display().to_string(), text));
            }
        }
    }
    sources.sort();
    sources
}

/// For every third line of code: the rest of the line from its middle word, all of it, and the body of a block that it opens.
fn holes(text: &str) -> Vec<(usize, usize, Shape)> {
    let mut holes = Vec::new();
    let mut start = 0;
    for (number, line) in text.split_inclusive('\n').enumerate() {
        let code = line.trim();
        let indent = line.len() - line.trim_start().len();
        let end = start + line.trim_end().len();
        if number % 3 == 0 && code.len() > 6 && !code.starts_with("//") {
            let middle = line.floor_char_boundary(indent + code.len() / 2);
            let word = line[..middle].rfind(|c: char| !c.is_alphanumeric() && c != '_');
            holes.push((
                start + word.map_or(indent, |at| at + 1).max(indent),
                end,
                Shape::Line,
            ));
            holes.push((start + indent, end, Shape::Line));
            holes.extend(body(text, start, end).map(|to| (end, to, Shape::Block)));
        }
        start += line.len();
    }
    holes
}

/// Where the body ends of a block whose `{` ends the line `start..end`, if no blank line is in it.
fn body(text: &str, start: usize, end: usize) -> Option<usize> {
    let line = &text[start..end];
    let indent = &line[..line.len() - line.trim_start().len()];
    let closer = format!("\n{indent}}}");
    let to = line.ends_with('{').then(|| text[end..].find(&closer))?? + end;
    (!text[end..to].contains("\n\n") && to > end).then_some(to)
}
