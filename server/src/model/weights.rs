//! What a file of weights says of itself, read without loading it.

use std::path::Path;

use convive_engine::gguf;

use super::fim::{self, Format};
use super::{About, Error};

/// Reads the header: name, FIM format, window as trained.
///
/// # Errors
/// `Unavailable` with the reason why the file cannot be used.
pub fn look(path: &Path) -> Result<About, Error> {
    let header = gguf::open(path).map_err(|refused| Error::Unavailable {
        message: format!("{}: {refused}", path.display()),
    })?;
    let file = path.file_stem().unwrap_or_default().to_string_lossy();
    Ok(About {
        model: header
            .name
            .clone()
            .unwrap_or_else(|| file.clone().into_owned()),
        fim: format(&header, &file),
        window: header
            .context_length
            .and_then(|tokens| tokens.try_into().ok()),
        details: Vec::new(),
    })
}

/// The FIM format of weights: by their own name and that of their file, and by their vocabulary.
pub fn format(header: &gguf::Header, file: &str) -> Option<&'static Format> {
    // Both names together: where either says "no FIM", the tokens in the vocabulary mean nothing.
    let names = [header.name.as_deref().unwrap_or_default(), file].join(" ");
    fim::recognise_weights(&names, &header.architecture, |text| {
        header.has_control(text)
    })
}
