//! The table of FIM formats: how each family of models wants prefix, suffix and other files laid out.

/// One FIM format, as data.
#[derive(Debug, PartialEq)]
pub struct Format {
    /// The name in options: `qwen2.5-coder`.
    pub name: &'static str,
}

/// Every known format.
pub static FORMATS: &[Format] = &[];

/// The format with this name.
pub fn by_name(name: &str) -> Option<&'static Format> {
    FORMATS.iter().find(|format| format.name == name)
}
