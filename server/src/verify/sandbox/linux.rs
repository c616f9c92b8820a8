//! Linux: Landlock for writes, namespaces of users, network and processes, resource limits.
//!
//! All is prepared here; between fork and exec only system calls are made, no memory is allocated.

mod child;

use std::io;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use landlock::{
    ABI, Access, AccessFs, CompatLevel, Compatible, PathBeneath, PathFd, Ruleset, RulesetAttr,
    RulesetCreated, RulesetCreatedAttr, Scope,
};

use super::super::allowance::Allowance;
use super::Guards;
use child::{Child, NETWORK, PROCESSES, WRITES};

/// Devices that are no way out.
const DEVICES: [&str; 4] = ["/dev/null", "/dev/zero", "/dev/full", "/dev/tty"];

/// The newest rules that are asked for; an older system keeps those that it knows.
const RULES: ABI = ABI::V6;

/// Tells, after the start, what was forbidden.
pub struct Pending {
    read: OwnedFd,
    write: OwnedFd,
}

impl Pending {
    /// Call it once the program has started; before that it would wait.
    pub fn guards(self) -> Guards {
        drop(self.write);
        let mut told = 0u8;
        // SAFETY: the pipe is open and the buffer one byte.
        let count = unsafe { libc::read(self.read.as_raw_fd(), (&raw mut told).cast(), 1) };
        let told = if count == 1 { told } else { 0 };
        Guards {
            network: told & NETWORK != 0,
            writes: told & WRITES != 0,
            processes: told & PROCESSES != 0,
        }
    }
}

/// Whether this system can forbid writes.
pub fn can_forbid_writes() -> bool {
    static CAN: OnceLock<bool> = OnceLock::new();
    *CAN.get_or_init(|| {
        Ruleset::default()
            .set_compatibility(CompatLevel::HardRequirement)
            .handle_access(AccessFs::from_write(ABI::V1))
            .and_then(Ruleset::create)
            .is_ok()
    })
}

/// Makes the command start enclosed: a session of its own, writes below `writable` only, no network, the limits of `allowance`.
///
/// # Errors
/// Where there are no more file descriptors.
pub fn enclose(
    command: &mut Command,
    writable: &[PathBuf],
    allowance: &Allowance,
) -> io::Result<Pending> {
    let (read, write) = pipe()?;
    let told = write.as_raw_fd();
    let mut rules = rules(writable);
    let child = Child::new(allowance, counts_tasks_by_namespace());
    let enclose = move || {
        // SAFETY: this runs once, in the new process, which has this one thread.
        let mut kept = unsafe { child.enclose() }?;
        if let Some(rules) = rules.take()
            && rules.restrict_self().is_ok()
        {
            kept |= WRITES;
        }
        // SAFETY: as above; the pipe is open in the new process until exec.
        unsafe { child.tell_and_settle(kept, told) }
    };
    // SAFETY: the closure makes system calls only (see the module's note).
    unsafe { command.pre_exec(enclose) };
    Ok(Pending { read, write })
}

fn pipe() -> io::Result<(OwnedFd, OwnedFd)> {
    let mut ends = [0; 2];
    // SAFETY: the array has room for both.
    if unsafe { libc::pipe2(ends.as_mut_ptr(), libc::O_CLOEXEC) } != 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: both were just made, and nobody else has them.
    Ok(unsafe { (OwnedFd::from_raw_fd(ends[0]), OwnedFd::from_raw_fd(ends[1])) })
}

/// Rules that leave reading alone and forbid writing except below `writable`; None where the system has no such rules.
fn rules(writable: &[PathBuf]) -> Option<RulesetCreated> {
    if !can_forbid_writes() {
        return None;
    }
    let all = AccessFs::from_write(RULES);
    let ruleset = Ruleset::default()
        .handle_access(all)
        .and_then(|rules| rules.scope(Scope::from_all(RULES)))
        .and_then(Ruleset::create);
    let mut ruleset = ruleset.ok()?;
    let file = AccessFs::from_file(RULES) & all;
    let folders = writable.iter().map(|path| (path.as_path(), all));
    let devices = DEVICES.iter().map(|path| (Path::new(*path), file));
    for (path, access) in folders.chain(devices) {
        // What is not there cannot be written to.
        let Ok(opened) = PathFd::new(path) else {
            continue;
        };
        let access = if path.is_dir() { access } else { file };
        ruleset = ruleset.add_rule(PathBeneath::new(opened, access)).ok()?;
    }
    Some(ruleset)
}

/// Whether a limit of tasks counts those of a namespace alone, as from Linux 5.14 on; before, it counted all of the user's.
fn counts_tasks_by_namespace() -> bool {
    let release = std::fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let mut numbers = release
        .split('.')
        .map(|number| number.parse::<u32>().unwrap_or(0));
    let version = (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0));
    version >= (5, 14)
}
