//! Weights in a process of their own: prompts as control and text pieces go in, text comes out; nothing here knows documents.
//!
//! The wire format, the socket, the file checks and all rules that are pure are here in every build; what calls llama.cpp stands
//! behind the feature `llama`.

pub mod gguf;
pub mod socket;
pub mod wire;
