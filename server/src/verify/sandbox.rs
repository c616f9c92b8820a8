//! Encloses a program before it starts: what it may write, no network, limits that the system itself keeps.
//!
//! What a system cannot forbid is told by [`Guards`], so that the user can be told.

#[cfg(target_os = "linux")]
mod linux;

#[cfg(target_os = "linux")]
pub use linux::{can_forbid_writes, enclose};

#[cfg(not(target_os = "linux"))]
pub use elsewhere::{can_forbid_writes, enclose};

/// What the system keeps a program from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Guards {
    /// It reaches no network but its own loopback.
    pub network: bool,
    /// It writes only where it may.
    pub writes: bool,
    /// Nothing that it started outlives it.
    pub processes: bool,
}

impl Guards {
    /// What was not forbidden, in words for the user; None where all was.
    pub fn missing(self) -> Option<&'static str> {
        match (self.network, self.writes) {
            (true, true) => None,
            (true, false) => Some("this system does not forbid it to write outside of its folder"),
            (false, true) => Some("this system does not keep it off the network"),
            (false, false) => {
                Some("this system forbids it neither the network nor writes outside of its folder")
            }
        }
    }
}

#[cfg(not(target_os = "linux"))]
mod elsewhere {
    use std::io;
    use std::path::PathBuf;
    use std::process::Command;

    use super::super::allowance::Allowance;
    use super::Guards;

    pub struct Pending;

    impl Pending {
        pub fn guards(self) -> Guards {
            Guards::default()
        }
    }

    pub fn can_forbid_writes() -> bool {
        false
    }

    pub fn enclose(
        command: &mut Command,
        _writable: &[PathBuf],
        _allowance: &Allowance,
    ) -> io::Result<Pending> {
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(command, 0);
        let _ = command;
        Ok(Pending)
    }
}
