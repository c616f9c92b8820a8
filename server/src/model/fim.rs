//! The table of FIM formats: how each family of models wants prefix, suffix and other files laid out.

// A table reads best in rows.
#[rustfmt::skip]
mod table;
#[cfg(test)]
mod tests;

use super::Piece;

pub use table::FORMATS;

/// One FIM format, as data.
#[derive(Debug, PartialEq)]
pub struct Format {
    /// The name in options: `qwen2.5-coder`.
    pub name: &'static str,
    /// The whole prompt when there are no other files to show.
    pub layout: &'static [Part],
    /// How other files are shown. Without it the format documents none, and they go above the prefix as comments.
    pub files: Option<Files>,
    /// Texts that end a generation, the most important first: some servers take 4 at most. They never occur in good code.
    pub stops: &'static [&'static str],
    /// Further control texts of the family that must never be shown.
    pub strip: &'static [&'static str],
    /// The control text that must stand at the very start. Backends add it by the model's own metadata, so it is in no layout.
    pub bos: Option<&'static str>,
    /// Whether prefix and suffix must have LF line ends.
    pub lf_only: bool,
    /// How the family is recognised.
    pub marks: Marks,
}

/// A part of a layout.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// A control token by its text.
    Control(&'static str),
    /// Fixed text between the tokens.
    Text(&'static str),
    /// The name of the project.
    Project,
    /// The path of the file at hand, as [`Fill::path`] has it; in a file's layout, that file's path.
    Path,
    /// The name of the file's language.
    Language,
    /// The text of another file.
    Content,
    /// All other files, each in the format's own frame.
    Files,
    Prefix,
    Suffix,
}

/// How a format shows other files.
#[derive(Debug, PartialEq)]
pub struct Files {
    /// The whole prompt when there are other files.
    pub layout: &'static [Part],
    /// One other file.
    pub file: &'static [Part],
}

/// How a family is recognised.
#[derive(Debug, PartialEq)]
pub struct Marks {
    /// Each a set of words that a model's name holds, in lower case, words joined by `-`: `["granite", "code"]`.
    pub names: &'static [&'static [&'static str]],
    /// Words that say that this member of the family cannot fill in: `instruct`.
    pub unless: &'static [&'static str],
    /// Control texts that its vocabulary has beside those of the layout…
    pub vocabulary: &'static [&'static str],
    /// …and those that it has not, where another family has them.
    pub foreign: &'static [&'static str],
    /// `general.architecture` of its GGUF files; any where empty.
    pub architectures: &'static [&'static str],
}

/// What goes into a layout.
#[derive(Clone, Copy, Debug, Default)]
pub struct Fill<'a> {
    pub prefix: &'a str,
    pub suffix: &'a str,
    pub project: &'a str,
    pub path: &'a str,
    pub language: &'a str,
    /// Path and text of each other file, in order. Empty for formats without [`Format::files`].
    pub files: &'a [(String, String)],
}

/// One part of a rendered prompt, with what it came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendered {
    pub from: Part,
    /// Which of the other files it belongs to.
    pub file: Option<usize>,
    pub piece: Piece,
}

/// The format with this name.
pub fn by_name(name: &str) -> Option<&'static Format> {
    FORMATS.iter().find(|format| format.name == name)
}

/// The format that a model of this name was trained for; None for unknown names and for models without FIM.
pub fn recognise(name: &str) -> Option<&'static Format> {
    match by_model(name) {
        Known::Format(format) => Some(format),
        Known::Without | Known::Unknown => None,
    }
}

/// The format of weights, by their own name, architecture (`general.architecture`) and the control texts in their vocabulary.
/// A name that says "no FIM" wins: some vocabularies hold FIM tokens that the model was never trained on.
pub fn recognise_weights(
    name: &str,
    architecture: &str,
    has: impl Fn(&str) -> bool,
) -> Option<&'static Format> {
    let complete = |format: &Format| format.layout_controls().all(&has);
    match by_model(name) {
        Known::Without => return None,
        Known::Format(format) if complete(format) => return Some(format),
        Known::Format(_) | Known::Unknown => {}
    }
    FORMATS.iter().find(|format| {
        let marks = &format.marks;
        let fits = marks.architectures.is_empty() || marks.architectures.contains(&architecture);
        fits && complete(format)
            && marks.vocabulary.iter().all(|text| has(text))
            && !marks.foreign.iter().any(|text| has(text))
    })
}

enum Known {
    Format(&'static Format),
    Without,
    Unknown,
}

fn by_model(name: &str) -> Known {
    let name = normal(name);
    let holds = |words: &[&str]| words.iter().all(|word| name.contains(word));
    for format in FORMATS {
        if format.marks.names.iter().any(|words| holds(words)) {
            if format.marks.unless.iter().any(|word| name.contains(word)) {
                return Known::Without;
            }
            return Known::Format(format);
        }
    }
    match table::WITHOUT.iter().any(|word| name.contains(word)) {
        true => Known::Without,
        false => Known::Unknown,
    }
}

/// Lower case, words joined by `-`.
fn normal(name: &str) -> String {
    name.chars()
        .map(|c| match c {
            ' ' | '_' | ':' | '/' => '-',
            _ => c.to_ascii_lowercase(),
        })
        .collect()
}

impl Format {
    /// Every control text of the format, each once: what user text must not be taken for, and what must never be shown.
    pub fn controls(&self) -> Vec<&'static str> {
        let files = self
            .files
            .iter()
            .flat_map(|files| files.layout.iter().chain(files.file));
        let parts = self.layout.iter().chain(files);
        let laid_out = parts.filter_map(|part| match part {
            Part::Control(text) => Some(*text),
            _ => None,
        });
        let stops = self.stops.iter().filter(|text| is_control(text));
        let mut all: Vec<&str> = laid_out
            .chain(stops.copied())
            .chain(self.strip.iter().copied())
            .chain(self.bos)
            .collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    fn layout_controls(&self) -> impl Iterator<Item = &'static str> {
        self.layout.iter().filter_map(|part| match part {
            Part::Control(text) => Some(*text),
            _ => None,
        })
    }

    /// The prompt, part by part; parts without text are left out.
    pub fn render(&self, fill: &Fill) -> Vec<Rendered> {
        let mut rendered = Vec::new();
        match &self.files {
            Some(files) if !fill.files.is_empty() => {
                for part in files.layout {
                    if *part != Part::Files {
                        push(&mut rendered, *part, fill, None);
                        continue;
                    }
                    for (index, (path, content)) in fill.files.iter().enumerate() {
                        for part in files.file {
                            push(&mut rendered, *part, fill, Some((index, path, content)));
                        }
                    }
                }
            }
            _ => {
                for part in self.layout {
                    push(&mut rendered, *part, fill, None);
                }
            }
        }
        rendered
    }
}

fn push(rendered: &mut Vec<Rendered>, from: Part, fill: &Fill, file: Option<(usize, &str, &str)>) {
    let text = match from {
        Part::Control(text) | Part::Text(text) => text,
        Part::Project => fill.project,
        Part::Path => file.map_or(fill.path, |(_, path, _)| path),
        Part::Language => fill.language,
        Part::Content => file.map_or("", |(.., content)| content),
        Part::Files => "",
        Part::Prefix => fill.prefix,
        Part::Suffix => fill.suffix,
    };
    if text.is_empty() {
        return;
    }
    rendered.push(Rendered {
        from,
        file: file.map(|(index, ..)| index),
        piece: match from {
            Part::Control(_) => Piece::Control(text.to_owned()),
            _ => Piece::Text(text.to_owned()),
        },
    });
}

/// Whether a stop text is a control token, and not ordinary text such as `\n+++++ `.
fn is_control(text: &str) -> bool {
    text.starts_with(['<', '[', '▁'])
}
