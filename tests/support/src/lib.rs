//! What several test packages share: fixtures with drawn cursors, a fake model server, a proxy.

pub mod fake_model;
pub mod fixture;
pub mod golden;
pub mod proxy;
pub mod random;
pub mod stdio;
mod tls;
