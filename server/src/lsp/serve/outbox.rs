//! The one way out to the client: everything is written in the order in which it was put here, but for what is out of date by then.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::Serialize;
use serde_json::{Value, json};
use tokio::io::{AsyncWrite, AsyncWriteExt};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tower_lsp::gen_lsp_types::Notification;

/// Puts messages on the way; never waits. What is put here after the connection has ended is dropped.
#[derive(Clone, Debug)]
pub struct Outbox {
    sender: UnboundedSender<Message>,
}

#[derive(Debug)]
enum Message {
    Body(Vec<u8>),
    /// What of it holds when its turn comes.
    Latest(Slot),
}

/// A body that was not written yet.
type Slot = Arc<Mutex<Option<Vec<u8>>>>;

/// Notifications of which only the newest counts: one that was not written yet gives its place to the next.
#[derive(Debug)]
pub struct Latest {
    outbox: Outbox,
    slot: Slot,
}

/// The other end of an [`Outbox`].
#[derive(Debug)]
pub struct Outgoing {
    receiver: UnboundedReceiver<Message>,
}

/// An outbox and its other end.
pub fn outbox() -> (Outbox, Outgoing) {
    let (sender, receiver) = unbounded_channel();
    (Outbox { sender }, Outgoing { receiver })
}

impl Outbox {
    pub fn notify<N: Notification>(&self, params: N::Params)
    where
        N::Params: Serialize,
    {
        self.send(&notification::<N>(&params));
    }

    /// The way out for notifications of which only the newest counts.
    pub fn latest(&self) -> Latest {
        Latest {
            outbox: self.clone(),
            slot: Slot::default(),
        }
    }

    pub(super) fn send(&self, message: &impl Serialize) {
        if let Some(body) = body(message) {
            self.put(Message::Body(body));
        }
    }

    fn put(&self, message: Message) {
        // Nobody reads any more once the connection has ended.
        let _ = self.sender.send(message);
    }
}

impl Latest {
    pub fn notify<N: Notification>(&self, params: N::Params)
    where
        N::Params: Serialize,
    {
        let body = body(&notification::<N>(&params));
        let waiting = std::mem::replace(&mut *lock(&self.slot), body).is_some();
        if !waiting {
            self.outbox.put(Message::Latest(self.slot.clone()));
        }
    }

    /// Takes back what was not written yet: what comes now says more.
    pub fn take_back(&self) {
        lock(&self.slot).take();
    }
}

impl Message {
    fn into_body(self) -> Option<Vec<u8>> {
        match self {
            Message::Body(body) => Some(body),
            Message::Latest(slot) => lock(&slot).take(),
        }
    }
}

fn notification<N: Notification>(params: &N::Params) -> Value
where
    N::Params: Serialize,
{
    json!({ "jsonrpc": "2.0", "method": N::METHOD.to_string(), "params": params })
}

fn body(message: &impl Serialize) -> Option<Vec<u8>> {
    let body = serde_json::to_vec(message);
    let told = body.inspect_err(|error| {
        tracing::error!("a message cannot be written as JSON: {error}");
    });
    told.ok()
}

fn lock(slot: &Slot) -> MutexGuard<'_, Option<Vec<u8>>> {
    slot.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Outgoing {
    /// Writes frames until every [`Outbox`] is dropped or the client no longer reads.
    pub async fn write_to(&mut self, output: &mut (impl AsyncWrite + Unpin)) {
        while let Some(message) = self.receiver.recv().await {
            let Some(body) = message.into_body() else {
                continue;
            };
            if let Err(error) = write(output, &body).await {
                tracing::info!("the client no longer reads: {error}");
                return;
            }
        }
    }

    /// Writes what is there, without waiting for more.
    pub async fn flush_to(&mut self, output: &mut (impl AsyncWrite + Unpin)) {
        while let Ok(message) = self.receiver.try_recv() {
            let Some(body) = message.into_body() else {
                continue;
            };
            if write(output, &body).await.is_err() {
                return;
            }
        }
    }
}

async fn write(output: &mut (impl AsyncWrite + Unpin), body: &[u8]) -> std::io::Result<()> {
    let mut frame = format!("Content-Length: {}\r\n\r\n", body.len()).into_bytes();
    frame.extend_from_slice(body);
    output.write_all(&frame).await?;
    output.flush().await
}

#[cfg(test)]
mod tests {
    use tower_lsp::gen_lsp_types::{LogMessageNotification, LogMessageParams, MessageType};

    use super::*;

    fn said(message: &str) -> LogMessageParams {
        LogMessageParams {
            kind: MessageType::Info,
            message: message.to_owned(),
        }
    }

    /// What of these reaches the client, each written when the text has a `|`.
    fn check(steps: &str, expected: &str) {
        let (outbox, mut outgoing) = outbox();
        let latest = outbox.latest();
        let mut written: Vec<u8> = Vec::new();
        for step in steps.split(' ') {
            match step {
                "|" => futures::executor::block_on(outgoing.flush_to(&mut written)),
                "back" => latest.take_back(),
                _ if step.starts_with('~') => latest.notify::<LogMessageNotification>(said(step)),
                _ => outbox.notify::<LogMessageNotification>(said(step)),
            }
        }
        futures::executor::block_on(outgoing.flush_to(&mut written));
        let written = String::from_utf8(written).expect("text");
        let messages = written.split("\"message\":\"").skip(1);
        let messages = messages.filter_map(|rest| rest.split('"').next());
        assert_eq!(messages.collect::<Vec<_>>().join(" "), expected, "{steps}");
    }

    #[test]
    fn only_the_newest_is_written_and_in_the_place_of_the_first() {
        check("~1 a ~2 b", "~2 a b");
        check("~1 | a ~2 ~3 b", "~1 a ~3 b");
        check("~1 | ~2 | a", "~1 ~2 a");
    }

    #[test]
    fn what_was_taken_back_is_not_written() {
        check("~1 back a", "a");
        check("~1 | ~2 back a", "~1 a");
        check("~1 back ~2 a", "~2 a");
    }
}
