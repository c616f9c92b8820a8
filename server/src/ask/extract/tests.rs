//! Runs the cases of `tests/golden/extract`: an answer, and the code in it.

use std::path::Path;

use support::golden;

use super::*;
use crate::language;

#[test]
fn code_is_taken_out_of_answers() {
    golden::run("extract", 35, |case| {
        let (path, answer) = &case.sections[0];
        let language = language::find(None, Some(Path::new(path)));
        let own = case.section("own").unwrap_or_default();
        match code(answer, language, own) {
            Ok(code) => code,
            Err(why) => format!("none: {why}"),
        }
    });
}
