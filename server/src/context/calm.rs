//! The syntax as it is without the line that is being written: half a statement can turn everything around it into errors, and
//! what is told about the rest of the file must not come and go with each key.

use std::time::Duration;

use crate::document::Snapshot;
use crate::text::{Edit, Text};

/// Longer lines are not parsed without.
const LONGEST: usize = 1000;

/// The largest stretch of syntax that is parsed anew, in bytes.
const LARGEST: usize = 128 * 1024;

/// The most time that the parse may take: never reached but by pathological text, so that the context does not depend on the clock.
const BUDGET: Duration = Duration::from_millis(200);

/// The snapshot with the syntax of the same text with blanks in place of the cursor's line, where that has fewer errors.
pub fn calm(snapshot: &Snapshot, offset: usize) -> Option<Snapshot> {
    let (language, syntax) = (snapshot.language?, snapshot.syntax.as_ref()?);
    if !syntax.tree.root_node().has_error() {
        return None;
    }
    let text: &Text = &snapshot.text;
    let span = text.line_span(text.line_of(offset));
    if span.is_empty() || span.len() > LONGEST || syntax.window.len() > LARGEST {
        return None;
    }
    // As many bytes as before, so that every other position stays.
    let edit = Edit {
        span,
        new_text: " ".repeat(span.len()),
    };
    let without = syntax.reparse(language, text, &edit, BUDGET)?;
    let better = !without.tree.root_node().has_error()
        || without.error_count(without.window) < syntax.error_count(syntax.window);
    better.then(|| Snapshot {
        syntax: Some(without),
        ..snapshot.clone()
    })
}
