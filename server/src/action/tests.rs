//! Tests of actions: the built-in ones, all rows; files with mistakes; folders on disk; what is offered where.

use super::*;

#[test]
fn every_built_in_action_can_be_used() {
    let actions = Actions::built_in();
    assert_eq!(actions.problems, []);
    let ids: Vec<&str> = actions.list.iter().map(|action| &*action.id).collect();
    assert_eq!(ids, BUILT_IN.map(|(id, _)| id));
}
