//! Runs the project tasks: demo, test, bench.
fn main() {}
