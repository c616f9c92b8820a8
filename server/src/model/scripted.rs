//! A backend that answers by a script, for tests: it records each request and plays the next answer.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures::future::BoxFuture;
use futures::{FutureExt, StreamExt, stream};

use super::{About, Backend, Chunk, End, Error, Event, Events, Request};

/// One step of an answer.
#[derive(Clone, Debug)]
pub enum Step {
    Say(&'static str),
    /// Says it with this mean log-probability of its tokens.
    SayUnsure(&'static str, f32),
    Wait(Duration),
    Fail(Error),
    /// Says nothing more and never ends.
    Hang,
}

/// Plays one script for each request, in order; with none left, the last one again.
#[derive(Clone, Default)]
pub struct Scripted {
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    scripts: VecDeque<Vec<Step>>,
    requests: Vec<Request>,
    running: usize,
}

impl Scripted {
    pub fn new(scripts: impl IntoIterator<Item = Vec<Step>>) -> Scripted {
        let scripted = Scripted::default();
        scripted.lock().scripts = scripts.into_iter().collect();
        scripted
    }

    /// Answers every request with `text`.
    pub fn saying(text: &'static str) -> Scripted {
        Scripted::new([vec![Step::Say(text)]])
    }

    pub fn push(&self, script: Vec<Step>) {
        self.lock().scripts.push_back(script);
    }

    /// Every request so far, oldest first.
    pub fn requests(&self) -> Vec<Request> {
        self.lock().requests.clone()
    }

    /// How many generations are under way: neither ended nor dropped.
    pub fn running(&self) -> usize {
        self.lock().running
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

struct Running(Scripted);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.lock().running -= 1;
    }
}

impl Backend for Scripted {
    fn generate(&self, request: Request) -> Events {
        let script = {
            let mut state = self.lock();
            state.requests.push(request);
            state.running += 1;
            match state.scripts.len() {
                0 => Vec::new(),
                1 => state.scripts[0].clone(),
                _ => state.scripts.pop_front().unwrap_or_default(),
            }
        };
        let running = Running(self.clone());
        let steps = stream::iter(script).filter_map(async |step| match step {
            Step::Say(text) => Some(Ok(Event::Chunk(Chunk {
                text: text.to_owned(),
                log_prob: None,
            }))),
            Step::SayUnsure(text, log_prob) => Some(Ok(Event::Chunk(Chunk {
                text: text.to_owned(),
                log_prob: Some((log_prob, 1)),
            }))),
            Step::Wait(time) => {
                tokio::time::sleep(time).await;
                None
            }
            Step::Fail(error) => Some(Err(error)),
            Step::Hang => std::future::pending().await,
        });
        let end = stream::once(async { Ok(Event::End(End::default())) });
        let events = steps.chain(end).scan(false, |failed, event| {
            let before = std::mem::replace(failed, *failed || event.is_err());
            std::future::ready((!before).then_some(event))
        });
        events
            .map(move |event| {
                let _ = &running;
                event
            })
            .boxed()
    }

    fn probe(&self) -> BoxFuture<'static, Result<About, Error>> {
        std::future::ready(Ok(About::default())).boxed()
    }
}
