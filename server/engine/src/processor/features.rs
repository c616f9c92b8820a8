//! What compiled code may use of an x86-64 processor; also read by the build script.

macro_rules! features {
    ($($name:tt)*) => { vec![$(($name, std::arch::is_x86_feature_detected!($name))),*] };
}

/// Every such feature, and whether this processor has it; none on other architectures.
pub fn features() -> Vec<(&'static str, bool)> {
    #[cfg(target_arch = "x86_64")]
    {
        features!(
            "avx2" "fma" "f16c" "bmi2"
            "sse4.2" "sse4a" "popcnt" "lzcnt" "bmi1" "movbe" "adx" "sha" "aes" "pclmulqdq" "gfni" "vaes" "vpclmulqdq"
            "avxvnni" "avx512f" "avx512cd" "avx512bw" "avx512dq" "avx512vl" "avx512ifma" "avx512vbmi" "avx512vbmi2"
            "avx512vnni" "avx512bitalg" "avx512vpopcntdq" "avx512bf16" "avx512fp16"
        )
    }
    #[cfg(not(target_arch = "x86_64"))]
    Vec::new()
}
