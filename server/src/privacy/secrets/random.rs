//! Tells values that look made by chance from words, names and placeholders; pure.

/// Longer values are contents (a picture in base64), no keys; in bytes. It stands here since a bounded repetition in a pattern costs
/// memory and time for each of its steps.
const LONGEST: usize = 512;

/// Whether a value is of a key's length and no placeholder: `${PASSWORD}`, `<your key>`, `xxxx`, `********`, `changeme`.
pub fn is_real(value: &str) -> bool {
    let lower = value.to_ascii_lowercase();
    let marks = ["${", "{{", "$(", "<", ">", "%s", "...", "…"];
    let words = [
        "redacted",
        "example",
        "changeme",
        "placeholder",
        "your_",
        "your-",
    ];
    let any = |list: &[&str]| list.iter().any(|part| lower.contains(part));
    let mut characters = value.chars();
    let first = characters.next();
    let all_the_same = characters.all(|character| Some(character) == first);
    value.len() <= LONGEST
        && !all_the_same
        && !value.starts_with(['$', '%', '{', '@'])
        && !any(&marks)
        && !any(&words)
}

/// Whether a password is one: no placeholder, number, truth value or path.
pub fn is_password(value: &str) -> bool {
    let words = [
        "true",
        "false",
        "none",
        "null",
        "nil",
        "undefined",
        "string",
        "password",
    ];
    let plain = words.contains(&value.to_ascii_lowercase().as_str());
    let number = value.bytes().all(|byte| byte.is_ascii_digit()) && value.len() < 8;
    is_real(value) && !plain && !number && !is_path(value)
}

/// Whether a value looks made by chance: many different characters, and not words put together.
pub fn is_random(value: &str) -> bool {
    is_real(value)
        && value.len() >= 8
        && entropy(value) >= 3.0
        && !is_words(value)
        && !is_path(value)
}

/// Whether a value has upper and lower case letters and digits, as tokens in that alphabet mostly have.
pub fn is_mixed(value: &str) -> bool {
    let has = |kind: fn(&u8) -> bool| value.bytes().any(|byte| kind(&byte));
    has(u8::is_ascii_uppercase) && has(u8::is_ascii_lowercase) && has(u8::is_ascii_digit)
}

/// Whether a value has upper case letters behind its first one and lower case ones, as base64 of a text mostly has.
pub fn is_encoded(value: &str) -> bool {
    let inner = value.bytes().skip(1).any(|byte| byte.is_ascii_uppercase());
    inner && value.bytes().any(|byte| byte.is_ascii_lowercase()) && is_real(value)
}

/// Bits per byte, by the counts of the bytes (Shannon).
fn entropy(value: &str) -> f32 {
    let mut counts = [0_u32; 256];
    value
        .bytes()
        .for_each(|byte| counts[usize::from(byte)] += 1);
    let length = value.len() as f32;
    let bits = counts.iter().filter(|count| **count > 0).map(|count| {
        let share = *count as f32 / length;
        -share * share.log2()
    });
    bits.sum()
}

/// Words and names: letters in runs of some length, small numbers: `access_token_v2`, `getAccessToken`, `application/json`.
fn is_words(value: &str) -> bool {
    if value.contains(char::is_whitespace) {
        return true;
    }
    let pieces = value.split(|c: char| !c.is_ascii_alphanumeric());
    pieces.filter(|piece| !piece.is_empty()).all(is_word)
}

/// One name: letters in humps of three and more on the average, with at most three digits at its end.
fn is_word(piece: &str) -> bool {
    let letters = piece.trim_end_matches(|c: char| c.is_ascii_digit());
    if piece.len() - letters.len() > 3 || !letters.bytes().all(|byte| byte.is_ascii_alphabetic()) {
        return false;
    }
    let bytes = letters.as_bytes();
    let humps = bytes
        .windows(2)
        .filter(|pair| pair[0].is_ascii_lowercase() && pair[1].is_ascii_uppercase());
    let vowels = bytes
        .iter()
        .filter(|byte| b"aeiouyAEIOUY".contains(byte))
        .count();
    let pronounced = bytes.len() < 6 || vowels * 6 >= bytes.len();
    (humps.count() + 1) * 3 <= bytes.len().max(3) && pronounced
}

/// A path or an address of something else: `/run/secrets/db`, `./key.pem`, `https://host/token`.
fn is_path(value: &str) -> bool {
    let starts = [
        "/", "./", "../", "~/", "http://", "https://", "file:", "arn:",
    ];
    let by_start = starts.iter().any(|start| value.starts_with(start));
    // Base64 may begin with a slash, and is longer than most names.
    let names = value.split('/').filter(|name| !name.is_empty());
    by_start && names.clone().count() > 0 && names.clone().all(|name| name.len() < 24)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_chance_makes_is_told_from_words() {
        for value in [
            "kJh7GfdSa9PoIuYt",
            "Tr0ub4dor&3x",
            "x9!kQ2#mZ7$w",
            "9f86d081884c7d659a2feaa0c55ad015",
            "kJhGfdSaPoIuYtReWqLm",
            "wJalrXUtnFEMI/K7MDENG/bPxRfiCYzz",
            "p4ssW0rd!42x",
        ] {
            assert!(is_random(value), "{value}");
        }
        for value in [
            "access_token_v2",
            "getAccessToken",
            "application/json",
            "invalid password",
            "password123",
            "correct-horse-battery-staple",
            "/run/secrets/database",
            "https://example.org/oauth/token",
            "${DATABASE_PASSWORD}",
            "{{ .Values.token }}",
            "<your-token-here>",
            "xxxxxxxxxxxxxxxx",
            "****************",
            "REDACTED",
            "config.database.secret",
            "AuthorizationHeader",
            "X-Auth-Token",
            "short",
            "",
        ] {
            assert!(!is_random(value), "{value}");
        }
    }

    #[test]
    fn passwords_are_no_placeholders() {
        for value in ["hunter2", "postgres", "s3cr3t", "12345678"] {
            assert!(is_password(value), "{value}");
        }
        for value in [
            "$PASSWORD",
            "true",
            "nil",
            "0",
            "/etc/pass",
            "%s",
            "***",
            "changeme",
        ] {
            assert!(!is_password(value), "{value}");
        }
    }
}
