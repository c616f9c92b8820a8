//! What files are called in a prompt.

use std::borrow::Cow;
use std::path::{Component, Path};

use crate::document::Snapshot;

/// How a file is called in a prompt: by its folder and its name, so that nothing of the user's machine is told.
pub struct Names {
    pub path: String,
    pub project: String,
}

impl Names {
    pub fn of(snapshot: &Snapshot) -> Names {
        match &snapshot.path {
            Some(path) => Names::of_path(path),
            None => Names {
                path: "untitled".to_owned(),
                project: "project".to_owned(),
            },
        }
    }

    pub fn of_path(path: &Path) -> Names {
        let mut names = path.components().rev().filter_map(|component| {
            let Component::Normal(name) = component else {
                return None;
            };
            Some(name.to_string_lossy())
        });
        let file = names.next().unwrap_or(Cow::Borrowed("untitled"));
        let folder = names.next();
        let project = names.next().unwrap_or(Cow::Borrowed("project"));
        Names {
            path: match folder {
                Some(folder) => format!("{folder}/{file}"),
                None => file.into_owned(),
            },
            project: project.into_owned(),
        }
    }
}
