//! The `convive` program: the language server on stdio, and the same functions on the command line.

fn main() {}
