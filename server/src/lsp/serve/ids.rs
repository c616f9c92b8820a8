//! Request ids: the client's, of any size, and our own for the framework, which takes whole numbers of 32 bits in cancels and
//! never gives back the id of a handler that panicked.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard};

use tower_lsp::jsonrpc::Id;

/// The requests that are being served, by the client's ids.
#[derive(Clone, Default)]
pub struct Ids {
    taken: Arc<Mutex<Taken>>,
}

#[derive(Default)]
struct Taken {
    last: i32,
    /// From the client's ids to ours.
    ours: HashMap<Id, i32>,
}

impl Ids {
    /// Our id for a new request; `None` where the client's id is in use.
    pub fn take(&self, client: &Id) -> Option<Id> {
        let mut taken = self.lock();
        if taken.ours.contains_key(client) {
            return None;
        }
        // Nobody has so many requests open that one is met again.
        taken.last = taken.last.checked_add(1).unwrap_or(1);
        let ours = taken.last;
        taken.ours.insert(client.clone(), ours);
        Some(Id::Number(ours.into()))
    }

    /// Our id of a request that is being served.
    pub fn find(&self, client: &Id) -> Option<i32> {
        self.lock().ours.get(client).copied()
    }

    /// The request is answered: its id may be used again.
    pub fn free(&self, client: &Id) {
        self.lock().ours.remove(client);
    }

    fn lock(&self) -> MutexGuard<'_, Taken> {
        self.taken
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}
