//! A shelf that is asked for more than it holds.

pub struct Shelf {
    pub items: Vec<String>,
}

impl Shelf {
    pub fn at(&self, position: usize) -> &str {
        &self.items[position] // crash
    }
}
