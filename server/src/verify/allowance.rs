//! What a program that is started here may use.

use std::time::Duration;

/// Limits of one program and all that it starts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Allowance {
    /// Wall time.
    pub time: Duration,
    /// Memory of its own that all its processes have together, in bytes; no single one may ask for more either.
    pub memory: u64,
    /// Processes and threads at one time.
    pub tasks: usize,
    /// The largest file that it may write, in bytes.
    pub file: u64,
    /// How much of its output is kept, in bytes, for each of its two streams.
    pub kept: usize,
    /// How much it may print at all, in bytes.
    pub printed: usize,
}

/// Limits of one verification.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limits {
    /// The compiler: trusted, and hungry.
    pub build: Allowance,
    /// One run of the new tests.
    pub run: Allowance,
    /// The most mutants that are run.
    pub mutants: usize,
    /// After this time no further mutant is begun.
    pub mutants_time: Duration,
}

const MIB: u64 = 1024 * 1024;

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            build: Allowance {
                // The first build of a workspace builds all that it depends on.
                time: Duration::from_secs(900),
                memory: 8 * 1024 * MIB,
                tasks: 8192,
                file: 4 * 1024 * MIB,
                // Cargo lists every dependency of the program here.
                kept: 8 * MIB as usize,
                printed: 64 * MIB as usize,
            },
            run: Allowance {
                time: Duration::from_secs(10),
                memory: 2 * 1024 * MIB,
                tasks: 512,
                file: 64 * MIB,
                kept: 64 * 1024,
                printed: 16 * MIB as usize,
            },
            mutants: 5,
            mutants_time: Duration::from_secs(60),
        }
    }
}
