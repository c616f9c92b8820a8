//! Whether weights are copied into huge pages of memory instead of mapped from their file: there a token costs a fifth less,
//! since the processor looks up fewer addresses.

/// Set for the engine's process: glibc then asks for huge pages for what is large. It reads this only at the start.
pub const VARIABLE: &str = "GLIBC_TUNABLES";
const HUGE: &str = "glibc.malloc.hugetlb=1";

/// The value for [`VARIABLE`], behind the one that is set already.
pub fn tunables(set: Option<&str>) -> String {
    match set {
        Some(set) if !set.is_empty() => format!("{set}:{HUGE}"),
        _ => HUGE.to_owned(),
    }
}

/// Whether this process gets huge pages, and has room for so many bytes in them.
pub fn are_for(bytes: u64) -> bool {
    let read = |path| std::fs::read_to_string(path).unwrap_or_default();
    knows_huge_pages(&c_library())
        && decide(
            &std::env::var(VARIABLE).unwrap_or_default(),
            &read("/sys/kernel/mm/transparent_hugepage/enabled"),
            &read("/proc/meminfo"),
            bytes,
        )
}

/// A copy cannot be given back when memory gets scarce, as a mapped file can: it may take a quarter of what is free.
fn decide(tunables: &str, kernel: &str, memory: &str, bytes: u64) -> bool {
    let asked = tunables.split(':').any(|tunable| tunable == HUGE);
    let granted = kernel.contains("[madvise]") || kernel.contains("[always]");
    let available = memory
        .lines()
        .find_map(|line| line.strip_prefix("MemAvailable:"))
        .and_then(|rest| rest.trim().strip_suffix(" kB"))
        .and_then(|number| number.parse::<u64>().ok());
    asked && granted && available.is_some_and(|kilobytes| bytes / 1024 <= kilobytes / 4)
}

/// Since version 2.35.
fn knows_huge_pages(glibc: &str) -> bool {
    let mut parts = glibc.split('.').map(|part| part.parse::<u32>());
    matches!(
        (parts.next(), parts.next()),
        (Some(Ok(major)), Some(Ok(minor))) if (major, minor) >= (2, 35)
    )
}

/// The version of glibc; empty where the system has another library.
fn c_library() -> String {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    {
        unsafe extern "C" {
            safe fn gnu_get_libc_version() -> *const std::ffi::c_char;
        }
        // SAFETY: the library gives a text of its own that ends with 0 and lives for ever.
        let version = unsafe { std::ffi::CStr::from_ptr(gnu_get_libc_version()) };
        version.to_string_lossy().into_owned()
    }
    #[cfg(not(all(target_os = "linux", target_env = "gnu")))]
    String::new()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_tunables_stay() {
        for set in [None, Some(""), Some("glibc.malloc.check=1")] {
            let value = tunables(set);
            assert!(
                decide(&value, "[always]", "MemAvailable: 8 kB", 0),
                "{value}"
            );
            assert!(value.starts_with(set.unwrap_or_default()));
        }
    }

    #[test]
    fn copies_need_huge_pages_and_room() {
        let memory = "MemTotal:       24683588 kB\nMemAvailable:    4096 kB\n";
        let usual = "always [madvise] never";
        let check = |tunables, kernel, memory, bytes| decide(tunables, kernel, memory, bytes);
        assert!(check(HUGE, usual, memory, 1 << 20));
        assert!(!check(HUGE, usual, memory, 2 << 20), "a half is too much");
        assert!(!check(HUGE, "always madvise [never]", memory, 1 << 20));
        assert!(!check("", usual, memory, 1 << 20));
        assert!(!check(HUGE, usual, "", 1 << 20));
        assert!(!check(HUGE, "", memory, 1 << 20), "another system");
    }

    #[test]
    fn older_libraries_give_small_pages() {
        for (version, knows) in [
            ("2.35", true),
            ("2.36", true),
            ("3.0", true),
            ("2.34", false),
            ("", false),
        ] {
            assert_eq!(knows_huge_pages(version), knows, "{version}");
        }
    }
}
