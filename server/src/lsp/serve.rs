//! The loop that reads messages, runs handlers and writes answers; the framework's own ends at the first bad byte and at a panic.
//!
//! Each handler is polled once, in message order, and then runs as its own task: what it does before its first wait happens in
//! the order of the messages. Every request gets exactly one answer.

mod frame;
mod message;
mod outbox;
mod parent;

pub use outbox::{Outbox, Outgoing, outbox};

use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex};
use std::task::Poll;
use std::time::Duration;

use futures::future::BoxFuture;
use futures::{FutureExt, Sink, SinkExt, StreamExt};
use serde_json::json;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::task::JoinSet;
use tower::Service;
use tower_lsp::jsonrpc::{ErrorCode, Id, Request, Response};
use tower_lsp::{ClientSocket, ExitedError, LanguageServer, LspService};

use crate::lsp::convert;
use frame::{Frame, Reader};
use message::{Message, NotJson};

/// The longest body that is read (bytes); a longer one is read over and answered with an error.
const BODY_LIMIT: u64 = 256 << 20;
/// How long the end waits for handlers that were cancelled, and for a client that does not read.
const PATIENCE: Duration = Duration::from_secs(1);

/// Serves until `exit`, the end of the input, or the end of the client's process. Gives the exit code: 0 after `shutdown`,
/// else 1.
pub async fn serve<R, W, S>(
    input: R,
    mut output: W,
    (service, socket): (LspService<S>, ClientSocket),
    (outbox, mut outgoing): (Outbox, Outgoing),
) -> i32
where
    R: AsyncRead + Unpin,
    W: AsyncWrite + Unpin,
    S: LanguageServer,
{
    let (mut requests, answers) = socket.split();
    let mut connection = Connection {
        caller: Caller {
            service: Arc::new(Mutex::new(service)),
            outbox: outbox.clone(),
        },
        answers,
        tasks: JoinSet::new(),
        parent: None,
        shut_down: false,
        exited: false,
    };
    let forward = async {
        while let Some(request) = requests.next().await {
            outbox.send(&request);
        }
        std::future::pending().await
    };
    tokio::select! {
        () = connection.read(input) => {}
        () = outgoing.write_to(&mut output) => {}
        () = forward => {}
    }
    if connection.exited {
        // `exit` has cancelled every handler; each still answers that.
        let end = async { while connection.tasks.join_next().await.is_some() {} };
        let _ = tokio::time::timeout(PATIENCE, end).await;
    }
    connection.tasks.abort_all();
    let _ = tokio::time::timeout(PATIENCE, outgoing.flush_to(&mut output)).await;
    i32::from(!connection.shut_down)
}

struct Connection<S, A> {
    caller: Caller<S>,
    /// Takes the client's answers to requests of ours.
    answers: A,
    /// Handlers that wait for something; each sends its own answer.
    tasks: JoinSet<()>,
    parent: Option<parent::Ended>,
    shut_down: bool,
    exited: bool,
}

impl<S: LanguageServer, A: Sink<Response> + Unpin> Connection<S, A> {
    /// Reads and serves messages until the end.
    async fn read(&mut self, input: impl AsyncRead + Unpin) {
        let mut reader = Reader::new(input, BODY_LIMIT);
        loop {
            let frame = tokio::select! {
                frame = reader.next() => frame,
                () = parent::ended(&mut self.parent) => {
                    tracing::info!("the editor's process is gone");
                    return;
                }
            };
            match frame {
                Ok(Some(Frame::Body(body))) => match message::read(&body) {
                    Ok(message) => {
                        drop(body);
                        if self.serve(message).await.is_break() {
                            return;
                        }
                    }
                    Err(NotJson(response)) => {
                        reader.reject(&body);
                        self.caller.outbox.send(&response);
                    }
                },
                Ok(Some(Frame::Bad(why))) => {
                    let error = convert::error(ErrorCode::ParseError, why);
                    self.caller
                        .outbox
                        .send(&Response::from_error(Id::Null, error));
                }
                Ok(None) => return,
                Err(error) => {
                    tracing::info!("cannot read from the client: {error}");
                    return;
                }
            }
        }
    }

    async fn serve(&mut self, message: Message) -> std::ops::ControlFlow<()> {
        while self.tasks.try_join_next().is_some() {}
        match message {
            Message::Refused(responses) => {
                for response in responses {
                    self.caller.outbox.send(&response);
                }
            }
            Message::Answer(response) => {
                // Fails after `exit` only.
                let _ = self.answers.send(response).await;
            }
            Message::Call(request) => {
                let method = request.method();
                let in_place = matches!(method, "initialize" | "shutdown");
                let (exit, shutdown) = (method == "exit", method == "shutdown");
                if method == "initialize" && self.parent.is_none() {
                    let process = request
                        .params()
                        .and_then(|params| params["processId"].as_i64());
                    self.parent = process.and_then(parent::watch);
                }
                let answered = self.call(request, in_place).await;
                self.shut_down |= shutdown && answered;
                if exit {
                    self.exited = true;
                    return std::ops::ControlFlow::Break(());
                }
            }
        }
        std::ops::ControlFlow::Continue(())
    }

    /// Runs a handler: to its end with `in_place`, else up to its first wait. Says whether it has succeeded by now.
    async fn call(&mut self, request: Request, in_place: bool) -> bool {
        let mut handler = self.caller.clone().run(request);
        if in_place {
            return handler.await;
        }
        match futures::poll!(&mut handler) {
            Poll::Ready(succeeded) => succeeded,
            Poll::Pending => {
                self.tasks.spawn(handler.map(drop));
                false
            }
        }
    }
}

/// Calls the service and sends the answer.
struct Caller<S> {
    service: Arc<Mutex<LspService<S>>>,
    outbox: Outbox,
}

impl<S> Clone for Caller<S> {
    fn clone(&self) -> Caller<S> {
        Caller {
            service: self.service.clone(),
            outbox: self.outbox.clone(),
        }
    }
}

impl<S: LanguageServer> Caller<S> {
    fn run(self, request: Request) -> BoxFuture<'static, bool> {
        let id = request.id().cloned();
        let method = request.method().to_owned();
        let handler = AssertUnwindSafe(self.call(request)).catch_unwind();
        async move {
            let response = match handler.await {
                Ok(Ok(Some(response))) => Some(response),
                // The framework leaves requests unanswered whose unknown method starts with `$/`.
                Ok(Ok(None)) => id.map(|id| {
                    let error = convert::error(ErrorCode::MethodNotFound, "no such method");
                    Response::from_error(id, error)
                }),
                Ok(Err(ExitedError { .. })) => id.map(|id| {
                    let error = convert::error(ErrorCode::InvalidRequest, "the server has exited");
                    Response::from_error(id, error)
                }),
                Err(_panic) => {
                    tracing::error!("the handler of {method} panicked");
                    match id {
                        Some(id) => {
                            self.release(&id).await;
                            Some(Response::from_error(id, message::panicked()))
                        }
                        None => None,
                    }
                }
            };
            let succeeded = response.as_ref().is_some_and(Response::is_ok);
            if let Some(response) = response {
                self.outbox.send(&response);
            }
            succeeded
        }
        .boxed()
    }

    /// The framework keeps the id of a handler that panicked, and would refuse its next use: a cancel takes it back.
    async fn release(&self, id: &Id) {
        let cancel = Request::build("$/cancelRequest").params(json!({ "id": id }));
        // A notification: there is no answer.
        let _ = self.call(cancel.finish()).await;
    }

    fn call(&self, request: Request) -> BoxFuture<'static, Result<Option<Response>, ExitedError>> {
        let mut service = self
            .service
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner());
        service.call(request)
    }
}
