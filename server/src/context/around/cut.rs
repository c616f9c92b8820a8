//! Leaves out the middle of a text that is too long, and says so in its place.

/// The share of the room that the first lines get, in percent: what a thing is called and takes stands there.
const HEAD_SHARE: usize = 30;

/// `text` with as many of its first lines, and of the lines around line number `keep` (0-based), as `most` bytes hold; and the
/// number of lines left out. Where `keep` is among the first lines, the last lines are kept instead.
pub fn cut(text: &str, keep: usize, most: usize) -> (String, usize) {
    if text.len() <= most {
        return (text.to_owned(), 0);
    }
    // One line may not take all the room.
    let clipped = |line: &str| line.floor_char_boundary(most / 4);
    let lines: Vec<&str> = text.lines().map(|line| &line[..clipped(line)]).collect();
    let head = fitting(lines.iter(), most * HEAD_SHARE / 100).max(1);
    let room = most.saturating_sub(size(&lines[..head]));
    let (start, end) = match keep < head {
        true => (lines.len() - fitting(lines.iter().rev(), room), lines.len()),
        false => around(&lines, keep.min(lines.len() - 1), room),
    };
    let start = start.max(head);
    let end = end.max(start);
    let mut out: Vec<String> = lines[..head]
        .iter()
        .map(|line| (*line).to_owned())
        .collect();
    mark(&mut out, start - head);
    out.extend(lines[start..end].iter().map(|line| (*line).to_owned()));
    mark(&mut out, lines.len() - end);
    let clipped = text.lines().zip(&lines).filter(|(own, line)| own != *line);
    let left_out = start - head + lines.len() - end + clipped.count();
    (out.join("\n"), left_out)
}

fn mark(out: &mut Vec<String>, lines: usize) {
    if lines > 0 {
        out.push(format!("[… {lines} lines left out …]"));
    }
}

/// How many lines, from the first, fit into `most` bytes.
fn fitting<'a>(lines: impl Iterator<Item = &'a &'a str>, most: usize) -> usize {
    let mut used = 0;
    lines
        .take_while(|line| {
            used += line.len() + 1;
            used <= most
        })
        .count()
}

fn size(lines: &[&str]) -> usize {
    lines.iter().map(|line| line.len() + 1).sum()
}

/// The lines around line `keep` that fit into `most` bytes, more above it than below.
fn around(lines: &[&str], keep: usize, most: usize) -> (usize, usize) {
    let below = fitting(lines[keep..].iter(), most / 3);
    let end = keep + below;
    let room = most.saturating_sub(size(&lines[keep..end]));
    let above = fitting(lines[..keep].iter().rev(), room);
    (keep - above, end)
}
