//! Spends the tokens that near code leaves, source by source, and says what did not fit.

use super::{Here, LeftOut, Piece, Snippet, Source};

/// The share of what is left that tests may have, in percent: a test is long, and the outline comes after them.
const TEST_SHARE: usize = 60;

pub struct Budget {
    left: usize,
    bytes_per_token: f32,
    taken: Vec<(Source, Piece)>,
    left_out: Vec<(Source, Piece, &'static str)>,
}

impl Budget {
    pub fn new(tokens: usize, bytes_per_token: f32) -> Budget {
        Budget {
            left: tokens,
            bytes_per_token: bytes_per_token.max(0.1),
            taken: Vec::new(),
            left_out: Vec::new(),
        }
    }

    /// Takes the pieces of one source, the most useful first, as far as they fit.
    pub fn spend(&mut self, here: &Here, source: Source, pieces: Vec<Piece>) {
        let mut allowed = match source {
            Source::SiblingTest => self.left * TEST_SHARE / 100,
            _ => self.left,
        };
        for piece in pieces {
            let cost = self.cost(&piece);
            let why = match shown(here, &piece) {
                Some(why) => Some(why),
                None if self.doubled(&piece) => Some("in another snippet"),
                None if cost > allowed => Some("over the budget"),
                None => None,
            };
            match why {
                Some(why) => self.left_out.push((source, piece, why)),
                None => {
                    allowed -= cost;
                    self.left -= cost;
                    self.taken.push((source, piece));
                }
            }
        }
    }

    /// The snippets in the order of the prompt, and what was left out.
    pub fn close(mut self) -> (Vec<Snippet>, Vec<LeftOut>) {
        // Sorting keeps pieces of other files in the order in which their source gave them.
        self.taken
            .sort_by_key(|(source, piece)| (*source, piece.own.map(|span| span.start)));
        self.left_out
            .sort_by_key(|(source, piece, why)| (*source, *why, piece.own.map(|span| span.start)));
        let bytes_per_token = self.bytes_per_token;
        let snippets = merge(
            self.taken
                .into_iter()
                .map(|(source, piece)| (source, piece, "")),
            bytes_per_token,
        );
        let left_out = merge(self.left_out.into_iter(), bytes_per_token);
        (
            snippets.into_iter().map(|(snippet, _)| snippet).collect(),
            left_out
                .into_iter()
                .map(|(snippet, why)| LeftOut { snippet, why })
                .collect(),
        )
    }

    fn cost(&self, piece: &Piece) -> usize {
        let header = piece.header.as_ref().map_or(0, |header| header.len() + 1);
        tokens(piece.text.len() + 1 + header, self.bytes_per_token)
    }

    fn doubled(&self, piece: &Piece) -> bool {
        let Some(span) = piece.own else {
            return false;
        };
        let mut spans = self.taken.iter().filter_map(|(_, piece)| piece.own);
        spans.any(|taken| taken.overlaps(span))
    }
}

/// About how many tokens some bytes of source text are.
pub fn tokens(bytes: usize, bytes_per_token: f32) -> usize {
    (bytes as f32 / bytes_per_token).ceil() as usize
}

/// Why a piece of the document itself is in the prompt already.
fn shown(here: &Here, piece: &Piece) -> Option<&'static str> {
    let span = piece.own?;
    let mut shown = here.shown.iter();
    shown
        .find(|(other, _)| span.overlaps(*other))
        .map(|(_, why)| *why)
}

/// Imports and signatures become one snippet for each reason and file; everything else stays a snippet of its own.
fn merge(
    pieces: impl Iterator<Item = (Source, Piece, &'static str)>,
    bytes_per_token: f32,
) -> Vec<(Snippet, &'static str)> {
    let mut merged: Vec<(Snippet, &'static str)> = Vec::new();
    let mut header: Option<String> = None;
    for (source, piece, why) in pieces {
        let listed = matches!(source, Source::Imports | Source::Outline);
        let joins = listed
            && merged.last().is_some_and(|(last, last_why)| {
                last.source == source && *last_why == why && last.path == piece.path
            });
        if !joins {
            header = None;
            merged.push((
                Snippet {
                    source,
                    path: piece.path.clone(),
                    lines: piece.lines.clone(),
                    text: String::new(),
                    reason: piece.reason.clone(),
                    tokens: 0,
                },
                why,
            ));
        }
        if let Some((snippet, _)) = merged.last_mut() {
            write(&mut snippet.text, &piece, &mut header);
            snippet.lines.end = snippet.lines.end.max(piece.lines.end);
        }
    }
    for (snippet, _) in &mut merged {
        snippet.tokens = tokens(snippet.text.len() + 1, bytes_per_token);
    }
    merged
}

/// Adds a piece on lines of its own, below the header of what it is a member of.
fn write(text: &mut String, piece: &Piece, header: &mut Option<String>) {
    if piece.header != *header {
        if let Some(line) = &piece.header {
            push_line(text, line);
        }
        header.clone_from(&piece.header);
    }
    match piece.header {
        None => push_line(text, &piece.text),
        Some(_) => {
            for line in piece.text.lines() {
                push_line(text, &format!("    {line}"));
            }
        }
    }
}

fn push_line(text: &mut String, line: &str) {
    if !text.is_empty() {
        text.push('\n');
    }
    text.push_str(line);
}
