//! Why a model gave no answer, in terms of what the user can do about it.

use std::fmt;
use std::time::Duration;

/// A failure of a backend; its text says what failed and what to do.
#[derive(Clone, Debug, PartialEq)]
pub enum Error {
    /// No connection: which address, and why.
    Unreachable { target: String, reason: String },
    /// Which wait was too long: "connecting", "the first byte", "the next chunk".
    Timeout {
        target: String,
        waiting_for: &'static str,
        after: Duration,
    },
    /// The key is missing or refused.
    Unauthorized { target: String, message: String },
    /// The server refused; `retry_after` where it said when to come back.
    Rejected {
        target: String,
        status: u16,
        message: String,
        retry_after: Option<Duration>,
    },
    /// The prompt does not fit the model's window.
    TooLong { message: String },
    /// The answer was not what the protocol promises.
    Malformed { target: String, message: String },
    /// The answer broke off.
    Closed { target: String },
    /// The local engine cannot run: no weights, a bad file, an old processor.
    Unavailable { message: String },
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Unreachable { target, reason } => write!(
                f,
                "cannot reach {target}: {reason}. Is the server running, and the url right?"
            ),
            Error::Timeout {
                target,
                waiting_for,
                after,
            } => write!(
                f,
                "{target}: waited {:.1} s for {waiting_for}",
                after.as_secs_f32()
            ),
            Error::Unauthorized { target, message } => write!(
                f,
                "{target} refused the key: {message}. Check key_env or key_command"
            ),
            Error::Rejected {
                target,
                status,
                message,
                ..
            } => write!(f, "{target} answered {status}: {message}"),
            Error::TooLong { message } => {
                write!(f, "the prompt is too long: {message}. Lower context_tokens")
            }
            Error::Malformed { target, message } => write!(
                f,
                "{target} answered something else than its protocol says: {message}"
            ),
            Error::Closed { target } => write!(
                f,
                "{target} closed the connection before the answer was complete"
            ),
            Error::Unavailable { message } => f.write_str(message),
        }
    }
}

impl std::error::Error for Error {}
