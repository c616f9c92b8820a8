//! Code from elsewhere as comments above the near code, for models and formats that know no other files.

/// `text` as line comments, each line ended.
pub fn comment(text: &str, mark: &str) -> String {
    let mut commented = String::with_capacity(text.len() + text.len() / 8);
    for line in text.lines() {
        commented.push_str(mark);
        if !line.is_empty() {
            commented.push(' ');
            commented.push_str(line);
        }
        commented.push('\n');
    }
    commented
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_a_comment() {
        assert_eq!(comment("a {\r\n\n\tb", "//"), "// a {\n//\n// \tb\n");
        assert_eq!(comment("", "//"), "");
    }
}
