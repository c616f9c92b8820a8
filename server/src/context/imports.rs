//! The file's imports: cheap, stable, and they tell which names of other packages may be used; after what this place is part of.

use super::{Here, Piece};

pub fn find(here: &Here) -> Vec<Piece> {
    let offset = here.hole.offset;
    let in_tests = here.outline.is_test(offset);
    let imports = here.outline.imports.iter();
    imports
        .filter(|span| !span.touches(offset))
        .filter(|span| in_tests || !here.outline.is_test(span.start))
        .map(|&span| here.piece(span, "what the file imports"))
        .collect()
}
