//! Generated tests with the real `go` and `cargo`: built, run, tried, stopped; asked for, repaired, offered or not.

mod asking;
mod bench;
mod trial;
