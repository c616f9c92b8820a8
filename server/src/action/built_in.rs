//! The actions that Convive brings with it: files like everybody's, compiled in.

/// Their ids and files, in the order in which they are listed.
pub const BUILT_IN: [(&str, &str); 8] = [
    ("explain", include_str!("built_in/explain.md")),
    ("ask", include_str!("built_in/ask.md")),
    ("write", include_str!("built_in/write.md")),
    ("fix", include_str!("built_in/fix.md")),
    ("document", include_str!("built_in/document.md")),
    ("test", include_str!("built_in/test.md")),
    ("trace", include_str!("built_in/trace.md")),
    ("review", include_str!("built_in/review.md")),
];
