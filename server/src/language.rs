//! What Convive knows of programming languages: one row each in a table, and queries, each compiled once.

mod go_std;
mod query;
mod table;

pub use query::{LazyQuery, Queries};
pub use table::{ImportStyle, LANGUAGES, Language, Scratch, TestPlace, Tester};

use std::path::Path;

/// The language of a document: by the client's `languageId`, else by the file's extension.
pub fn find(language_id: Option<&str>, path: Option<&Path>) -> Option<&'static Language> {
    let by_id =
        language_id.and_then(|id| LANGUAGES.iter().find(|language| language.ids.contains(&id)));
    by_id.or_else(|| {
        let extension = path?.extension()?.to_str()?;
        LANGUAGES
            .iter()
            .find(|language| language.extensions.contains(&extension))
    })
}

#[cfg(test)]
mod tests;
