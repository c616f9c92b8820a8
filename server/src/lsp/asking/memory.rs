//! What is remembered of a client's questions: sessions, what each conversation asked last, and the place last looked at.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::Asked;
use crate::ask::session::{Alternative, Key, Sessions};
use crate::ask::{Answer, Query, Turn};
use crate::text::{Span, Text};

/// The most conversations whose last question is kept.
const MOST: usize = 32;

/// The memory of one client's session.
#[derive(Debug, Default)]
pub struct Memory(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    sessions: Sessions,
    /// The last asked one last.
    kept: VecDeque<Kept>,
    /// Where code actions were listed last, for editors whose commands cannot say where they are.
    place: Option<Asked>,
    conversations: u64,
}

/// What a conversation asked last.
#[derive(Clone, Debug)]
pub struct Kept {
    pub conversation: String,
    pub asked: Asked,
    pub key: Key,
    /// As a menu shows the action.
    pub title: String,
    text: Arc<Text>,
}

impl Kept {
    /// Whether the lines that were asked about are still the same, and at the same place.
    pub fn is_still_at(&self, now: &Text) -> bool {
        let lines = |text: &Text| {
            let Span { start, end } = self.key.span;
            let first = text.line_span(text.line_of(start)).start;
            Span::new(first, text.line_span(text.line_of(end)).end)
        };
        let (then, now_lines) = (lines(&self.text), lines(now));
        then == now_lines && self.text.slice(then) == now.slice(now_lines)
    }
}

impl Memory {
    /// An id that no conversation has.
    pub fn new_conversation(&self) -> String {
        let mut state = self.lock();
        state.conversations += 1;
        format!("conversation-{}", state.conversations)
    }

    pub fn earlier(&self, conversation: &str) -> Vec<Turn> {
        self.lock().sessions.earlier(conversation)
    }

    pub fn earlier_than_last(&self, conversation: &str) -> Vec<Turn> {
        self.lock().sessions.earlier_than_last(conversation)
    }

    pub fn next_seed(&self, key: &Key) -> u32 {
        self.lock().sessions.next_seed(key)
    }

    /// What this conversation asked last; for an empty name, the last one of all.
    pub fn kept(&self, conversation: &str) -> Option<Kept> {
        let state = self.lock();
        let mut kept = state.kept.iter().rev();
        kept.find(|kept| conversation.is_empty() || kept.conversation == conversation)
            .cloned()
    }

    /// Keeps an answer; gives how many there are for its place by now.
    pub fn keep(&self, conversation: &str, asked: &Asked, query: &Query, answer: &Answer) -> usize {
        let mut state = self.lock();
        state.kept.retain(|kept| kept.conversation != conversation);
        let key = Key::of(query);
        state.kept.push_back(Kept {
            conversation: conversation.to_owned(),
            asked: asked.clone(),
            key: key.clone(),
            title: query.action.title.clone(),
            text: query.snapshot.text.clone(),
        });
        while state.kept.len() > MOST {
            state.kept.pop_front();
        }
        state.sessions.keep(conversation, query, answer);
        state.sessions.alternatives(&key).len()
    }

    /// All answers for the place of a conversation's last question, oldest first.
    pub fn alternatives(&self, kept: &Kept) -> Vec<Alternative> {
        let state = self.lock();
        let all = state.sessions.alternatives(&kept.key);
        all.into_iter().cloned().collect()
    }

    pub fn look(&self, place: Asked) {
        self.lock().place = Some(place);
    }

    pub fn looked_at(&self) -> Option<Asked> {
        self.lock().place.clone()
    }

    /// Forgets a document that was closed.
    pub fn forget(&self, uri: &str) {
        let mut state = self.lock();
        state.sessions.forget(uri);
        state.kept.retain(|kept| kept.asked.uri != uri);
        state.place.take_if(|place| place.uri == uri);
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
