//! Open documents: their text at every version, their syntax, and immutable snapshots of both.

pub mod background;
mod change;
mod head;
mod held;
pub mod memory;
mod parse;
#[cfg(test)]
mod properties;
mod run;
mod snapshot;
mod store;
mod syntax;
mod track;
mod window;

pub use change::{Change, Place};
pub use snapshot::Snapshot;
pub use store::Store;
pub use syntax::Syntax;
