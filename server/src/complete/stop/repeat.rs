//! Loops: a model that says the same again and again.

/// Lines of a block that may be repeated.
const LINES: usize = 4;

/// How many of the last lines repeat those before them.
pub fn loops(lines: &[String]) -> Option<usize> {
    let telling = |line: &String| line.len() > 3 && line.contains(char::is_alphanumeric);
    (1..=LINES).find(|count| {
        let Some(start) = lines.len().checked_sub(2 * count) else {
            return false;
        };
        let (first, second) = lines[start..].split_at(*count);
        first == second && second.iter().any(telling)
    })
}

/// Whether the end of a line says the same 3 to 24 bytes four times over, members of a list more often, long parts of a name
/// two times.
pub fn repeats_in_line(line: &str) -> bool {
    let bytes = line.as_bytes();
    (3..=24).any(|period| {
        let Some(last) = bytes.len().checked_sub(period) else {
            return false;
        };
        let (times, separated) = times(&bytes[last..]);
        let length = period * times - usize::from(separated);
        let Some(start) = bytes.len().checked_sub(length) else {
            return false;
        };
        let tail = &bytes[start..];
        let repeats = tail[period..] == tail[..length - period];
        let uniform = tail.iter().all(|byte| *byte == tail[0]);
        repeats && !uniform
    })
}

/// How often in a row these bytes are too often, and whether the last of them need not be there: it separates words.
fn times(unit: &[u8]) -> (usize, bool) {
    let count = unit.len();
    let letters = unit.iter().filter(|byte| byte.is_ascii_alphabetic());
    let name = unit
        .iter()
        .all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
    let parts = name && unit.contains(&b'_');
    match letters.count() {
        6.. if parts && count >= 10 => (2, true),
        3.. if parts => (3, true),
        3.. if !unit.contains(&b',') => (4, false),
        _ => ((36 / count).max(4), false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repeated_blocks_are_found() {
        let check = |lines: &str, expected: Option<usize>| {
            let lines: Vec<String> = lines.split('|').map(str::to_owned).collect();
            assert_eq!(loops(&lines), expected, "{lines:?}");
        };
        check("a();|a();", Some(1));
        check("x|a();|b();|a();|b();", Some(2));
        check("a();|b();|a();", None);
        check("}|}", None);
    }

    #[test]
    fn repeated_text_in_a_line_is_found() {
        assert!(repeats_in_line(&format!("x = {}", "abcd, ".repeat(6))));
        assert!(repeats_in_line(&"é, ".repeat(9)));
        assert!(repeats_in_line("x.take(1).take(1).take(1).take(1)"));
        assert!(repeats_in_line("\"net/util/util/util/util"));
        assert!(repeats_in_line("let max_used_max_used_max_used"));
        assert!(repeats_in_line("max_priority_done_max_priority_done_"));
        assert!(!repeats_in_line("f(nil, nil, nil, nil, nil"));
        assert!(!repeats_in_line("the name of the name of"));
        assert!(!repeats_in_line("// ------------------------------------"));
        assert!(!repeats_in_line("x = [0, 0, 0, 0, 0, 0, 0, 0]"));
    }
}
