//! Somebody asks for a completion (ctrl-space) in places where offsets are easily counted wrong.

use super::Start;
use crate::backend::Backend;
use crate::desk::Desk;
use crate::editor::Editor;

/// A file with the cursor at `$0`, and what is completed there.
struct Place {
    file: &'static str,
    text: &'static str,
    rest: &'static str,
    /// A piece of `rest` that stands nowhere else.
    mark: &'static str,
}

const GO: &[Place] = &[
    Place {
        file: "middle.go",
        text: "package odd\n\nfunc middle(first int) int {\n\treturn first + max($0, 2)\n}\n",
        rest: "first * 311",
        mark: "first * 311",
    },
    Place {
        file: "text.go",
        text: "package odd\n\nvar greeting = \"good $0\"\n",
        rest: "morning to all",
        mark: "morning to all",
    },
    Place {
        file: "emoji.go",
        text: "package odd\n\nvar faces = []string{\"\u{1f600}\u{1f44d}\u{1f3fd}\", $0}\n",
        rest: "\"smile\"",
        mark: "\"smile\"",
    },
    Place {
        file: "crlf.go",
        text: "package odd\r\n\r\nfunc last() int {\r\n\t$0",
        rest: "number := 312\n\treturn number\n}",
        mark: "return number",
    },
    Place {
        file: "empty.go",
        text: "$0",
        rest: "package beginning",
        mark: "package beginning",
    },
];

const RUST: &[Place] = &[
    Place {
        file: "src/middle.rs",
        text: "pub fn middle(first: i32) -> i32 {\n    first + i32::max($0, 2)\n}\n",
        rest: "first * 311",
        mark: "first * 311",
    },
    Place {
        file: "src/text.rs",
        text: "pub const GREETING: &str = \"good $0\";\n",
        rest: "morning to all",
        mark: "morning to all",
    },
    Place {
        file: "src/emoji.rs",
        text: "pub const FACES: [&str; 2] = [\"\u{1f600}\u{1f44d}\u{1f3fd}\", $0];\n",
        rest: "\"smile\"",
        mark: "\"smile\"",
    },
    Place {
        file: "src/crlf.rs",
        text: "pub fn last() -> i32 {\r\n    $0",
        rest: "let number = 312;\n    number + 1\n}",
        mark: "number + 1",
    },
    Place {
        file: "src/empty.rs",
        text: "$0",
        rest: "pub fn begin() {\n    println!(\"{}\", 313);\n}",
        mark: "313",
    },
];

/// The places in Go.
pub fn go(start: Start) {
    all(start, GO);
}

/// The places in Rust.
pub fn rust(start: Start) {
    all(start, RUST);
}

fn all(start: Start, places: &[Place]) {
    let known: Vec<String> = places.iter().map(known).collect();
    let backend = Backend::knows(known.iter().map(String::as_str));
    let desk = Desk::scripted(&backend);
    for place in places {
        desk.put(place.file, &place.text.replace("$0", ""));
    }
    let mut editor = start(&desk);
    for place in places {
        complete(&mut *editor, &desk, place);
    }
    editor.close();
    desk.ends_empty();
}

/// The line with the cursor, up to it, and what comes then.
fn known(place: &Place) -> String {
    let before = place.text.split("$0").next().unwrap_or_default();
    let line = before.rsplit('\n').next().unwrap_or_default();
    let line_end = if before.contains('\n') { "\n" } else { "" };
    format!("{line_end}{line}$0{}", place.rest)
}

fn complete(editor: &mut dyn Editor, desk: &Desk, place: &Place) {
    let text = place.text.replace("\r\n", "\n");
    let before = text.split("$0").next().unwrap_or_default();
    let line = before.matches('\n').count() + 1;
    let column = before
        .rsplit('\n')
        .next()
        .unwrap_or_default()
        .chars()
        .count()
        + 1;
    editor.open(place.file);
    editor.go_to(line, column);
    editor.invoke();
    editor.sees_completion(place.rest, place.mark);
    editor.accept();
    let whole = text.replace("$0", place.rest);
    editor.is_again(&(whole.trim_end().to_owned() + "\n"));
    editor.save();
    let saved = desk.text(place.file);
    let expected = match place.text.contains("\r\n") {
        true => whole.replace('\n', "\r\n"),
        false => whole,
    };
    assert_eq!(saved.trim_end(), expected.trim_end(), "{}", place.file);
}
