//! The language server: the only folder that knows the protocol. It converts in, calls, and converts out.

mod asking;
mod capabilities;
mod completing;
mod convert;
pub mod ext;
mod folders;
mod handlers;
mod noting;
mod options;
mod progress;
mod serve;
mod server;
mod status;
mod stdio;
mod taking;
mod work;

pub use options::{Assembly, Connect, ConnectAsk, ReadFiles, WriteTrust};

use tokio::io::{AsyncRead, AsyncWrite};

/// Serves one client until it is done. Gives the exit code of the process: 0 after `shutdown` and `exit`, else 1.
pub async fn serve(
    input: impl AsyncRead + Unpin,
    output: impl AsyncWrite + Unpin,
    assembly: Assembly,
) -> i32 {
    let (outbox, outgoing) = serve::outbox();
    let work = work::Work::new(outbox.clone());
    // Nothing of it outlives the connection.
    let _until_here = work.until_dropped();
    let service = server::service(assembly, outbox.clone(), work.clone());
    serve::serve(input, output, service, (outbox, outgoing)).await
}

/// Serves on standard input and output, and ends the process.
///
/// One thread runs all handlers, so that between two waits of one nothing else happens; parsing and reading files have threads
/// of their own, decoding a process.
pub fn serve_stdio(assembly: Assembly) -> std::io::Result<std::convert::Infallible> {
    crate::document::memory::keep();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let records = assembly.records.clone();
    let code = runtime.block_on(async { serve(stdio::input(), stdio::output(), assembly).await });
    // What still runs is dropped, and so noted.
    runtime.shutdown_background();
    records.flush();
    // A thread may still be reading standard input; only this ends it.
    std::process::exit(code)
}
