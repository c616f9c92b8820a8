//! Follows the pieces of a prompt through the replacement of secrets; pure.

use std::ops::Range;

/// Where two texts must be alike again for so many bytes to count as the same from there on.
const ANCHOR: usize = 24;

/// The longest secret and the longest replacement that are looked for, in bytes.
const SECRET: usize = 16 * 1024;
const REPLACEMENT: usize = 256;

/// The ranges of `old`, in order, as ranges of `new`, in which some stretches of `old` were replaced by others. A range that ends
/// within a replaced stretch ends behind its replacement.
pub fn carry(old: &str, new: &str, ranges: &mut [Range<usize>]) {
    if old == new {
        return;
    }
    let same = alike(old.as_bytes(), new.as_bytes());
    let place = |offset: usize| {
        let next = same.partition_point(|(range, _)| range.end < offset);
        match same.get(next) {
            Some((range, start)) => start + offset.saturating_sub(range.start),
            None => new.len(),
        }
    };
    for range in ranges {
        *range =
            new.floor_char_boundary(place(range.start))..new.floor_char_boundary(place(range.end));
    }
}

/// The stretches of `old` that stand in `new`, and where there.
fn alike(old: &[u8], new: &[u8]) -> Vec<(Range<usize>, usize)> {
    let mut stretches = Vec::new();
    let (mut at, mut there) = (0, 0);
    loop {
        let pairs = old[at..].iter().zip(&new[there..]);
        let length = pairs.take_while(|(one, other)| one == other).count();
        stretches.push((at..at + length, there));
        (at, there) = (at + length, there + length);
        if at == old.len() || there == new.len() {
            break;
        }
        match resume(&old[at..], &new[there..]) {
            Some((skipped, replaced)) => (at, there) = (at + skipped, there + replaced),
            None => break,
        }
    }
    // Whatever is left of the old text ends with the new one.
    stretches.push((old.len()..old.len(), new.len()));
    stretches
}

/// How many bytes of each to skip until they are alike again.
fn resume(old: &[u8], new: &[u8]) -> Option<(usize, usize)> {
    let mut best: Option<(usize, usize)> = None;
    for replaced in 0..new.len().min(REPLACEMENT) {
        let anchor = &new[replaced..(replaced + ANCHOR).min(new.len())];
        let most = best.map_or(SECRET, |(skipped, replaced)| skipped + replaced);
        let window = &old[..old.len().min(most + ANCHOR)];
        let short = anchor.len() < ANCHOR;
        let found = match short {
            // So near the end only the end itself is sure.
            true => old.ends_with(anchor).then(|| old.len() - anchor.len()),
            false => memchr::memmem::find(window, anchor),
        };
        if let Some(skipped) = found
            && best.is_none_or(|(old, new)| skipped + replaced < old + new)
        {
            best = Some((skipped, replaced));
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `old` and `new` with `|` between pieces.
    fn check(old: &str, new: &str) {
        let cut = |drawn: &str| {
            let mut start = 0;
            let pieces = drawn.split('|').map(|piece| {
                let range = start..start + piece.len();
                start = range.end;
                range
            });
            (drawn.replace('|', ""), pieces.collect::<Vec<_>>())
        };
        let ((old, mut ranges), (new, expected)) = (cut(old), cut(new));
        carry(&old, &new, &mut ranges);
        assert_eq!(ranges, expected, "{new}");
    }

    const CODE: &str = "func main() {\n\tfmt.Println(a, b, c)\n}\n";

    #[test]
    fn an_unchanged_prompt_keeps_its_pieces() {
        check("abc|def||g", "abc|def||g");
    }

    #[test]
    fn pieces_behind_a_replaced_secret_move() {
        let old = format!("<pre>|key = \"sk-12345678901234567890\"\n{CODE}|<suf>|{CODE}|<mid>");
        let new = format!("<pre>|key = \"REDACTED\"\n{CODE}|<suf>|{CODE}|<mid>");
        check(&old, &new);
    }

    #[test]
    fn a_longer_replacement_and_several_of_them() {
        let old = format!("{CODE}pw=a1|{CODE}pw=b2\nx|é{CODE}");
        let new = format!("{CODE}pw=REDACTED-password|{CODE}pw=REDACTED-password\nx|é{CODE}");
        check(&old, &new);
    }

    #[test]
    fn a_secret_that_a_piece_ends_in_goes_to_one_of_them() {
        let old = format!("{CODE}key=abcdefgh|ijklmnop\n{CODE}");
        let new = format!("{CODE}key=REDACTED|\n{CODE}");
        let mut ranges = [0..CODE.len() + 12, CODE.len() + 12..old.len() - 1];
        let old = old.replace('|', "");
        let new = new.replace('|', "");
        carry(&old, &new, &mut ranges);
        assert_eq!(ranges[0].end, ranges[1].start);
        assert_eq!(ranges[1].end, new.len());
    }

    #[test]
    fn at_the_very_end() {
        let old = format!("{CODE}|key=12345678901234567890");
        let new = format!("{CODE}|key=REDACTED");
        check(&old, &new);
    }
}
