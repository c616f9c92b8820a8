//! What is noted while a screen changes: when a text appeared, and every picture.

use std::sync::mpsc::{self, Receiver, Sender};
use std::time::Instant;

use vt100::Screen;

/// What the screen showed from an instant on.
#[derive(Clone)]
pub struct Moment {
    pub at: Instant,
    pub screen: Screen,
}

/// Looks at each change of a screen; at first it notes nothing.
#[derive(Default)]
pub struct Watch {
    awaited: Option<(String, Sender<Instant>)>,
    film: Option<Vec<Moment>>,
}

impl Watch {
    /// The other end hears when the text first stands on the screen.
    pub fn wait_for(&mut self, text: &str) -> Receiver<Instant> {
        let (sender, receiver) = mpsc::channel();
        self.awaited = Some((text.to_owned(), sender));
        receiver
    }

    /// Notes every picture from now on.
    pub fn film(&mut self) {
        self.film = Some(Vec::new());
    }

    /// Every picture so far, oldest first.
    pub fn filmed(&self) -> Vec<Moment> {
        self.film.clone().unwrap_or_default()
    }

    /// The screen has changed.
    pub fn look(&mut self, screen: &Screen) {
        let at = Instant::now();
        if let Some(film) = &mut self.film {
            let screen = screen.clone();
            film.push(Moment { at, screen });
        }
        let appeared = |(text, _): &mut (String, _)| screen.contents().contains(text.as_str());
        if let Some((_, sender)) = self.awaited.take_if(appeared) {
            // Whoever waited may have given up.
            let _ = sender.send(at);
        }
    }
}
