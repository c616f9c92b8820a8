//! Pauses that a server asks for: while one lasts, requests are refused here and do not reach the server; pure.

use std::time::{Duration, Instant, SystemTime};

use reqwest::header::HeaderMap;

use crate::model::Error;

/// No pause is longer, whatever the server says: a wrong clock must not end completions for a day.
const LONGEST: Duration = Duration::from_secs(600);

/// The pause after a refusal that names no time.
const USUAL: Duration = Duration::from_secs(1);

/// What the server refused last, and until when.
#[derive(Debug, Default)]
pub struct Pause(Option<(Error, Instant)>);

impl Pause {
    /// Begins a pause where the refusal asks for one: with `Retry-After`, or by 429, 503 and 529.
    pub fn note(&mut self, error: &Error, now: Instant) {
        if let Error::Rejected {
            status,
            retry_after,
            ..
        } = error
        {
            let usual = matches!(status, 429 | 503 | 529).then_some(USUAL);
            let wait = retry_after.or(usual);
            self.0 = wait.map(|wait| (error.clone(), now + wait.min(LONGEST)));
        }
    }

    pub fn end(&mut self) {
        self.0 = None;
    }

    /// The refusal to repeat while the pause lasts, with the time that is left.
    pub fn refuses(&self, now: Instant) -> Option<Error> {
        let (error, until) = self.0.as_ref()?;
        let left = until
            .checked_duration_since(now)
            .filter(|left| !left.is_zero())?;
        let mut error = error.clone();
        if let Error::Rejected { retry_after, .. } = &mut error {
            *retry_after = Some(left);
        }
        Some(error)
    }
}

/// How long the server asks to wait: `retry-after-ms`, or `retry-after` in seconds or as a date.
pub fn asked_for(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let text = |name: &str| headers.get(name)?.to_str().ok().map(str::trim);
    if let Some(milliseconds) = text("retry-after-ms").and_then(|text| text.parse::<f64>().ok()) {
        return Duration::try_from_secs_f64(milliseconds / 1000.0).ok();
    }
    let value = text("retry-after")?;
    if let Ok(seconds) = value.parse::<f64>() {
        return Duration::try_from_secs_f64(seconds).ok();
    }
    let then = date(value)?;
    let now = now.duration_since(SystemTime::UNIX_EPOCH).ok()?;
    Some(then.saturating_sub(now))
}

/// The time since 1970 of a date like `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110, IMF-fixdate).
fn date(text: &str) -> Option<Duration> {
    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let mut words = text.strip_suffix(" GMT")?.split(' ').skip(1);
    let day: u64 = words.next()?.parse().ok()?;
    let name = words.next()?;
    let month = MONTHS.iter().position(|month| *month == name)? as u64 + 1;
    let year: u64 = words.next()?.parse().ok()?;
    let clock = words.next()?;
    if !(1970..10_000).contains(&year) || !(1..=31).contains(&day) {
        return None;
    }
    let seconds = clock.split(':').try_fold(0, |sum, part| {
        Some(sum * 60 + part.parse::<u64>().ok().filter(|part| *part < 61)?)
    })?;
    // Days since 1970, counted in years that begin in March.
    let (y, m) = match month {
        1 | 2 => (year - 1, month + 9),
        _ => (year, month - 3),
    };
    let days = y * 365 + y / 4 - y / 100 + y / 400 + (m * 153 + 2) / 5 + day - 1 - 719_468;
    Some(Duration::from_secs(days * 86_400 + seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rejected(status: u16, retry_after: Option<u64>) -> Error {
        Error::Rejected {
            target: "t".to_owned(),
            status,
            message: "m".to_owned(),
            retry_after: retry_after.map(Duration::from_secs),
        }
    }

    /// Whether a request `after` milliseconds behind the refusal is refused here.
    fn refused(error: Error, after: u64) -> bool {
        let now = Instant::now();
        let mut pause = Pause::default();
        pause.note(&error, now);
        pause.refuses(now + Duration::from_millis(after)).is_some()
    }

    #[test]
    fn a_pause_lasts_as_long_as_asked_and_no_longer() {
        assert!(refused(rejected(429, Some(3)), 2_999));
        assert!(!refused(rejected(429, Some(3)), 3_000));
        assert!(refused(rejected(500, Some(3)), 2_999));
    }

    #[test]
    fn a_busy_server_that_names_no_time_gets_a_second() {
        assert!(refused(rejected(429, None), 999));
        assert!(refused(rejected(503, None), 999));
        assert!(!refused(rejected(503, None), 1_000));
        assert!(!refused(rejected(400, None), 0));
    }

    #[test]
    fn an_absurd_time_is_cut() {
        assert!(!refused(rejected(429, Some(u64::MAX / 2)), 600_000));
    }

    #[test]
    fn the_time_left_is_told() {
        let now = Instant::now();
        let mut pause = Pause::default();
        pause.note(&rejected(429, Some(10)), now);
        let left = pause.refuses(now + Duration::from_secs(4));
        assert_eq!(left, Some(rejected(429, Some(6))));
        pause.end();
        assert_eq!(pause.refuses(now), None);
    }

    #[test]
    fn the_wait_is_read_from_all_three_forms() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777);
        let wait = |name: &'static str, value: &str| {
            let value = value.parse().expect("a header");
            asked_for(
                &HeaderMap::from_iter([(name.parse().expect("a name"), value)]),
                now,
            )
        };
        let seconds = |seconds| Some(Duration::from_secs(seconds));
        assert_eq!(wait("retry-after", "7"), seconds(7));
        assert_eq!(
            wait("retry-after-ms", "1500"),
            Some(Duration::from_millis(1500))
        );
        assert_eq!(
            wait("retry-after", "Sun, 06 Nov 1994 08:49:47 GMT"),
            seconds(10)
        );
        assert_eq!(
            wait("retry-after", "Sun, 06 Nov 1994 08:49:07 GMT"),
            seconds(0)
        );
        for nonsense in ["soon", "-5", "Sun, 06 Nox 1994 08:49:47 GMT", ""] {
            assert_eq!(wait("retry-after", nonsense), None, "{nonsense}");
        }
    }

    #[test]
    fn dates_are_right_over_leap_years() {
        let days = |text: &str| date(text).map(|time| time.as_secs() / 86_400);
        assert_eq!(days("Thu, 01 Jan 1970 00:00:00 GMT"), Some(0));
        assert_eq!(days("Thu, 29 Feb 2024 00:00:00 GMT"), Some(19_782));
        assert_eq!(days("Fri, 01 Mar 2024 00:00:00 GMT"), Some(19_783));
        assert_eq!(days("Tue, 31 Dec 2030 23:59:59 GMT"), Some(22_279));
    }
}
