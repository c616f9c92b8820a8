//! Turns a context into the exact text that a model reads; pure.

pub mod fill;
