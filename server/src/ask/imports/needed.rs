//! Which packages code needs: those that it brings, as far as it uses them, and those that are known by what it calls them.

use std::collections::HashSet;

use super::block::{self, Spec};
use crate::complete::lexer::Lexer;
use crate::language::{ImportStyle, Language};

/// The words of code, not of its strings and comments.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words<'a> {
    /// Those behind which something that is exported is named, `fmt.Println`: a package may be meant.
    pub used: HashSet<&'a str>,
    /// Those that are said for something else than a package.
    pub named: HashSet<&'a str>,
}

impl<'a> Words<'a> {
    pub fn of(language: &'static Language, code: &'a str) -> Words<'a> {
        let mut words = Words::default();
        let mut lexer = Lexer::new(Some(language));
        let mut start = None;
        for (at, character) in code.char_indices() {
            match (is_word(character), start) {
                (true, None) if lexer.in_code() => start = Some(at),
                (false, Some(from)) => {
                    words.take(code, from, at);
                    start = None;
                }
                _ => {}
            }
            lexer.read(character);
        }
        if let Some(from) = start {
            words.take(code, from, code.len());
        }
        words
    }

    fn take(&mut self, code: &'a str, start: usize, end: usize) {
        let (before, word, after) = (&code[..start], &code[start..end], &code[end..]);
        let is_member = before.ends_with('.') && !before.ends_with("...");
        if is_member || word.starts_with(|c: char| c.is_ascii_digit()) {
            return;
        }
        let after = after.trim_start();
        let member = after.strip_prefix('.').map(str::trim_start);
        if member.is_some_and(|member| member.starts_with(char::is_uppercase)) {
            self.used.insert(word);
        } else if !is_key(after) {
            self.named.insert(word);
        }
    }

    /// With those of more code.
    pub fn and(mut self, other: Words<'a>) -> Words<'a> {
        self.used.extend(other.used);
        self.named.extend(other.named);
        self
    }
}

/// The imports that code with these `words` needs, in the order of their paths. `brought`: what it imports itself; `known`: what
/// is imported around it, by which words are understood before the standard library is thought of; `is_defined`: whether a word
/// means something else around the code.
pub fn needed(
    language: &Language,
    mut brought: Vec<Spec>,
    words: &Words,
    known: &[Spec],
    is_defined: impl Fn(&str) -> bool,
) -> Vec<Spec> {
    let ImportStyle::Block { std } = language.imports else {
        return Vec::new();
    };
    let used = || words.used.iter().copied();
    let open: Vec<&str> = used()
        .filter(|word| !words.named.contains(word) && !is_defined(word))
        .filter(|word| !brought.iter().any(|one| one.goes_by(word)))
        .collect();
    let std: Vec<Spec> = std.iter().map(|(_, path)| Spec::of(path)).collect();
    let known = known.iter().filter(|one| !one.has_no_name()).chain(&std);
    let found = |word: &&str| known.clone().find(|one| one.goes_by(word));
    // Some packages are called otherwise than their paths tell.
    let riddle = open.iter().any(|word| found(word).is_none());
    brought.retain(|one| {
        let may_be = riddle && one.alias.is_none() && !one.is_std();
        one.has_no_name() || may_be || used().any(|word| one.goes_by(word))
    });
    brought.extend(open.iter().filter_map(found).cloned());
    block::sort(&mut brought);
    brought.dedup();
    brought
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

/// Whether what follows a word makes it the name of a field or a label.
fn is_key(after: &str) -> bool {
    after.starts_with(':') && !after.starts_with(":=")
}
