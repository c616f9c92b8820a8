//! The one place that writes to stdout; a reader that has gone is a quiet end.

use std::fmt;
use std::io::{ErrorKind, IsTerminal, Write};

/// The reader of our output has closed it.
#[derive(Debug)]
pub struct Closed;

impl fmt::Display for Closed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the output was closed")
    }
}

impl std::error::Error for Closed {}

/// Writes and flushes.
///
/// # Errors
/// [`Closed`] where nobody reads any more; else what writing failed with.
pub fn print(text: &str) -> anyhow::Result<()> {
    let mut stdout = std::io::stdout().lock();
    let written = stdout
        .write_all(text.as_bytes())
        .and_then(|()| stdout.flush());
    written.map_err(|error| match error.kind() {
        ErrorKind::BrokenPipe => Closed.into(),
        _ => anyhow::Error::new(error).context("cannot write to stdout"),
    })
}

/// Whether stdout is a terminal, so that text may appear bit by bit.
pub fn is_terminal() -> bool {
    std::io::stdout().is_terminal()
}

/// The escapes of a terminal, or nothing where no colours are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    colors: bool,
}

impl Style {
    /// Colours on a terminal, unless `--no-color` or the environment's `NO_COLOR` says no (<https://no-color.org>); elsewhere
    /// only where `CLICOLOR_FORCE` asks for them (<https://bixense.com/clicolors>).
    pub fn new(no_color: bool) -> Style {
        let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        let wanted = set("CLICOLOR_FORCE") || (is_terminal() && !dumb);
        Style {
            colors: wanted && !no_color && !set("NO_COLOR"),
        }
    }

    /// No colours.
    pub fn plain() -> Style {
        Style { colors: false }
    }

    /// Whether colours are printed.
    pub fn colors(self) -> bool {
        self.colors
    }

    /// Something less important.
    pub fn dim(self, text: &str) -> String {
        self.paint("2", text)
    }

    pub fn bold(self, text: &str) -> String {
        self.paint("1", text)
    }

    /// What the model wrote.
    pub fn ghost(self, text: &str) -> String {
        self.paint("1;36", text)
    }

    pub fn good(self, text: &str) -> String {
        self.paint("32", text)
    }

    pub fn warn(self, text: &str) -> String {
        self.paint("33", text)
    }

    fn paint(self, code: &str, text: &str) -> String {
        if self.colors && !text.is_empty() {
            format!("\x1b[{code}m{text}\x1b[0m")
        } else {
            text.to_owned()
        }
    }
}
