//! How long to wait before an engine that keeps failing is started again; pure.

use std::time::{Duration, Instant};

use crate::model::Error;

const LONGEST: Duration = Duration::from_secs(60);

/// Connections that break within this time of a failure broke by the same crash.
const SAME_CRASH: Duration = Duration::from_millis(200);

/// The failures since the last good answer.
#[derive(Debug, Default)]
pub struct Backoff {
    failures: u32,
    /// The last one, and until when it is the answer.
    last: Option<(Error, Instant)>,
    noted: Option<Instant>,
}

impl Backoff {
    /// Notes a failure. After the first one nothing waits; then 1 s, 2 s, 4 s… up to a minute.
    pub fn failed(&mut self, error: Error, now: Instant) {
        let wait = match self.failures {
            0 => Duration::ZERO,
            n => Duration::from_secs(1 << (n - 1).min(6)).min(LONGEST),
        };
        self.failures += 1;
        self.last = Some((error, now + wait));
        self.noted = Some(now);
    }

    /// Notes that a connection broke. One crash breaks all of them, and counts once.
    pub fn broke(&mut self, error: Error, now: Instant) {
        let same = self
            .noted
            .is_some_and(|noted| now.saturating_duration_since(noted) < SAME_CRASH);
        if !same {
            self.failed(error, now);
        }
    }

    /// The failure to answer with instead of another try.
    pub fn refuses(&self, now: Instant) -> Option<Error> {
        let (error, until) = self.last.as_ref()?;
        (now < *until).then(|| error.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crash_that_breaks_several_connections_counts_once() {
        let start = Instant::now();
        let mut backoff = Backoff::default();
        let closed = || Error::Closed {
            target: String::new(),
        };
        backoff.broke(closed(), start);
        backoff.broke(closed(), start + Duration::from_millis(3));
        assert_eq!(backoff.refuses(start + Duration::from_millis(4)), None);
        let later = start + Duration::from_secs(1);
        backoff.broke(closed(), later);
        assert!(
            backoff
                .refuses(later + Duration::from_millis(500))
                .is_some()
        );
    }

    #[test]
    fn waits_grow_to_a_minute() {
        let start = Instant::now();
        let mut backoff = Backoff::default();
        let waits: Vec<u64> = (0..10)
            .map(|_| {
                let target = String::new();
                backoff.failed(Error::Closed { target }, start);
                let refused = |after: &u64| {
                    backoff
                        .refuses(start + Duration::from_secs(*after))
                        .is_some()
                };
                (0..100).take_while(refused).count() as u64
            })
            .collect();
        assert_eq!(waits, [0, 1, 2, 4, 8, 16, 32, 60, 60, 60]);
    }
}
