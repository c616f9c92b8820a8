//! Whether this processor can run what was compiled: a message instead of an illegal instruction.

mod features;

/// Features that llama.cpp was compiled for, separated by blanks.
const COMPILED_FOR: &str = env!("CONVIVE_PROCESSOR");

/// # Errors
/// With the features that this processor lacks.
pub fn check() -> Result<(), String> {
    let missing = missing(COMPILED_FOR, &features::features());
    if missing.is_empty() {
        return Ok(());
    }
    Err(format!(
        "the local engine was compiled for another processor (this one lacks {}): build Convive on this machine, or use a backend \
         of kind \"openai\"",
        missing.join(", ")
    ))
}

fn missing<'a>(wanted: &'a str, own: &[(&str, bool)]) -> Vec<&'a str> {
    let has = |name: &str| own.iter().any(|(own, there)| *own == name && *there);
    wanted
        .split_whitespace()
        .filter(|name| !has(name))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wanted_and_not_there_is_named() {
        let own = [("avx2", true), ("fma", true), ("avx512f", false)];
        assert_eq!(missing("avx2 fma", &own), [""; 0]);
        assert_eq!(missing("avx2 avx512f gfni", &own), ["avx512f", "gfni"]);
    }

    #[test]
    fn this_processor_runs_what_it_compiled() {
        assert_eq!(check(), Ok(()));
    }
}
