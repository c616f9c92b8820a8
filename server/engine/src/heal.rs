//! Token healing: the last bytes of a prompt are generated anew, so that a word cut in two is tokenised whole; pure.
//!
//! After a blank, models whose words are stored with their leading blank write digits or a second blank. So the tokens that hold
//! the last bytes are taken back, and what the model writes must begin with exactly these bytes.

/// The most tokens that are taken back.
pub const MOST_TOKENS: usize = 8;

/// The bytes of every token of a vocabulary, and an order to find them by their beginning.
#[derive(Debug, Default)]
pub struct Pieces {
    bytes: Vec<u8>,
    ends: Vec<u32>,
    /// Tokens that have bytes, ordered by these.
    sorted: Vec<u32>,
}

/// Tokens that may come next.
#[derive(Debug, PartialEq, Eq)]
pub struct Allowed<'a> {
    /// Those that hold all of the bytes that are due, and perhaps more.
    pub whole: &'a [u32],
    /// Those that hold a first part of them.
    pub part: Vec<u32>,
}

impl Allowed<'_> {
    pub fn tokens(&self) -> impl Iterator<Item = u32> + Clone {
        self.whole.iter().chain(&self.part).copied()
    }
}

impl Pieces {
    /// The bytes of each token, by number; empty for tokens that stand for no text.
    pub fn new(pieces: impl IntoIterator<Item = Vec<u8>>) -> Pieces {
        let mut table = Pieces::default();
        for piece in pieces {
            table.bytes.extend_from_slice(&piece);
            table.ends.push(table.bytes.len() as u32);
        }
        let mut sorted: Vec<u32> = (0..table.ends.len() as u32)
            .filter(|token| !table.get(*token).is_empty())
            .collect();
        sorted.sort_by(|a, b| table.get(*a).cmp(table.get(*b)));
        table.sorted = sorted;
        table
    }

    /// The bytes of a token; empty for a number outside of the vocabulary.
    pub fn get(&self, token: u32) -> &[u8] {
        let token = token as usize;
        let start = match token {
            0 => 0,
            _ => self.ends.get(token - 1).copied().unwrap_or_default() as usize,
        };
        let end = self.ends.get(token).copied().unwrap_or_default() as usize;
        self.bytes.get(start..end).unwrap_or_default()
    }

    fn between(&self, first: impl Fn(&[u8]) -> bool, past: impl Fn(&[u8]) -> bool) -> &[u32] {
        let start = self
            .sorted
            .partition_point(|token| !first(self.get(*token)));
        let end = self.sorted.partition_point(|token| !past(self.get(*token)));
        self.sorted.get(start..end).unwrap_or_default()
    }

    fn starting_with(&self, bytes: &[u8]) -> &[u32] {
        self.between(
            |piece| piece >= bytes,
            |piece| piece > bytes && !piece.starts_with(bytes),
        )
    }

    fn equal_to(&self, bytes: &[u8]) -> &[u32] {
        self.between(|piece| piece >= bytes, |piece| piece > bytes)
    }
}

/// How many of the last tokens of a text are taken back so that its last `heal` bytes are: as many as hold one of these bytes.
/// `pieces` are the bytes of the text's tokens, last first; where they are not the text's own bytes, healing goes no further.
pub fn taken_back<'a>(pieces: impl Iterator<Item = &'a [u8]>, text: &[u8], heal: usize) -> usize {
    let mut rest = text;
    let kept = text.len().saturating_sub(heal);
    let mut count = 0;
    for piece in pieces.take(MOST_TOKENS) {
        if rest.len() <= kept || piece.is_empty() {
            break;
        }
        match rest.strip_suffix(piece) {
            Some(before) => rest = before,
            None => break,
        }
        count += 1;
    }
    count
}

/// The bytes that are still to be generated anew.
#[derive(Clone, Debug, Default)]
pub struct Healing {
    rest: Vec<u8>,
}

impl Healing {
    pub fn new(bytes: Vec<u8>) -> Healing {
        Healing { rest: bytes }
    }

    pub fn is_done(&self) -> bool {
        self.rest.is_empty()
    }

    /// The tokens that may come next; None when everything may.
    pub fn allowed<'a>(&self, pieces: &'a Pieces) -> Option<Allowed<'a>> {
        if self.is_done() {
            return None;
        }
        let part = (1..self.rest.len()).flat_map(|length| pieces.equal_to(&self.rest[..length]));
        Some(Allowed {
            whole: pieces.starting_with(&self.rest),
            part: part.copied().collect(),
        })
    }

    /// Takes the bytes of the next token; gives what goes beyond the bytes that were due.
    pub fn take<'a>(&mut self, piece: &'a [u8]) -> &'a [u8] {
        let due = self.rest.len().min(piece.len());
        self.rest.drain(..due);
        &piece[due..]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(texts: &[&str]) -> Pieces {
        Pieces::new(texts.iter().map(|text| text.as_bytes().to_vec()))
    }

    /// The texts of the tokens that may come next, in order.
    fn check(vocabulary: &[&str], rest: &str) -> Vec<String> {
        let pieces = pieces(vocabulary);
        let healing = Healing::new(rest.as_bytes().to_vec());
        let allowed = healing.allowed(&pieces);
        let mut texts: Vec<String> = allowed
            .iter()
            .flat_map(Allowed::tokens)
            .map(|token| String::from_utf8_lossy(pieces.get(token)).into_owned())
            .collect();
        texts.sort();
        texts
    }

    #[test]
    fn words_with_their_blank_are_found() {
        let vocabulary = ["", "a", " ", " a", " ab", "b", " b", "  "];
        assert_eq!(check(&vocabulary, " "), [" ", "  ", " a", " ab", " b"]);
        assert_eq!(check(&vocabulary, " a"), [" ", " a", " ab"]);
        assert_eq!(check(&vocabulary, " abc"), [" ", " a", " ab"]);
        assert_eq!(check(&vocabulary, "x"), [""; 0]);
        assert_eq!(check(&vocabulary, ""), [""; 0]);
    }

    #[test]
    fn bytes_at_the_upper_end_are_found() {
        let table = Pieces::new([vec![0xff], vec![0xff, 0xff], vec![0xfe], vec![0xff, 0]]);
        assert_eq!(table.starting_with(&[0xff]), [0, 3, 1]);
        assert_eq!(table.equal_to(&[0xff, 0xff]), [1]);
        assert_eq!(table.get(9), b"");
    }

    fn back(tokens: &[&str], heal: usize) -> usize {
        let text: String = tokens.concat();
        let last_first = tokens.iter().rev().map(|token| token.as_bytes());
        taken_back(last_first, text.as_bytes(), heal)
    }

    #[test]
    fn whole_tokens_are_taken_back() {
        assert_eq!(back(&["return", " string", "("], 0), 0);
        assert_eq!(back(&["return", " string", "("], 1), 1);
        assert_eq!(back(&["return", " string", "("], 2), 2);
        assert_eq!(back(&["return", " string", "("], 100), 3);
        assert_eq!(back(&["x"; 20], 20), MOST_TOKENS);
    }

    #[test]
    fn tokens_that_are_not_the_text_end_the_healing() {
        let tokens = [b" a".as_slice(), b"b"];
        assert_eq!(taken_back(tokens.into_iter().rev(), b"ab", 2), 1);
        assert_eq!(taken_back([b"".as_slice()].into_iter(), b"ab", 2), 0);
    }

    #[test]
    fn only_what_goes_beyond_is_given() {
        let mut healing = Healing::new(b" ab".to_vec());
        assert_eq!(healing.take(b" "), b"");
        assert!(!healing.is_done());
        assert_eq!(healing.take(b"abc"), b"c");
        assert!(healing.is_done());
        assert_eq!(healing.take(b" d"), b" d");
    }
}
