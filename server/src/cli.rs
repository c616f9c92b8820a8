//! cli

pub mod engine;
