//! Every row of the table is consistent: its queries compile, its ids and extensions are its own.

use std::collections::HashSet;
use std::path::PathBuf;

use super::*;

#[test]
fn every_query_compiles() {
    for language in &LANGUAGES {
        let queries = &language.queries;
        assert!(
            queries.outline.get().is_some(),
            "{}: outline",
            language.name
        );
        assert!(queries.scope.get().is_some(), "{}: scope", language.name);
        assert!(
            queries.mutants.get().is_some(),
            "{}: mutants",
            language.name
        );
        assert!(
            queries.placing.get().is_some(),
            "{}: placing",
            language.name
        );
    }
}

#[test]
fn names_ids_and_extensions_are_unique() {
    let mut seen = HashSet::new();
    for language in &LANGUAGES {
        assert!(!language.ids.is_empty() && !language.extensions.is_empty());
        for id in language.ids {
            assert!(seen.insert(format!("id {id}")), "{id}");
            assert_eq!(find(Some(id), None).unwrap().name, language.name);
        }
        for extension in language.extensions {
            assert!(!extension.starts_with('.'), "{extension}");
            assert!(seen.insert(format!("extension {extension}")));
            let path = PathBuf::from(format!("/a/b.{extension}"));
            let unknown_id = find(Some("no such language"), Some(&path));
            assert_eq!(unknown_id.unwrap().name, language.name);
        }
        assert!(seen.insert(format!("name {}", language.name)));
    }
    assert!(find(None, None).is_none());
    assert!(find(Some("plaintext"), Some(Path::new("/a/b"))).is_none());
}

#[test]
fn comments_and_indents_are_the_grammars_own() {
    for language in &LANGUAGES {
        let mut parser = tree_sitter::Parser::new();
        parser.set_language(&language.grammar()).unwrap();
        let text = format!("{} words\n", language.line_comment);
        let tree = parser.parse(text, None).unwrap();
        let root = tree.root_node();
        assert!(!root.has_error(), "{}", language.name);
        assert!(root.named_child(0).unwrap().is_extra(), "{}", language.name);
        assert!(!language.indent.is_empty() && language.indent.trim().is_empty());
    }
}

#[test]
fn the_tests_of_a_source_file_are_test_files() {
    for language in &LANGUAGES {
        let source = PathBuf::from(format!("/work/src/shop.{}", language.extensions[0]));
        assert!(!(language.is_test_file)(&source), "{}", language.name);
        let files = (language.test_files)(&source, Some(Path::new("/work")));
        assert!(!files.is_empty(), "{}", language.name);
        for path in files {
            assert!((language.is_test_file)(&path), "{}", path.display());
        }
    }
}
