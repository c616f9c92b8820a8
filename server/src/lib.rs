//! Convive's parts, lowest first: each may use only the ones above it (`server/README.md` has the rules).

pub mod text;

pub mod language;

pub mod document;

pub mod workspace;

pub mod context;

pub mod model;

pub mod privacy;

pub mod prompt;

pub mod complete;

pub mod trace;

pub mod verify;

pub mod action;

pub mod ask;

pub mod usage;

pub mod journal;

pub mod config;

pub mod lsp;

pub mod cli;
