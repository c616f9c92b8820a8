//! What goes on after the message that began it was answered: it can be cancelled by its token, and ends with the connection.

use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures::FutureExt;
use tokio::sync::oneshot;
use tokio::task::JoinSet;
use tower_lsp::gen_lsp_types::{
    MessageType, ProgressToken, ShowMessageNotification, ShowMessageParams,
};

use crate::lsp::serve::Outbox;

/// The running work of one client's server; a clone is another handle on the same.
#[derive(Clone, Debug)]
pub struct Work {
    outbox: Outbox,
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    tasks: JoinSet<()>,
    /// What can be cancelled, oldest first: a number of its own, and the token that the client knows.
    cancels: Vec<(u64, ProgressToken, oneshot::Sender<()>)>,
    number: u64,
}

/// Ends all work when it is dropped.
pub struct UntilDropped(Work);

/// Tells that its work was cancelled.
pub struct Cancelled {
    work: Work,
    number: u64,
    receiver: oneshot::Receiver<()>,
}

impl Work {
    pub fn new(outbox: Outbox) -> Work {
        let state = Arc::default();
        Work { outbox, state }
    }

    pub fn until_dropped(&self) -> UntilDropped {
        UntilDropped(self.clone())
    }

    /// Runs `task` by itself; that it broke down is shown, since nobody awaits it.
    pub fn start(&self, task: impl Future<Output = ()> + Send + 'static) {
        let outbox = self.outbox.clone();
        let task = AssertUnwindSafe(task).catch_unwind().map(move |ended| {
            if ended.is_err() {
                tracing::error!("a task panicked");
                let message = "Convive: an internal error; the server's log says more".to_owned();
                let kind = MessageType::Error;
                outbox.notify::<ShowMessageNotification>(ShowMessageParams { kind, message });
            }
        });
        let mut state = self.lock();
        while state.tasks.try_join_next().is_some() {}
        state.tasks.spawn(task);
    }

    /// A token of ours, which no other work has.
    pub fn token(&self) -> ProgressToken {
        let mut state = self.lock();
        state.number += 1;
        ProgressToken::String(format!("convive-ask-{}", state.number))
    }

    /// Makes work known that the client may cancel by `token`, until the answer is dropped.
    pub fn cancellable(&self, token: ProgressToken) -> Cancelled {
        let (sender, receiver) = oneshot::channel();
        let mut state = self.lock();
        state.number += 1;
        let number = state.number;
        state.cancels.push((number, token, sender));
        Cancelled {
            work: self.clone(),
            number,
            receiver,
        }
    }

    /// Cancels the work with this token; without one, all.
    pub fn cancel(&self, token: Option<&ProgressToken>) {
        let mut state = self.lock();
        let meant = |own: &ProgressToken| token.is_none_or(|token| token == own);
        for (.., sender) in state.cancels.extract_if(.., |(_, own, _)| meant(own)) {
            // It may be over already.
            let _ = sender.send(());
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Cancelled {
    /// Waits until that happens.
    pub async fn wait(&mut self) {
        if (&mut self.receiver).await.is_err() {
            // Nobody can cancel it any more.
            std::future::pending().await
        }
    }
}

impl Drop for Cancelled {
    fn drop(&mut self) {
        let number = self.number;
        self.work.lock().cancels.retain(|(own, ..)| *own != number);
    }
}

impl Drop for UntilDropped {
    fn drop(&mut self) {
        self.0.lock().tasks.abort_all();
    }
}
