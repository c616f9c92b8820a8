//! The scenarios in VS Code.
#![cfg(target_os = "linux")]

use live::desk::Desk;
use live::editor::Editor;
use live::editor::vscode::VsCode;
use serde_json::json;

fn vscode(desk: &Desk) -> Box<dyn Editor> {
    Box::new(VsCode::start(desk, json!({})))
}

mod in_a_browser {
    live::scenarios!(super::vscode);
}
