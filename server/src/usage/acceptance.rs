//! What was offered and accepted lately, until it is known how much of it was kept; pure.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::time::Instant;

use super::Key;

/// Offers that are remembered: a client says at once which one it took.
const OFFERS: usize = 64;

/// Accepted texts that wait for being judged.
const ACCEPTED: usize = 256;

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

/// A text that was taken.
#[derive(Clone, Debug, PartialEq)]
pub struct Accepted {
    pub offer: Offer,
    pub key: Key,
    at: Instant,
}

#[derive(Debug, Default)]
pub struct Acceptance {
    /// Newest last.
    offers: VecDeque<Offer>,
    accepted: VecDeque<Accepted>,
}

impl Acceptance {
    pub fn offer(&mut self, offer: Offer) {
        self.offers.push_back(offer);
        if self.offers.len() > OFFERS {
            self.offers.pop_front();
        }
    }

    /// Takes the newest offer of this request; None where there is none, or it was taken already. `key`: what it is counted under.
    pub fn accept(&mut self, id: &str, key: Key, now: Instant) -> Option<Offer> {
        let newest = self.offers.iter().rposition(|offer| offer.id == id)?;
        let offer = self.offers[newest].clone();
        self.offers.retain(|other| other.id != id);
        self.accepted.push_back(Accepted {
            offer: offer.clone(),
            key,
            at: now,
        });
        if self.accepted.len() > ACCEPTED {
            self.accepted.pop_front();
        }
        Some(offer)
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
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offer(id: &str, uri: &str, text: &str) -> Offer {
        Offer {
            id: id.to_owned(),
            uri: uri.to_owned(),
            text: text.to_owned(),
            line: 0,
        }
    }

    fn texts(accepted: &[Accepted]) -> Vec<&str> {
        accepted.iter().map(|a| a.offer.text.as_str()).collect()
    }

    #[test]
    fn the_newest_offer_of_a_request_is_taken_once() {
        let mut acceptance = Acceptance::default();
        acceptance.offer(offer("a", "u", "foo(1)"));
        acceptance.offer(offer("b", "u", "bar"));
        acceptance.offer(offer("a", "u", "(1)"));
        let mut accept = |id| acceptance.accept(id, Key::default(), Instant::now());
        assert_eq!(accept("a").expect("offered").text, "(1)");
        assert_eq!(accept("a"), None);
        assert_eq!(accept("nobody"), None);
        assert_eq!(accept("b").expect("offered").text, "bar");
    }

    #[test]
    fn a_text_is_due_when_it_is_old_enough_and_only_once() {
        let mut acceptance = Acceptance::default();
        let start = Instant::now();
        for (id, uri) in [("a", "u"), ("b", "v")] {
            acceptance.offer(offer(id, uri, id));
            acceptance.accept(id, Key::default(), start);
        }
        let age = Duration::from_secs(30);
        assert!(acceptance.due(Some("u"), age, start).is_empty());
        let later = start + age;
        assert_eq!(texts(&acceptance.due(Some("u"), age, later)), ["a"]);
        assert_eq!(texts(&acceptance.due(None, Duration::ZERO, start)), ["b"]);
        assert!(acceptance.due(None, Duration::ZERO, later).is_empty());
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let mut acceptance = Acceptance::default();
        for number in 0..1000 {
            acceptance.offer(offer(&number.to_string(), "u", "x"));
        }
        assert_eq!(acceptance.offers.len(), OFFERS);
        assert_eq!(acceptance.accept("0", Key::default(), Instant::now()), None);
    }
}
