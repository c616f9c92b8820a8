//! Notices the end of the editor's process, so that no server is left behind.

use tokio::sync::oneshot;

/// Resolves when the process has ended.
pub type Ended = oneshot::Receiver<()>;

/// Watches a process from a thread; `None` where that is not possible (another machine's or container's process id).
pub fn watch(process: i64) -> Option<Ended> {
    let mut handle = match waitpid_any::WaitHandle::open(i32::try_from(process).ok()?) {
        Ok(handle) => handle,
        Err(error) => {
            tracing::info!("the editor's process {process} cannot be watched: {error}");
            return None;
        }
    };
    let (sender, receiver) = oneshot::channel();
    std::thread::spawn(move || match handle.wait() {
        // The receiver is gone when the server ends first.
        Ok(()) => drop(sender.send(())),
        Err(error) => tracing::warn!("the editor's process is no longer watched: {error}"),
    });
    Some(receiver)
}

/// Waits for the end of the watched process; for ever where none is watched.
pub async fn ended(watched: &mut Option<Ended>) {
    if let Some(receiver) = watched
        && receiver.await.is_ok()
    {
        return;
    }
    *watched = None;
    std::future::pending().await
}
