//! The front matter of an action's file: flat YAML between two lines `---`, each value with its line.

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
    let mut entries: Vec<Entry> = Vec::new();
    // How many mappings and lists are open.
    let mut depth = 0;
    let mut key: Option<Text> = None;
    while let Some(event) = events.next_event() {
        let (event, span) = event.map_err(|error| broken(&error))?;
        let line = span.start.line() + 1;
        match event {
            Event::MappingStart(..) if depth == 0 && entries.is_empty() => depth = 1,
            Event::MappingEnd => depth = 0,
            Event::Scalar(text, style, ..) => {
                let block = matches!(style, ScalarStyle::Literal | ScalarStyle::Folded);
                let text = Text {
                    text: text.into_owned(),
                    line: line + usize::from(block),
                };
                match (depth, key.take()) {
                    (1, None) => key = Some(text),
                    (1, Some(key)) => entries.push(Entry {
                        key,
                        values: vec![text],
                        list: false,
                    }),
                    (2, _) => entries
                        .last_mut()
                        .into_iter()
                        .for_each(|entry| entry.values.push(text.clone())),
                    _ => return Err((line, "fields are written `name: value`".to_owned())),
                }
            }
            Event::SequenceStart(..) => match (depth, key.take()) {
                (1, Some(key)) => {
                    depth = 2;
                    entries.push(Entry {
                        key,
                        values: Vec::new(),
                        list: true,
                    });
                }
                _ => return Err((line, "a list stands where none can be".to_owned())),
            },
            Event::SequenceEnd => depth = 1,
            Event::MappingStart(..) | Event::Alias(_) => {
                return Err((
                    line,
                    "a value is a text, a number or a list of texts".to_owned(),
                ));
            }
            _ => {}
        }
    }
    Ok(entries)
}

fn broken(error: &ScanError) -> Mistake {
    (error.marker().line() + 1, error.info().to_owned())
}
