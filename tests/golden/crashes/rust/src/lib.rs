//! A function that is wrong, for its tests to find.

pub mod shelf;

/// What is left after taking some away.
pub fn left(have: u32, take: u32) -> u32 {
    have - take // crash
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_some_away() {
        assert_eq!(left(5, 2), 4); // failure
    }

    #[test]
    fn takes_more_than_there_is() {
        assert_eq!(left(5, 7), 0);
    }
}
