//! Where a prompt may be cut and generated anew, so that the word at its end is tokenised as the model knows it.
//!
//! Models store words with their leading blank, and line ends with the indentation behind them. A prompt that ends inside of one
//! of these makes them write digits or a second blank; so the last blanks, or the word begun, are taken back. Small steps: every
//! token that is taken back costs a step of decoding.

/// The most bytes that are taken back.
const MOST: usize = 20;

/// How many bytes at the end of `text` to generate anew.
pub fn heal(text: &str) -> usize {
    let blanks = tail(text, char::is_whitespace);
    if blanks > 0 {
        return blanks;
    }
    let word = word(text);
    if word > 0 {
        // The blank before a word is part of its token.
        let before = &text[..text.len() - word];
        let blank = usize::from(before.ends_with(' ') && word < MOST);
        return word + blank;
    }
    text.chars().next_back().map_or(0, char::len_utf8)
}

/// The blanks at the end of the last line of `text`, in bytes: what is left out where a backend cannot heal.
pub fn trailing_blanks(text: &str) -> usize {
    text.len() - text.trim_end_matches([' ', '\t']).len()
}

/// The last word at the end, or of a longer one the last part: `Ru` of `DecodeRu`, `_na` of `my_na`.
fn word(text: &str) -> usize {
    let mut bytes = 0;
    let mut capital_before = false;
    for c in text.chars().rev() {
        if !(c.is_alphanumeric() || c == '_') || bytes + c.len_utf8() > MOST {
            break;
        }
        // A capital begins a part, unless it is one of several; then the first lower-case letter before them ends it.
        if capital_before && !c.is_uppercase() {
            break;
        }
        bytes += c.len_utf8();
        if c == '_' {
            break;
        }
        capital_before = c.is_uppercase();
    }
    bytes
}

fn tail(text: &str, wanted: impl Fn(char) -> bool) -> usize {
    let mut bytes = 0;
    for c in text.chars().rev() {
        if !wanted(c) || bytes + c.len_utf8() > MOST {
            break;
        }
        bytes += c.len_utf8();
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The bar stands where the text is cut.
    fn check(drawn: &str) {
        let (kept, healed) = drawn.split_once('|').expect("a bar");
        let text = format!("{kept}{healed}");
        assert_eq!(heal(&text), healed.len(), "{drawn}");
    }

    #[test]
    fn blanks_and_indentation_go_with_the_next_word() {
        check("x =| ");
        check("fn f() {|\n        ");
        check("{|\r\n\t");
        check("{|\n");
        check("a|   ");
    }

    #[test]
    fn a_word_begun_is_taken_back_with_its_blank() {
        check("return| fo");
        check("self.|inn");
        check("let| x");
        check("utf8.Decode|Ru");
        check("my|_na");
        check("é.|größe");
        check("parse|HTTP");
    }

    #[test]
    fn behind_a_sign_only_the_sign() {
        check("string|(");
        check("utf8|.");
        check("f(a)|🎉");
        check("|");
    }

    #[test]
    fn never_more_than_a_few_bytes() {
        let long = format!("x{}", " ".repeat(200));
        assert_eq!(heal(&long), MOST);
        assert_eq!(heal(&"a".repeat(200)), MOST);
        assert_eq!(heal(&"ä".repeat(200)), MOST);
    }

    #[test]
    fn trailing_blanks_stay_on_the_line() {
        assert_eq!(trailing_blanks("a\n  \t"), 3);
        assert_eq!(trailing_blanks("a\n"), 0);
        assert_eq!(trailing_blanks("x = "), 1);
    }
}
