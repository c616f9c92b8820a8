//! A place on the command line: `FILE:LINE:COL`, lines and columns from 1, columns in characters.

use std::path::{Path, PathBuf};
use std::str::FromStr;

use anyhow::{Context, bail};

use crate::document::Snapshot;
use crate::text::Text;

/// `FILE:LINE:COL`; the file's name may hold colons.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    pub file: PathBuf,
    /// From 1.
    pub line: usize,
    /// From 1, in characters; the cursor stands before this character.
    pub column: usize,
}

impl FromStr for Place {
    type Err = String;

    fn from_str(text: &str) -> Result<Place, String> {
        let mut parts = text.rsplitn(3, ':');
        let column = parts.next().and_then(number);
        let line = parts.next().and_then(number);
        match (parts.next(), line, column) {
            (Some(file), Some(line), Some(column)) if !file.is_empty() => Ok(Place {
                file: file.into(),
                line,
                column,
            }),
            _ => Err("write it as FILE:LINE:COL, counted from 1".to_owned()),
        }
    }
}

fn number(text: &str) -> Option<usize> {
    text.parse().ok().filter(|number| *number > 0)
}

impl Place {
    /// Reads the file: its snapshot, parsed, and the place as an offset in bytes.
    ///
    /// # Errors
    /// Where the file cannot be read, is not UTF-8, or has no such place.
    pub fn open(&self) -> anyhow::Result<(Snapshot, usize)> {
        let shown = self.file.display();
        let bytes = std::fs::read(&self.file).with_context(|| format!("cannot read {shown}"))?;
        let Ok(text) = String::from_utf8(bytes) else {
            bail!("{shown} is not UTF-8 text");
        };
        let path = std::path::absolute(&self.file).unwrap_or_else(|_| self.file.clone());
        let snapshot = Snapshot::parse(path, text);
        let offset = self.offset(&snapshot.text)?;
        Ok((snapshot, offset))
    }

    /// The place in bytes.
    ///
    /// # Errors
    /// Where the text has no such line, or the line no such column.
    pub fn offset(&self, text: &Text) -> anyhow::Result<usize> {
        let count = text.line_count();
        if self.line > count {
            bail!(
                "{} has {count} lines, not {}",
                self.file.display(),
                self.line
            );
        }
        let span = text.line_span(self.line - 1);
        let line = text.slice(span);
        let ends = line.char_indices().map(|(at, _)| at).chain([line.len()]);
        match ends.into_iter().nth(self.column - 1) {
            Some(at) => Ok(span.start + at),
            None => bail!(
                "line {} of {} ends at column {}",
                self.line,
                self.file.display(),
                line.chars().count() + 1
            ),
        }
    }
}

/// The line and the column of an offset (bytes), both from 1, the column in characters.
pub fn line_and_column(text: &Text, offset: usize) -> (usize, usize) {
    let line = text.line_of(offset);
    let span = text.line_span(line);
    let before = text.get(span.start..offset.min(span.end)).unwrap_or("");
    (line + 1, before.chars().count() + 1)
}

/// A path as a person would write it: relative to the working folder where it is inside.
pub fn short(path: &Path) -> String {
    let inside = std::env::current_dir()
        .ok()
        .and_then(|folder| path.strip_prefix(folder).ok().map(Path::to_path_buf));
    inside.as_deref().unwrap_or(path).display().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(place: &str, text: &str) -> Result<usize, String> {
        let place: Place = place.parse()?;
        let text = Text::new(text);
        let offset = place.offset(&text).map_err(|error| error.to_string())?;
        assert_eq!(line_and_column(&text, offset), (place.line, place.column));
        Ok(offset)
    }

    #[test]
    fn columns_are_characters() {
        assert_eq!(check("a:1:3", "aé🎉b"), Ok(3));
        assert_eq!(check("a:1:5", "aé🎉b"), Ok(8));
        assert_eq!(check("a:2:1", "x\r\ny"), Ok(3));
        assert_eq!(check("a:2:1", "x\n"), Ok(2));
        assert_eq!(check("a:1:1", ""), Ok(0));
    }

    #[test]
    fn a_place_that_is_not_there_is_told() {
        assert_eq!(
            check("a.go:1:4", "ab\r\ncd"),
            Err("line 1 of a.go ends at column 3".to_owned())
        );
        assert_eq!(
            check("a.go:3:1", "ab\ncd"),
            Err("a.go has 2 lines, not 3".to_owned())
        );
    }

    #[test]
    fn a_name_may_hold_colons() {
        let place: Place = "C:\\a:b.go:12:7".parse().expect("a place");
        assert_eq!(place.file, PathBuf::from("C:\\a:b.go"));
        assert_eq!((place.line, place.column), (12, 7));
    }

    #[test]
    fn nonsense_is_refused() {
        for text in ["", "a", "a:1", ":1:1", "a:0:1", "a:1:0", "a:x:1", "a:1:-1"] {
            assert!(text.parse::<Place>().is_err(), "{text}");
        }
    }
}
