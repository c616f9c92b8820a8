//! Progress while weights are loaded, as the protocol has it: for editors that do not know `convive/status`.

use std::sync::atomic::{AtomicU32, Ordering};

use serde_json::{Value, json};
use tokio::sync::watch;
use tower_lsp::Client;
use tower_lsp::gen_lsp_types::{ProgressNotification, ProgressParams, ProgressToken};

use crate::lsp::ext::StatusParams;
use crate::lsp::serve::Outbox;

/// Shows one progress, from the client's consent until the sender of `loading` is dropped.
pub async fn show(client: Client, outbox: Outbox, mut loading: watch::Receiver<StatusParams>) {
    static NUMBER: AtomicU32 = AtomicU32::new(1);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let token = ProgressToken::String(format!("convive-{number}"));
    if let Err(error) = client.create_work_done_progress(token.clone()).await {
        tracing::info!("the client shows no progress: {error}");
        return;
    }
    let say = |value: Value| {
        let token = token.clone();
        outbox.notify::<ProgressNotification>(ProgressParams { token, value });
    };
    let now = loading.borrow_and_update().clone();
    let mut begin = json!({ "kind": "begin", "title": "Convive", "cancellable": false });
    add(&mut begin, &now);
    say(begin);
    while loading.changed().await.is_ok() {
        let mut report = json!({ "kind": "report" });
        add(&mut report, &loading.borrow_and_update());
        say(report);
    }
    say(json!({ "kind": "end" }));
}

fn add(value: &mut Value, status: &StatusParams) {
    if let Some(message) = &status.message {
        value["message"] = json!(message);
    }
    if let Some(percent) = status.percent {
        value["percentage"] = json!(percent);
    }
}
