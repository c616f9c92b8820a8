//! Measures Convive against floors and peers of the same run.
fn main() {}
