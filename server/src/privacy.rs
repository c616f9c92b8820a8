//! What may leave the machine: secrets are replaced in every prompt for a remote backend, ignored files are never read into one,
//! and a workspace's own files count only where the user trusts it.

pub mod guarded;
pub mod ignore;
pub mod redact;
pub mod rules;
pub mod secrets;
pub mod trust;
