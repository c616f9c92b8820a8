//! Records which processor features llama.cpp was compiled for, so that the engine can refuse others with a message.

#[path = "src/processor/features.rs"]
mod features;

use std::path::Path;

/// What ggml uses on x86-64 unless it is told otherwise.
const USUAL: &[&str] = &["avx2", "fma", "f16c", "bmi2"];

fn main() {
    println!("cargo:rerun-if-changed=src/processor/features.rs");
    println!("cargo:rerun-if-env-changed=GGML_NATIVE");
    // Told by the build script of llama-cpp-sys-2; not there without the feature `llama`.
    let compiled = std::env::var("DEP_LLAMA_GGML_CMAKE_DIR").unwrap_or_default();
    let config = Path::new(&compiled).join("ggml/ggml-config.cmake");
    let settings = std::fs::read_to_string(config).unwrap_or_default();
    let native = settings.contains("set(GGML_NATIVE \"ON\")");
    let asked_for = std::env::var("GGML_NATIVE").is_ok_and(|value| value == "ON");
    if native && !asked_for {
        // CMake keeps its first settings as long as its folder is there.
        println!(
            "cargo::error=llama.cpp is compiled for this machine's processor already: build for others in a fresh target folder"
        );
    }
    let found = features::features();
    let own = found
        .iter()
        .filter(|(_, there)| *there)
        .map(|(name, _)| *name);
    let x86 = std::env::var("CARGO_CFG_TARGET_ARCH").is_ok_and(|arch| arch == "x86_64");
    let needed: Vec<&str> = match (x86, native) {
        (false, _) => Vec::new(),
        (true, true) => own.collect(),
        (true, false) => USUAL.to_vec(),
    };
    println!("cargo:rustc-env=CONVIVE_PROCESSOR={}", needed.join(" "));
}
