//! A handler for each method of the protocol, in a file named after it.

mod ask;
mod code_action;
mod completion;
mod did_change;
mod did_change_configuration;
mod did_change_workspace_folders;
mod did_close;
mod did_open;
mod did_save;
mod execute_command;
mod initialize;
mod initialized;
mod inline_completion;
mod work_done_progress_cancel;

pub use ask::ask;
pub use code_action::code_action;
pub use completion::completion;
pub use did_change::did_change;
pub use did_change_configuration::did_change_configuration;
pub use did_change_workspace_folders::did_change_workspace_folders;
pub use did_close::did_close;
pub use did_open::did_open;
pub use did_save::did_save;
pub use execute_command::execute_command;
pub use initialize::initialize;
pub use initialized::initialized;
pub use inline_completion::inline_completion;
pub use work_done_progress_cancel::work_done_progress_cancel;
