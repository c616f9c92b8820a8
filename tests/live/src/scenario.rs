//! What people do with Convive, written once for all editors.

pub mod places;
pub mod typing;

use crate::desk::Desk;
use crate::editor::Editor;

/// Opens an editor on a desk's project.
pub type Start = fn(&Desk) -> Box<dyn Editor>;

/// A golden project, and a line that somebody writes in it.
pub struct Ground {
    /// Its folder below `tests/golden`.
    pub folder: &'static str,
    pub file: &'static str,
    /// The text behind which a new line begins.
    pub above: &'static str,
    /// The blanks that it begins with.
    pub indent: &'static str,
    /// What is typed before there is anything to complete; nothing where it is asked for on the empty line, which gives several lines.
    pub typed: &'static str,
    /// What of the completion is typed by hand.
    pub through: &'static str,
    /// The rest of it.
    pub rest: &'static str,
    /// A piece of its last shown line; nothing else in the file looks like it.
    pub mark: &'static str,
}

pub const GO: Ground = Ground {
    folder: "go",
    file: "stock/stock.go",
    above: "Sell(sku SKU, quantity int) error {\n\tinv.mu.Lock()\n\tdefer inv.mu.Unlock()\n",
    indent: "\t",
    typed: "stocked, err := ",
    through: "inv.",
    rest: "shelfWith(sku, quantity)",
    mark: "shelfWith(sku, quantity)",
};

pub const RUST: Ground = Ground {
    folder: "rust",
    file: "src/lib.rs",
    above: "pub fn with_estimate(mut self, estimate: Duration) -> Job {\n",
    indent: "        ",
    typed: "",
    through: "if estimate > Duration",
    rest: "::from_secs(61) {\n            return self.with_priority(Priority::Low);\n        }",
    mark: "return self.with_priority(Priority::Low);",
};

impl Ground {
    /// Puts an empty line where somebody will write, and gives its number (from 1).
    pub fn clear(&self, desk: &Desk) -> usize {
        let text = desk.text(self.file);
        let at = text.find(self.above).expect("the golden file has it") + self.above.len();
        desk.put(
            self.file,
            &format!("{}{}\n{}", &text[..at], self.indent, &text[at..]),
        );
        text[..at].matches('\n').count() + 1
    }
}

/// All scenarios as tests of one editor, which the function opens.
#[macro_export]
macro_rules! scenarios {
    ($start:path) => {
        use $crate::failed::retried;
        use $crate::scenario::{GO, RUST, places, typing};

        #[test]
        fn types_through_a_completion_in_go() {
            retried(|| typing::types_through($start, &GO));
        }

        #[test]
        fn types_through_a_completion_in_rust() {
            retried(|| typing::types_through($start, &RUST));
        }

        #[test]
        fn completes_in_odd_places_in_go() {
            retried(|| places::go($start));
        }

        #[test]
        fn completes_in_odd_places_in_rust() {
            retried(|| places::rust($start));
        }
    };
}
