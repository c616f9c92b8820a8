//! The front matter of an action's file: flat YAML between two lines `---`, each value with its line.

use std::ops::Range;

use saphyr_parser::{Event, Parser, ScalarStyle, ScanError};

/// A file in its two parts.
#[derive(Debug, Default, PartialEq)]
pub struct Parts {
    pub entries: Vec<Entry>,
    /// What follows the front matter, less blank lines at its ends.
    pub body: Text,
}

/// `key: value`.
#[derive(Debug, PartialEq)]
pub struct Entry {
    pub key: Text,
    pub values: Vec<Text>,
    /// Whether the values stand in a list.
    pub list: bool,
}

/// A text and the line on which it begins, from 1.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Text {
    pub text: String,
    pub line: usize,
}

/// A line, from 1, and what is wrong there.
pub type Mistake = (usize, String);

/// Takes a file apart.
///
/// # Errors
/// What keeps it from being read.
pub fn split(file: &str) -> Result<Parts, Mistake> {
    let file = file.trim_start_matches('\u{feff}').replace("\r\n", "\n");
    let mut lines = file.split_inclusive('\n');
    let opening = lines.next().unwrap_or_default();
    if opening.trim_end() != "---" {
        return Err((
            1,
            "begins with a line `---` and its fields, as `convive action new` writes it".to_owned(),
        ));
    }
    let rest = &file[opening.len()..];
    let mut front = 0;
    let closing = rest.split_inclusive('\n').position(|line| {
        let closes = line.trim_end() == "---";
        front += if closes { 0 } else { line.len() };
        closes
    });
    let Some(count) = closing else {
        return Err((1, "no second line `---` ends the fields".to_owned()));
    };
    let body = rest[front..].split_once('\n').map_or("", |(_, body)| body);
    let blank = body.len() - body.trim_start().len();
    let blank_lines = body[..blank].matches('\n').count();
    // Spaces before the first word belong to it.
    let start = body[..blank].rfind('\n').map_or(0, |at| at + 1);
    Ok(Parts {
        entries: entries(&rest[..front])?,
        body: Text {
            text: body[start..].trim_end().to_owned(),
            line: count + 3 + blank_lines,
        },
    })
}

/// The entries of flat YAML that begins on line 2.
fn entries(yaml: &str) -> Result<Vec<Entry>, Mistake> {
    let mut events = Parser::new_from_str(yaml);
    let mut reader = Reader::default();
    while let Some(event) = events.next_event() {
        let (event, span) = event.map_err(|error| broken(&error))?;
        reader.take(event, span.start.line() + 1, span.end.line() + 1)?;
    }
    Ok(reader.entries)
}

#[derive(Default)]
struct Reader {
    entries: Vec<Entry>,
    /// Whether the mapping, and a list in it, are open.
    in_map: bool,
    in_list: bool,
    /// A key whose value comes next.
    key: Option<Text>,
}

impl Reader {
    fn take(&mut self, event: Event, line: usize, end: usize) -> Result<(), Mistake> {
        let wrong = |message: &str| Err((line, message.to_owned()));
        match event {
            Event::MappingStart(..) if !self.in_map && self.entries.is_empty() => {
                self.in_map = true;
            }
            Event::MappingEnd => self.in_map = false,
            Event::Scalar(..) if !self.in_map => return wrong("fields are written `name: value`"),
            Event::Scalar(text, style, ..) => {
                let text = self.text(text.into_owned(), style, line..end)?;
                match self.key.take() {
                    None if self.in_list => self.push(text),
                    None => self.key = Some(text),
                    Some(key) => {
                        self.begin(key, false);
                        self.push(text);
                    }
                }
            }
            Event::SequenceStart(..) => match self.key.take() {
                Some(key) => self.begin(key, true),
                None => return wrong("a list stands where none can be"),
            },
            Event::SequenceEnd => self.in_list = false,
            Event::MappingStart(..) | Event::Alias(_) => {
                return wrong("a value is a text, a number or a list of texts");
            }
            _ => {}
        }
        Ok(())
    }

    /// A text with the line on which its first character stands.
    fn text(&self, text: String, style: ScalarStyle, lines: Range<usize>) -> Result<Text, Mistake> {
        let key = self.key.as_ref().map_or(lines.start, |key| key.line);
        let line = match style {
            // Blank lines at its beginning belong to it.
            ScalarStyle::Literal => key + 1,
            // Its lines are joined, so that no mistake in it could be told with its line.
            _ if lines.end > lines.start && !text.is_empty() => {
                let message = "a text of several lines begins with `|`: `system: |`";
                return Err((key, message.to_owned()));
            }
            _ => lines.start,
        };
        Ok(Text { text, line })
    }

    fn begin(&mut self, key: Text, list: bool) {
        self.in_list = list;
        let values = Vec::new();
        self.entries.push(Entry { key, values, list });
    }

    fn push(&mut self, text: Text) {
        if let Some(last) = self.entries.last_mut() {
            last.values.push(text);
        }
    }
}

fn broken(error: &ScanError) -> Mistake {
    (error.marker().line() + 1, error.info().to_owned())
}
