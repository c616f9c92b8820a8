//! Keeps user text from becoming control tokens where a server tokenises a prompt as one text; pure.
//!
//! A remote server cannot be told which parts of a text are control tokens, so control texts in the user's own text are broken up
//! by a blank behind their first character: `<|im_end|>` is sent as `< |im_end|>`. The model then reads a text that differs in one
//! blank, which is what such code is about at most; a forged control token would end the prompt.

use std::borrow::Cow;

use super::Piece;
use super::fim::{FORMATS, Format};

/// `text` with every control text broken up: the `controls` of this prompt, and all that looks like `<|…|>` or `<fim_…>`.
pub fn defuse<'a>(text: &'a str, controls: &[&str]) -> Cow<'a, str> {
    let mut result = String::new();
    let mut copied = 0;
    let mut begins = [false; 256];
    let firsts = controls.iter().filter_map(|control| control.bytes().next());
    firsts.for_each(|first| begins[usize::from(first)] = true);
    begins[usize::from(b'<')] = true;
    for (offset, _) in text
        .bytes()
        .enumerate()
        .filter(|(_, byte)| begins[usize::from(*byte)])
    {
        // A control text begins with a whole character, so this is no byte inside of one.
        let Some(rest) = text.get(offset..) else {
            continue;
        };
        let known = controls.iter().any(|control| rest.starts_with(control));
        if known || looks_like_control(rest) {
            let first = rest.chars().next().map_or(0, char::len_utf8);
            result.push_str(&text[copied..offset + first]);
            result.push(' ');
            copied = offset + first;
        }
    }
    if copied == 0 {
        return Cow::Borrowed(text);
    }
    result.push_str(&text[copied..]);
    Cow::Owned(result)
}

/// The pieces as one text, in which only the control pieces read as control texts; `stops` are those of the request.
pub fn join(pieces: &[Piece], stops: &[String]) -> String {
    let own: Vec<&str> = pieces
        .iter()
        .filter_map(|piece| match piece {
            Piece::Control(text) => Some(text.as_str()),
            Piece::Text(_) => None,
        })
        .collect();
    // All control texts of the family, not only those that this prompt uses.
    let mut controls: Vec<&str> = FORMATS
        .iter()
        .map(Format::controls)
        .filter(|texts| texts.iter().any(|text| own.contains(text)))
        .flatten()
        .collect();
    controls.extend(own);
    let stops = stops.iter().map(String::as_str);
    controls.extend(stops.filter(|stop| is_control(stop)));
    pieces
        .iter()
        .map(|piece| match piece {
            Piece::Control(text) => text.into(),
            Piece::Text(text) => defuse(text, &controls),
        })
        .collect()
}

/// Whether a stop text is one of a model's control texts rather than code that ends a hole.
fn is_control(stop: &str) -> bool {
    let bracketed = |open: char, close: char| stop.starts_with(open) && stop.ends_with(close);
    stop.chars().count() > 3
        && !stop.contains(char::is_whitespace)
        && (bracketed('<', '>') || bracketed('[', ']'))
}

/// `<|name|>`, also with the wide bars of some families, and `<fim_name>`.
fn looks_like_control(text: &str) -> bool {
    let (inner, ends) = match text.as_bytes() {
        [b'<', b'|', ..] => (&text[2..], &["|>", "｜>"][..]),
        _ => match (text.strip_prefix("<｜"), text.strip_prefix("<fim")) {
            (Some(inner), _) => (inner, &["|>", "｜>"][..]),
            (None, Some(inner)) if inner.starts_with(['_', '-']) => (inner, &[">"][..]),
            _ => return false,
        },
    };
    let rest = inner.trim_start_matches(|c: char| c.is_alphanumeric() || "_-▁.:".contains(c));
    rest.len() < inner.len() && ends.iter().any(|end| rest.starts_with(end))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, controls: &[&str], defused: &str) {
        assert_eq!(defuse(text, controls), defused);
    }

    #[test]
    fn control_texts_of_the_prompt_are_broken_up() {
        check(
            "a<fim_middle>b <fim_middle>",
            &["<fim_middle>"],
            "a< fim_middle>b < fim_middle>",
        );
        check("x[SUFFIX]y", &["[SUFFIX]"], "x[ SUFFIX]y");
    }

    #[test]
    fn all_that_looks_like_a_control_text_is_broken_up() {
        check("\"<|im_end|>\"", &[], "\"< |im_end|>\"");
        check("<｜fim▁hole｜>", &[], "< ｜fim▁hole｜>");
        check("<|a|><|b|>", &[], "< |a|>< |b|>");
        check("<fim_prefix><fim-pad>", &[], "< fim_prefix>< fim-pad>");
    }

    #[test]
    fn ordinary_code_is_left_alone() {
        for code in [
            "a <| b |> c",
            "<||>",
            "</s>",
            "if a<b || c>d {}",
            "Vec::<u8>::new()",
            "größe<|",
            "a<fim>b",
            "<fim_a b>",
            "",
        ] {
            assert!(matches!(defuse(code, &["<fim_prefix>"]), Cow::Borrowed(same) if same == code));
        }
    }

    #[test]
    fn stops_that_are_control_texts_are_told_from_code() {
        for stop in ["<|endoftext|>", "</s>", "[PREFIX]", "<file_sep>"] {
            assert!(is_control(stop), "{stop}");
        }
        for stop in ["\n", "\n\n", "}", "[]", "<>", "\n<x>", "[a, b]"] {
            assert!(!is_control(stop), "{stop}");
        }
    }
}
