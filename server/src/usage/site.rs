//! What stands in a document where a text was offered, told from the document alone; pure.

use std::hash::{BuildHasher, RandomState};

/// Bytes on each side that must be as they were. The length of the whole text must fit too.
const WINDOW: usize = 1024;

/// The place of an offered text, remembered without the document.
#[derive(Clone, Debug, PartialEq)]
pub struct Site {
    start: usize,
    /// Of the text without what is replaced, in bytes.
    length: usize,
    before: Box<str>,
    /// What the offer replaces.
    replaced: Box<str>,
    after: Box<str>,
}

impl Site {
    /// The place in `text` where an offer replaces `start..end` (bytes, on characters).
    pub fn new(text: &str, start: usize, end: usize) -> Site {
        let from = text.ceil_char_boundary(start.saturating_sub(WINDOW));
        let to = text.floor_char_boundary(end.saturating_add(WINDOW));
        Site {
            start,
            length: text.len() - (end - start),
            before: text[from..start].into(),
            replaced: text[start..end].into(),
            after: text[end..to].into(),
        }
    }

    /// What stands there now; None where something else in the text has changed.
    fn now<'a>(&self, text: &'a str) -> Option<&'a str> {
        let length = text.len().checked_sub(self.length)?;
        let end = self.start.checked_add(length)?;
        let now = text.get(self.start..end)?;
        let same =
            text[..self.start].ends_with(&*self.before) && text[end..].starts_with(&*self.after);
        same.then_some(now)
    }

    /// How much of `offer` stands there now, in bytes: all of it in place of what it replaces, or its beginning before that.
    pub fn stands(&self, offer: &str, text: &str) -> Option<usize> {
        let now = self.now(text)?;
        if now == offer {
            return Some(offer.len());
        }
        let beginning = now.strip_suffix(&*self.replaced)?;
        offer.starts_with(beginning).then_some(beginning.len())
    }

    /// Whether only the first `bytes` of `offer` stand there.
    pub fn stands_up_to(&self, offer: &str, bytes: usize, text: &str) -> bool {
        let beginning = offer.get(..bytes).unwrap_or_default();
        let now = self.now(text);
        now.and_then(|now| now.strip_suffix(&*self.replaced)) == Some(beginning)
    }
}

/// A whole text, known again without being kept.
#[derive(Clone, Debug)]
pub struct Mark {
    length: usize,
    hash: u64,
    keys: RandomState,
}

impl Mark {
    pub fn of(text: &str) -> Mark {
        let keys = RandomState::new();
        Mark {
            length: text.len(),
            hash: keys.hash_one(text),
            keys,
        }
    }

    pub fn is(&self, text: &str) -> bool {
        self.length == text.len() && self.hash == self.keys.hash_one(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `drawn` with `├…┤` around what is replaced, the offer, a text, and how much of the offer stands there.
    fn check(drawn: &str, offer: &str, text: &str, expected: Option<usize>) {
        let start = drawn.find('├').expect("a start");
        let plain = drawn.replace('├', "");
        let end = plain.find('┤').expect("an end");
        let site = Site::new(&plain.replace('┤', ""), start, end);
        assert_eq!(site.stands(offer, text), expected, "{text}");
    }

    #[test]
    fn what_stands_is_the_offer_or_its_beginning() {
        check("x = ├┤;\n", "foo(1)", "x = ;\n", Some(0));
        check("x = ├┤;\n", "foo(1)", "x = foo;\n", Some(3));
        check("x = ├┤;\n", "foo(1)", "x = foo(1);\n", Some(6));
        check("x = ├┤;\n", "foo(1)", "x = foe;\n", None);
        check("x = ├┤;\n", "foo(1)", "x = foo(1)!;\n", None);
        check("x = ├┤;\n", "foo(1)", "y = foo(1);\n", None);
    }

    #[test]
    fn what_is_replaced_goes_with_the_whole_only() {
        check("f(├)┤\n", "1);", "f(1);\n", Some(3));
        check("f(├)┤\n", "1);", "f(1)\n", Some(1));
        check("f(├)┤\n", "1);", "f()\n", Some(0));
        check("f(├)┤\n", "1);", "f(1);)\n", Some(3));
    }

    #[test]
    fn what_is_far_counts_by_its_length_only() {
        let far = "é".repeat(WINDOW);
        check(
            &format!("{far}├┤{far}"),
            "ab",
            &format!("{far}a{far}"),
            Some(1),
        );
        check(
            &format!("{far}├┤{far}"),
            "ab",
            &format!("{far}a{far}!"),
            None,
        );
    }

    #[test]
    fn a_mark_knows_its_text() {
        let mark = Mark::of("abc");
        assert!(mark.is("abc") && !mark.is("abd") && !mark.is("ab"));
    }
}
