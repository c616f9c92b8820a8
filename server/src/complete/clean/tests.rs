//! Answers drawn in place, as they came and as they are shown.
