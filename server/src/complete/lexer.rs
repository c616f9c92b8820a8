//! Tells brackets from strings and comments, one character at a time, in any language.

use crate::language::Language;

/// A bracket of code; those in strings and comments are none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bracket {
    Open(char),
    Close(char),
}

/// Reads a text character by character; where a chunk of it ends makes no difference.
#[derive(Clone, Debug)]
pub struct Lexer {
    /// What starts a line comment; None where the language is not known.
    line_comment: Option<&'static str>,
    mode: Mode,
    previous: char,
    /// How many `#` stand behind an `r`, up to here.
    hashes: usize,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Mode {
    Code,
    /// Between quotes.
    Quoted {
        quote: char,
        escaped: bool,
    },
    /// Between backticks, or in a raw string that ends with this many hashes.
    Ticks,
    Raw {
        hashes: usize,
        seen: Option<usize>,
    },
    LineComment,
    BlockComment,
    /// Behind a `'` that may start a character or a lifetime: how many characters ago.
    Apostrophe(usize),
    /// Somewhere in a string or comment of which nothing more is known.
    Opaque,
}

/// The closing bracket of an opening one.
pub fn closer(open: char) -> char {
    match open {
        '(' => ')',
        '[' => ']',
        _ => '}',
    }
}

impl Lexer {
    pub fn new(language: Option<&'static Language>) -> Lexer {
        Lexer {
            line_comment: language.map(|language| language.line_comment),
            mode: Mode::Code,
            previous: '\n',
            hashes: 0,
        }
    }

    /// Takes all that follows for the inside of a string or comment.
    pub fn close_eyes(&mut self) {
        self.mode = Mode::Opaque;
    }

    /// Takes all that follows for code.
    pub fn open_eyes(&mut self) {
        self.mode = Mode::Code;
    }

    pub fn in_code(&self) -> bool {
        matches!(self.mode, Mode::Code | Mode::Apostrophe(_))
    }

    /// The quote that ends the string read now.
    pub fn quote(&self) -> Option<char> {
        match self.mode {
            Mode::Quoted { quote, .. } => Some(quote),
            Mode::Ticks => Some('`'),
            Mode::Raw { .. } => Some('"'),
            _ => None,
        }
    }

    /// Reads one character.
    pub fn read(&mut self, character: char) -> Option<Bracket> {
        let bracket = match self.mode {
            Mode::Code => self.read_code(character),
            Mode::Apostrophe(count) => self.read_apostrophe(count, character),
            _ => {
                self.read_other(character);
                None
            }
        };
        self.previous = character;
        bracket
    }

    /// All brackets of `text`, with their offsets (bytes).
    pub fn brackets(&mut self, text: &str) -> Vec<(usize, Bracket)> {
        let found = text
            .char_indices()
            .filter_map(|(at, character)| Some((at, self.read(character)?)));
        found.collect()
    }

    fn read_code(&mut self, character: char) -> Option<Bracket> {
        let hashes = std::mem::take(&mut self.hashes);
        if self.starts_comment(character) {
            self.mode = Mode::LineComment;
            return None;
        }
        match character {
            '*' if self.previous == '/' => self.mode = Mode::BlockComment,
            '#' if self.previous == 'r' || hashes > 0 => self.hashes = hashes + 1,
            '"' if self.previous == 'r' || hashes > 0 => {
                self.mode = Mode::Raw { hashes, seen: None };
            }
            '"' => self.mode = quoted('"'),
            '`' => self.mode = Mode::Ticks,
            '\'' if self.line_comment.is_some() => self.mode = Mode::Apostrophe(0),
            '\'' if !self.previous.is_alphanumeric() => self.mode = quoted('\''),
            '(' | '[' | '{' => return Some(Bracket::Open(character)),
            ')' | ']' | '}' => return Some(Bracket::Close(character)),
            _ => {}
        }
        None
    }

    fn starts_comment(&self, character: char) -> bool {
        match self.line_comment {
            Some(start) => {
                let mut wanted = start.chars().rev();
                wanted.next() == Some(character)
                    && wanted.next().is_none_or(|first| first == self.previous)
            }
            None => {
                (character == '/' && self.previous == '/')
                    || (character == '#' && self.previous.is_whitespace())
            }
        }
    }

    fn read_other(&mut self, character: char) {
        self.mode = match self.mode {
            Mode::LineComment if character == '\n' => Mode::Code,
            Mode::BlockComment if character == '/' && self.previous == '*' => Mode::Code,
            Mode::Ticks if character == '`' => Mode::Code,
            Mode::Quoted {
                escaped: true,
                quote,
            } => Mode::Quoted {
                quote,
                escaped: false,
            },
            Mode::Quoted { quote, .. } if character == quote || character == '\n' => Mode::Code,
            Mode::Quoted { quote, .. } => Mode::Quoted {
                quote,
                escaped: character == '\\',
            },
            Mode::Raw { hashes, seen } => read_raw(hashes, seen, character),
            other => other,
        };
    }

    /// `'x'` and `'\n'` are characters, `'a` is a lifetime.
    fn read_apostrophe(&mut self, count: usize, character: char) -> Option<Bracket> {
        self.mode = match (count, character) {
            (0, '\\') => Mode::Quoted {
                quote: '\'',
                escaped: true,
            },
            (0, '\n') => Mode::Code,
            (0, _) => Mode::Apostrophe(1),
            (_, '\'') => Mode::Code,
            _ => {
                self.mode = Mode::Code;
                return self.read_code(character);
            }
        };
        None
    }
}

fn quoted(quote: char) -> Mode {
    Mode::Quoted {
        quote,
        escaped: false,
    }
}

fn read_raw(hashes: usize, seen: Option<usize>, character: char) -> Mode {
    let seen = match (seen, character) {
        (_, '"') => Some(0),
        (Some(count), '#') => Some(count + 1),
        _ => None,
    };
    match seen {
        Some(count) if count == hashes => Mode::Code,
        seen => Mode::Raw { hashes, seen },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language;

    fn check(id: &str, text: &str, expected: &str) {
        let mut lexer = Lexer::new(language::find(Some(id), None));
        let brackets = lexer.brackets(text);
        let found: String = brackets
            .iter()
            .map(|(at, bracket)| {
                let (Bracket::Open(character) | Bracket::Close(character)) = bracket;
                assert!(text[*at..].starts_with(*character));
                *character
            })
            .collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn strings_hide_brackets() {
        check("rust", r#"f("(", x[1])"#, "([])");
        check("rust", r#"f("\")")"#, "()");
        check("go", "f(`{\n\"`, a)", "()");
        check("rust", r###"r#"{"(" "#, (1)"###, "()");
        check("rust", r#"r"\" + (2)"#, "()");
    }

    #[test]
    fn characters_and_lifetimes_are_told_apart() {
        check("rust", "fn f<'a>(x: &'a str) { '{' }", "(){}");
        check("rust", r"['\'', '(', '\u{1F600}', 'é']", "[]");
        check("go", "f('}', '\\'')", "()");
        check("rust", "(&'a)", "()");
    }

    #[test]
    fn comments_hide_brackets() {
        check("go", "a(1) // )\n}", "()}");
        check("rust", "a /* ( */ [", "[");
        check("rust", "#[derive(A)] 1 / 2", "[()]");
    }

    #[test]
    fn unknown_languages_have_strings_and_comments_too() {
        check("python", "f('a)', \"(\") # }\n]", "()]");
        check("python", "don't (", "(");
        check("python", "x // (\n)", ")");
    }
}
