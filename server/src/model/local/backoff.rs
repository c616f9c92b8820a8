//! How long to wait before an engine that keeps failing is started again; pure.

use std::time::{Duration, Instant};

use crate::model::Error;

const LONGEST: Duration = Duration::from_secs(60);

/// The failures since the last good answer.
#[derive(Debug, Default)]
pub struct Backoff {
    failures: u32,
    last: Option<(Error, Instant)>,
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
