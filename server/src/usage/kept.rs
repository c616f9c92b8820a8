//! How much of an accepted text still stands in its document; pure.

/// Lines of the document that are looked at, half of them on each side of where the text went in.
const LINES: usize = 2000;

/// Of at most so many lines of the accepted text.
const MOST: usize = 200;

/// The characters of a text that count: those of its lines without the blanks around them.
pub fn characters(text: &str) -> u64 {
    let lines = text.lines().take(MOST);
    lines.map(|line| line.trim().chars().count() as u64).sum()
}

/// How many of the characters of `accepted` still stand in `text`, in their order, near the line with this number (from 0).
///
/// A line that was changed counts with its unchanged beginning and end where they are the greater part of it; a line without a
/// word (`}`) counts only beside one of its lines that stands.
pub fn kept(accepted: &str, text: &str, near: usize) -> u64 {
    let own: Vec<&str> = accepted.lines().take(MOST).map(str::trim).collect();
    let start = near.saturating_sub(LINES / 2);
    let lines: Vec<&str> = text
        .lines()
        .skip(start)
        .take(LINES)
        .map(str::trim)
        .collect();
    let last = own.len().saturating_sub(1);
    // The best sum for the first lines of each, one row for each own line.
    let mut best = vec![vec![0u64; lines.len() + 1]; own.len() + 1];
    for (i, line) in own.iter().enumerate() {
        let edge = i == 0 || i == last;
        for (j, other) in lines.iter().enumerate() {
            let both = best[i][j] + shared(line, other, edge);
            best[i + 1][j + 1] = both.max(best[i][j + 1]).max(best[i + 1][j]);
        }
    }
    stands(&own, &lines, &best)
}

/// Goes back from the end of the table, and counts what stands without the lone brackets.
fn stands(own: &[&str], lines: &[&str], best: &[Vec<u64>]) -> u64 {
    let mut found = vec![0; own.len()];
    let (mut i, mut j) = (own.len(), lines.len());
    while i > 0 && j > 0 {
        if best[i][j] == best[i][j - 1] {
            j -= 1;
        } else if best[i][j] == best[i - 1][j] {
            i -= 1;
        } else {
            found[i - 1] = best[i][j] - best[i - 1][j - 1];
            (i, j) = (i - 1, j - 1);
        }
    }
    let telling = |at: usize| found[at] > 0 && own[at].contains(char::is_alphanumeric);
    let beside = |at: usize| at > 0 && telling(at - 1) || at + 1 < own.len() && telling(at + 1);
    let counts = |at: &usize| telling(*at) || beside(*at);
    (0..own.len()).filter(counts).map(|at| found[at]).sum()
}

/// The characters that a line has in common with one of the document. At the edges of the accepted text the document's line may
/// hold more.
fn shared(line: &str, other: &str, edge: bool) -> u64 {
    let count = line.chars().count();
    if line.is_empty() || other.is_empty() {
        return 0;
    }
    if line == other || (edge && other.contains(line)) {
        return count as u64;
    }
    let before = common(line.chars(), other.chars());
    let rest = |text: &str| {
        text.chars()
            .rev()
            .take(text.chars().count() - before)
            .collect()
    };
    let (line, other): (Vec<char>, Vec<char>) = (rest(line), rest(other));
    let same = before + common(line.into_iter(), other.into_iter());
    if same * 2 > count { same as u64 } else { 0 }
}

fn common(one: impl Iterator<Item = char>, other: impl Iterator<Item = char>) -> usize {
    one.zip(other)
        .take_while(|(one, other)| one == other)
        .count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(accepted: &str, text: &str, expected: u64) {
        assert_eq!(
            kept(accepted, text, 0),
            expected,
            "{accepted:?} in {text:?}"
        );
    }

    #[test]
    fn what_stands_counts_without_the_blanks_around_lines() {
        check("foo(1)", "let x = foo(1);\n", 6);
        check("a();\n    b();\n}", "fn f() {\n\ta();\n\tb();\n}\n", 9);
        assert_eq!(characters("a();\n    b();\n}"), 9);
    }

    #[test]
    fn what_was_deleted_does_not() {
        check("a();\nb();\nc();", "a();\nc();\n", 8);
        check("foo(1)", "", 0);
        check("", "foo(1)", 0);
    }

    #[test]
    fn a_changed_line_counts_with_what_is_left_of_it() {
        check("total += price * n", "total += price * count", 17);
        check("abc", "xyz", 0);
    }

    #[test]
    fn lone_brackets_are_no_proof() {
        check("one();\n}", "other code\n}\n", 0);
        check("one();\n}", "one();\n}\n", 7);
    }

    #[test]
    fn order_matters_and_the_place_too() {
        check("first();\nsecond();", "second();\nfirst();\n", 9);
        let far = "x\n".repeat(5 * LINES);
        assert_eq!(kept("foo(1)", &format!("foo(1)\n{far}"), 4 * LINES), 0);
        assert_eq!(kept("foo(1)", &format!("{far}foo(1)\n"), 5 * LINES), 6);
    }

    #[test]
    fn characters_are_not_bytes() {
        check("größe(🙂)", "let é = größe(🙂);", 8);
    }
}
