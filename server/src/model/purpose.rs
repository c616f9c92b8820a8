//! What a request is for: carried beside a prompt for the user's own journal; no backend reads it.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::ops::Range;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// Why something is sent, and where each of its pieces comes from.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Purpose {
    /// Names the request in the journal, on the command line and to the editor; see [`new_id`].
    pub id: String,
    /// `completion`, or the id of an action.
    pub what: String,
    /// The file that it is about.
    pub document: Option<PathBuf>,
    /// The pieces of the prompt, in its order.
    pub parts: Vec<Part>,
    /// Pieces that were found and not used; the reason says why.
    pub left_out: Vec<Part>,
    /// The prompt as one text, before secrets were taken out of it: what the ranges of `parts` are bytes of.
    pub written: String,
}

/// A piece of a prompt, as a person asks about it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Part {
    /// `prefix`, `suffix`, `control`, `frame`, the source of a snippet, or what a question tells beside those: `selection`,
    /// `before`, `after`, `diagnostics`, `question`, an earlier `answer`.
    pub from: String,
    /// The file that it is from, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<PathBuf>,
    /// Lines of the file, from 1, end excluded; empty where it is from none.
    pub lines: Range<usize>,
    pub reason: String,
    /// About this many.
    pub tokens: usize,
    /// Bytes of the prompt as one text; empty for what was left out.
    pub range: Range<usize>,
}

/// A new name for a request: ten letters, never a number, as good as unique.
pub fn new_id() -> String {
    const LETTERS: &[u8; 16] = b"bcdfghjkmnpqrtvw";
    // The standard library's random keys: two states never give the same.
    let mut random = RandomState::new().build_hasher().finish();
    let mut letter = || {
        let letter = LETTERS[(random & 15) as usize];
        random >>= 4;
        char::from(letter)
    };
    std::iter::repeat_with(&mut letter).take(10).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_differ_and_are_no_numbers() {
        let names: std::collections::HashSet<String> =
            std::iter::repeat_with(new_id).take(1000).collect();
        assert_eq!(names.len(), 1000);
        let letters = |name: &String| name.len() == 10 && name.chars().all(char::is_alphabetic);
        assert!(names.iter().all(letters));
    }
}
