//! Turns a context into the exact text that a model reads; pure.

pub mod ask;
mod chat;
mod comment;
pub mod fill;
pub mod heal;
pub mod names;
pub mod purpose;
mod stretch;
pub mod window;
