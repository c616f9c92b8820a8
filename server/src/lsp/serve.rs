//! The loop that reads messages, runs handlers and writes answers; the framework's own ends at the first bad byte and at a panic.
//!
//! Each handler is polled once, in message order, and then runs as its own task: what it does before its first wait happens in
//! the order of the messages. Every request gets exactly one answer.

mod frame;
mod ids;
mod message;
mod outbox;
mod parent;

pub use outbox::{Outbox, Outgoing, outbox};

use std::borrow::Cow;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex};
use std::task::Poll;
use std::time::Duration;

use futures::future::BoxFuture;
use futures::{FutureExt, Sink, SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::task::JoinSet;
use tower::Service;
use tower_lsp::jsonrpc::{ErrorCode, Id, Request, RequestBuilder, Response};
use tower_lsp::{ClientSocket, ExitedError, LanguageServer, LspService};

use crate::lsp::convert;
use frame::{Frame, Reader};
use ids::Ids;
use message::{Message, NotJson};

/// The longest body that is read (bytes); a longer one is read over and answered with an error.
const BODY_LIMIT: u64 = 256 << 20;
/// How long the end waits for handlers that were cancelled, and for a client that does not read.
const PATIENCE: Duration = Duration::from_secs(1);
const CANCEL: &str = "$/cancelRequest";

type Method = Cow<'static, str>;

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
            ids: Ids::default(),
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
    ids: Ids,
}

impl<S> Clone for Caller<S> {
    fn clone(&self) -> Caller<S> {
        Caller {
            service: self.service.clone(),
            outbox: self.outbox.clone(),
            ids: self.ids.clone(),
        }
    }
}

impl<S: LanguageServer> Caller<S> {
    fn run(self, request: Request) -> BoxFuture<'static, bool> {
        let (method, id, params) = request.into_parts();
        match id {
            Some(id) => self.request(id, method, params),
            None => {
                let params = match &*method {
                    CANCEL => self.translate(params),
                    _ => params,
                };
                self.notification(method, params)
            }
        }
    }

    /// Serves a request under an id of ours, and answers under the client's.
    fn request(self, id: Id, method: Method, params: Option<Value>) -> BoxFuture<'static, bool> {
        let refuse = |code, why| convert::error(code, why);
        let Some(ours) = self.ids.take(&id) else {
            let error = refuse(ErrorCode::InvalidRequest, "the id is in use");
            self.outbox.send(&Response::from_error(id, error));
            return std::future::ready(false).boxed();
        };
        let request = build(method.clone(), params).id(ours).finish();
        let handler = AssertUnwindSafe(self.call(request)).catch_unwind();
        async move {
            let result = match handler.await {
                Ok(Ok(Some(response))) => response.into_parts().1,
                // The framework leaves requests unanswered whose unknown method starts with `$/`.
                Ok(Ok(None)) => Err(refuse(ErrorCode::MethodNotFound, "no such method")),
                Ok(Err(ExitedError { .. })) => {
                    Err(refuse(ErrorCode::InvalidRequest, "the server has exited"))
                }
                Err(_panic) => {
                    tracing::error!("the handler of {method} panicked");
                    Err(message::panicked())
                }
            };
            let succeeded = result.is_ok();
            self.ids.free(&id);
            self.outbox.send(&Response::from_parts(id, result));
            succeeded
        }
        .boxed()
    }

    fn notification(self, method: Method, params: Option<Value>) -> BoxFuture<'static, bool> {
        let request = build(method.clone(), params).finish();
        let handler = AssertUnwindSafe(self.call(request)).catch_unwind();
        async move {
            if handler.await.is_err() {
                tracing::error!("the handler of {method} panicked");
            }
            false
        }
        .boxed()
    }

    /// The parameters of a cancel, with our id; nothing where no such request is being served.
    fn translate(&self, params: Option<Value>) -> Option<Value> {
        let id = message::id_of(&params?)??;
        let ours = self.ids.find(&id)?;
        Some(json!({ "id": ours }))
    }

    fn call(&self, request: Request) -> BoxFuture<'static, Result<Option<Response>, ExitedError>> {
        let mut service = self
            .service
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner());
        service.call(request)
    }
}

fn build(method: Method, params: Option<Value>) -> RequestBuilder {
    let request = Request::build(method);
    match params {
        Some(params) => request.params(params),
        None => request,
    }
}
