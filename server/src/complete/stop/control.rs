//! Control tokens of models, recognised in text: they must never reach the user.

/// Bytes that a control token may be long.
const LONGEST: usize = 48;

/// Names between `<` and `>` that no program uses in code.
const NAMES: [&str; 20] = [
    "fim_prefix",
    "fim_middle",
    "fim_suffix",
    "fim_pad",
    "fim-prefix",
    "fim-middle",
    "fim-suffix",
    "fim-pad",
    "/s",
    "endoftext",
    "file_sep",
    "filename",
    "repo_name",
    "reponame",
    "gh_stars",
    "EOT",
    "EOM",
    "eos",
    "bos",
    "end_of_turn",
];

/// Names between `[` and `]`.
const BRACKETED: [&str; 5] = ["PREFIX", "MIDDLE", "SUFFIX", "INST", "/INST"];

/// Where the control token, or one of the stop sequences, starts (bytes) with which `text` ends.
pub fn control_at_end(text: &str, stops: &[String]) -> Option<usize> {
    let stop = stops
        .iter()
        .find(|stop| !stop.is_empty() && text.ends_with(stop.as_str()));
    if let Some(stop) = stop {
        return Some(text.len() - stop.len());
    }
    let start = match text.bytes().next_back()? {
        b'>' => opening(text, '<').filter(|start| is_angled(&text[start + 1..text.len() - 1])),
        b']' => {
            opening(text, '[').filter(|start| BRACKETED.contains(&&text[start + 1..text.len() - 1]))
        }
        _ => None,
    };
    // Some vocabularies put a blank mark before the name.
    start.map(|start| text[..start].trim_end_matches('▁').len())
}

/// From where on `text` (bytes) must not be shown yet, since it may become a control token.
pub fn hidden_from(text: &str) -> usize {
    match opening(text, '<') {
        Some(start) if may_become(&text[start + 1..]) => start,
        _ => text.len(),
    }
}

fn opening(text: &str, bracket: char) -> Option<usize> {
    let from = text.ceil_char_boundary(text.len().saturating_sub(LONGEST));
    text[from..].rfind(bracket).map(|at| from + at)
}

fn is_angled(name: &str) -> bool {
    let piped = |pipe: char| {
        let inner = name
            .strip_prefix(pipe)
            .and_then(|name| name.strip_suffix(pipe));
        inner.is_some_and(|inner| !inner.is_empty() && !inner.contains(['\n', ' ', '|']))
    };
    piped('|') || piped('｜') || NAMES.contains(&name)
}

fn may_become(name: &str) -> bool {
    let piped = name.starts_with(['|', '｜']) && !name.contains(['>', '\n', ' ']);
    piped || NAMES.iter().any(|known| known.starts_with(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_of_all_kinds_are_found() {
        for token in [
            "<|endoftext|>",
            "<fim_middle>",
            "<｜fim▁end｜>",
            "</s>",
            "[SUFFIX]",
            "<|mask:0|>",
        ] {
            assert_eq!(
                control_at_end(&format!("a + b{token}"), &[]),
                Some(5),
                "{token}"
            );
        }
        assert_eq!(control_at_end("a▁<EOT>", &[]), Some(1));
        assert_eq!(control_at_end("a<END>", &["<END>".to_owned()]), Some(1));
    }

    #[test]
    fn code_is_no_control_token() {
        for code in [
            "Vec<u8>",
            "a < b && c >",
            "x[0]",
            "<T>",
            "a <| b |>",
            "|x| x > 1 || y>",
        ] {
            assert_eq!(control_at_end(code, &[]), None, "{code}");
        }
    }

    #[test]
    fn what_may_become_one_is_not_shown() {
        assert_eq!(hidden_from("a <|endof"), 2);
        assert_eq!(hidden_from("a <fim"), 2);
        assert_eq!(hidden_from("a <"), 2);
        assert_eq!(hidden_from("Vec<u8"), 6);
        assert_eq!(hidden_from("a <| b"), 6);
    }
}
