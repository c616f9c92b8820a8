//! Draws the pictures of a terminal as one SVG that moves: each row is a strip of what it showed, shifted by CSS.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::time::Duration;

use vt100::{Cell, Color, Screen};

use crate::editor::terminal::Moment;

const COLUMN: f32 = 8.4;
const LINE: u16 = 19;
/// From one look of a row to the next in its strip; a little is between them, since a row is a little taller than its place: else
/// viewers that scale the picture show seams.
const STEP: u16 = LINE + 4;
const MARGIN: u16 = 14;
const PAPER: &str = "#14161b";
const INK: &str = "#e0e2ea";
/// Pictures that are followed so soon by another one are not drawn.
const BRIEF: Duration = Duration::from_millis(45);
/// Longer waits are not interesting.
const LONGEST: Duration = Duration::from_millis(1800);
/// How long the last picture stays.
const END: Duration = Duration::from_millis(3500);

/// A picture that goes through the moments, again and again.
pub fn draw(moments: &[Moment]) -> String {
    let frames = frames(moments);
    let (rows, columns) = frames.last().expect("something was filmed").1.size();
    let (rows, columns) = (rows.get(), columns.get());
    let last = frames.last().map_or(Duration::ZERO, |(at, _)| *at);
    let mut drawing = Drawing {
        length: last + END,
        classes: BTreeMap::new(),
        keys: String::new(),
    };
    let mut body = String::new();
    for row in 0..rows {
        body += &drawing.row(&frames, row, columns);
    }
    body += &drawing.cursor(&frames);
    let width = f32::from(columns) * COLUMN + 2.0 * f32::from(MARGIN);
    let height = rows * LINE + 2 * MARGIN;
    let mut style = format!(
        ".m{{animation:{:.2}s step-end infinite}}",
        drawing.length.as_secs_f32()
    );
    for (look, name) in &drawing.classes {
        // Infallible on a String.
        let _ = write!(style, ".{name}{{{look}}}");
    }
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width:.0} {height}\" width=\"{width:.0}\" \
         font-family=\"ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace\" font-size=\"14\" fill=\"{INK}\">\
         <style>{style}{}</style><rect width=\"100%\" height=\"100%\" rx=\"8\" fill=\"{PAPER}\"/>\n{body}</svg>\n",
        drawing.keys
    )
}

/// The pictures that are worth drawing, and when each begins in the film.
fn frames(moments: &[Moment]) -> Vec<(Duration, &Screen)> {
    let mut frames: Vec<(Duration, &Screen)> = Vec::new();
    let mut now = Duration::ZERO;
    for (number, moment) in moments.iter().enumerate() {
        let next = moments.get(number + 1);
        let lasts = next.map_or(END, |next| next.at - moment.at);
        if lasts >= BRIEF || next.is_none() {
            frames.push((now, &moment.screen));
        }
        now += lasts.min(LONGEST);
    }
    frames
}

struct Drawing {
    length: Duration,
    /// Declarations of CSS, and the class that has them.
    classes: BTreeMap<String, String>,
    /// The keyframes.
    keys: String,
}

impl Drawing {
    /// What a row showed over time.
    fn row(&mut self, frames: &[(Duration, &Screen)], row: u16, columns: u16) -> String {
        let mut looks: Vec<String> = Vec::new();
        let mut keys: Vec<(Duration, usize)> = Vec::new();
        for (at, screen) in frames {
            let look = self.look(screen, row, columns);
            let known = looks.iter().position(|known| *known == look);
            let index = known.unwrap_or(looks.len());
            if known.is_none() {
                looks.push(look);
            }
            if keys.last().is_none_or(|(_, last)| *last != index) {
                keys.push((*at, index));
            }
        }
        if looks.iter().all(String::is_empty) {
            return String::new();
        }
        let y = MARGIN + row * LINE;
        let strip: String = looks
            .iter()
            .enumerate()
            .filter(|(_, look)| !look.is_empty())
            .map(|(index, look)| match index {
                0 => look.clone(),
                _ => format!(
                    "<g transform=\"translate(0 {})\">{look}</g>",
                    index * usize::from(STEP)
                ),
            })
            .collect();
        let name = format!("r{row}");
        let moves = keys.len() > 1;
        if moves {
            let shift =
                |index: usize| format!("transform:translateY(-{}px)", index * usize::from(STEP));
            let keys = keys.into_iter().map(|(at, index)| (at, shift(index)));
            self.keyframes(&name, keys);
        }
        let class = match moves {
            true => format!(" class=\"m\" style=\"animation-name:{name}\""),
            false => String::new(),
        };
        format!(
            "<svg x=\"{MARGIN}\" y=\"{y}\" height=\"{LINE}.7\" overflow=\"hidden\"><g{class}>{strip}</g></svg>\n"
        )
    }

    fn keyframes(&mut self, name: &str, keys: impl Iterator<Item = (Duration, String)>) {
        // Infallible on a String.
        let _ = write!(self.keys, "@keyframes {name}{{");
        for (number, (at, value)) in keys.enumerate() {
            let share = match number {
                0 => 0.0,
                _ => 100.0 * at.as_secs_f32() / self.length.as_secs_f32(),
            };
            let _ = write!(self.keys, "{share:.2}%{{{value}}}");
        }
        self.keys.push('}');
    }

    fn cursor(&mut self, frames: &[(Duration, &Screen)]) -> String {
        let place = |screen: &Screen| {
            let (row, column) = screen.cursor_position();
            let (x, y) = (f32::from(column) * COLUMN, row * LINE);
            let shown = u8::from(!screen.hide_cursor());
            format!("transform:translate({x:.1}px,{y}px);opacity:{shown}")
        };
        let keys: Vec<(Duration, String)> = frames
            .iter()
            .map(|(at, screen)| (*at, place(screen)))
            .collect();
        let mut kept: Vec<(Duration, String)> = Vec::new();
        for key in keys {
            if kept.last().is_none_or(|(_, last)| *last != key.1) {
                kept.push(key);
            }
        }
        let moves = match kept.as_slice() {
            // A picture that stands still.
            [(_, place)] => format!("style=\"{place}\""),
            _ => "class=\"m\" style=\"animation-name:c\"".to_owned(),
        };
        if kept.len() > 1 {
            self.keyframes("c", kept.into_iter());
        }
        format!(
            "<g {moves}><rect x=\"{MARGIN}\" y=\"{MARGIN}\" width=\"2\" height=\"{LINE}\"/></g>\n"
        )
    }

    /// One row of one picture.
    fn look(&mut self, screen: &Screen, row: u16, columns: u16) -> String {
        let (mut back, mut front) = (String::new(), String::new());
        let mut column = 0;
        while column < columns {
            let Some(cell) = screen.cell(row, column) else {
                break;
            };
            let start = column;
            let mut text = String::new();
            while let Some(other) = screen.cell(row, column).filter(|other| alike(cell, other)) {
                let content = other.contents();
                text += if content.is_empty() && !other.is_wide_continuation() {
                    " "
                } else {
                    content
                };
                column += 1;
            }
            let x = f32::from(start) * COLUMN;
            if let Some(fill) = paper(cell) {
                let class = self.class(&format!("fill:{fill}"));
                let width = f32::from(column - start) * COLUMN;
                // Infallible on a String.
                let _ = write!(
                    back,
                    "<rect class=\"{class}\" x=\"{x:.1}\" width=\"{width:.1}\" height=\"{}\"/>",
                    LINE + 1
                );
            }
            let class = self.class(&ink(cell));
            for (blanks, words) in pieces(&text) {
                let x = x + blanks as f32 * COLUMN;
                // Infallible on a String.
                let _ = write!(
                    front,
                    "<tspan class=\"{class}\" x=\"{x:.1}\">{}</tspan>",
                    escaped(words)
                );
            }
        }
        match front.is_empty() {
            true => back,
            false => format!("{back}<text y=\"14\">{front}</text>"),
        }
    }

    fn class(&mut self, look: &str) -> String {
        let next = format!("k{}", self.classes.len());
        self.classes.entry(look.to_owned()).or_insert(next).clone()
    }
}

/// Where words begin that more than one blank stands before (in characters), and what they are; viewers make one blank of several.
fn pieces(text: &str) -> Vec<(usize, &str)> {
    let mut pieces = Vec::new();
    let mut column = 0;
    for part in text.split("  ") {
        let words = part.trim();
        if !words.is_empty() {
            let blanks = part.chars().take_while(|character| *character == ' ');
            pieces.push((column + blanks.count(), words));
        }
        column += part.chars().count() + 2;
    }
    pieces
}

/// Whether two cells are drawn as one run.
fn alike(one: &Cell, other: &Cell) -> bool {
    paper(one) == paper(other) && ink(one) == ink(other)
}

/// The background, where it is not the window's.
fn paper(cell: &Cell) -> Option<String> {
    match cell.inverse() {
        true => Some(color(cell.fgcolor()).unwrap_or_else(|| INK.to_owned())),
        false => color(cell.bgcolor()).filter(|color| color != PAPER),
    }
}

fn ink(cell: &Cell) -> String {
    let color = match cell.inverse() {
        true => color(cell.bgcolor()).unwrap_or_else(|| PAPER.to_owned()),
        false => color(cell.fgcolor()).unwrap_or_else(|| INK.to_owned()),
    };
    let mut look = format!("fill:{color}");
    let more = [
        (cell.bold(), ";font-weight:bold"),
        (cell.italic(), ";font-style:italic"),
        (cell.dim(), ";opacity:.6"),
        (
            cell.underline() && cell.has_contents(),
            ";text-decoration:underline",
        ),
    ];
    more.into_iter()
        .filter(|(has, _)| *has)
        .for_each(|(_, css)| look += css);
    look
}

/// A colour as CSS has it; none for the terminal's own. The 256 are xterm's.
fn color(color: Color) -> Option<String> {
    const SIXTEEN: [u32; 16] = [
        0x14161b, 0xff7b72, 0x7ee787, 0xe3b341, 0x79c0ff, 0xd2a8ff, 0x76e3ea, 0xe0e2ea, 0x6e7681,
        0xffa198, 0x56d364, 0xe3b341, 0xa5d6ff, 0xd2a8ff, 0xb3f0ff, 0xffffff,
    ];
    let level = |number: u8| {
        if number == 0 {
            0
        } else {
            55 + 40 * u32::from(number)
        }
    };
    let rgb = match color {
        Color::Default => return None,
        Color::Rgb(red, green, blue) => u32::from_be_bytes([0, red, green, blue]),
        Color::Idx(index @ 0..=15) => SIXTEEN[usize::from(index)],
        Color::Idx(index @ 16..=231) => {
            let index = index - 16;
            level(index / 36) << 16 | level(index / 6 % 6) << 8 | level(index % 6)
        }
        Color::Idx(index) => (8 + 10 * u32::from(index - 232)) * 0x01_01_01,
    };
    Some(format!("#{rgb:06x}"))
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::pieces;

    #[test]
    fn blanks_are_places() {
        assert_eq!(pieces("  a b    c "), [(2, "a b"), (9, "c")]);
        assert_eq!(pieces("a   b"), [(0, "a"), (4, "b")]);
        assert!(pieces("    ").is_empty());
    }
}
