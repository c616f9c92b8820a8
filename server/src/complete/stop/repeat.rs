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

/// Whether the end of a line says the same 3 to 24 bytes four times over, short ones more often.
pub fn repeats_in_line(line: &str) -> bool {
    let bytes = line.as_bytes();
    (3..=24).any(|period| {
        let length = period * (36 / period).max(4);
        let Some(start) = bytes.len().checked_sub(length) else {
            return false;
        };
        let tail = &bytes[start..];
        let repeats = tail[period..] == tail[..length - period];
        let uniform = tail.iter().all(|byte| *byte == tail[0]);
        repeats && !uniform
    })
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
        assert!(!repeats_in_line("// ------------------------------------"));
        assert!(!repeats_in_line("x = [0, 0, 0, 0, 0, 0, 0, 0]"));
    }
}
