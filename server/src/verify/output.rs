//! What a program prints, with a bound: its head and its tail are kept.

/// The start and the end of what was printed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Output {
    head: Vec<u8>,
    tail: std::collections::VecDeque<u8>,
    /// Bytes between the two that were not kept.
    left_out: usize,
}

impl Output {
    /// Takes more of it; of all that is taken, about `most` bytes are kept.
    pub fn push(&mut self, bytes: &[u8], most: usize) {
        let head = (most / 2).saturating_sub(self.head.len()).min(bytes.len());
        self.head.extend_from_slice(&bytes[..head]);
        self.tail.extend(&bytes[head..]);
        let over = self.tail.len().saturating_sub(most - most / 2);
        self.tail.drain(..over);
        self.left_out += over;
    }

    /// All bytes so far, kept or not.
    pub fn total(&self) -> usize {
        self.head.len() + self.left_out + self.tail.len()
    }

    /// As text, with a mark where something is missing.
    pub fn text(&self) -> String {
        let (first, second) = self.tail.as_slices();
        let tail = [first, second].concat();
        if self.left_out == 0 {
            return String::from_utf8_lossy(&[&self.head[..], &tail].concat()).into_owned();
        }
        format!(
            "{}\n[… {} bytes left out …]\n{}",
            String::from_utf8_lossy(&self.head),
            self.left_out,
            String::from_utf8_lossy(&tail)
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(pieces: &[&str], most: usize) -> String {
        let mut output = Output::default();
        for piece in pieces {
            output.push(piece.as_bytes(), most);
        }
        let total: usize = pieces.iter().map(|piece| piece.len()).sum();
        assert_eq!(output.total(), total);
        output.text()
    }

    #[test]
    fn what_fits_is_whole() {
        assert_eq!(check(&["ab", "cd", "ef"], 6), "abcdef");
        assert_eq!(check(&[], 6), "");
    }

    #[test]
    fn head_and_tail_are_kept() {
        assert_eq!(
            check(&["abc", "defg", "hij"], 6),
            "abc\n[… 4 bytes left out …]\nhij"
        );
        assert_eq!(check(&["é"], 2), "é");
    }
}
