//! Threads that work in the background.

/// Lets the thread that answers the editor go first, whenever this one is woken: what wakes it is something that the other does on
/// the way to an answer.
pub fn stand_back() {
    #[cfg(target_os = "linux")]
    // SAFETY: the function has no requirements; on Linux 0 is the calling thread. Failure changes nothing.
    unsafe {
        libc::setpriority(libc::PRIO_PROCESS, 0, 5);
    }
}
