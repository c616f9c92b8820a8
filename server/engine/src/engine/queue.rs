//! Who asked and has no place yet, and what he was told of the loading.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use crate::serve::{Job, Jobs};
use crate::wire::{ErrorKind, Reply};

/// An engine that cannot run answers everybody who asks within this time, and ends.
const REFUSING: Duration = Duration::from_secs(2);

/// The jobs that wait for a place, and what they were told of the loading.
pub struct Queue {
    pub jobs: Jobs,
    pub waiting: VecDeque<Job>,
    told: Option<(String, u32)>,
}

impl Queue {
    pub fn new(jobs: Jobs) -> Queue {
        Queue {
            jobs,
            waiting: VecDeque::new(),
            told: None,
        }
    }

    pub fn fetch(&mut self) {
        while let Some(job) = self.jobs.poll() {
            self.waiting.push_back(job);
        }
        self.waiting.retain(|job| !job.is_cancelled());
    }

    /// Tells everybody who waits what goes on, in steps of a twentieth.
    pub fn announce(&mut self, what: &str, share: Option<f32>) {
        let before = self.waiting.len();
        self.fetch();
        let step = (
            what.to_owned(),
            share.map_or(0, |share| (share * 20.0) as u32),
        );
        let news = self.told.as_ref() != Some(&step);
        if !news && self.waiting.len() <= before {
            return;
        }
        for job in &self.waiting {
            job.reply(Reply::Progress {
                what: what.to_owned(),
                fraction: share,
            });
        }
        self.told = Some(step);
    }

    /// Tells those who heard of the loading that it is over.
    pub fn end_announcements(&mut self) {
        if self.told.take().is_some() {
            for job in &self.waiting {
                job.reply(Reply::Loaded);
            }
        }
    }

    pub fn refuse(mut self, message: &str) {
        eprintln!("convive engine: {message}");
        self.fetch();
        let until = Instant::now() + REFUSING;
        loop {
            for job in self.waiting.drain(..) {
                job.reply(Reply::Error {
                    kind: ErrorKind::Unavailable,
                    message: message.to_owned(),
                });
            }
            let left = until.saturating_duration_since(Instant::now());
            match self.jobs.wait_for(left) {
                Some(job) => self.waiting.push_back(job),
                None => return,
            }
        }
    }
}
