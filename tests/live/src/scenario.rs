//! What people do with Convive, written once for all editors.

pub mod asking;
pub mod others;
pub mod places;
pub mod testing;
pub mod trouble;
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
    /// How a line begins that binds a name, and how it ends.
    pub binds: (&'static str, &'static str),
    /// The line where a function begins that is asked about and tested.
    pub function: &'static str,
    /// A test of it, as a model answers, and its name.
    pub test: &'static str,
    pub test_name: &'static str,
    /// The file that the test belongs into.
    pub tests: &'static str,
    /// The command that runs all tests and lists them.
    pub run_tests: &'static str,
    /// A place in the golden file that the default model fills: what stands before it in its line, and what it writes there.
    pub real_above: &'static str,
    pub real_before: &'static str,
    pub real: &'static str,
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
    binds: ("chosen := ", ""),
    function: "func (s *Shelf) Available() int {",
    test: "```go
func TestAvailable(t *testing.T) {
	shelf := Shelf{OnHand: 40, Reserved: 15}
	if got := shelf.Available(); got != 25 {
		t.Errorf(\"Available() = %d, want 25\", got)
	}
}
```",
    test_name: "TestAvailable",
    tests: "stock/stock_test.go",
    run_tests: "go test -v ./...",
    real_above: "Sell(sku SKU, quantity int) error {\n\tinv.mu.Lock()\n\tdefer inv.mu.Unlock()\n",
    real_before: "\tshelf, err := ",
    real: "inv.shelf(sku)",
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
    binds: ("let chosen = ", ";"),
    function: "    pub fn new(name: &str) -> Result<JobId, ScheduleError> {",
    test: "```rust
#[test]
fn blanks_around_names_are_dropped() {
    assert_eq!(JobId::new(\" build \").unwrap().as_str(), \"build\");
    assert_eq!(JobId::new(\" \"), Err(ScheduleError::EmptyName));
}
```",
    test_name: "blanks_around_names_are_dropped",
    tests: "src/lib.rs",
    run_tests: "cargo test --offline",
    real_above: "pub fn with_estimate(mut self, estimate: Duration) -> Job {\n",
    real_before: "        self.estimate",
    real: " = estimate;",
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

    /// All of its completion.
    pub fn completion(&self) -> String {
        format!("{}{}", self.through, self.rest)
    }

    /// Takes out what the default model is to write, and gives the number of its line (from 1).
    pub fn hollow(&self, desk: &Desk) -> usize {
        let text = desk.text(self.file);
        let before = format!("{}{}", self.real_above, self.real_before);
        let at = text.find(&before).expect("the golden file has it") + before.len();
        let rest = text[at..].strip_prefix(self.real).expect("it is there");
        desk.put(self.file, &format!("{}{rest}", &text[..at]));
        text[..at].matches('\n').count() + 1
    }

    /// The first and the last line of its function (from 1) in the file's text.
    pub fn function(&self, text: &str) -> (usize, usize) {
        let lines: Vec<&str> = text.lines().collect();
        let first = lines.iter().position(|line| *line == self.function);
        let first = first.expect("the golden file has it");
        let indent = self.function.len() - self.function.trim_start().len();
        let end = format!("{}}}", &self.function[..indent]);
        let length = lines[first..].iter().position(|line| *line == end);
        (first + 1, first + 1 + length.expect("an end"))
    }
}

/// All scenarios as tests of one editor, which the function opens.
#[macro_export]
macro_rules! scenarios {
    ($start:path) => {
        use $crate::failed::retried;
        use $crate::scenario::{GO, RUST, asking, others, places, testing, trouble, typing};

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

        #[test]
        fn asks_about_a_function_in_go() {
            retried(|| asking::asks($start, &GO));
        }

        #[test]
        fn asks_about_a_function_in_rust() {
            retried(|| asking::asks($start, &RUST));
        }

        #[test]
        fn chooses_actions() {
            retried(|| asking::chooses_actions($start));
        }

        #[test]
        fn makes_a_unit_test_in_go() {
            retried(|| testing::makes_a_test($start, &GO));
        }

        #[test]
        fn makes_a_unit_test_in_rust() {
            retried(|| testing::makes_a_test($start, &RUST));
        }

        #[test]
        fn shows_another_completion_in_go() {
            retried(|| others::shows_another($start, &GO));
        }

        #[test]
        fn shows_another_completion_in_rust() {
            retried(|| others::shows_another($start, &RUST));
        }

        #[test]
        fn comes_back_when_the_server_is_killed() {
            retried(|| trouble::server_comes_back($start, &GO));
        }

        #[test]
        fn says_once_that_the_backend_is_away() {
            retried(|| trouble::backend_is_away($start, &RUST));
        }

        #[test]
        fn shares_an_engine_in_go_with_real_weights() {
            retried(|| trouble::windows_share_an_engine($start, &GO));
        }

        #[test]
        fn shares_an_engine_in_rust_with_real_weights() {
            retried(|| trouble::windows_share_an_engine($start, &RUST));
        }
    };
}
