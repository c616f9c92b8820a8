//! Writes the folders that the user trusts into his file of options, and leaves the rest of it as it is.

use std::path::Path;

use toml_edit::{Array, DocumentMut, Item, Table, Value};

/// Adds a folder to `trust` of `[privacy]` in `file`, which is made where it is not there.
///
/// # Errors
/// Why the file stays as it was, in words for the user.
pub fn add_trust(file: &Path, folder: &Path) -> Result<(), String> {
    let failed = |why: String| format!("{} was not written: {why}", file.display());
    let text = match std::fs::read_to_string(file) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
        Err(error) => return Err(failed(error.to_string())),
    };
    let folder = folder
        .to_str()
        .ok_or_else(|| failed(format!("{} cannot be written in TOML", folder.display())))?;
    let changed = with_trust(&text, folder).map_err(failed)?;
    if let Some(parent) = file.parent() {
        std::fs::create_dir_all(parent).map_err(|error| failed(error.to_string()))?;
    }
    std::fs::write(file, changed).map_err(|error| failed(error.to_string()))
}

/// The text of a file of options with one more trusted folder.
fn with_trust(text: &str, folder: &str) -> Result<String, String> {
    let mut document: DocumentMut = text.parse().map_err(|_| "it is no TOML".to_owned())?;
    let privacy = document
        .entry("privacy")
        .or_insert(Item::Table(Table::new()));
    let privacy = privacy
        .as_table_like_mut()
        .ok_or("`privacy` is no table there")?;
    let trust = privacy
        .entry("trust")
        .or_insert(Item::Value(Value::Array(Array::new())));
    let trust = trust
        .as_array_mut()
        .ok_or("`privacy.trust` is no list there")?;
    if !trust.iter().any(|known| known.as_str() == Some(folder)) {
        trust.push(folder);
    }
    Ok(document.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::{Expect, expect};

    fn check(text: &str, expected: Expect) {
        let changed = with_trust(text, "/work/shop").unwrap_or_else(|why| why);
        expected.assert_eq(&changed);
        // Twice is once.
        if let Ok(again) = with_trust(&changed, "/work/shop") {
            assert_eq!(again, changed);
        }
    }

    #[test]
    fn the_rest_of_the_file_stays_as_it_was() {
        check(
            "",
            expect![[r#"
            [privacy]
            trust = ["/work/shop"]
        "#]],
        );
        check(
            "# mine\ncompletion.max_tokens = 9 # few\n\n[privacy]\nignore = [\"*.pem\"]  # keys\n\n[ask]\nrepairs = 1\n",
            expect![[r##"
                # mine
                completion.max_tokens = 9 # few

                [privacy]
                ignore = ["*.pem"]  # keys
                trust = ["/work/shop"]

                [ask]
                repairs = 1
            "##]],
        );
        check(
            "privacy = { trust = ['/a'] }\n",
            expect![[r#"
            privacy = { trust = ['/a', "/work/shop"] }
        "#]],
        );
        check(
            "[privacy]\ntrust = [\n  '/a', # one\n]\n",
            expect![[r#"
            [privacy]
            trust = [
              '/a', "/work/shop", # one
            ]
        "#]],
        );
    }

    #[test]
    fn what_cannot_be_understood_is_left_alone() {
        check("a = = b", expect!["it is no TOML"]);
        check("privacy = 1", expect!["`privacy` is no table there"]);
        check(
            "[privacy]\ntrust = '/a'",
            expect!["`privacy.trust` is no list there"],
        );
    }

    #[test]
    fn a_file_that_is_not_there_is_made() {
        let home = tempfile::tempdir().expect("a folder");
        let file = home.path().join("convive").join("config.toml");
        add_trust(&file, Path::new("/work/shop")).expect("it is written");
        let (layer, problems) = super::super::from_toml(
            &std::fs::read_to_string(&file).expect("a file"),
            crate::config::Origin::File(file.clone()),
        );
        assert!(problems.is_empty(), "{problems:?}");
        let config = crate::config::Config::parse(&[layer.expect("a layer")]).config;
        assert_eq!(config.privacy.trust, ["/work/shop"]);
    }
}
