//! What the new process does between fork and exec: system calls only.

use std::ffi::CString;
use std::io;

use super::super::super::allowance::Allowance;

pub const NETWORK: u8 = 1;
pub const WRITES: u8 = 2;
pub const PROCESSES: u8 = 4;

/// All that the new process needs, made before it.
pub struct Child {
    parent: libc::pid_t,
    users: CString,
    groups: CString,
    memory: u64,
    file: u64,
    tasks: Option<u64>,
}

impl Child {
    pub fn new(allowance: &Allowance, counts_tasks: bool) -> Child {
        // SAFETY: these take nothing and cannot fail.
        let (parent, user, group) = unsafe { (libc::getpid(), libc::getuid(), libc::getgid()) };
        let line = |id: u32| CString::new(format!("{id} {id} 1")).unwrap_or_default();
        Child {
            parent,
            users: line(user),
            groups: line(group),
            memory: allowance.memory,
            file: allowance.file,
            // Above what is counted from outside: that ends it, this only bounds what happens until then.
            tasks: counts_tasks.then_some(allowance.tasks as u64 * 5 / 4 + 16),
        }
    }

    /// A session of its own, namespaces, limits. Gives what is kept from it.
    ///
    /// # Safety
    /// Only between fork and exec.
    pub unsafe fn enclose(&self) -> io::Result<u8> {
        // SAFETY: system calls with numbers, and with strings that live as long as `self`.
        unsafe {
            libc::setsid();
            let mut kept = 0;
            let spaces = libc::CLONE_NEWUSER | libc::CLONE_NEWNET | libc::CLONE_NEWIPC;
            if libc::unshare(spaces | libc::CLONE_NEWPID) == 0 {
                kept |= NETWORK | PROCESSES;
            } else if libc::unshare(spaces) == 0 {
                kept |= NETWORK;
            }
            if kept != 0 {
                write(c"/proc/self/setgroups", c"deny");
                write(c"/proc/self/uid_map", &self.users);
                write(c"/proc/self/gid_map", &self.groups);
                loopback();
                if let Some(tasks) = self.tasks {
                    limit(libc::RLIMIT_NPROC, tasks);
                }
            }
            limit(libc::RLIMIT_DATA, self.memory);
            limit(libc::RLIMIT_FSIZE, self.file);
            limit(libc::RLIMIT_CORE, 0);
            self.die_with(self.parent)?;
            Ok(kept)
        }
    }

    /// Tells what is kept, and leaves a process behind that stands between the server and the program: the program's parent, and
    /// that of all that loses its own.
    ///
    /// # Safety
    /// Only between fork and exec.
    pub unsafe fn tell_and_settle(&self, kept: u8, pipe: libc::c_int) -> io::Result<()> {
        // SAFETY: system calls with numbers; the buffer is one byte.
        unsafe {
            libc::write(pipe, (&raw const kept).cast(), 1);
            libc::prctl(libc::PR_SET_CHILD_SUBREAPER, 1);
            // From within another namespace, the parent's id reads as 0.
            let parent = match kept & PROCESSES {
                0 => libc::getpid(),
                _ => 0,
            };
            match libc::fork() {
                -1 => Err(io::Error::last_os_error()),
                0 => self.die_with(parent),
                first => wait_for(first),
            }
        }
    }

    /// Ends this process when its parent ends.
    unsafe fn die_with(&self, parent: libc::pid_t) -> io::Result<()> {
        // SAFETY: system calls with numbers.
        unsafe {
            libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL);
            if libc::getppid() != parent {
                return Err(io::Error::from_raw_os_error(libc::ESRCH));
            }
        }
        Ok(())
    }
}

/// Holds nothing open, ends as the program does, and leaves nothing of it behind.
unsafe fn wait_for(first: libc::pid_t) -> ! {
    // SAFETY: system calls with numbers and one local integer.
    unsafe {
        if libc::syscall(libc::SYS_close_range, 0, u32::MAX, 0) != 0 {
            for open in 0..1024 {
                libc::close(open);
            }
        }
        let mut status = None;
        loop {
            let mut ended = 0;
            match libc::waitpid(-1, &mut ended, 0) {
                -1 if *libc::__errno_location() == libc::EINTR => continue,
                -1 => break,
                id if id == first => status = Some(ended),
                _ => {}
            }
            // Each one that ends may leave others to this process.
            if status.is_some() && !end_children() {
                break;
            }
        }
        let status = status.unwrap_or(127 << 8);
        libc::_exit(match libc::WIFSIGNALED(status) {
            true => 128 + libc::WTERMSIG(status),
            false => libc::WEXITSTATUS(status),
        })
    }
}

/// Ends the children of this process; false where the system does not tell which those are.
unsafe fn end_children() -> bool {
    // SAFETY: system calls with numbers, and a buffer on this stack.
    unsafe {
        let path = c"/proc/thread-self/children";
        let list = libc::open(path.as_ptr(), libc::O_RDONLY | libc::O_CLOEXEC);
        if list < 0 {
            return false;
        }
        let mut buffer = [0u8; 4096];
        let count = libc::read(list, buffer.as_mut_ptr().cast(), buffer.len());
        libc::close(list);
        let mut id: libc::pid_t = 0;
        for byte in buffer.iter().take(usize::try_from(count).unwrap_or(0)) {
            match byte {
                b'0'..=b'9' => id = id.wrapping_mul(10).wrapping_add((byte - b'0').into()),
                _ if id > 1 => {
                    libc::kill(id, libc::SIGKILL);
                    id = 0;
                }
                _ => id = 0,
            }
        }
        true
    }
}

unsafe fn write(path: &std::ffi::CStr, text: &std::ffi::CStr) {
    // SAFETY: both strings end with a zero byte.
    unsafe {
        let file = libc::open(path.as_ptr(), libc::O_WRONLY | libc::O_CLOEXEC);
        if file >= 0 {
            libc::write(file, text.as_ptr().cast(), text.count_bytes());
            libc::close(file);
        }
    }
}

unsafe fn limit(what: libc::__rlimit_resource_t, most: u64) {
    // SAFETY: the structures live on this stack.
    unsafe {
        let mut old = std::mem::zeroed::<libc::rlimit>();
        libc::getrlimit(what, &mut old);
        let most = most.min(old.rlim_max);
        let new = libc::rlimit {
            rlim_cur: most,
            rlim_max: most,
        };
        libc::setrlimit(what, &new);
    }
}

/// Switches on the namespace's own loopback.
unsafe fn loopback() {
    // SAFETY: the structure lives on this stack and is what the call takes.
    unsafe {
        let socket = libc::socket(libc::AF_INET, libc::SOCK_DGRAM | libc::SOCK_CLOEXEC, 0);
        if socket < 0 {
            return;
        }
        let mut request = std::mem::zeroed::<libc::ifreq>();
        request.ifr_name[0] = b'l' as libc::c_char;
        request.ifr_name[1] = b'o' as libc::c_char;
        request.ifr_ifru.ifru_flags = libc::IFF_UP as libc::c_short;
        libc::ioctl(socket, libc::SIOCSIFFLAGS as _, &request);
        libc::close(socket);
    }
}
