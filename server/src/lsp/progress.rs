//! Progress as the protocol has it: of loading weights for editors that do not know `convive/status`, and of answers.

use std::sync::atomic::{AtomicU32, Ordering};

use serde_json::{Value, json};
use tokio::sync::watch;
use tower_lsp::Client;
use tower_lsp::gen_lsp_types::{ProgressNotification, ProgressParams, ProgressToken};

use crate::lsp::ext::StatusParams;
use crate::lsp::serve::Outbox;

/// A progress that the client shows until this is dropped.
pub struct Progress {
    outbox: Outbox,
    token: ProgressToken,
}

impl Progress {
    /// Begins one that the client has agreed to, or asked for by a token of its own.
    pub fn begin(outbox: Outbox, token: ProgressToken, title: &str, cancellable: bool) -> Progress {
        let progress = Progress { outbox, token };
        progress.say(json!({ "kind": "begin", "title": title, "cancellable": cancellable }));
        progress
    }

    pub fn report(&self, message: Option<&str>, percent: Option<u8>) {
        let mut report = json!({ "kind": "report" });
        add(&mut report, message, percent);
        self.say(report);
    }

    fn say(&self, value: Value) {
        let token = self.token.clone();
        self.outbox
            .notify::<ProgressNotification>(ProgressParams { token, value });
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.say(json!({ "kind": "end" }));
    }
}

/// Shows that weights are loaded, from the client's consent until the sender of `loading` is dropped.
pub async fn show(client: Client, outbox: Outbox, mut loading: watch::Receiver<StatusParams>) {
    static NUMBER: AtomicU32 = AtomicU32::new(1);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let token = ProgressToken::String(format!("convive-{number}"));
    if let Err(error) = client.create_work_done_progress(token.clone()).await {
        tracing::info!("the client shows no progress: {error}");
        return;
    }
    let now = loading.borrow_and_update().clone();
    let mut begin = json!({ "kind": "begin", "title": "Convive", "cancellable": false });
    add(&mut begin, now.message.as_deref(), now.percent);
    let progress = Progress { outbox, token };
    progress.say(begin);
    while loading.changed().await.is_ok() {
        let now = loading.borrow_and_update().clone();
        progress.report(now.message.as_deref(), now.percent);
    }
}

fn add(value: &mut Value, message: Option<&str>, percent: Option<u8>) {
    if let Some(message) = message {
        value["message"] = json!(message);
    }
    if let Some(percent) = percent {
        value["percentage"] = json!(percent);
    }
}
