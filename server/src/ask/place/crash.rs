//! The fix of a crash: the corrected function of an answer, in place of the one that a frame of the trace is in.

use std::sync::Arc;

use super::{Placed, place as place_at};
use crate::action::{Action, AnswerKind};
use crate::ask::{Query, extract};
use crate::context::around::{Wanted, around};
use crate::context::outline::{Definition, Kind, Outline};
use crate::document::Snapshot;
use crate::text::Span;

/// The edit of the first file of the trace that has a function of the answer.
///
/// # Errors
/// Why there is none.
pub fn place(query: &Query, answer: &str) -> Result<Placed, String> {
    let mut why = "the answer has no function of the trace".to_owned();
    for frame in &query.frames {
        let Some(at) = function(frame, answer) else {
            continue;
        };
        match replaced(query, frame, at, answer) {
            Ok(placed) => return Ok(placed),
            Err(other) => why = other,
        }
    }
    Err(why)
}

/// Where the function of a file begins that the answer has too.
fn function(snapshot: &Snapshot, answer: &str) -> Option<usize> {
    let code = extract::code(answer, snapshot.language, &snapshot.text).ok()?;
    let code = snapshot.with_text(code);
    let (said, own) = (Outline::read(&code, 0), Outline::read(snapshot, 0));
    let functions = |one: &&Definition| one.kind == Kind::Function;
    let same = |one: &Definition, said: &Definition| {
        let class = one.class == said.class || said.class.is_none();
        one.name == said.name && class
    };
    let mut said = said.definitions.iter().filter(functions);
    said.find_map(|said| {
        let mut own = own.definitions.iter().filter(functions);
        own.find(|one| same(one, said)).map(|one| one.span.start)
    })
}

/// The function at `at` in place of which the answer comes.
fn replaced(query: &Query, frame: &Snapshot, at: usize, answer: &str) -> Result<Placed, String> {
    let snapshot = frame.clone();
    let span = Span::empty(snapshot.text.floor(at + 1));
    let wanted = Wanted {
        sources: &[],
        near: false,
    };
    let around = around(&snapshot, span, &[], wanted, query.settings.limits);
    let query = Query {
        action: Arc::new(Action {
            answer: AnswerKind::Replace,
            needs: Vec::new(),
            ..(*query.action).clone()
        }),
        snapshot,
        span,
        ..query.clone()
    };
    place_at(&query, &around, answer)
}
