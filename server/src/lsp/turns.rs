//! Whose turn it is: the newest request for a document ends the older ones, also while they still wait for what they need.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use tokio::sync::oneshot;

/// One turn for each document.
#[derive(Debug, Default)]
pub struct Turns {
    newest: Mutex<HashMap<Arc<str>, oneshot::Sender<()>>>,
}

/// Resolves (with an error) when a newer turn has been taken, or the document was closed.
pub type Turn = oneshot::Receiver<()>;

impl Turns {
    /// Ends the turn before and gives a new one.
    pub fn take(&self, uri: &Arc<str>) -> Turn {
        let (sender, receiver) = oneshot::channel();
        self.lock().insert(uri.clone(), sender);
        receiver
    }

    pub fn forget(&self, uri: &str) {
        self.lock().remove(uri);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<Arc<str>, oneshot::Sender<()>>> {
        self.newest
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}
