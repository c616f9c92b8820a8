//! Makes one GIF of the pictures of a window: few colours, and of each picture only what is new in it.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use gif::{DisposalMethod, Encoder, Frame, Repeat};

type Color = [u8; 3];

/// So many pictures a second are shown at most: each stays this long, in milliseconds.
const BRIEF: u64 = 100;
/// Longer waits are not interesting, in milliseconds.
const LONGEST: u64 = 1800;
/// How long the last picture stays, in milliseconds.
const END: u64 = 3500;
/// How many colours there are, beside the one for what has not changed.
const COLORS: usize = 127;
/// Squared distance of two colours that are not told apart.
const NEAR: u32 = 160;

/// A picture that begins at a time, in milliseconds.
struct Picture {
    at: u64,
    pixels: Vec<Color>,
}

/// A GIF of the PNG files of a folder, which are named by the milliseconds of their times; it begins again at its end.
pub fn draw(folder: &Path) -> Vec<u8> {
    let files = worth(files(folder));
    let (mut width, mut height) = (0, 0);
    let pictures: Vec<Picture> = files
        .into_iter()
        .map(|(at, path)| {
            let pixels;
            (width, height, pixels) = read(&path);
            Picture { at, pixels }
        })
        .collect();
    let palette = palette(&pictures);
    let mut nearest = HashMap::new();
    let mut drawn = Vec::new();
    let mut encoder = Encoder::new(&mut drawn, width, height, palette.as_flattened())
        .expect("a palette of a GIF's size");
    encoder.set_repeat(Repeat::Infinite).expect("written");
    let mut before: Vec<u8> = Vec::new();
    for (number, picture) in pictures.iter().enumerate() {
        let next = pictures.get(number + 1);
        let lasts = next.map_or(END, |next| (next.at - picture.at).min(LONGEST));
        let looks = picture.pixels.iter().map(|color| {
            *nearest
                .entry(*color)
                .or_insert_with(|| nearest_of(&palette, *color))
        });
        let now: Vec<u8> = looks.collect();
        let mut frame = news(&before, &now, width);
        frame.delay = u16::try_from(lasts / 10).expect("it is short");
        encoder.write_frame(&frame).expect("written");
        before = now;
    }
    drop(encoder);
    drawn
}

/// The pictures, oldest first.
fn files(folder: &Path) -> Vec<(u64, PathBuf)> {
    let entries = std::fs::read_dir(folder).expect("the film");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let mut files: Vec<(u64, PathBuf)> = paths
        .map(|path| {
            let name = path.file_stem().expect("a name").to_string_lossy();
            (name.parse().expect("a time"), path)
        })
        .collect();
    files.sort();
    files
}

/// The last picture of each brief time, from its beginning on.
fn worth(files: Vec<(u64, PathBuf)>) -> Vec<(u64, PathBuf)> {
    let mut kept: Vec<(u64, PathBuf)> = Vec::new();
    for (at, path) in files {
        let at = at / BRIEF * BRIEF;
        if kept.last().is_some_and(|(last, _)| *last == at) {
            kept.pop();
        }
        kept.push((at, path));
    }
    kept
}

fn read(path: &Path) -> (u16, u16, Vec<Color>) {
    let file = File::open(path).expect("a picture");
    let mut decoder = png::Decoder::new(BufReader::new(file));
    decoder.set_transformations(png::Transformations::normalize_to_color8());
    let mut reader = decoder.read_info().expect("a PNG");
    let mut bytes = vec![0; reader.output_buffer_size().expect("a size")];
    let info = reader.next_frame(&mut bytes).expect("a PNG");
    bytes.truncate(info.buffer_size());
    let side = |length: u32| u16::try_from(length).expect("a window's side");
    let pixels = bytes.chunks_exact(info.color_type.samples());
    let pixels = pixels.map(|pixel| [pixel[0], pixel[1], pixel[2]]).collect();
    (side(info.width), side(info.height), pixels)
}

/// The colours that are used most, no two of them alike; the one behind them stands for what has not changed.
fn palette(pictures: &[Picture]) -> Vec<Color> {
    let mut counts: HashMap<Color, usize> = HashMap::new();
    for color in pictures.iter().flat_map(|picture| &picture.pixels) {
        *counts.entry(*color).or_default() += 1;
    }
    let mut colors: Vec<(usize, Color)> = counts.into_iter().map(|(color, n)| (n, color)).collect();
    colors.sort_unstable_by(|one, other| other.cmp(one));
    let mut palette: Vec<Color> = Vec::new();
    for (_, color) in colors {
        if palette.len() < COLORS && palette.iter().all(|known| distance(*known, color) > NEAR) {
            palette.push(color);
        }
    }
    palette.resize(COLORS + 1, [0; 3]);
    palette
}

fn nearest_of(palette: &[Color], color: Color) -> u8 {
    let known = palette[..COLORS].iter().enumerate();
    let nearest = known.min_by_key(|(_, known)| distance(**known, color));
    nearest.map_or(0, |(index, _)| index as u8)
}

fn distance(one: Color, other: Color) -> u32 {
    let pairs = one.into_iter().zip(other);
    pairs
        .map(|(one, other)| u32::from(one.abs_diff(other)).pow(2))
        .sum()
}

/// The smallest rectangle with all that has changed.
fn news(before: &[u8], now: &[u8], width: u16) -> Frame<'static> {
    const SAME: u8 = COLORS as u8;
    let wide = usize::from(width);
    let changed = |at: usize| before.get(at) != Some(&now[at]);
    let places = (0..now.len()).filter(|at| changed(*at));
    // One pixel, where nothing has changed.
    let (mut left, mut right, mut top, mut bottom) = (wide, 0, now.len() / wide, 0);
    for at in places {
        (left, right) = (left.min(at % wide), right.max(at % wide));
        (top, bottom) = (top.min(at / wide), bottom.max(at / wide));
    }
    if left > right {
        (left, right, top, bottom) = (0, 0, 0, 0);
    }
    let rows = (top..=bottom).flat_map(|row| row * wide + left..=row * wide + right);
    let buffer: Vec<u8> = rows
        .map(|at| if changed(at) { now[at] } else { SAME })
        .collect();
    let side = |length: usize| u16::try_from(length).expect("inside of the window");
    Frame {
        left: side(left),
        top: side(top),
        width: side(right - left + 1),
        height: side(bottom - top + 1),
        buffer: Cow::Owned(buffer),
        transparent: Some(SAME),
        dispose: DisposalMethod::Keep,
        ..Frame::default()
    }
}

#[cfg(test)]
mod tests {
    use super::{COLORS, news, worth};

    #[test]
    fn only_news_are_drawn() {
        let before = [1, 1, 1, 1, 1, 1, 1, 1, 1];
        let now = [1, 1, 1, 1, 2, 1, 1, 1, 3];
        let frame = news(&before, &now, 3);
        let at = (frame.left, frame.top, frame.width, frame.height);
        assert_eq!(at, (1, 1, 2, 2));
        let same = COLORS as u8;
        assert_eq!(frame.buffer.as_ref(), [2, same, same, 3]);
        assert_eq!(news(&before, &before, 3).buffer.as_ref(), [same]);
        assert_eq!(news(&[], &now, 3).buffer.as_ref(), now);
    }

    #[test]
    fn of_a_brief_time_the_last_picture_is_kept() {
        let files = [0, 20, 90, 130, 320].map(|at| (at, format!("{at}.png").into()));
        let kept = worth(files.to_vec());
        let kept: Vec<_> = kept.iter().map(|(at, path)| (*at, path.to_str())).collect();
        let expected = [
            (0, Some("90.png")),
            (100, Some("130.png")),
            (300, Some("320.png")),
        ];
        assert_eq!(kept, expected);
    }
}
