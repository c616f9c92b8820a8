//! A generation over HTTP: the pieces of a body become messages, and these the events of an answer.

use std::collections::VecDeque;

use futures::future::BoxFuture;
use futures::{FutureExt, StreamExt, stream};

use super::http::Body;
use super::sse::{Message, Parser};
use super::{Error, Event, Events};

/// The most bytes of one message of a stream.
const LONGEST_MESSAGE: usize = 4 << 20;

/// An answer as far as it was read, in the words of one protocol.
pub trait Answer: Default + Send + 'static {
    /// Takes a message; gives what is to be told of it.
    fn read(&mut self, message: &Message) -> Result<Option<Event>, Wrong>;

    /// Whether nothing more needs to be read.
    fn is_over(&self) -> bool;

    /// The end, where the server said why it ended; None: the answer broke off.
    fn end(&self) -> Option<Event>;
}

/// A message that ends an answer badly.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// The server says what failed; with the status that it would have answered with, where it says so.
    Refused {
        status: Option<u16>,
        message: String,
    },
    Unreadable(String),
}

/// The events of an answer. It is asked for when they are first polled; dropping them closes the connection.
pub fn events<A: Answer>(
    open: impl Future<Output = Result<Body, Error>> + Send + 'static,
) -> Events {
    let start: State<A> = State::Start(open.boxed());
    stream::unfold(start, async |state| {
        let mut running = match state {
            State::Over => return None,
            State::Running(running) => running,
            State::Start(open) => match open.await {
                Ok(body) => Box::new(Running::new(body)),
                Err(error) => return Some((Err(error), State::Over)),
            },
        };
        let event = running.next().await;
        let over = matches!(event, Err(_) | Ok(Event::End(_)));
        let next = match over {
            true => State::Over,
            false => State::Running(running),
        };
        Some((event, next))
    })
    .boxed()
}

enum State<A> {
    Start(BoxFuture<'static, Result<Body, Error>>),
    Running(Box<Running<A>>),
    Over,
}

struct Running<A> {
    body: Body,
    parser: Option<Parser>,
    messages: VecDeque<Message>,
    any: bool,
    answer: A,
}

impl<A: Answer> Running<A> {
    fn new(body: Body) -> Running<A> {
        Running {
            body,
            parser: Some(Parser::new(LONGEST_MESSAGE)),
            messages: VecDeque::new(),
            any: false,
            answer: A::default(),
        }
    }

    async fn next(&mut self) -> Result<Event, Error> {
        loop {
            while let Some(message) = self.messages.pop_front() {
                self.any = true;
                let read = self.answer.read(&message);
                if let Some(event) = read.map_err(|wrong| self.wrong(wrong))? {
                    return Ok(event);
                }
            }
            if self.answer.is_over() || self.parser.is_none() {
                return self.answer.end().ok_or_else(|| self.broken_off());
            }
            if let Err(error) = self.fill().await {
                // What comes after the reason is only figures.
                return self.answer.end().ok_or(error);
            }
        }
    }

    /// Reads more messages; without a parser afterwards, there are no more.
    async fn fill(&mut self) -> Result<(), Error> {
        let piece = self.body.next().await?;
        let mut messages = Vec::new();
        match (piece, &mut self.parser) {
            (Some(bytes), Some(parser)) => parser
                .push(&bytes, &mut messages)
                .map_err(|_| self.body.malformed("an endless message"))?,
            _ => messages.extend(self.parser.take().and_then(Parser::finish)),
        }
        self.messages.extend(messages);
        Ok(())
    }

    fn wrong(&self, wrong: Wrong) -> Error {
        match wrong {
            Wrong::Refused { status, message } => Error::Rejected {
                target: self.body.target().to_owned(),
                status: status.unwrap_or(200),
                message,
                retry_after: None,
            },
            Wrong::Unreadable(message) => self.body.malformed(message),
        }
    }

    fn broken_off(&self) -> Error {
        match self.any {
            false => self.body.malformed("an answer without a single message"),
            true => Error::Closed {
                target: self.body.target().to_owned(),
            },
        }
    }
}
