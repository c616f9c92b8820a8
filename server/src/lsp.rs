//! The language server: the only folder that knows the protocol. It converts in, calls, and converts out.

pub mod capabilities;
pub mod convert;
pub mod ext;
pub mod serve;
