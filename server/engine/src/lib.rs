//! Weights in a process of their own: prompts as control and text pieces go in, text comes out; nothing here knows documents.
//!
//! The wire format, the socket, the file checks and all rules that are pure are here in every build; what calls llama.cpp stands
//! behind the feature `llama`.

pub mod gguf;
pub mod pages;
pub mod processor;
pub mod serve;
pub mod socket;
pub mod wire;

// The pure rules of a generation; without llama.cpp only their tests use them.
pub mod heal;
pub mod output;
pub mod sample;

#[cfg(feature = "llama")]
mod engine;
#[cfg(feature = "llama")]
mod generation;
#[cfg(feature = "llama")]
mod llama;
#[cfg(feature = "llama")]
mod prepare;
#[cfg(feature = "llama")]
mod prompt;

#[cfg(feature = "llama")]
pub use engine::{Settings, probe, run};
