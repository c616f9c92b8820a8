//! Answers drawn in place, as they came and as they stop.
