//! Whether completions can be had: ready, loading, offline and why. Each change is told once; never a popup.

use std::sync::{Arc, Mutex};

use futures::future::BoxFuture;
use futures::{FutureExt, StreamExt};
use tower_lsp::gen_lsp_types::{LogMessageNotification, LogMessageParams, MessageType};

use crate::lsp::ext::{self, State, StatusParams};
use crate::lsp::serve::Outbox;
use crate::model::{About, Backend, Error, Event, Events, Request};

/// The status as the client last heard it.
#[derive(Debug)]
pub struct Status {
    outbox: Outbox,
    told: Mutex<Told>,
}

#[derive(Debug, Default)]
struct Told {
    last: Option<StatusParams>,
    /// Whether the client takes `convive/status`; the others get log messages.
    announced: bool,
}

impl Status {
    pub fn new(outbox: Outbox) -> Arc<Status> {
        let told = Mutex::default();
        Arc::new(Status { outbox, told })
    }

    /// Says that the client takes `convive/status`.
    pub fn announce(&self) {
        self.lock().announced = true;
    }

    pub fn ready(&self) {
        self.set(State::Ready, None, None);
    }

    /// `fraction`: 0 to 1, where known.
    pub fn loading(&self, what: &str, fraction: Option<f32>) {
        let percent = fraction.map(|fraction| (fraction.clamp(0.0, 1.0) * 100.0) as u8);
        self.set(State::Loading, percent, Some(what.to_owned()));
    }

    pub fn offline(&self, error: &Error) {
        self.set(State::Offline, None, Some(error.to_string()));
    }

    fn set(&self, state: State, percent: Option<u8>, message: Option<String>) {
        let new = StatusParams {
            state,
            percent,
            message,
        };
        let mut told = self.lock();
        if told.last.as_ref() == Some(&new) {
            return;
        }
        let same_state = told.last.as_ref().is_some_and(|last| last.state == state);
        // That all is well from the start is no news, and what failed is told once, not in all its variants.
        let news = match state {
            State::Ready => told.last.is_some(),
            State::Loading => true,
            State::Offline => !same_state,
        };
        tracing::debug!(?state, ?percent, "status");
        if news && told.announced {
            self.outbox.notify::<ext::Status>(new.clone());
        } else if news && !same_state {
            self.outbox.notify::<LogMessageNotification>(in_words(&new));
        }
        told.last = Some(new);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Told> {
        self.told
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

fn in_words(status: &StatusParams) -> LogMessageParams {
    let message = status.message.as_deref().unwrap_or_default();
    let (kind, message) = match status.state {
        State::Ready => (MessageType::Info, "Convive is ready".to_owned()),
        State::Loading => (MessageType::Info, format!("Convive: {message}")),
        State::Offline => (MessageType::Warning, format!("Convive: {message}")),
    };
    LogMessageParams { kind, message }
}

/// A backend whose progress and failures become the status.
pub struct Watched {
    pub backend: Arc<dyn Backend>,
    pub status: Arc<Status>,
}

impl Backend for Watched {
    fn generate(&self, request: Request) -> Events {
        let status = self.status.clone();
        let events = self.backend.generate(request);
        events
            .inspect(move |event| match event {
                Ok(Event::Progress { what, fraction }) => status.loading(what, *fraction),
                Ok(Event::Read(_) | Event::Chunk(_) | Event::End(_)) => status.ready(),
                Err(error) => status.offline(error),
            })
            .boxed()
    }

    fn probe(&self) -> BoxFuture<'static, Result<About, Error>> {
        let status = self.status.clone();
        let probe = self.backend.probe();
        probe
            .inspect(move |about| {
                if let Err(error) = about {
                    status.offline(error);
                }
            })
            .boxed()
    }
}
