//! Holds tests only.
