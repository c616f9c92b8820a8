//! Turns a context into the exact text that a model reads; pure.

mod chat;
mod comment;
pub mod fill;
pub mod heal;
mod names;
pub mod purpose;
mod stretch;
pub mod window;
