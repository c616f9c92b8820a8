//! The prompt for a hole: FIM for models that know it, left to right for those that do not.
//!
//! What changes least stands first, in the order that the context gives, and the text at the cursor last: a key typed then
//! changes only the end, and a model's cache of everything before stays good.

#[cfg(test)]
mod replay;
#[cfg(test)]
mod sessions;
#[cfg(test)]
mod tests;

use std::ops::Range;

use super::names::Names;
use super::stretch::{Stretch, join, parts};
use super::{chat, comment, heal};
use crate::context::{Context, Snippet, Source};
use crate::document::Snapshot;
use crate::model::fim::{Fill, Format, Part as FormatPart};
use crate::model::{Message, Piece, Prompt, Role};

/// How the prompt is to be laid out.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Layout {
    /// With the format's control tokens.
    Fim(&'static Format),
    /// The server lays it out: prefix and suffix apart.
    Insert,
    /// Plain text up to the hole, for models without FIM.
    LeftToRight {
        /// Whether the backend can take back the end of the prompt (token healing); else trailing blanks are trimmed.
        heals: bool,
    },
    /// A question, for models that only chat.
    Chat,
}

/// A prompt, and where each of its parts comes from.
#[derive(Clone, Debug)]
pub struct Filled {
    pub prompt: Prompt,
    /// Stop sequences of the format.
    pub stops: Vec<String>,
    /// Blanks at the end of the prefix that were left out of the prompt: the answer may begin with them, they must not be
    /// inserted twice.
    pub trimmed: Range<usize>,
    /// In order and without gaps: what each stretch of [`Filled::written`] is.
    pub parts: Vec<Part>,
}

/// A stretch of a prompt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    pub from: From,
    /// Bytes of [`Filled::written`].
    pub range: Range<usize>,
}

/// Where a stretch of a prompt comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum From {
    Prefix,
    Suffix,
    /// The snippet of this number in the context.
    Snippet(usize),
    /// A control token.
    Control,
    /// Paths, questions and other text around the code.
    Frame,
}

impl Filled {
    /// The prompt as one text, in the order in which it is sent: control tokens as they are written, messages one after the other.
    pub fn written(&self) -> String {
        self.prompt.written()
    }
}

/// Lays out the prompt for a context.
pub fn fill(snapshot: &Snapshot, context: &Context, layout: Layout) -> Filled {
    let input = Input { snapshot, context };
    match layout {
        Layout::Fim(format) => input.fim(format),
        Layout::Insert => input.insert(),
        Layout::LeftToRight { heals } => input.left_to_right(heals),
        Layout::Chat => input.chat(),
    }
}

/// The sources of snippets that a model without FIM gets something out of (measured: paths, imports, tests and outlines dilute
/// the near code of small models).
const USED_LEFT_TO_RIGHT: &[Source] = &[
    Source::EnclosingType,
    Source::EnclosingFunction,
    Source::Definition,
];

struct Input<'a> {
    snapshot: &'a Snapshot,
    context: &'a Context,
}

impl Input<'_> {
    fn fim(&self, format: &'static Format) -> Filled {
        let text = |text: &str| -> String {
            match format.lf_only {
                true => text.replace("\r\n", "\n").replace('\r', "\n"),
                false => text.to_owned(),
            }
        };
        let files = match format.files {
            Some(_) => self.files(),
            None => Vec::new(),
        };
        // Only their paths and order count here: the contents are put in below, snippet by snippet.
        let frames: Vec<(String, String)> = files
            .iter()
            .map(|file| (file.path.clone(), " ".to_owned()))
            .collect();
        let names = Names::of(self.snapshot);
        let (prefix, suffix) = (text(self.prefix()), text(self.suffix()));
        let fill = Fill {
            prefix: &prefix,
            suffix: &suffix,
            project: &names.project,
            path: &names.path,
            language: self.language(),
            files: &frames,
        };
        let mut stretches: Vec<Stretch> = Vec::new();
        let mut above = match format.files {
            Some(_) => Vec::new(),
            None => self.comments(|_| true),
        };
        // An empty prefix has no part of its own, but the comments still stand above where it would be.
        for part in format.render(&Fill {
            prefix: if prefix.is_empty() { "\n" } else { &prefix },
            ..fill
        }) {
            match (part.from, part.file) {
                (FormatPart::Prefix, _) => {
                    stretches.append(&mut above);
                    stretches.push((From::Prefix, Piece::Text(prefix.clone())));
                }
                (FormatPart::Suffix, _) => stretches.push((From::Suffix, part.piece)),
                (FormatPart::Content, Some(file)) => {
                    stretches.extend(self.contents(&files[file]));
                }
                (FormatPart::Control(_), _) => stretches.push((From::Control, part.piece)),
                _ => stretches.push((From::Frame, part.piece)),
            }
        }
        let stops = format.stops.iter().map(|stop| (*stop).to_owned());
        self.raw(stretches, 0, stops.collect(), 0)
    }

    fn left_to_right(&self, heals: bool) -> Filled {
        let prefix = self.prefix();
        let trimmed = match heals {
            true => 0,
            false => heal::trailing_blanks(prefix),
        };
        let prefix = &prefix[..prefix.len() - trimmed];
        let healed = match heals {
            true => heal::heal(prefix),
            false => 0,
        };
        let mut stretches = self.comments(|source| USED_LEFT_TO_RIGHT.contains(&source));
        stretches.push((From::Prefix, Piece::Text(prefix.to_owned())));
        self.raw(stretches, healed, Vec::new(), trimmed)
    }

    fn insert(&self) -> Filled {
        let mut stretches = self.comments(|_| true);
        stretches.push((From::Prefix, Piece::Text(self.prefix().to_owned())));
        let prefix: String = stretches.iter().map(|(_, piece)| piece.text()).collect();
        let suffix = self.suffix().to_owned();
        stretches.push((From::Suffix, Piece::Text(suffix.clone())));
        Filled {
            parts: parts(&stretches),
            ..self.filled(Prompt::Insert { prefix, suffix })
        }
    }

    fn chat(&self) -> Filled {
        let (prefix, suffix) = (self.prefix(), self.suffix());
        let snippets = self.context.snippets.iter();
        let mut texts: Vec<&str> = snippets.map(|snippet| snippet.text.as_str()).collect();
        texts.extend([prefix, suffix]);
        let marker = chat::marker(&texts);
        let frame = |text: String| (From::Frame, Piece::Text(text));
        let system = chat::INSTRUCTIONS.to_owned();
        let names = Names::of(self.snapshot);
        let mut user = Vec::new();
        for file in self.files() {
            user.push(frame(format!("Code from {}:\n", file.path)));
            user.extend(self.contents(&file));
            user.push(frame("\n\n".to_owned()));
        }
        let language = self.language();
        user.push(frame(format!(
            "The marker is {marker}. The file {} ({language}):\n",
            names.path
        )));
        user.push((From::Prefix, Piece::Text(prefix.to_owned())));
        user.push(frame(marker));
        user.push((From::Suffix, Piece::Text(suffix.to_owned())));
        let question = user.iter().map(|(_, piece)| piece.text()).collect();
        let message = |role, text| Message { role, text };
        let messages = vec![
            message(Role::System, system.clone()),
            message(Role::User, question),
        ];
        user.insert(0, frame(system));
        Filled {
            parts: parts(&user),
            ..self.filled(Prompt::Chat(messages))
        }
    }

    fn raw(
        &self,
        stretches: Vec<Stretch>,
        heal: usize,
        stops: Vec<String>,
        trimmed: usize,
    ) -> Filled {
        let end = self.context.prefix.end;
        let parts = parts(&stretches);
        let pieces = join(stretches);
        Filled {
            stops,
            trimmed: end - trimmed..end,
            parts,
            ..self.filled(Prompt::Raw { pieces, heal })
        }
    }

    fn filled(&self, prompt: Prompt) -> Filled {
        let end = self.context.prefix.end;
        Filled {
            prompt,
            stops: Vec::new(),
            trimmed: end..end,
            parts: Vec::new(),
        }
    }

    fn prefix(&self) -> &str {
        self.snapshot.text.slice(self.context.prefix)
    }

    fn suffix(&self) -> &str {
        self.snapshot.text.slice(self.context.suffix)
    }

    fn language(&self) -> &str {
        match self.snapshot.language {
            Some(language) => language.name,
            None => &self.snapshot.language_id,
        }
    }

    /// The snippets of some sources as comments of the language, with a blank line behind them.
    fn comments(&self, wanted: impl Fn(Source) -> bool) -> Vec<Stretch> {
        let mark = self.snapshot.language.map_or("//", |l| l.line_comment);
        let snippets = self.context.snippets.iter().enumerate();
        let mut stretches: Vec<Stretch> = snippets
            .filter(|(_, snippet)| wanted(snippet.source))
            .map(|(index, snippet)| {
                let text = comment::comment(&snippet.text, mark);
                (From::Snippet(index), Piece::Text(text))
            })
            .collect();
        if !stretches.is_empty() {
            stretches.push((From::Frame, Piece::Text("\n".to_owned())));
        }
        stretches
    }

    /// The snippets as files: those that stand in a row and are of one file make one.
    fn files(&self) -> Vec<File> {
        let mut files: Vec<File> = Vec::new();
        let mut last: Option<&Snippet> = None;
        for (index, snippet) in self.context.snippets.iter().enumerate() {
            let joins = last.is_some_and(|last| last.path == snippet.path);
            match files.last_mut().filter(|_| joins) {
                Some(file) => file.snippets.push(index),
                None => files.push(File {
                    path: match &snippet.path {
                        Some(path) => Names::of_path(path).path,
                        None => Names::of(self.snapshot).path,
                    },
                    snippets: vec![index],
                }),
            }
            last = Some(snippet);
        }
        files
    }

    /// The snippets of a file, one line end between two.
    fn contents(&self, file: &File) -> Vec<Stretch> {
        let mut stretches = Vec::new();
        for (nth, index) in file.snippets.iter().enumerate() {
            if nth > 0 {
                stretches.push((From::Frame, Piece::Text("\n".to_owned())));
            }
            let text = self.context.snippets[*index].text.clone();
            stretches.push((From::Snippet(*index), Piece::Text(text)));
        }
        stretches
    }
}

/// A file other than the one at hand, or another part of it.
struct File {
    path: String,
    /// Numbers in the context.
    snippets: Vec<usize>,
}
