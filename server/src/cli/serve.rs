//! `convive serve`: the language server on stdin and stdout.

use std::io::IsTerminal;
use std::process::ExitCode;
use std::sync::Arc;

use futures::FutureExt;
use tracing_subscriber::EnvFilter;

use super::Global;
use crate::config::{connect, files};
use crate::journal::Records;
use crate::lsp::{self, Assembly};

/// Serves until the editor ends it; does not come back.
///
/// # Errors
/// Where the server cannot start.
pub fn run(global: &Global) -> anyhow::Result<ExitCode> {
    log();
    if std::io::stdin().is_terminal() {
        eprintln!(
            "convive: waiting for an editor on stdin; `convive --help` shows what else there is"
        );
    }
    let explicit = global.config.clone();
    let records = Records::new(Some(files::state_dir()));
    let (for_completing, for_asking) = (records.clone(), records.clone());
    let assembly = Assembly {
        records,
        files: Box::new(move || files::read(explicit.as_deref())),
        connect: Box::new(move |config, ignored| {
            let records = for_completing.clone();
            async move { connect::settings(&config, None, &records, ignored).await }.boxed()
        }),
        connect_ask: Box::new(move |config, backend| {
            let records = for_asking.clone();
            async move { connect::ask_settings(&config, backend.as_deref(), &records).await }
                .boxed()
        }),
        trust: Arc::new(|folder| files::add_trust(&files::user_file(), folder)),
        actions: files::user_actions(),
        answers: files::answers(),
    };
    match lsp::serve_stdio(assembly)? {}
}

/// Warnings go to stderr; `CONVIVE_LOG` asks for more, e.g. `info` or `convive=debug`. Stdout belongs to the protocol.
fn log() {
    let filter = EnvFilter::try_from_env("CONVIVE_LOG").unwrap_or_else(|_| EnvFilter::new("warn"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .init();
}
