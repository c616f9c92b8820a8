//! The server as a client sees it: over a pipe in memory, with a scripted model and a clock that stands still.

mod broken;
mod capabilities;
mod completing;
mod documents;
mod growing;
mod life;
mod options;
mod server;
mod status;
mod stress;
