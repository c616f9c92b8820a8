//! A range on the command line: `FILE:LINE`, `FILE:LINE:COL`, `FILE:L1-L2` or `FILE:L1:C1-L2:C2`.

use std::path::PathBuf;
use std::str::FromStr;

use super::place::Place;
use crate::document::Snapshot;
use crate::text::{Span, Text};

/// A place or a stretch of a file; its name may hold colons and dashes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Range {
    from: Place,
    to: To,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum To {
    /// A cursor; where no column is named, before the first character of the line that is no blank.
    Cursor { anywhere: bool },
    /// The end of a line, from 1.
    Line(usize),
    /// A line and a column, from 1, before whose character it ends.
    Column(usize, usize),
}

impl FromStr for Range {
    type Err = String;

    fn from_str(text: &str) -> Result<Range, String> {
        let range = || {
            let (left, right) = text.rsplit_once('-')?;
            match right.split_once(':') {
                Some((line, column)) => {
                    let to = To::Column(number(line)?, number(column)?);
                    Some(Range {
                        from: left.parse().ok()?,
                        to,
                    })
                }
                None => Some(Range {
                    from: whole_line(left)?,
                    to: To::Line(number(right)?),
                }),
            }
        };
        let cursor = |from, anywhere| Range {
            from,
            to: To::Cursor { anywhere },
        };
        let place = || text.parse().ok().map(|from| cursor(from, false));
        let line = || whole_line(text).map(|from| cursor(from, true));
        range().or_else(place).or_else(line).ok_or_else(|| {
            "write it as FILE:LINE, FILE:LINE:COL, FILE:LINE-LINE or FILE:LINE:COL-LINE:COL, counted from 1"
                .to_owned()
        })
    }
}

impl Range {
    /// Reads the file: its snapshot, parsed, and the range in bytes.
    ///
    /// # Errors
    /// Where the file cannot be read, is not UTF-8, or has no such range.
    pub fn open(&self) -> anyhow::Result<(Snapshot, Span)> {
        let (snapshot, _) = Place {
            line: 1,
            column: 1,
            ..self.from.clone()
        }
        .open()?;
        let span = self.span(&snapshot.text)?;
        Ok((snapshot, span))
    }

    /// The file, as it was written.
    pub fn file(&self) -> &PathBuf {
        &self.from.file
    }

    fn span(&self, text: &Text) -> anyhow::Result<Span> {
        let start = self.from.offset(text)?;
        let at = |line, column| {
            Place {
                line,
                column,
                ..self.from.clone()
            }
            .offset(text)
        };
        let end = match self.to {
            To::Cursor { anywhere } => {
                let line = text.slice(text.line_span(self.from.line - 1));
                let blank = line.len() - line.trim_start().len();
                return Ok(Span::empty(start + if anywhere { blank } else { 0 }));
            }
            To::Line(line) => {
                let begin = at(line, 1)?;
                begin + text.line_span(line - 1).len()
            }
            To::Column(line, column) => at(line, column)?,
        };
        if end < start {
            anyhow::bail!("the range ends before it begins");
        }
        Ok(Span::new(start, end))
    }
}

fn number(text: &str) -> Option<usize> {
    text.parse().ok().filter(|number| *number > 0)
}

fn whole_line(text: &str) -> Option<Place> {
    let (file, line) = text.rsplit_once(':')?;
    let line = number(line)?;
    (!file.is_empty()).then(|| Place {
        file: file.into(),
        line,
        column: 1,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The text with the range between bars.
    fn check(range: &str, text: &str) -> String {
        let range: Range = match range.parse() {
            Ok(range) => range,
            Err(message) => return message,
        };
        match range.span(&Text::new(text)) {
            Ok(span) => format!(
                "{}|{}|{}",
                &text[..span.start],
                &text[span.range()],
                &text[span.end..]
            ),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn a_cursor_is_a_line_or_a_line_and_a_column() {
        assert_eq!(check("a:2", "x\n  é🎉\n"), "x\n  ||é🎉\n");
        assert_eq!(check("a:2:4", "x\n  é🎉\n"), "x\n  é||🎉\n");
        assert_eq!(check("a:1", ""), "||");
    }

    #[test]
    fn whole_lines_end_before_their_break() {
        assert_eq!(check("a:1-2", "x\r\n  y\r\nz"), "|x\r\n  y|\r\nz");
        assert_eq!(check("a:2-2", "x\ny"), "x\n|y|");
    }

    #[test]
    fn a_stretch_ends_before_its_last_column() {
        assert_eq!(check("a:1:2-2:2", "é🎉\nxyz"), "é|🎉\nx|yz");
        assert_eq!(check("a:1:2-1:2", "ab"), "a||b");
    }

    #[test]
    fn what_is_not_there_is_told() {
        assert_eq!(check("a:3", "x\ny"), "a has 2 lines, not 3");
        assert_eq!(check("a:1-9", "x"), "a has 1 lines, not 9");
        assert_eq!(check("a:1:1-1:9", "x"), "line 1 of a ends at column 2");
        assert_eq!(check("a:2-1", "x\ny"), "the range ends before it begins");
        for nonsense in ["", "a", "a:0", ":3", "a:x", "a:1-", "a:-1"] {
            assert!(
                check(nonsense, "x").starts_with("write it as"),
                "{nonsense}"
            );
        }
    }

    #[test]
    fn a_name_may_hold_colons_and_dashes() {
        let file = |range: &str| range.parse::<Range>().expect("a range").file().clone();
        assert_eq!(file("my-file.rs:3"), PathBuf::from("my-file.rs"));
        assert_eq!(file("my-2:3"), PathBuf::from("my-2"));
        assert_eq!(
            file("C:\\my-a:b.go:1:2-3:4"),
            PathBuf::from("C:\\my-a:b.go")
        );
        assert_eq!(file("a-b-c.go:10-20"), PathBuf::from("a-b-c.go"));
    }
}
