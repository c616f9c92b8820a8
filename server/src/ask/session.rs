//! What was asked and answered in this session: conversations by their id, and all answers for a place; plain state.

use std::collections::VecDeque;
use std::sync::Arc;

use super::{Answer, Query, Turn, extract};
use crate::text::Span;

/// The most conversations and places that are kept; the ones used longest ago go first.
const MOST: usize = 32;

/// The most turns of a conversation, and answers of a place.
const MOST_EACH: usize = 16;

/// The most bytes that all conversations may have, and that all alternatives may; the last one of each always stays.
const BYTES: usize = 4 * 1024 * 1024;

/// Everything kept for a session.
#[derive(Debug, Default)]
pub struct Sessions {
    /// The last used one last.
    conversations: VecDeque<Conversation>,
    places: VecDeque<Place>,
}

/// Where something was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    pub uri: Arc<str>,
    /// The id of the action.
    pub action: String,
    /// In the text as it was when it was asked first.
    pub span: Span,
}

/// One of several answers for a place.
#[derive(Clone, Debug)]
pub struct Alternative {
    pub question: String,
    pub seed: Option<u32>,
    pub answer: Answer,
}

#[derive(Debug)]
struct Conversation {
    id: String,
    turns: VecDeque<Turn>,
}

#[derive(Debug)]
struct Place {
    key: Key,
    alternatives: VecDeque<Alternative>,
    /// How many there have been.
    count: usize,
}

impl Key {
    pub fn of(query: &Query) -> Key {
        Key {
            uri: query.snapshot.uri.clone(),
            action: query.action.id.clone(),
            span: query.span,
        }
    }
}

impl Sessions {
    /// What a new question of a conversation should be told, oldest first; empty for an unknown one.
    pub fn earlier(&self, conversation: &str) -> Vec<Turn> {
        let found = self.conversations.iter().find(|one| one.id == conversation);
        found.map_or(Vec::new(), |one| one.turns.iter().cloned().collect())
    }

    /// What the last question of a conversation was told, to ask it again.
    pub fn earlier_than_last(&self, conversation: &str) -> Vec<Turn> {
        let mut turns = self.earlier(conversation);
        turns.pop();
        turns
    }

    /// A seed that no answer of the place had.
    pub fn next_seed(&self, key: &Key) -> u32 {
        let count = self.place(key).map_or(0, |place| place.count);
        u32::try_from(count).unwrap_or(0).wrapping_add(1)
    }

    /// Keeps an answer: as the next turn of the conversation, or in place of the last one where that was asked again
    /// (`query.earlier` is then as long as it was for that), and as one more answer of its place.
    pub fn keep(&mut self, conversation: &str, query: &Query, answer: &Answer) {
        self.keep_turn(conversation, query, answer);
        let key = Key::of(query);
        let found = self.places.iter().position(|place| place.key == key);
        let mut place = match found.and_then(|index| self.places.remove(index)) {
            Some(place) => place,
            None => Place {
                key,
                alternatives: VecDeque::new(),
                count: 0,
            },
        };
        place.count += 1;
        place.alternatives.push_back(Alternative {
            question: query.question.clone(),
            seed: query.seed,
            answer: answer.clone(),
        });
        bound(&mut place.alternatives, MOST_EACH);
        self.places.push_back(place);
        bound(&mut self.places, MOST);
        spare(
            &mut self.places,
            |place| &mut place.alternatives,
            |one| one.answer.size(),
        );
    }

    /// All answers for a place that are kept, oldest first.
    pub fn alternatives(&self, key: &Key) -> Vec<&Alternative> {
        let place = self.place(key);
        place.map_or(Vec::new(), |place| place.alternatives.iter().collect())
    }

    /// Forgets what was answered about a document.
    pub fn forget(&mut self, uri: &str) {
        self.places.retain(|place| &*place.key.uri != uri);
    }

    fn keep_turn(&mut self, id: &str, query: &Query, answer: &Answer) {
        let found = self.conversations.iter().position(|one| one.id == id);
        let mut conversation = match found.and_then(|index| self.conversations.remove(index)) {
            Some(conversation) => conversation,
            None => Conversation {
                id: id.to_owned(),
                turns: VecDeque::new(),
            },
        };
        conversation.turns.truncate(query.earlier.len());
        conversation.turns.push_back(Turn {
            title: query.action.title.clone(),
            question: query.question.clone(),
            sent: answer.sent.question().to_owned(),
            answer: extract::without_thoughts(&answer.text).trim().to_owned(),
        });
        bound(&mut conversation.turns, MOST_EACH);
        self.conversations.push_back(conversation);
        bound(&mut self.conversations, MOST);
        let size = |turn: &Turn| turn.question.len() + turn.sent.len() + turn.answer.len();
        spare(&mut self.conversations, |one| &mut one.turns, size);
    }

    fn place(&self, key: &Key) -> Option<&Place> {
        self.places.iter().find(|place| place.key == *key)
    }
}

fn bound<T>(kept: &mut VecDeque<T>, most: usize) {
    while kept.len() > most {
        kept.pop_front();
    }
}

/// Drops the oldest members of the groups used longest ago while all are too large together.
fn spare<G, T>(
    groups: &mut VecDeque<G>,
    members: fn(&mut G) -> &mut VecDeque<T>,
    size: impl Fn(&T) -> usize,
) {
    let of = |group: &mut G| members(group).iter().map(&size).sum::<usize>();
    let mut sum: usize = groups.iter_mut().map(of).sum();
    while sum > BYTES {
        let last = groups.len() == 1;
        let Some(oldest) = groups.front_mut().map(members) else {
            return;
        };
        if last && oldest.len() == 1 {
            return;
        }
        sum -= oldest.pop_front().as_ref().map_or(0, &size);
        if oldest.is_empty() {
            groups.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_bounded_and_the_last_stays() {
        let group = |size: usize| VecDeque::from(vec![vec![0u8; size]; 3]);
        let left = |sizes: &[usize]| {
            let mut groups: VecDeque<_> = sizes.iter().map(|size| group(*size)).collect();
            spare(&mut groups, |group| group, Vec::len);
            groups.iter().map(VecDeque::len).collect::<Vec<_>>()
        };
        assert_eq!(left(&[1000, 1000]), [3, 3]);
        assert_eq!(left(&[1 << 20, 1 << 20]), [1, 3]);
        assert_eq!(left(&[1 << 20, 2 << 20]), [2]);
        assert_eq!(left(&[1, 8 << 20]), [1]);
    }
}
