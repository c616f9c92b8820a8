//! Ghost text on a terminal: grows where it stands, and is drawn anew where the final cleaning changed what was shown.

use super::out::Style;

/// A completion as it is drawn, from the cursor on.
#[derive(Clone, Debug)]
pub struct Ghost {
    style: Style,
    /// What stands on the cursor's line before it, as printed.
    line: String,
    /// What each further line of the completion starts with.
    gutter: String,
    /// How wide a tab is drawn; None: as it is.
    tab: Option<usize>,
    shown: String,
}

impl Ghost {
    /// A ghost behind `line`, which is printed already.
    pub fn new(style: Style, line: &str, gutter: &str, tab: Option<usize>) -> Ghost {
        Ghost {
            style,
            line: line.to_owned(),
            gutter: gutter.to_owned(),
            tab,
            shown: String::new(),
        }
    }

    /// What to print so that `text` is shown.
    pub fn show(&mut self, text: &str) -> String {
        let before = std::mem::replace(&mut self.shown, text.to_owned());
        if let Some(more) = text.strip_prefix(before.as_str()) {
            return self.drawn(more);
        }
        // Back to the cursor's line, over everything below (ECMA-48: CUU, ED).
        let up = match before.matches('\n').count() {
            0 => String::new(),
            lines => format!("\x1b[{lines}A"),
        };
        format!("{up}\r\x1b[J{}{}", self.line, self.drawn(text))
    }

    fn drawn(&self, text: &str) -> String {
        let text = match self.tab {
            Some(width) => text.replace('\t', &" ".repeat(width)),
            None => text.to_owned(),
        };
        let lines = text.split('\n').map(|line| line.trim_end_matches('\r'));
        let painted: Vec<String> = lines.map(|line| self.style.ghost(line)).collect();
        painted.join(&format!("\n{}", self.gutter))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a terminal shows after texts were shown one after the other; only the escapes that a ghost uses.
    fn screen(line: &str, texts: &[&str]) -> String {
        let mut ghost = Ghost::new(Style::plain(), line, "| ", Some(4));
        let mut rows = vec![line.to_owned()];
        for text in texts {
            for (number, part) in ghost.show(text).split("\x1b[").enumerate() {
                let mut part = part;
                if number > 0 {
                    let (code, rest) = part.split_at(part.find(['A', 'J']).expect("an escape") + 1);
                    if let Some(up) = code.strip_suffix('A') {
                        let up: usize = up.parse().expect("a number");
                        rows.truncate(rows.len() - up);
                    } else {
                        *rows.last_mut().expect("a row") = String::new();
                    }
                    part = rest;
                }
                let mut lines = part.trim_start_matches('\r').split('\n');
                rows.last_mut()
                    .expect("a row")
                    .push_str(lines.next().unwrap_or(""));
                rows.extend(lines.map(str::to_owned));
            }
        }
        rows.join("\n")
    }

    #[test]
    fn text_grows_at_the_cursor() {
        assert_eq!(
            screen("let x = ", &["f", "f(1)", "f(1);\n\tg()"]),
            "let x = f(1);\n|     g()"
        );
    }

    #[test]
    fn changed_text_is_drawn_anew() {
        assert_eq!(
            screen("a ", &["b {", "b {\n\tc", "b {\n\tc\n}", "b;"]),
            "a b;"
        );
    }
}
