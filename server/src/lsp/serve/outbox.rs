//! The one way out to the client: everything is written in the order in which it was put here.

use serde::Serialize;
use serde_json::json;
use tokio::io::{AsyncWrite, AsyncWriteExt};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tower_lsp::gen_lsp_types::Notification;

/// Puts messages on the way; never waits. What is put here after the connection has ended is dropped.
#[derive(Clone, Debug)]
pub struct Outbox {
    sender: UnboundedSender<Vec<u8>>,
}

/// The other end of an [`Outbox`].
#[derive(Debug)]
pub struct Outgoing {
    receiver: UnboundedReceiver<Vec<u8>>,
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
        self.send(&json!({ "jsonrpc": "2.0", "method": N::METHOD.to_string(), "params": params }));
    }

    pub(super) fn send(&self, message: &impl Serialize) {
        match serde_json::to_vec(message) {
            // Nobody reads any more once the connection has ended.
            Ok(body) => drop(self.sender.send(body)),
            Err(error) => tracing::error!("a message cannot be written as JSON: {error}"),
        }
    }
}

impl Outgoing {
    /// Writes frames until every [`Outbox`] is dropped or the client no longer reads.
    pub async fn write_to(&mut self, output: &mut (impl AsyncWrite + Unpin)) {
        while let Some(body) = self.receiver.recv().await {
            if let Err(error) = write(output, &body).await {
                tracing::info!("the client no longer reads: {error}");
                return;
            }
        }
    }

    /// Writes what is there, without waiting for more.
    pub async fn flush_to(&mut self, output: &mut (impl AsyncWrite + Unpin)) {
        while let Ok(body) = self.receiver.try_recv() {
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
