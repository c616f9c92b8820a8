//! How much freed memory the process keeps: enough for the next request, and nothing of closed documents.

/// What is freed at the end of the heap is kept up to so many bytes: the next request needs as much again, and each page that the
/// system has to give anew costs as long as some microseconds of work.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
const KEPT: i32 = 16 << 20;

/// The heap grows by at least so many bytes: each growth stops all threads for a moment.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
const GROWTH: i32 = 1 << 20;

/// Larger pieces are the system's, and go back to it at once.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
const LARGE: i32 = 4 << 20;

/// Has the GNU allocator keep what a request frees for the next one. For a process that serves an editor, at its start.
pub fn keep() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    for (option, bytes) in [
        (libc::M_TRIM_THRESHOLD, KEPT),
        (libc::M_TOP_PAD, GROWTH),
        (libc::M_MMAP_THRESHOLD, LARGE),
    ] {
        // SAFETY: the function is thread-safe and takes any values; one that it refuses changes nothing.
        unsafe {
            libc::mallopt(option, bytes);
        }
    }
}

/// Gives all that is free back. The GNU allocator keeps what was freed between what is still used: measured, all of the trees of
/// 500 closed documents.
pub(super) fn give_back() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    // SAFETY: the function is thread-safe and has no requirements.
    unsafe {
        libc::malloc_trim(0);
    }
}
