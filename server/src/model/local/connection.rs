//! One connection to the engine: an ask goes out, replies come in; dropping it cancels.

use std::path::Path;

use convive_engine::socket;
use convive_engine::wire::{self, Ask, Lines, Reply};
use interprocess::local_socket::tokio::{Stream, prelude::*};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::{TARGET, closed};
use crate::model::Error;

pub struct Connection {
    stream: Stream,
    lines: Lines,
}

impl Connection {
    /// Connects to whoever listens at `socket`.
    ///
    /// # Errors
    /// Where nobody does.
    pub async fn connect(socket: &Path) -> std::io::Result<Connection> {
        Ok(Connection {
            stream: Stream::connect(socket::name(socket)?).await?,
            lines: Lines::default(),
        })
    }

    pub async fn send(&mut self, ask: &Ask) -> Result<(), Error> {
        let sent = self.stream.write_all(&wire::line(ask)).await;
        sent.map_err(|_| closed())
    }

    /// The next reply.
    ///
    /// # Errors
    /// `Closed` where the engine is gone, `Malformed` where it is no engine of ours.
    pub async fn next(&mut self) -> Result<Reply, Error> {
        loop {
            let line = self.lines.next_line();
            match line.map_err(|_| malformed("a line without end"))? {
                Some(line) => {
                    return serde_json::from_slice(&line)
                        .map_err(|error| malformed(&error.to_string()));
                }
                None => self.read().await?,
            }
        }
    }

    async fn read(&mut self) -> Result<(), Error> {
        let mut buffer = [0; 4096];
        match self.stream.read(&mut buffer).await {
            Ok(0) | Err(_) => Err(closed()),
            Ok(length) => {
                self.lines.push(&buffer[..length]);
                Ok(())
            }
        }
    }
}

fn malformed(message: &str) -> Error {
    Error::Malformed {
        target: TARGET.to_owned(),
        message: message.to_owned(),
    }
}
