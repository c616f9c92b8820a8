//! What was offered lately and what the user took of it, told by the document itself; until it is known how much was kept. Pure.

mod seen;

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use tokio::time::Instant;

use super::site::Mark;
use super::{Key, characters};
use seen::{Seen, ends_word};

pub use seen::Choice;

/// Offers that are remembered for clients which say that they took one: they say it at once.
const OFFERS: usize = 64;

/// Answers with edits that are remembered.
const ANSWERS: usize = 16;

/// Accepted texts that are remembered: to see that one is taken back, and not to count one twice.
const TAKEN: usize = 64;

/// Accepted texts that wait for being judged.
const ACCEPTED: usize = 256;

/// A whole completion that comes with one change in so many characters was taken; fewer may have been typed.
const WHOLE: usize = 2;

/// The same for a word or a line of it: some editors (Neovim) send the keys of a moment as one change.
const PART: usize = 3;

/// A text that a client may take.
#[derive(Clone, Debug, PartialEq)]
pub struct Offer {
    /// The request's, in the journal. Several offers may come from one request.
    pub id: String,
    pub uri: String,
    pub text: String,
    /// Where it goes in: the number of the line, from 0.
    pub line: usize,
}

/// What an edit makes of a file.
#[derive(Clone, Debug)]
pub struct Edited {
    pub uri: String,
    /// None: there was none.
    pub before: Option<Mark>,
    pub after: Mark,
}

/// What the user did.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// Took an offer to its end; the text is what came with that.
    Whole(Offer),
    /// Took a word or a line of it.
    Part(Offer),
    /// Took back what he had taken from this request: so many characters.
    Undone {
        id: String,
        characters: u64,
        /// Whether it was still to be judged; now it is not any more.
        unjudged: bool,
    },
}

/// A text that was taken, to be judged.
#[derive(Clone, Debug, PartialEq)]
pub struct Accepted {
    pub offer: Offer,
    pub key: Key,
    at: Instant,
}

#[derive(Debug, Default)]
pub struct Acceptance {
    /// What the user sees in each document.
    choices: HashMap<String, Seen>,
    /// Newest last, like all others.
    answers: VecDeque<(Offer, Vec<Edited>)>,
    offers: VecDeque<Offer>,
    taken: VecDeque<Taken>,
    accepted: VecDeque<Accepted>,
    /// Requests whose answers have been counted as shown.
    shown: VecDeque<String>,
}

#[derive(Debug)]
struct Taken {
    id: String,
    uri: String,
    whole: bool,
    characters: u64,
    before: Before,
}

/// How the document is known again in which something was not taken yet.
#[derive(Debug)]
enum Before {
    /// With so many bytes of the choice's text.
    Choice(Box<Choice>, usize),
    File(Mark),
    Unknown,
}

impl Acceptance {
    /// Completions that the client shows now in a document with this text, in place of those before; true where their first has
    /// not been shown before.
    pub fn show(&mut self, choices: Vec<Choice>, text: &str) -> bool {
        let Some(first) = choices.first() else {
            return false;
        };
        let (id, uri) = (first.offer.id.clone(), first.offer.uri.clone());
        for choice in &choices {
            self.remember(choice.offer.clone());
        }
        let mut seen = Seen { choices, stands: 0 };
        match seen.look(text) {
            Some(stands) => {
                seen.stands = stands;
                self.choices.insert(uri, seen);
            }
            // The document has moved on.
            None => drop(self.choices.remove(&uri)),
        }
        self.is_new(id)
    }

    /// An answer that the client shows, and what its edit makes of files; true where it has not been shown before.
    pub fn answer(&mut self, id: &str, edit: Option<(Offer, Vec<Edited>)>) -> bool {
        if let Some((offer, files)) = edit {
            self.remember(offer.clone());
            push(&mut self.answers, (offer, files), ANSWERS);
        }
        self.is_new(id.to_owned())
    }

    /// Whether a change of this document can tell anything.
    pub fn watches(&self, uri: &str) -> bool {
        let edits = |(_, files): &(Offer, Vec<Edited>)| files.iter().any(|file| file.uri == uri);
        self.choices.contains_key(uri)
            || self.taken.iter().any(|taken| taken.uri == uri)
            || self.answers.iter().any(edits)
    }

    /// The document has this text now: what the user has done to come there.
    pub fn changed(&mut self, uri: &str, text: &str) -> Vec<Event> {
        let mut events = self.taken_back(uri, text);
        events.extend(self.chosen(uri, text));
        events.extend(self.edited(uri, text));
        events
    }

    /// The client says that the user took what this request gave; None where that is known already, or nothing was given.
    pub fn confirm(&mut self, id: &str) -> Option<Event> {
        if self.taken.iter().any(|taken| taken.whole && taken.id == id) {
            return None;
        }
        let newest = self.offers.iter().rposition(|offer| offer.id == id)?;
        let offer = self.offers[newest].clone();
        // Where the document has yet to tell the same, it says nothing new then.
        let before = self.seen(&offer).unwrap_or(Before::Unknown);
        Some(self.take_whole(offer, before))
    }

    /// Nothing of a document is shown any more.
    pub fn close(&mut self, uri: &str) {
        self.choices.remove(uri);
        self.taken.retain(|taken| taken.uri != uri);
    }

    /// Keeps what was taken until it is judged. `key`: what it is counted under.
    pub fn keep(&mut self, offer: Offer, key: Key, now: Instant) {
        let at = now;
        push(&mut self.accepted, Accepted { offer, key, at }, ACCEPTED);
    }

    /// The texts of a document, or of all, that were taken so long ago; they are judged once.
    pub fn due(&mut self, uri: Option<&str>, age: Duration, now: Instant) -> Vec<Accepted> {
        let is_due = |accepted: &Accepted| {
            let old = now.saturating_duration_since(accepted.at) >= age;
            old && uri.is_none_or(|uri| accepted.offer.uri == uri)
        };
        let all = std::mem::take(&mut self.accepted);
        let (due, rest): (Vec<_>, Vec<_>) = all.into_iter().partition(is_due);
        self.accepted = rest.into();
        due
    }

    /// How a document is known again in which an offer is shown; it is shown no more.
    fn seen(&mut self, offer: &Offer) -> Option<Before> {
        let seen = self.choices.get(&offer.uri)?;
        let mut choices = seen.choices.iter();
        let choice = choices.find(|choice| choice.offer.id == offer.id)?;
        let before = Before::Choice(Box::new(choice.clone()), seen.stands);
        self.choices.remove(&offer.uri);
        Some(before)
    }

    fn remember(&mut self, offer: Offer) {
        push(&mut self.offers, offer, OFFERS);
    }

    fn is_new(&mut self, id: String) -> bool {
        let new = !self.shown.contains(&id);
        if new {
            push(&mut self.shown, id, OFFERS);
        }
        new
    }

    fn taken_back(&mut self, uri: &str, text: &str) -> Vec<Event> {
        let back = |taken: &Taken| taken.uri == uri && taken.before.is(text);
        let Some(first) = self.taken.iter().rposition(back) else {
            return Vec::new();
        };
        // What was taken after it is gone as well.
        let later = self.taken.split_off(first);
        let (gone, left): (Vec<_>, Vec<_>) = later.into_iter().partition(|taken| taken.uri == uri);
        self.taken.extend(left);
        // It can come back by a redo.
        if let Some(Before::Choice(choice, stands)) = gone.first().map(|taken| &taken.before) {
            let (choices, stands) = (vec![(**choice).clone()], *stands);
            self.choices
                .insert(uri.to_owned(), Seen { choices, stands });
        }
        let undone = gone.into_iter().map(|taken| Event::Undone {
            unjudged: self.forget(&taken),
            id: taken.id,
            characters: taken.characters,
        });
        undone.collect()
    }

    /// Takes it from what is to be judged; false where it is not among that.
    fn forget(&mut self, taken: &Taken) -> bool {
        let same = |accepted: &Accepted| {
            accepted.offer.id == taken.id && characters(&accepted.offer.text) == taken.characters
        };
        let at = self.accepted.iter().rposition(same);
        at.and_then(|at| self.accepted.remove(at)).is_some()
    }

    /// What of the completions has come with the last change.
    fn chosen(&mut self, uri: &str, text: &str) -> Option<Event> {
        let seen = self.choices.get_mut(uri)?;
        let before = seen.stands;
        let Some(stands) = seen.look(text) else {
            self.choices.remove(uri);
            return None;
        };
        seen.stands = stands;
        let took = |choice: &&Choice, least: usize| {
            let new = choice.offer.text.get(before..stands).unwrap_or_default();
            new.chars().count() >= least
        };
        let is_whole = |choice: &&Choice| choice.offer.text.len() == stands && took(choice, WHOLE);
        let is_part =
            |choice: &&Choice| ends_word(&choice.offer.text, stands) && took(choice, PART);
        let choices = &seen.choices;
        if let Some(choice) = choices.iter().find(is_whole).cloned() {
            self.choices.remove(uri);
            let offer = choice.part(before, stands);
            let before = Before::Choice(Box::new(choice), before);
            return Some(self.take_whole(offer, before));
        }
        let choice = choices.iter().find(is_part).cloned()?;
        let offer = choice.part(before, stands);
        self.note(&offer, false, Before::Choice(Box::new(choice), before));
        Some(Event::Part(offer))
    }

    /// The answer whose edit has come with the last change.
    fn edited(&mut self, uri: &str, text: &str) -> Option<Event> {
        let made = |file: &Edited| file.uri == uri && file.after.is(text);
        let mut answers = self.answers.iter();
        let (offer, files) = answers.rfind(|(_, files)| files.iter().any(made))?;
        let file = files.iter().find(|file| made(file))?;
        let (offer, before) = (offer.clone(), file.before.clone());
        let known = |taken: &Taken| taken.whole && taken.id == offer.id;
        if self.taken.iter().any(known) {
            return None;
        }
        let before = before.map_or(Before::Unknown, Before::File);
        Some(self.take_whole(offer, before))
    }

    fn take_whole(&mut self, offer: Offer, before: Before) -> Event {
        self.offers.retain(|other| other.id != offer.id);
        self.note(&offer, true, before);
        Event::Whole(offer)
    }

    fn note(&mut self, offer: &Offer, whole: bool, before: Before) {
        let taken = Taken {
            id: offer.id.clone(),
            uri: offer.uri.clone(),
            whole,
            characters: characters(&offer.text),
            before,
        };
        push(&mut self.taken, taken, TAKEN);
    }
}

impl Before {
    fn is(&self, text: &str) -> bool {
        match self {
            Before::Choice(choice, bytes) => {
                choice.site.stands_up_to(&choice.offer.text, *bytes, text)
            }
            Before::File(mark) => mark.is(text),
            Before::Unknown => false,
        }
    }
}

fn push<T>(queue: &mut VecDeque<T>, new: T, most: usize) {
    queue.push_back(new);
    if queue.len() > most {
        queue.pop_front();
    }
}

#[cfg(test)]
mod tests;
