//! Fixtures: files drawn in one string, with the cursor where it stands.

/// One file of a fixture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// As written behind `//- `.
    pub path: String,
    /// Without the cursor mark.
    pub text: String,
    /// Where `$0` stood, in bytes.
    pub cursor: Option<usize>,
}

/// Splits a drawing into its files. `//- path` starts a file, `$0` marks the cursor in it; text before the first `//- ` line
/// belongs to a file called `unnamed`. Line ends stay as they are.
pub fn parse(drawing: &str) -> Vec<File> {
    let mut files: Vec<File> = Vec::new();
    for line in drawing.split_inclusive('\n') {
        if let Some(path) = line.strip_prefix("//- ") {
            files.push(file(path.trim()));
            continue;
        }
        if files.is_empty() {
            files.push(file("unnamed"));
        }
        if let Some(last) = files.last_mut() {
            last.text.push_str(line);
        }
    }
    for file in &mut files {
        if let Some(at) = file.text.find("$0") {
            file.text.replace_range(at..at + 2, "");
            file.cursor = Some(at);
        }
    }
    files
}

/// A drawing of one text with one cursor: the text, and where the cursor is in bytes.
pub fn cursor(drawing: &str) -> (String, usize) {
    let file = parse(drawing).swap_remove(0);
    let cursor = file.cursor.expect("the drawing has a $0");
    (file.text, cursor)
}

fn file(path: &str) -> File {
    File {
        path: path.to_owned(),
        text: String::new(),
        cursor: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_and_the_cursor_are_found() {
        let files = parse("//- a/b.go\npackage b\r\n$0\n//- c.rs\nfn c() {}\n");
        let found: Vec<_> = files
            .iter()
            .map(|file| (file.path.as_str(), file.text.as_str(), file.cursor))
            .collect();
        assert_eq!(
            found,
            [
                ("a/b.go", "package b\r\n\n", Some(11)),
                ("c.rs", "fn c() {}\n", None)
            ]
        );
    }

    #[test]
    fn one_text_needs_no_path() {
        assert_eq!(cursor("let x = $0;"), ("let x = ;".to_owned(), 8));
    }
}
