//! The scenarios in Helix, which has a list in place of ghost text: the newest version, and what 25.01 can do of them.
#![cfg(target_os = "linux")]

use live::desk::Desk;
use live::editor::Editor;
use live::editor::helix::Helix;

fn newest(desk: &Desk) -> Box<dyn Editor> {
    Box::new(Helix::newest(desk))
}

fn older(desk: &Desk) -> Box<dyn Editor> {
    Box::new(Helix::older(desk))
}

mod newest_helix {
    live::scenarios!(super::newest);
}

// Helix 25.01 has no commands with arguments and no menus of servers, so it cannot ask or offer a test; and its undo takes back
// what was typed while the list was open together with the acceptance.
mod in_25_01 {
    use live::failed::retried;
    use live::scenario::places;

    #[test]
    fn completes_in_odd_places_in_go() {
        retried(|| places::go(super::older));
    }

    #[test]
    fn completes_in_odd_places_in_rust() {
        retried(|| places::rust(super::older));
    }
}
