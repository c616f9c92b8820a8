//! The words of the question for models that only chat: fill the hole at a marker, and say nothing else.

use crate::model::HOLE;

/// What such a model is told before it sees any code. Always the same, so that servers can keep it.
pub const INSTRUCTIONS: &str = "You complete code at the cursor of an editor. You are shown a file in which a marker stands for \
the cursor. Answer with exactly the text that belongs in the place of the marker: usually the rest of the line, or of a short \
block. Do not repeat what stands before or after the marker. No explanation, no markdown, no code fences. Keep the file's \
indentation and style. When nothing belongs there, answer nothing.";

/// A marker that does not occur in `texts`.
pub fn marker(texts: &[&str]) -> String {
    let mut marker = format!("{HOLE}}}}}");
    let mut number = 2;
    while texts.iter().any(|text| text.contains(&marker)) {
        marker = format!("{HOLE}_{number}}}}}");
        number += 1;
    }
    marker
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_marker_is_not_in_the_text() {
        assert_eq!(marker(&["a", "b"]), "{{FILL_HERE}}");
        assert_eq!(
            marker(&["{{FILL_HERE}}", "x {{FILL_HERE_2}}"]),
            "{{FILL_HERE_3}}"
        );
    }
}
