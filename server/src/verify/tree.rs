//! A process and all that it started: what they use together, and their end.

/// What a tree of processes uses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Used {
    /// Processes and threads.
    pub tasks: usize,
    /// Memory that is not shared with files, in bytes.
    pub memory: u64,
}

/// What the process `root` and its descendants use; nothing where the system does not tell. Blocks.
#[cfg(target_os = "linux")]
pub fn used(root: u32) -> Used {
    let mut used = Used::default();
    for process in linux::descendants(root) {
        used.tasks += process.threads;
        used.memory += linux::memory(process.id);
    }
    used
}

#[cfg(not(target_os = "linux"))]
pub fn used(_root: u32) -> Used {
    Used::default()
}

/// Ends the process `root`, which leads a group of its own, and what it started.
#[cfg(target_os = "linux")]
pub fn end(root: u32) {
    // What lost its parent is the root's: the root goes last, when it has none left. A bomb grows while it is counted, so look again.
    for _ in 0..MOST_LOOKS {
        let others = linux::descendants(root);
        let mut others = others
            .iter()
            .filter(|process| process.id != root)
            .peekable();
        if others.peek().is_none() {
            break;
        }
        for process in others {
            kill(i64::from(process.id));
        }
    }
    kill(-i64::from(root));
}

/// How often what a process started is looked for.
#[cfg(target_os = "linux")]
const MOST_LOOKS: usize = 20;

#[cfg(all(unix, not(target_os = "linux")))]
pub fn end(root: u32) {
    kill(-i64::from(root));
}

#[cfg(windows)]
pub fn end(root: u32) {
    // Ends the whole tree; the parent's handle alone would leave its children.
    let id = root.to_string();
    let mut command = std::process::Command::new("taskkill");
    let command = command.args(["/T", "/F", "/PID", &id]);
    let _gone_already = command
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .status();
}

#[cfg(unix)]
fn kill(id: i64) {
    // SAFETY: `kill` takes numbers and touches no memory of this process.
    let _gone_already = unsafe { libc::kill(id as libc::pid_t, libc::SIGKILL) };
}

#[cfg(target_os = "linux")]
mod linux {
    use std::collections::{HashMap, HashSet};
    use std::fs;

    #[derive(Clone, Copy)]
    pub struct Process {
        pub id: u32,
        pub threads: usize,
    }

    /// `root` and what descends from it, by the parents that /proc tells.
    pub fn descendants(root: u32) -> Vec<Process> {
        let mut children: HashMap<u32, Vec<Process>> = HashMap::new();
        let mut found = Vec::new();
        for entry in fs::read_dir("/proc").into_iter().flatten().flatten() {
            let name = entry.file_name();
            let Some(id) = name.to_str().and_then(|name| name.parse().ok()) else {
                continue;
            };
            let Some((parent, threads)) = stat(id) else {
                continue;
            };
            let process = Process { id, threads };
            if id == root {
                found.push(process);
            }
            children.entry(parent).or_default().push(process);
        }
        let mut seen = HashSet::from([root]);
        let mut open = vec![root];
        while let Some(id) = open.pop() {
            for child in children.remove(&id).unwrap_or_default() {
                if seen.insert(child.id) {
                    found.push(child);
                    open.push(child.id);
                }
            }
        }
        found
    }

    /// The parent and the number of threads of a process.
    fn stat(id: u32) -> Option<(u32, usize)> {
        let text = fs::read(format!("/proc/{id}/stat")).ok()?;
        let text = String::from_utf8_lossy(&text);
        // The name stands in parentheses and may hold anything; state, parent and others follow.
        let mut fields = text.get(text.rfind(')')? + 1..)?.split_ascii_whitespace();
        let parent = fields.nth(1)?.parse().ok()?;
        let threads = fields.nth(15)?.parse().ok()?;
        Some((parent, threads))
    }

    pub fn memory(id: u32) -> u64 {
        let text = fs::read_to_string(format!("/proc/{id}/statm")).unwrap_or_default();
        let mut fields = text
            .split_ascii_whitespace()
            .skip(1)
            .map(|field| field.parse::<u64>().unwrap_or(0));
        let resident = fields.next().unwrap_or(0);
        let shared = fields.next().unwrap_or(0);
        // SAFETY: `sysconf` takes a number and touches no memory of this process.
        let page = unsafe { libc::sysconf(libc::_SC_PAGESIZE) };
        resident.saturating_sub(shared) * u64::try_from(page).unwrap_or(4096)
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn this_process_is_counted() {
        let used = used(std::process::id());
        assert!(used.tasks >= 1 && used.memory > 100_000, "{used:?}");
        assert_eq!(super::used(0x7fff_ffff), Used::default());
    }
}
