//! Whether completions can be had: ready, loading, offline and why. Each change is told once; never a popup.

use std::sync::{Arc, Mutex};

use futures::future::BoxFuture;
use futures::{FutureExt, StreamExt};
use tokio::sync::watch;
use tokio::time::{Duration, Instant};
use tower_lsp::Client;
use tower_lsp::gen_lsp_types::{LogMessageNotification, LogMessageParams, MessageType};

use crate::lsp::ext::{self, Idle, Reason, State, StatusParams};
use crate::lsp::progress;
use crate::lsp::serve::Outbox;
use crate::model::{About, Backend, Error, Event, Events, Prompt, Request};

/// After so long a failure is shown again to the user who asks: some editors (Helix) wipe a message away at the next key.
const SHOWN_FOR: Duration = Duration::from_secs(30);

/// The status as the client last heard it.
#[derive(Debug)]
pub struct Status {
    client: Client,
    outbox: Outbox,
    told: Mutex<Told>,
}

#[derive(Debug, Default)]
struct Told {
    last: Option<StatusParams>,
    /// Whether the client takes `convive/status`; the others get log messages.
    announced: bool,
    /// Whether the client shows progress, for those that do not take `convive/status`.
    progress: bool,
    /// The state, for the progress that is shown.
    loading: Option<watch::Sender<StatusParams>>,
    /// Whether somebody waits for the end of the loading already, whoever asked for it.
    awaited: bool,
    /// The failure that was shown to the user last and when, until completions work again.
    shown: Option<(String, Instant)>,
}

impl Status {
    pub fn new(client: Client, outbox: Outbox) -> Arc<Status> {
        let told = Mutex::default();
        Arc::new(Status {
            client,
            outbox,
            told,
        })
    }

    /// Says whether the client takes `convive/status`, and whether it shows progress.
    pub fn announce(&self, status: bool, progress: bool) {
        let mut told = self.lock();
        told.announced = status;
        told.progress = progress && !status;
    }

    /// Whether the user has not been shown this failure lately, nor since completions worked last; from now on he has.
    pub fn is_new_to_user(&self, error: &Error) -> bool {
        let message = error.to_string();
        let mut told = self.lock();
        let known = told
            .shown
            .as_ref()
            .is_some_and(|(shown, when)| *shown == message && when.elapsed() < SHOWN_FOR);
        if !known {
            told.shown = Some((message, Instant::now()));
        }
        !known
    }

    pub fn ready(&self) {
        self.lock().shown = None;
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

    /// Why there is no suggestion at the cursor though all is well; another state says it by itself.
    pub fn idle(&self, reason: Reason, message: &str) {
        let message = message.to_owned();
        self.set_idle(Some(Idle { reason, message }));
    }

    /// There is one.
    pub fn suggested(&self) {
        self.set_idle(None);
    }

    fn set_idle(&self, idle: Option<Idle>) {
        let mut told = self.lock();
        let ready = StatusParams {
            state: State::Ready,
            percent: None,
            message: None,
            idle: None,
        };
        let last = told.last.clone().unwrap_or(ready);
        if last.state != State::Ready || last.idle == idle {
            return;
        }
        let new = StatusParams { idle, ..last };
        if told.announced {
            self.outbox.notify::<ext::Status>(new.clone());
        }
        told.last = Some(new);
    }

    fn set(&self, state: State, percent: Option<u8>, message: Option<String>) {
        let mut told = self.lock();
        let same_state = told.last.as_ref().is_some_and(|last| last.state == state);
        if same_state && state == State::Ready {
            // Why there was no suggestion last is known until there is one.
            return;
        }
        let new = StatusParams {
            state,
            percent,
            message,
            idle: None,
        };
        if told.last.as_ref() == Some(&new) {
            return;
        }
        // That all is well from the start is no news, and what failed is told once, not in all its variants.
        let news = match state {
            State::Ready => told.last.is_some(),
            State::Loading => true,
            State::Offline => !same_state,
        };
        tracing::debug!(?state, ?percent, "status");
        if news && told.announced {
            self.outbox.notify::<ext::Status>(new.clone());
        } else if told.progress && state == State::Loading {
            self.show_progress(&mut told, &new);
        } else if news && !same_state {
            self.outbox.notify::<LogMessageNotification>(in_words(&new));
        }
        if state != State::Loading {
            // Ends the progress.
            told.loading = None;
        }
        told.last = Some(new);
    }

    /// Never waits for the client: that happens in a task of its own.
    fn show_progress(&self, told: &mut Told, new: &StatusParams) {
        match &told.loading {
            Some(loading) => drop(loading.send_replace(new.clone())),
            None => {
                let (sender, receiver) = watch::channel(new.clone());
                told.loading = Some(sender);
                let (client, outbox) = (self.client.clone(), self.outbox.clone());
                tokio::spawn(progress::show(client, outbox, receiver));
            }
        }
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
        let mut listener = Listener {
            backend: self.backend.clone(),
            status: self.status.clone(),
            loading: false,
        };
        let events = self.backend.generate(request);
        events.inspect(move |event| listener.hear(event)).boxed()
    }

    fn expect(&self, prompt: &Prompt) {
        self.backend.expect(prompt);
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

/// Who listens to one generation. Where he leaves while the weights are loaded, somebody else listens for the end of that.
struct Listener {
    backend: Arc<dyn Backend>,
    status: Arc<Status>,
    loading: bool,
}

impl Listener {
    fn hear(&mut self, event: &Result<Event, Error>) {
        self.loading = matches!(event, Ok(Event::Progress { .. }));
        match event {
            Ok(Event::Progress { what, fraction }) => self.status.loading(what, *fraction),
            Ok(Event::Ready | Event::Read(_) | Event::Chunk(_) | Event::End(_)) => {
                self.status.ready();
            }
            Err(error) => self.status.offline(error),
        }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let Ok(runtime) = tokio::runtime::Handle::try_current() else {
            return;
        };
        if !self.loading || std::mem::replace(&mut self.status.lock().awaited, true) {
            return;
        }
        let (probe, status) = (self.backend.probe(), self.status.clone());
        runtime.spawn(async move {
            let end = probe.await;
            status.lock().awaited = false;
            match end {
                Ok(_) => status.ready(),
                Err(error) => status.offline(&error),
            }
        });
    }
}
