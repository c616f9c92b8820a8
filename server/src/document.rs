//! Open documents: their text at every version, their syntax, and immutable snapshots of both.

mod snapshot;
mod syntax;

pub use snapshot::Snapshot;
pub use syntax::Syntax;
