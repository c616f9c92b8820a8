//! Tests of actions: the built-in ones, all rows; files with mistakes; folders on disk; what is offered where.

mod built_in;
mod files;
mod folders;
mod offers;
mod templates;
