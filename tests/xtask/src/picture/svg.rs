//! Draws what a terminal shows as an SVG: text with SGR colours.

use std::fmt::Write;

const COLUMN: f32 = 8.4;
const LINE: f32 = 19.0;
const MARGIN: f32 = 16.0;

#[derive(Clone, Copy, Default, PartialEq)]
struct Style {
    bold: bool,
    dim: bool,
    italic: bool,
    color: Option<u8>,
}

impl Style {
    /// Applies one SGR sequence (ECMA-48, 8.3.117): the numbers between `ESC [` and `m`.
    fn apply(&mut self, numbers: &str) {
        for number in numbers
            .split(';')
            .map(|number| number.parse::<u8>().unwrap_or(0))
        {
            match number {
                0 => *self = Style::default(),
                1 => self.bold = true,
                2 => self.dim = true,
                3 => self.italic = true,
                22 => (self.bold, self.dim) = (false, false),
                23 => self.italic = false,
                30..=37 => self.color = Some(number - 30),
                90..=97 => self.color = Some(number - 90),
                39 => self.color = None,
                _ => {}
            }
        }
    }

    fn attributes(self) -> String {
        const COLORS: [&str; 8] = [
            "#8b949e", "#ff7b72", "#7ee787", "#e3b341", "#79c0ff", "#d2a8ff", "#76e3ea", "#f0f6fc",
        ];
        let fill = self
            .color
            .map_or("#e6edf3", |color| COLORS[usize::from(color % 8)]);
        let weight = if self.bold {
            " font-weight=\"bold\""
        } else {
            ""
        };
        let slant = if self.italic {
            " font-style=\"italic\""
        } else {
            ""
        };
        let opacity = if self.dim { " opacity=\"0.6\"" } else { "" };
        format!("fill=\"{fill}\"{weight}{slant}{opacity}")
    }
}

/// Draws terminal output with SGR colours; other control sequences are left out.
pub fn svg(printed: &str) -> String {
    let lines: Vec<&str> = printed.trim_end().lines().collect();
    let width = lines
        .iter()
        .map(|line| plain(line).chars().count())
        .max()
        .unwrap_or(0);
    let (width, height) = (
        width as f32 * COLUMN + 2.0 * MARGIN,
        lines.len() as f32 * LINE + 2.0 * MARGIN,
    );
    let mut drawn = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width:.0} {height:.0}\" width=\"{width:.0}\" \
         font-family=\"ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace\" font-size=\"14\">\n\
         <rect width=\"100%\" height=\"100%\" rx=\"8\" fill=\"#0d1117\"/>\n"
    );
    let mut style = Style::default();
    for (number, line) in lines.iter().enumerate() {
        let y = MARGIN + number as f32 * LINE + 14.0;
        let mut column = 0;
        for (run_style, text) in runs(line, &mut style) {
            let x = MARGIN + column as f32 * COLUMN;
            column += text.chars().count();
            if !text.trim().is_empty() {
                // Infallible on a String.
                let _ = writeln!(
                    drawn,
                    "<text x=\"{x:.1}\" y=\"{y:.1}\" xml:space=\"preserve\" {}>{}</text>",
                    run_style.attributes(),
                    escape(text)
                );
            }
        }
    }
    drawn + "</svg>\n"
}

/// Cuts a line at its control sequences; the style goes on from line to line.
fn runs<'a>(line: &'a str, style: &mut Style) -> Vec<(Style, &'a str)> {
    let mut found = Vec::new();
    for (number, part) in line.split("\x1b[").enumerate() {
        let mut text = part;
        if number > 0 {
            let end = part.find(|character: char| character.is_ascii_alphabetic());
            let (numbers, rest) = part.split_at(end.map_or(part.len(), |end| end + 1));
            if let Some(numbers) = numbers.strip_suffix('m') {
                style.apply(numbers);
            }
            text = rest;
        }
        found.push((*style, text));
    }
    found
}

fn plain(line: &str) -> String {
    runs(line, &mut Style::default())
        .into_iter()
        .map(|(_, text)| text)
        .collect()
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}
