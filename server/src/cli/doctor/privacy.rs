//! Says what is never sent to a server: by which rules and files.

use std::path::Path;

use super::super::out::Style;
use crate::config::{Config, connect};
use crate::privacy::secrets::Rules;

/// The rules for secrets, the files with patterns that hold in `folder`, and the trusted folders.
pub fn privacy(config: &Config, folder: &Path, style: Style) -> String {
    let mut text = style.bold("\nWhat is never sent to a server\n");
    let built_in = Rules::built_in().names().count();
    let own = match connect::rules(config).read() {
        Ok(rules) => rules.names().skip(built_in).collect::<Vec<_>>().join(", "),
        Err(error) => {
            text += &style.warn(&format!("  ! {error}\n"));
            String::new()
        }
    };
    text += &format!("  secrets: {built_in} built-in rules\n");
    if let (Some(file), false) = (&config.privacy.rules, own.is_empty()) {
        text += &format!("  secrets: {own} ({file})\n");
    }
    let listed = &config.privacy.ignore;
    if !listed.is_empty() {
        text += &format!("  files: {} (privacy.ignore)\n", listed.join(", "));
    }
    for file in connect::ignored(config).files(folder) {
        text += &format!("  files: those of {}\n", file.display());
    }
    for folder in connect::trusted(config) {
        text += &style.dim(&format!("  trusted: {}\n", folder.display()));
    }
    text
}
