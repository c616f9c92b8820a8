//! The server as a client sees it: over a pipe in memory, with a scripted model and a clock that stands still.

mod asking;
mod broken;
mod capabilities;
mod changes;
mod commands;
mod completing;
mod documents;
mod editor;
mod growing;
mod life;
mod loading;
mod noting;
mod offers;
mod options;
mod others;
mod reasons;
mod server;
mod setup;
mod status;
mod stress;
mod taking;
mod typing;
