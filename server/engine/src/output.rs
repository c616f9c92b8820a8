//! Makes text of tokens: whole characters only, nothing of a stop text, and an end when the model repeats itself; pure.

use std::collections::HashMap;

/// This many equal tokens in a row …
const GRAM: usize = 8;
/// … seen this often are a loop.
const TIMES: u8 = 3;

/// Collects the bytes of tokens.
#[derive(Debug, Default)]
pub struct Output {
    stops: Vec<String>,
    /// The start of a character whose rest is to come.
    bytes: Vec<u8>,
    /// Text that could be the start of a stop text.
    held: String,
    stopped: bool,
}

impl Output {
    pub fn new(stops: Vec<String>) -> Output {
        Output {
            stops: stops.into_iter().filter(|stop| !stop.is_empty()).collect(),
            ..Output::default()
        }
    }

    /// Takes bytes; gives the text that is now certain.
    pub fn push(&mut self, bytes: &[u8]) -> String {
        if self.stopped {
            return String::new();
        }
        self.bytes.extend_from_slice(bytes);
        self.decode();
        if let Some(at) = self
            .stops
            .iter()
            .filter_map(|stop| self.held.find(stop))
            .min()
        {
            self.held.truncate(at);
            self.stopped = true;
            return std::mem::take(&mut self.held);
        }
        let keep = self
            .stops
            .iter()
            .map(|stop| overlap(&self.held, stop))
            .max();
        let rest = self.held.split_off(self.held.len() - keep.unwrap_or(0));
        std::mem::replace(&mut self.held, rest)
    }

    /// Whether a stop text came.
    pub fn stopped(&self) -> bool {
        self.stopped
    }

    /// What was held back, when no more comes. An unfinished character is left out.
    pub fn finish(&mut self) -> String {
        std::mem::take(&mut self.held)
    }

    /// Moves whole characters over; bytes that can never become one turn into replacement characters.
    fn decode(&mut self) {
        loop {
            let (valid, broken) = match std::str::from_utf8(&self.bytes) {
                Ok(text) => (text.len(), None),
                Err(error) => (error.valid_up_to(), error.error_len()),
            };
            self.held
                .push_str(std::str::from_utf8(&self.bytes[..valid]).unwrap_or_default());
            self.bytes.drain(..valid + broken.unwrap_or(0));
            match broken {
                Some(_) => self.held.push(char::REPLACEMENT_CHARACTER),
                None => return,
            }
        }
    }
}

/// The length of the longest end of `text` with which `stop` begins.
fn overlap(text: &str, stop: &str) -> usize {
    let ends = (1..stop.len())
        .rev()
        .filter(|length| stop.is_char_boundary(*length));
    ends.into_iter()
        .find(|length| text.ends_with(&stop[..*length]))
        .unwrap_or(0)
}

/// Notices that the same tokens come again and again.
#[derive(Debug, Default)]
pub struct Repetition {
    last: Vec<u32>,
    seen: HashMap<[u32; GRAM], u8>,
}

impl Repetition {
    /// Takes a token; true when it completes a loop.
    pub fn push(&mut self, token: u32) -> bool {
        self.last.push(token);
        let Some(gram) = self.last.last_chunk::<GRAM>() else {
            return false;
        };
        let count = self.seen.entry(*gram).or_default();
        *count += 1;
        *count >= TIMES
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What comes out after each push, and at the end.
    fn check(stops: &[&str], parts: &[&[u8]]) -> (Vec<String>, bool) {
        let mut output = Output::new(stops.iter().map(|stop| stop.to_string()).collect());
        let mut texts: Vec<String> = parts.iter().map(|part| output.push(part)).collect();
        texts.push(output.finish());
        (texts, output.stopped())
    }

    #[test]
    fn characters_come_whole() {
        let (texts, _) = check(&[], &[b"a\xe6", b"\x97", b"\xa5b", b"\xf0\x9f"]);
        assert_eq!(texts, ["a", "", "日b", "", ""]);
    }

    #[test]
    fn broken_bytes_are_replaced() {
        let (texts, _) = check(&[], &[b"a\xffb", b"\xe6x"]);
        assert_eq!(texts, ["a\u{fffd}b", "\u{fffd}x", ""]);
    }

    #[test]
    fn stop_texts_end_wherever_they_are_cut() {
        let text = "fn a() {}\n\n日本";
        for size in 1..text.len() {
            let parts: Vec<&[u8]> = text.as_bytes().chunks(size).collect();
            let (texts, stopped) = check(&["\n\n", "zz"], &parts);
            assert_eq!(
                (texts.concat().as_str(), stopped),
                ("fn a() {}", true),
                "{size}"
            );
            let (texts, stopped) = check(&["本x"], &parts);
            assert_eq!((texts.concat().as_str(), stopped), (text, false), "{size}");
        }
    }

    #[test]
    fn the_first_stop_wins_and_empty_ones_count_for_nothing() {
        assert_eq!(check(&["c", "b", ""], &[b"abc"]).0.concat(), "a");
    }

    #[test]
    fn loops_end_at_the_third_time() {
        let line: Vec<u32> = (0..10).collect();
        let mut repetition = Repetition::default();
        let loops: Vec<bool> = (0..3)
            .flat_map(|_| line.clone())
            .map(|token| repetition.push(token))
            .collect();
        assert_eq!(loops.iter().position(|ends| *ends), Some(27));
        let mut repetition = Repetition::default();
        assert!((0..1000).all(|token| !repetition.push(token)));
    }
}
